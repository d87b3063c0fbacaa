"""Giving names to the rows that were counted at the gate."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from centre.clock import local_day
from centre.models import Act, User
from centre.refusals import refused_on
from desk.correcting import told_birth
from desk.taking_back import standing_of, void_facts
from registrations.corrections import Correction
from registrations.errors import AlreadyRegistered, AlreadyWritten, OneHead
from registrations.facts import HouseholdFacts, PersonFacts, cohort_on
from registrations.models import (
    ONE_HEAD,
    AgeGroup,
    Household,
    Individual,
    Membership,
    Movement,
    SpecificNeed,
)
from registrations.parts import columns_of, named, record_names, record_needs, record_people
from registrations.said import COLUMNS, NAMES, NOT_REGISTERED, Change, Row, keep, registered_in, say_anew, value_of

OLDER = {group: place for place, group in enumerate(AgeGroup.values)}
UNKNOWN = len(OLDER)


def match_nameless(
    rows: Sequence[tuple[uuid.UUID, str | None, str]], people: Sequence[tuple[str | None, str]]
) -> dict[int, uuid.UUID]:
    """Which person, by position, fills which nameless row.

    The same sex and age group first, then the same sex and a neighbouring group, then what is unknown. Both sides are
    (sex, age group); None or "" where it is not known. Each row is filled once. From the youngest on, so that nobody
    takes the only row of another.
    """
    left = sorted(rows, key=lambda row: OLDER.get(row[2], UNKNOWN))
    in_order = sorted(enumerate(people), key=lambda one: OLDER.get(one[1][1], UNKNOWN))
    filled: dict[int, uuid.UUID] = {}
    for fits_sex, fits_group in ((_same, _same), (_same, _near), (_open, _open), (_open, _near)):
        for position, (sex, group) in in_order:
            row = next((row for row in left if fits_sex(row[1], sex) and fits_group(row[2], group)), None)
            if position not in filled and row:
                filled[position] = row[0]
                left.remove(row)
    return filled


def _same(one: str | None, other: str | None) -> bool:
    return one == other


def _near(one: str | None, other: str | None) -> bool:
    return one in OLDER and other in OLDER and abs(OLDER[one] - OLDER[other]) <= 1


def _open(one: str | None, other: str | None) -> bool:
    return one == other or not one or not other


def take_facts(household: Household, facts: HouseholdFacts, act: Act, by: User) -> HouseholdFacts | Household:
    """Register the household, which is locked, with its first names; what it says of itself.

    With later names it stands as it was told with the first. Refuses with AlreadyRegistered when nobody is nameless.
    """
    if household.registered_at is None:
        desk, said = {"registered_at": act.at, "registered_by": by, "registered_in": act}, columns_of(facts)
        told = (_says(household, field, said) for field in COLUMNS[Household] if field != "registered")
        keep([*told, *_said_again([household], act, by)], act, cause=Correction.Cause.NAMED)
        Household.objects.filter(pk=household.pk).update(**desk, **said)
        return facts
    if not household.memberships.nameless().exists():
        raise AlreadyRegistered
    return household


def _says(household: Household, field: str, said: Mapping[str, Any]) -> Change:
    before = value_of(household, field)
    if isinstance(before, dict):
        return Change(household, field, {column: said.get(column, was) for column, was in before.items()})
    return Change(household, field, said.get(field, before))


def take_names_back(done: Act, reason: str, at: datetime, act: Act) -> None:
    """Let those who were named in the act be nameless again, as they were counted; what was said with it is taken back.

    The household waits for its names again, unless others of it were named since.
    """
    people = list(Individual.objects.filter(registered_in=done, pre_registered_at__isnull=False))
    rows = Membership.objects.today().filter(individual__in=people)
    nobody = {"carer_kind": "", "carer_id": None}
    changes = [change for row in rows for change in (Change(row, "relationship", ""), Change(row, "carer", nobody))]
    homes = Household.objects.filter(registered_in=done)
    others = Membership.objects.today().filter(individual__registered_at__isnull=False).exclude(individual__in=people)
    waiting = homes.exclude(pk__in=others.order_by().values("household"))
    registered: list[Row] = [*people, *waiting]
    changes += [Change(one, "registered", NOT_REGISTERED) for one in registered]
    say_anew(changes, act, cause=Correction.Cause.CORRECTED, reason=reason)
    needs = SpecificNeed.objects.filter(act=done, individual__in=people, ended_at=None)
    needs.update(ended_at=at, ended_by=act.by, ended_in=act)
    told = standing_of(Movement.objects.filter(individual__in=people))
    void_facts([one for one in told if one.act_id == done.pk], act)


def fill_nameless(
    household: Household, rows: Mapping[uuid.UUID, Membership], members: Sequence[PersonFacts], act: Act, by: User
) -> list[Individual]:
    """Name the nameless of the household's rows, which are locked, as these people and add those beyond them.

    They are returned in the members' order.

    A nameless row that nobody fills stays as counted, and is asked about. Refuses with AlreadyWritten when a person
    has the id of one of them: the rows that are filled keep their own. What a row said before is kept.
    """
    if Individual.objects.filter(pk__in=[person.id for person in members]).exists():
        raise AlreadyWritten
    keys = set(household.memberships.nameless().values_list("individual", flat=True))
    nameless = {key: row for key, row in rows.items() if key in keys}
    day = local_day(act.at)
    filled = match_nameless(
        [(key, row.individual.sex, cohort_on(row.individual.birth, day)) for key, row in nameless.items()],
        [(person.sex, cohort_on(person.birth, day)) for person in members],
    )
    row_of = {members[position].id: row for position, row in filled.items()}
    people = [
        replace(
            person,
            id=row_of.get(person.id, person.id),
            carer=row_of.get(person.carer, person.carer) if person.carer else None,
        )
        for person in members
    ]
    of_rows = [person for person in people if person.id in nameless]
    individuals = _name_rows(nameless, of_rows, act, by)
    record_needs({person.id: person.needs for person in of_rows}, act)
    added = record_people(household, [person for person in people if person.id not in nameless], act, by)
    written = {individual.pk: individual for individual in [*individuals, *added]}
    return [written[person.id] for person in people]


def _name_rows(
    nameless: Mapping[uuid.UUID, Membership], people: Sequence[PersonFacts], act: Act, by: User
) -> list[Individual]:
    rows = [nameless[person.id] for person in people]
    individuals = [row.individual for row in rows]
    told = (change for row, person in zip(rows, people, strict=True) for change in _named(row.individual, person))
    anew = _said_again(individuals, act, by)
    again = {change.row.pk for change in anew}
    both = zip(rows, people, strict=True)
    seats = (change for row, person in both if person.id in again for change in _seat(row, person))
    keep([*told, *anew, *seats], act, cause=Correction.Cause.NAMED)
    desk = {"registered_at": act.at, "registered_by": by, "registered_in": act}
    for row, person in zip(rows, people, strict=True):
        for column, value in (named(person) | desk).items():
            setattr(row.individual, column, value)
        row.relationship, row.carer_kind, row.carer_id = person.relationship, person.carer_kind, person.carer
    Individual.objects.bulk_update(individuals, [*named(PersonFacts()), *desk])
    with refused_on(ONE_HEAD, OneHead()):
        Membership.objects.bulk_update(rows, ["relationship", "carer_kind", "carer"])
    record_names(individuals)
    return individuals


def _said_again(rows: Sequence[Row], act: Act, by: User) -> list[Change]:
    """The changes that register again the rows whose registration was taken back by a correction."""
    model = rows[0]._meta.model_name if rows else ""
    taken_back = Correction.objects.filter(field="registered", **{f"{model}__in": rows}) if rows else ()
    keys = {getattr(one, f"{model}_id") for one in taken_back}
    return [Change(row, "registered", registered_in(act, by)) for row in rows if row.pk in keys]


def _seat(row: Membership, person: PersonFacts) -> tuple[Change, Change]:
    """What the row is to say of what they are to the head, and who looks after them."""
    carer = {"carer_kind": person.carer_kind, "carer_id": str(person.carer) if person.carer else None}
    return Change(row, "relationship", person.relationship), Change(row, "carer", carer)


def _named(individual: Individual, person: PersonFacts) -> Iterator[Change]:
    """What the row is to say of who they are."""
    now = {name: getattr(person, name) for name in (*NAMES, "sex")}
    now |= {"birth": told_birth(person.birth), "documents": list(person.documents)}
    return (Change(individual, field, value) for field, value in now.items())
