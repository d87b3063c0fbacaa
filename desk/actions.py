"""What a person at a desk does, where it touches several rooms of the house."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from cards.parts import bind_card
from casework.guard import children_kept
from casework.kinds import Reason
from casework.models import Case
from casework.parts import open_cases, open_for_needs
from casework.tracing_parts import match_after_commit
from centre.access import Permission, require
from centre.acts import act, check_instant
from centre.bursts import IN_EMERGENCY, say_at_once
from centre.clock import local_day
from centre.locks import lock_by_key, lock_open
from centre.log import write_log
from centre.models import Act, LogLine, Site, User
from centre.refusals import NotThen
from desk.children import children_alone
from desk.coming import (
    Moved,
    absent_from,
    arrive_at,
    lay_out,
    lock_family,
    moved,
    not_left,
    require_beds_given_up,
    who_comes,
)
from desk.correcting import lock_members
from desk.errors import CarerMissing, NotPlanned
from desk.filling import fill_nameless, take_facts
from desk.leaving import require_way_out, sleepers_among
from desk.models import EmergencyOpening
from desk.newborn import require_newborn
from registrations.errors import NotHere
from registrations.facts import Group, HouseholdFacts, PersonFacts, asks_for_carer
from registrations.living import require_no_death, require_was
from registrations.locks import lock_records
from registrations.models import Going, Household, Individual, Movement
from registrations.parts import (
    record_household,
    record_movements,
    record_nameless,
    record_people,
)
from registrations.presences import lay_out_presences
from registrations.where_told import require_told
from registrations.whereabouts import told_of
from shelter.beside import parted
from shelter.parts import end_holds

OPEN_FOR = timedelta(hours=1)  # in an emergency


@dataclass(frozen=True)
class Registered:
    """The household by id and number as it is read aloud, who was written in order, and how many have no name yet."""

    household: str
    number: str
    individuals: list[str]
    cases: list[str]
    nameless: int = 0


@act("pre_register", answers=Registered, on_paper=True)
def pre_register(
    site: Site,
    *,
    groups: Sequence[Group],
    facts: HouseholdFacts,
    urgent_need: str | None = None,
    card: int | None = None,
    card_read: bool | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Registered:
    """Count a family at the gate: a household with a number and a person without a name for each one counted.

    With `card`, the number is the one of a printed card; `card_read` says whether the card was read. Refuses with
    CardTaken, CardRevoked or UnknownCard.
    """
    require(by, Permission.REGISTER, site, act.judged_at)
    household = record_household(
        site, act, registered=False, facts=facts, by=by, number=bind_card(card), urgent_need=urgent_need
    )
    people = record_nameless(household, groups, act, by)
    enter(people, Movement.Kind.ARRIVED, site, at, act, card_read=card_read)
    needs = {people[0].pk: [urgent_need]} if urgent_need else {}
    cases = open_for_needs(needs, site=site, act=act, by=by, household=household)
    return registered(household, people, cases, nameless=len(people))


@act("register", answers=Registered, on_paper=True)
def register(
    site: Site,
    *,
    members: Sequence[PersonFacts],
    facts: HouseholdFacts,
    arrived_at: datetime | None = None,
    card: int | None = None,
    card_read: bool | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Registered:
    """Register a whole family: its people, their arrival, where they go, and a case for each child alone.

    "Own address" ends their presence in the same act. With `card`, their number is the one of a printed card, and
    `card_read` says whether the card was read. Refuses with CarerMissing, with NotThen when they would arrive after
    they are registered or too long ago, and with CardTaken, CardRevoked or UnknownCard; then nothing is written.
    """
    require(by, Permission.REGISTER, site, act.judged_at)
    if arrived_at and check_instant(arrived_at) > at:
        raise NotThen
    _require_carers(members, at)
    household = record_household(site, act, registered=True, facts=facts, by=by, number=bind_card(card))
    people = record_people(household, members, act, by)
    enter(people, Movement.Kind.ARRIVED, site, arrived_at or at, act, card_read=card_read)
    _go(people, site, facts, at, act)
    return registered(household, people, follow(people, members, site, act, by), nameless=0)


@act("complete", answers=Registered, on_paper=True)
def complete(
    household: Household,
    *,
    site: Site,
    members: Sequence[PersonFacts],
    facts: HouseholdFacts,
    card_read: bool | None = None,
    beds_become_free: bool = False,
    by: User,
    at: datetime,
    act: Act,
) -> Registered:
    """Take the names of a family that was counted at the gate: its nameless rows become these people.

    People beyond those counted are added. In parts where they are many: the first part registers the household, and
    says what it says of itself. Of a child who is then without who looks after it, as where only some come to the site,
    a case opens. Who is at a confidential site of which the user may not know stays there. Refuses with
    AlreadyRegistered, OneHead or CarerMissing, and with BedsBecomeFree as an arrival does; then nothing is written.
    """
    require(by, Permission.REGISTER, site, act.judged_at)
    _require_carers(members, at)
    (locked,) = lock_by_key(Household.objects.filter(pk=household.pk))
    rows = lock_members(locked)
    family = [row.counted_as_id for row in rows.values()]
    with children_kept(parted(family, at, families_change=True), by=by, site=site, act=act, refusal=None):
        said = take_facts(locked, facts, act, by)
        people = fill_nameless(locked, rows, members, act, by)
        told = told_of([person.pk for person in people], by, at)
        living = list(Individual.objects.filter(pk__in=told).living(at))
        absent = absent_from(living, site, at)
        if not beds_become_free:
            require_beds_given_up(absent, site, at)
        if absent:
            arrive_at(absent, site, at, act, card_read=card_read)
        _go(living, site, said, at, act)
        cases = follow(people, members, site, act, by)
    return registered(locked, people, cases)


@act("arrive", answers=Moved, on_paper=True)
def arrive(
    household: Household,
    *,
    site: Site,
    members: Sequence[uuid.UUID] | None = None,
    card_read: bool | None = None,
    beds_become_free: bool = False,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Moved:
    """Record that the household, or these members, came to the site; where they were before, they are no more.

    Of a household whose members were told to be in different places, those come who are nowhere; the others are named.
    `card_read` says whether their card was seen, and stays with the arrival. Who is at a confidential site of which the
    user may not know stays there. Refuses with AlreadyHere, with NotTold or ToldElsewhere when nobody else is left,
    with RecordClosed when one who is named has died, with BedsBecomeFree where they sleep in another house, unless that
    is said, and with ChildApart when a child would be parted from its carer, unless a protection officer records it.
    With `happened_anyway`, how it happened, an urgent case opens.
    """
    require(by, Permission.REGISTER, site, act.judged_at)
    people = lock_family(household, members, at, by)
    coming = who_comes(people, site, at, by, named=members is not None)
    if not beds_become_free:
        require_beds_given_up(coming, site, at)
    with children_kept(parted(_keys(coming), at), by=by, site=site, act=act, happened_anyway=happened_anyway):
        return moved(arrive_at(coming, site, at, act, household=household, card_read=card_read))


@act("depart", answers=Moved, on_paper=True)
def depart(
    household: Household,
    *,
    site: Site,
    destination: str,
    destination_site: Site | None = None,
    destination_marz: str = "",
    members: Sequence[uuid.UUID] | None = None,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Moved:
    """Record that the household, or these members, left the site; their presence and their stay end.

    A hold elsewhere stays. Who only checks in at a house records it of those who sleep there. Refuses with NotHere when
    none of them is present at the site, or all have left it since, with RecordClosed when one who is named has died,
    with SiteClosed when the site they go to is closed, and with NotPlanned when a child would leave or stay behind
    without its carer, unless a protection officer records it. With `happened_anyway`, how it happened, it is recorded
    and an urgent case opens where the child is.
    """
    of_sleepers = require_way_out(by, site, act.judged_at)
    if destination_site:
        lock_open(destination_site, at)
    people = lock_family(household, members, at, by, unknown=NotHere)
    here = not_left([person.pk for person in people], site, at, act)
    if of_sleepers:
        here &= sleepers_among(here, site, at)
    if not here:
        raise NotHere
    with children_kept(
        parted(here, at),
        by=by,
        site=site,
        act=act,
        happened_anyway=happened_anyway,
        refusal=NotPlanned,
        reason=Reason.CHILD_LEFT,
    ):
        movements = record_movements(
            Movement.Kind.DEPARTED,
            [person.pk for person in people if person.pk in here],
            site=site,
            at=at,
            act=act,
            told_of=household,
            destination=destination,
            destination_site=destination_site,
            destination_marz=destination_marz,
        )
        lay_out(movements, act)
    return moved(movements)


@act("died", answers=Moved, on_paper=True)
def record_death(
    individual: Individual, *, site: Site, told_of: Household | None = None, by: User, at: datetime, act: Act
) -> Moved:
    """Record that a person died; presence, stay and holds end.

    With `told_of`, the fact is addressed to the household's member who counts as this person. Refuses with RecordClosed
    when a death of theirs is recorded, with NotTold when they are where the user may not know, with CameLater when they
    came to a site after that hour, and with NeverWas.
    """
    require(by, Permission.REGISTER, site, act.judged_at)
    people = lock_records([individual.pk])
    require_was([individual.pk])
    require_no_death(people[individual.pk], by)
    require_told(people.values(), by, timezone.now())
    with children_kept(parted(people.values(), at), by=by, site=site, act=act, refusal=None):
        movements = record_movements(Movement.Kind.DIED, [individual.pk], site=site, at=at, act=act, told_of=told_of)
        end_holds(people.values(), at, act)
        lay_out(movements, act)
    return moved(movements)


@act("born", answers=Registered, on_paper=True)
def record_birth(
    household: Household,
    *,
    site: Site,
    child: PersonFacts,
    mother: uuid.UUID | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Registered:
    """Record that a child was born into the household at the site; its mother, where she is named, looks after it.

    Where nobody is who looks after it, a case opens. Refuses with NotNewborn or NotTheMother; then nothing is written.
    """
    require(by, Permission.REGISTER, site, act.judged_at)
    lock_by_key(Household.objects.filter(pk=household.pk))
    child = require_newborn(child, mother, household, local_day(at))
    family = _keys(Individual.objects.members_of(household))
    with children_kept(parted(family, at, families_change=True), by=by, site=site, act=act, refusal=None):
        people = record_people(household, [child], act, by)
        enter(people, Movement.Kind.BORN, site, at, act)
        cases = open_for_needs({people[0].pk: child.needs}, site=site, act=act, by=by)
    return registered(household, people, cases)


def _require_carers(members: Iterable[PersonFacts], at: datetime) -> None:
    day = local_day(at)
    if any(asks_for_carer(person, day) and not person.carer_kind for person in members):
        raise CarerMissing


def follow(people: Sequence[Individual], members: Sequence[PersonFacts], site: Site, act: Act, by: User) -> list[Case]:
    """Open a case for each child whom no adult on the list looks after, and what each need calls for.

    Who follows a search for one of them is told; nobody at the desk is.
    """
    alone = [people[position].pk for position in children_alone(members, local_day(act.at))]
    cases = open_cases(alone, site=site, reason=Reason.CHILD_ALONE, act=act, by=by)
    needs = {person.pk: said.needs for person, said in zip(people, members, strict=True)}
    match_after_commit([person.pk for person in people], act)
    return [*cases, *open_for_needs(needs, site=site, act=act, by=by)]


def _keys(people: Iterable[Individual]) -> list[uuid.UUID]:
    return [person.pk for person in people]


def enter(
    people: Iterable[Individual],
    kind: Movement.Kind,
    site: Site,
    at: datetime,
    act: Act,
    *,
    card_read: bool | None = None,
) -> None:
    """Those who were written in this act come to the site; nobody has given them a bed yet."""
    keys = [person.pk for person in people]
    record_movements(kind, keys, site=site, at=at, act=act, card_read=card_read)
    lay_out_presences(keys)


def _go(people: Iterable[Individual], site: Site, facts: HouseholdFacts | Household, at: datetime, act: Act) -> None:
    """Those who go to their own address leave in the same act."""
    if facts.going == Going.OWN_ADDRESS:
        movements = record_movements(
            Movement.Kind.DEPARTED,
            [person.pk for person in people],
            site=site,
            at=at,
            act=act,
            destination=Movement.Destination.OWN_ADDRESS,
            destination_marz=facts.destination_marz,
        )
        lay_out(movements, act)


def registered(
    household: Household, people: Sequence[Individual], cases: Sequence[Case], nameless: int | None = None
) -> Registered:
    """What an act answers that wrote these people and cases; how many have no name is counted where it is not known."""
    return Registered(
        str(household.pk),
        str(household),
        [str(person.pk) for person in people],
        [str(case.pk) for case in cases],
        household.memberships.nameless().count() if nameless is None else nameless,
    )


@dataclass(frozen=True)
class Opened:
    """The household whose file is open to who asked."""

    household: str
    number: str


@act("open_in_emergency", answers=Opened)
def open_in_emergency(household: Household, *, reason: str, by: User, at: datetime, act: Act) -> Opened:
    """Show the household to `by` for an hour; those who supervise them read who and why on every page."""
    require(by, Permission.SEE_FAMILIES, at=at)
    EmergencyOpening.objects.create(household=household, by=by, reason=reason, until=timezone.now() + OPEN_FOR, act=act)
    write_log(by, LogLine.Verb.OPENED, household, [IN_EMERGENCY], why=reason)
    say_at_once()
    return Opened(str(household.pk), str(household))
