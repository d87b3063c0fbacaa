"""To a hospital and back: one person goes, the family stays, and the bed waits."""

import uuid
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.guard import children_kept
from casework.kinds import Reason
from casework.models import Step
from casework.parts import follow_to_hospital, say_in_medical_case
from centre.access import Permission, require
from centre.acts import act
from centre.clock import local_day
from centre.locks import lock_open
from centre.models import Act, Site, User
from centre.refusals import Refusal
from desk.children import is_child_on
from desk.coming import arrive_at, lay_out, lock_family, not_left
from desk.errors import NotAHospital, NotInHospital, NotPlanned
from registrations.errors import NoLongerMember, NotHere, NotTold
from registrations.models import Household, Individual, Membership, Movement, Presence
from registrations.parts import record_movements
from registrations.where_told import Eyes, where_in_words
from registrations.whereabouts import AT_A_SITE, ON_THE_WAY, Whereabouts, find_people, told_of
from shelter.beside import parted
from shelter.keeping import go_back_to_bed, keep_places
from shelter.models import Stay
from shelter.parts import Sleeper, cut_holds


@dataclass(frozen=True)
class Sent:
    """Who went, the facts of the journal, and the holds of their beds; whether a case is open is not for everybody."""

    individuals: list[str]
    movements: list[str]
    holds: list[str]


@act("send_to_hospital", answers=Sent, on_paper=True)
def send_to_hospital(
    household: Household,
    *,
    site: Site,
    hospital: Site,
    patient: uuid.UUID,
    companion: uuid.UUID | None = None,
    arrived: bool = False,
    keep_bed_until: datetime | None = None,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Sent:
    """Record that a member left for a hospital, or has `arrived` there, alone or with one who goes along.

    The family stays. Their beds are held for them until a time, or given up where none is said; a medical case says
    that they were sent. Refuses with NotAHospital, SiteClosed, NotHere, NoLongerMember, RecordClosed, AlreadyHeld or
    HoldEndsFirst, and with NotPlanned when a child would go without its carer, unless a protection officer sends it or
    it happened anyway. A child whom a patient leaves behind gets a case.
    """
    require(by, Permission.REGISTER, site, act.judged_at)
    _require_open_hospital(hospital, site, at)
    people = _lock(household, [patient, *([companion] if companion else [])], at, by, unknown=NotHere)
    keys = [person.pk for person in people]
    if len(not_left(keys, site, at, act)) < len(keys):
        raise NotHere
    with _none_sent_away(people, at, site, act, by, happened_anyway):
        holds = _keep_or_give_up(_sleepers(household, people), site, keep_bed_until, at, act)
        follow_to_hospital(patient, site=site, act=act, by=by)
        going: dict[str, Any] = {"destination": Movement.Destination.SITE, "destination_site": hospital}
        movements = record_movements("departed", keys, site=site, at=at, act=act, told_of=household, **going)
        lay_out(movements, act)
        if arrived:
            arrive_at(people, hospital, at, act, household=household, card_read=None)
    return Sent(_ids(people), _written(act), _ids(holds))


@dataclass(frozen=True)
class Back:
    """Who is back, the facts of the journal, the stays that began in the kept beds, and those who have no bed."""

    individuals: list[str]
    movements: list[str]
    stays: list[str]
    without_bed: list[str]


@act("back_from_hospital", answers=Back, on_paper=True)
def back_from_hospital(
    household: Household,
    *,
    site: Site,
    members: Sequence[uuid.UUID],
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Back:
    """Record that these members are back at the site, each in the bed that was kept; who has none is named.

    Who may not know of the people in the hospital receives those whom the site sent. Refuses with NoLongerMember,
    RecordClosed, NotInHospital or NotTold, and with ChildApart as an arrival does: also where who is back leaves a
    child behind.
    """
    require(by, Permission.REGISTER, site, act.judged_at)
    people = _lock(household, members, at, by)
    _require_in_hospital(people, site, at, by)
    find_apart = parted([person.pk for person in people], at)
    with children_kept(find_apart, by=by, site=site, act=act, happened_anyway=happened_anyway):
        arrive_at(people, site, at, act, household=household, card_read=None)
        bedless = go_back_to_bed(_sleepers(household, people), site, at, act)
        for person in people:
            said = Step.OwnWords.FROM_HOSPITAL
            say_in_medical_case(person.pk, Step.Kind.KNOWN, said, act=act, by=by)
    stays = Stay.objects.filter(began_by__act=act)
    return Back(_ids(people), _written(act), _ids(stays), [str(who.person) for who in bedless])


def who_may_be_back(people: Collection[uuid.UUID], site: Site, by: User, at: datetime) -> set[uuid.UUID]:
    """The people who may come back from hospital to the site: they are in one, or at a place the user may not know."""
    eyes = Eyes.of(by, at, people)
    found = {person: where for person, where in find_people(people, at).items() if where.site != site}
    return {one for one, where in found.items() if _is_in_hospital(where) or where_in_words(where, eyes).untold}


def _require_open_hospital(hospital: Site, site: Site, at: datetime) -> None:
    if hospital.kind != Site.Kind.HOSPITAL or hospital == site:
        raise NotAHospital
    lock_open(hospital, at)


def _lock(
    household: Household,
    members: Sequence[uuid.UUID],
    at: datetime,
    by: User,
    *,
    unknown: type[Refusal] = NotTold,
) -> list[Individual]:
    people = lock_family(household, members, at, by, unknown=unknown)
    if {person.pk for person in people} != set(members):
        raise NoLongerMember
    return people


def _none_sent_away(
    people: Sequence[Individual], at: datetime, site: Site, act: Act, by: User, happened_anyway: str
) -> AbstractContextManager[None]:
    """A child goes with its carer; an adult who is wounded goes at once, and of a child left behind a case opens."""
    child_goes = any(is_child_on(one, local_day(at)) for one in people)
    return children_kept(
        parted([person.pk for person in people], at),
        by=by,
        site=site,
        act=act,
        happened_anyway=happened_anyway,
        refusal=NotPlanned if child_goes else None,
        reason=Reason.CHILD_LEFT,
    )


def _sleepers(household: Household, people: Sequence[Individual]) -> list[Sleeper]:
    rows = Membership.objects.today().filter(household=household, counted_as__in=people).order_by("position")
    return [Sleeper(person, record) for person, record in dict(rows.values_list("counted_as", "individual")).items()]


def _keep_or_give_up(
    people: Sequence[Sleeper], site: Site, until: datetime | None, at: datetime, act: Act
) -> list[Stay]:
    """Hold the beds in which these sleep at the site; or end what is held for them there, as their stays end too."""
    theirs = Stay.objects.filter(site=site, individual__in=[who.person for who in people]).select_related(
        "room", "place"
    )
    if until is None:
        cut_holds(theirs.holds().from_(at), at, act)
        return []
    by_person = {who.person: who for who in people}
    sleeping = [(by_person[stay.individual_id], stay) for stay in theirs.stays().at(at) if stay.place_id or stay.shares]
    return keep_places(sleeping, until, Stay.OwnReason.AWAY.value, at, act) if sleeping else []


def _require_in_hospital(people: Sequence[Individual], site: Site, at: datetime, by: User) -> None:
    keys = [person.pk for person in people]
    found, told = find_people(keys, at), told_of(keys, by, at)
    for person in people:
        where = found.get(person.pk)
        in_hospital = where is not None and _is_in_hospital(where)
        if not in_hospital:
            raise NotInHospital if person.pk in told else NotTold
        if person.pk not in told and not _was_sent_from(person, site, at):
            raise NotTold


def _is_in_hospital(where: Whereabouts) -> bool:
    there = where.place in AT_A_SITE or where.place == ON_THE_WAY
    return there and where.site is not None and where.site.kind == Site.Kind.HOSPITAL


def _was_sent_from(person: Individual, site: Site, at: datetime) -> bool:
    """Whether the site was the last one at which they were before the hospital."""
    before = Presence.objects.filter(individual=person, during__startswith__lte=at)
    last = before.exclude(site__kind=Site.Kind.HOSPITAL).order_by("-during").first()
    return last is not None and last.site_id == site.pk


def _written(act: Act) -> list[str]:
    return [str(key) for key in Movement.objects.filter(act=act).order_by("id").values_list("pk", flat=True)]


def _ids(rows: Any) -> list[str]:
    return [str(row.pk) for row in rows]
