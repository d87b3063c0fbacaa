"""Where people come: what the acts of arriving share, and what is noted of a family that only named its number."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.guard import children_kept
from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from centre.refusals import Refusal
from desk.errors import BedsBecomeFree
from registrations.errors import AlreadyHere, NobodyBelongs, NotSeenThere, NotTold, ToldElsewhere
from registrations.living import living_for, require_living
from registrations.models import Household, Individual, Movement, Presence
from registrations.over import require_over
from registrations.parts import answer_sighting, record_movements, record_sighting
from registrations.presences import lay_out_presences
from registrations.whereabouts import told_of, touched_at
from shelter.beside import parted
from shelter.models import Stay, StayQuerySet
from shelter.nights import lay_out_stays
from shelter.parts import end_holds_elsewhere


@dataclass(frozen=True)
class Moved:
    """The individuals a fact of the journal was written for, and the facts."""

    individuals: list[str]
    movements: list[str]


@dataclass(frozen=True)
class Seen:
    """The number of the household that was seen."""

    number: str


@act("note_seen", answers=Seen)
def note_seen(household: Household, *, site: Site, by: User, at: datetime, act: Act) -> Seen:
    """Record that the household's number was shown at the site: presences, stays and holds go on as they are."""
    require(by, Permission.REGISTER, site, at)
    record_sighting(household, site, at, act)
    return Seen(str(household))


@act("confirm_seen", answers=Moved)
def confirm_seen(
    household: Household,
    *,
    site: Site,
    beds_become_free: bool = False,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Moved:
    """Record that the household, which was seen at the site, did arrive there then.

    Refuses with NotSeenThere, AlreadyHere, NotTold or ToldElsewhere, and with BedsBecomeFree or ChildApart as an
    arrival does.
    """
    _require_to_answer(by, household, site, at)
    people = lock_family(household, None, at, by)
    seen_at = answer_sighting(household, site, confirmed_in=act)
    coming = who_comes(people, site, seen_at, by)
    if not beds_become_free:
        require_beds_given_up(coming, site, seen_at)
    keys = [person.pk for person in coming]
    with children_kept(parted(keys, seen_at), by=by, site=site, act=act, happened_anyway=happened_anyway):
        return moved(arrive_at(coming, site, seen_at, act, household=household, card_read=False))


@act("dismiss_seen", answers=Seen)
def dismiss_seen(household: Household, *, site: Site, by: User, at: datetime, act: Act) -> Seen:
    """Record that it was not the household that was seen at the site. Refuses with NotSeenThere."""
    _require_to_answer(by, household, site, at)
    answer_sighting(household, site, dismissed_in=act)
    return Seen(str(household))


def _require_to_answer(by: User, household: Household, site: Site, at: datetime) -> None:
    """Who has the family in hand says whether it was them; where they may not know of the site nobody was seen."""
    require_over(by, Permission.REGISTER, Household.objects.filter(pk=household.pk), at)
    if not by.knows(site, at):
        raise NotSeenThere


def lock_family(
    household: Household,
    members: Sequence[uuid.UUID] | None,
    at: datetime,
    by: User,
    *,
    unknown: type[Refusal] = NotTold,
) -> list[Individual]:
    """Lock the household, then by key the `members` that are named, else those of today who live.

    A person whose death the user may not know lives here too. Refuses with NobodyBelongs when it has no members. When
    one who is named has died, it refuses with RecordClosed, or with `unknown` where the user may not know of the death.
    """
    lock_by_key(Household.objects.filter(pk=household.pk))
    people = Individual.objects.members_of(household)
    people = living_for(by, people, at) if members is None else people.filter(pk__in=members)
    keys = set(people.values_list("pk", flat=True))
    if not keys and not household.memberships.today().exists():
        raise NobodyBelongs
    locked = lock_by_key(Individual.objects.filter(pk__in=keys))
    if members is not None:
        require_living(keys, at, by, unknown=unknown)
    return locked


def who_comes(
    people: Sequence[Individual], site: Site, at: datetime, by: User, *, named: bool = False
) -> list[Individual]:
    """The people of the family, which is locked, who come to the site: those who are named, else those not elsewhere.

    Refuses with AlreadyHere, NotTold or ToldElsewhere when nobody is left.
    """
    absent = absent_from(people, site, at)
    if not absent:
        raise AlreadyHere
    told = told_of([person.pk for person in people], by, at)
    free = [person for person in absent if person.pk in told]
    if not free:
        raise NotTold
    touched = told.keys() if named else touched_at(told, site)
    coming = [person for person in free if person.pk in touched]
    if not coming:
        raise ToldElsewhere
    return coming


def absent_from(people: Iterable[Individual], site: Site, at: datetime) -> list[Individual]:
    """Those who are not at the site; a person who is presumed to have left it may arrive again."""
    everyone = list(people)
    present = set(
        Presence.objects.filter(individual__in=everyone, site=site).at(at).values_list("individual", flat=True)
    )
    return [person for person in everyone if person.pk not in present]


def asleep_elsewhere(people: Iterable[uuid.UUID], site: Site, at: datetime) -> StayQuerySet:
    """The stays of these people that end when they come to the site."""
    return Stay.objects.stays().of(people).at(at).exclude(site=site)


def require_beds_given_up(people: Iterable[Individual], site: Site, at: datetime) -> None:
    """Refuse with BedsBecomeFree where these, who come to the site, sleep in another."""
    stays = asleep_elsewhere([person.pk for person in people], site, at).select_related("room__site")
    if houses := sorted({str(stay.room.site) for stay in stays}):
        raise BedsBecomeFree(houses)


def not_left(keys: Sequence[uuid.UUID], site: Site, at: datetime, act: Act) -> set[uuid.UUID]:
    """Which of these people, who are locked, have a presence at the site, also one presumed left.

    A departure may be recorded late. A person whose departure from there is recorded already has left once, whichever
    of two desks entered the later hour; but a departure that is typed from paper is another fact.
    """
    presences = Presence.objects.filter(individual__in=keys, site=site, during__contains=at)
    if not act.written_by:
        presences = presences.exclude(ended_by__kind=Movement.Kind.DEPARTED)
    return set(presences.values_list("individual", flat=True))


def arrive_at(
    people: Iterable[Individual],
    site: Site,
    at: datetime,
    act: Act,
    *,
    household: Household | None = None,
    card_read: bool | None,
) -> list[Movement]:
    """Write that these came to the site, addressed to the household's members when it is given."""
    keys = [person.pk for person in people]
    kind = Movement.Kind.ARRIVED
    movements = record_movements(kind, keys, site=site, at=at, act=act, told_of=household, card_read=card_read)
    end_holds_elsewhere(keys, site, at, act)
    lay_out(movements, act)
    return movements


def lay_out(movements: Iterable[Movement], act: Act) -> None:
    """Let presences and stays read as the journal now says."""
    keys = {movement.counted_as_id for movement in movements}
    lay_out_presences(keys)
    lay_out_stays(keys, act)


def moved(movements: Sequence[Movement]) -> Moved:
    """What an act answers that wrote these facts and no others; PostgreSQL minted their ids, so they are read back."""
    written = Movement.objects.filter(act=movements[0].act_id).values_list("individual", "id")
    return Moved([str(individual) for individual, _ in written], [str(key) for _, key in written])
