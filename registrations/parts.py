"""Steps that acts above compose: they write, but do not authorise, lock or log."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from centre.access import Permission, allows
from centre.locks import lock_open
from centre.models import Act, Site, User
from centre.refusals import refused_on
from registrations.errors import AlreadyVoided, AlreadyWritten, CardTaken, NotSeenThere, OneHead
from registrations.facts import Group, HouseholdFacts, PersonFacts
from registrations.journal import last_word, voiding
from registrations.models import ONE_HEAD, Household, Individual, Membership, Movement, Name, Sighting, SpecificNeed
from registrations.names import fold, fold_fathers_name, sort_key
from registrations.near_names import keys_of, names_of


def record_household(
    site: Site,
    act: Act,
    *,
    registered: bool,
    facts: HouseholdFacts,
    by: User,
    number: int | None = None,
    urgent_need: str | None = None,
) -> Household:
    """Write the household itself; its number is the one of a card, or comes from the sequence.

    Refuses with CardTaken.
    """
    desk = (
        {"registered_at": act.at, "registered_by": by, "registered_in": act}
        if registered
        else {"pre_registered_at": act.at, "pre_registered_by": by}
    )
    columns = desk | columns_of(facts) | ({} if number is None else {"number": number})
    with refused_on(Household.number.field, CardTaken()):
        return Household.objects.create(
            site=site, act=act, urgent_need_id=urgent_need, waits_since=told_at(act, site), **columns
        )


def told_at(act: Act, site: Site) -> datetime:
    """The hour from which what was told in this act counts: when it was recorded, so that no earlier date gains by it.

    Paper that a supervisor of the site typed in proves its hour. A demonstration plays its past as if that were now.
    """
    proven = bool(act.written_by) and allows(act.by, Permission.MERGE, site)
    return act.at if proven or settings.DEMONSTRATION else max(act.at, act.recorded_at)


def columns_of(facts: HouseholdFacts) -> dict[str, Any]:
    """The household's columns from what it says of itself."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(facts).items()}


def record_people(household: Household, people: Sequence[PersonFacts], act: Act, by: User) -> list[Individual]:
    """Write named individuals, their memberships, their needs and the parts of their names.

    Refuses with AlreadyWritten when a person has the id of one of them.
    """
    with refused_on(Individual._meta.pk, AlreadyWritten()):
        individuals = Individual.objects.bulk_create(
            Individual(id=person.id, registered_at=act.at, registered_by=by, registered_in=act, **named(person))
            for person in people
        )
    record_memberships(household, individuals, people, act)
    record_needs({person.id: person.needs for person in people}, act)
    record_names(individuals)
    return individuals


def record_nameless(household: Household, groups: Iterable[Group], act: Act, by: User) -> list[Individual]:
    """Write one individual without a name for each person counted at the gate."""
    individuals = Individual.objects.bulk_create(
        Individual(
            pre_registered_at=act.at,
            pre_registered_by=by,
            pre_registered_in=act,
            sex=group.sex,
            age_group=group.age_group,
            birth_precision="age_group" if group.age_group else "unknown",
        )
        for group in groups
        for _ in range(group.count)
    )
    record_memberships(household, individuals, [PersonFacts() for _ in individuals], act)
    return individuals


def named(person: PersonFacts) -> dict[str, Any]:
    """The individual's columns from what was said at the desk, with what search needs."""
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "fathers_name": person.fathers_name,
        **folds_of(person.given_name, person.family_name, person.fathers_name),
        "sex": person.sex,
        "birth_date": person.birth.on,
        "birth_precision": person.birth.precision,
        "age_group": person.birth.age_group,
        "documents": list(person.documents),
    }


def folds_of(given_name: str, family_name: str, fathers_name: str) -> dict[str, str]:
    """What search and order need of a name, by column."""
    return {
        "given_fold": fold(given_name),
        "family_fold": fold(family_name),
        "fathers_fold": fold_fathers_name(fathers_name),
        "sort_key": sort_key(f"{family_name} {given_name}"),
    }


def record_memberships(
    household: Household,
    individuals: Sequence[Individual],
    people: Sequence[PersonFacts],
    act: Act,
    *,
    counted_as: Mapping[uuid.UUID, uuid.UUID] | None = None,
) -> None:
    """Make the individuals members of the household, in the order of the form; who is new counts as themselves.

    Refuses with OneHead.
    """
    taken = household.memberships.count() if not household._state.adding else 0
    with refused_on(ONE_HEAD, OneHead()):
        Membership.objects.bulk_create(
            Membership(
                household=household,
                individual=individual,
                counted_as_id=(counted_as or {}).get(individual.pk, individual.pk),
                relationship=person.relationship,
                carer_kind=person.carer_kind,
                carer_id=person.carer,
                position=taken + position,
                joined_at=act.at,
                act=act,
            )
            for position, (individual, person) in enumerate(zip(individuals, people, strict=True))
        )


def record_needs(needs: Mapping[uuid.UUID, Collection[str]], act: Act) -> None:
    """Write the specific needs that were named, by the record of each person."""
    SpecificNeed.objects.bulk_create(
        SpecificNeed(individual_id=person, code_id=code, act=act)
        for person, codes in needs.items()
        for code in sorted(set(codes))
    )


def record_names(individuals: Iterable[Individual]) -> None:
    """Add the distinct names of these people; in order, so that two desks cannot wait for each other."""
    names = {name for individual in individuals for name in names_of(individual)}
    rows = Name.objects.filter(folded__in={folded for _kind, folded, _letters in names})
    known = set(rows.values_list("kind", "folded", "spelt"))
    Name.objects.bulk_create(
        (
            Name(folded=folded, spelt=letters, kind=kind, keys=keys_of(folded, letters))
            for kind, folded, letters in sorted(names - known)
        ),
        ignore_conflicts=True,
    )


def record_sighting(household: Household, site: Site, at: datetime, act: Act) -> None:
    """Write that the household was seen at the site, once until it is answered."""
    sighting = Sighting(household=household, site=site, happened_at=at, act=act)
    Sighting.objects.bulk_create([sighting], ignore_conflicts=True)


def answer_sighting(household: Household, site: Site, **answered: Act) -> datetime:
    """Let what was seen of the household at the site be `confirmed_in` or `dismissed_in` an act; when it was seen.

    Refuses with NotSeenThere.
    """
    waiting = Sighting.objects.open().filter(household=household, site=site)
    seen_at = waiting.values_list("happened_at", flat=True).first()
    if seen_at is None or not waiting.update(**answered):
        raise NotSeenThere
    return seen_at


def record_movements(
    kind: str,
    individual_ids: Iterable[uuid.UUID],
    *,
    site: Site | None,
    at: datetime,
    act: Act,
    told_of: Household | None = None,
    counted_as: Mapping[uuid.UUID, uuid.UUID] | None = None,
    **where: Any,
) -> list[Movement]:
    """Write one fact of the journal for each individual; the caller lays out presences afterwards.

    Whom each of them counts as is read, unless the caller has read it under lock: `counted_as`.

    With `told_of`, the ids are those whom the household's members count as, and each fact is addressed to the member:
    when a merge is undone later, the fact stays with the family it was about. Refuses with SiteClosed: nobody arrives
    where the site is closed by then.
    """
    if kind == Movement.Kind.ARRIVED and site is not None:
        lock_open(site, at)
    ids = list(individual_ids)
    memberships = Membership.objects.today()
    if told_of is None:
        if counted_as is None:
            counted_as = dict(memberships.filter(individual__in=ids).values_list("individual", "counted_as"))
        addressed = [(key, counted_as.get(key, key)) for key in ids]
    else:
        memberships = memberships.filter(household=told_of, counted_as__in=ids)
        addressed = list(memberships.values_list("individual", "counted_as"))
    return Movement.objects.bulk_create(
        Movement(
            kind=kind,
            individual_id=individual,
            counted_as_id=person,
            site=site,
            happened_at=at,
            act=act,
            **where,
        )
        for individual, person in addressed
    )


def record_voids(
    movements: Sequence[Movement], act: Act, counted_as: Mapping[uuid.UUID, uuid.UUID] | None = None
) -> list[Movement]:
    """Write that these facts are taken back; whom they count as, where a merge came since.

    The caller lays out presences afterwards. Refuses with AlreadyVoided.
    """
    told = Movement.objects.filter(individual__in=[one.individual_id for one in movements], voids__isnull=False)
    voided_by = voiding(told)
    last_words = [last_word(movement, voided_by) for movement in movements]
    if not all(stands for _last, stands in last_words):
        raise AlreadyVoided
    return Movement.objects.bulk_create(
        Movement(
            kind=Movement.Kind.VOIDED,
            individual_id=movement.individual_id,
            counted_as_id=(counted_as or {}).get(movement.individual_id, movement.counted_as_id),
            site_id=movement.site_id,
            happened_at=movement.happened_at,
            voids=movement,
            act=act,
        )
        for movement in {last.pk: last for last, _stands in last_words}.values()
    )
