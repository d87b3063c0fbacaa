"""Who belongs together: somebody joins, leaves for another household, or never was; a household splits; a new head.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cards.parts import bind_card
from casework.guard import children_kept
from casework.kinds import Reason
from casework.parts import open_cases
from casework.tracing_parts import match_after_commit
from centre.access import Permission, allows, require
from centre.acts import act
from centre.clock import local_day
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from desk.actions import Registered, enter, follow, registered
from desk.carers import Carer, carers_among, with_carers
from desk.children import left_without_carer
from desk.correcting import (
    KNOWN_BY,
    alone,
    follow_children,
    lock_members,
    may_correct,
    may_supervise,
    members_named,
    require_head,
    seat_head,
)
from desk.errors import AskCoordinator, CarerMissing, HeadMissing, NothingToUndo, NotPlanned
from desk.filling import take_names_back
from desk.taking_back import UNDOABLE, leaves, may_undo_own, never_belonged, take_out, void_facts
from registrations.corrections import Correction
from registrations.errors import SaidOtherwise
from registrations.facts import HouseholdFacts, PersonFacts, asks_for_carer, is_alone
from registrations.models import Household, Individual, Membership, Movement, Relationship
from registrations.parts import record_household, record_memberships, record_people
from registrations.said import say_anew, take_back
from shelter.beside import parted
from shelter.models import Bedding
from shelter.parts import void_beddings


@dataclass(frozen=True)
class Joined:
    """The households that changed, and whom it was about."""

    households: list[str]
    numbers: list[str]
    individuals: list[str]


@act("join", answers=Registered)
def join(household: Household, *, site: Site, person: PersonFacts, by: User, at: datetime, act: Act) -> Registered:
    """Register somebody who came after the family as a member of it.

    Of a child who is here without who looks after it a case opens. Refuses with CarerMissing or OneHead.
    """
    require(by, Permission.REGISTER, site, at)
    (household,) = lock_by_key(Household.objects.filter(pk=household.pk))
    if asks_for_carer(person, local_day(at)) and not person.carer_kind:
        raise CarerMissing
    family = _people_of([household])
    with children_kept(parted(family, at, families_change=True), by=by, site=site, act=act, refusal=None):
        people = record_people(household, [person], act, by)
        enter(people, Movement.Kind.ARRIVED, site, at, act)
        cases = follow(people, [person], site, act, by)
    return registered(household, people, cases)


@act("make_head", answers=Joined)
def make_head(
    household: Household, *, head: uuid.UUID, carers: Sequence[Carer] = (), by: User, at: datetime, act: Act
) -> Joined:
    """Let another member be the head; what the others are to the new one follows, as far as it can be known.

    `carers` are those of the children who are then no son or daughter of the head. Refuses with HeadMissing when this
    is no living member, with HeadNameless, and with CarerMissing.
    """
    require(by, Permission.REGISTER, at=at)
    (household,) = lock_by_key(Household.objects.filter(pk=household.pk))
    members = lock_members(household)
    _require_in_hand(by, household)
    _seat(members, head, members, carers, by, act)
    return _joined([household], [head])


@act("change_household", answers=Joined)
def change_household(
    household: Household,
    *,
    to: Household,
    members: Sequence[PersonFacts],
    head: uuid.UUID | None = None,
    carers: Sequence[Carer] = (),
    by: User,
    at: datetime,
    act: Act,
) -> Joined:
    """Let members, by their ids, go over to another household, where each is what is said of them.

    `head` is who is the head of those who stay, where the head goes; `carers` are those of the children, of whichever
    household they are then. Refuses with HeadMissing, OneHead, CarerMissing or
    NoLongerMember, and with NotPlanned when a child would be parted from its carer, unless a protection officer does.
    """
    require(by, Permission.REGISTER, at=at)
    lock_by_key(Household.objects.filter(pk__in=[household.pk, to.pk]))
    _require_in_hand(by, household)
    _require_in_hand(by, to)
    _go_over(household, to, members, head, carers, by, at, act)
    return _joined([household, to], [person.id for person in members])


@act("split", answers=Joined)
def split(
    household: Household,
    *,
    site: Site,
    members: Sequence[PersonFacts],
    head: uuid.UUID | None = None,
    carers: Sequence[Carer] = (),
    going: str = "",
    card: int | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Joined:
    """Let members, by their ids, be a household of their own; the card and the number stay with those who stay.

    Refuses as change_household does, and with CardTaken, CardRevoked or UnknownCard.
    """
    require(by, Permission.REGISTER, site, at)
    if [person.relationship for person in members].count(Relationship.HEAD) != 1:
        raise HeadMissing
    number = bind_card(card)
    (household,) = lock_by_key(Household.objects.filter(pk=household.pk))
    _require_in_hand(by, household)
    said = {name: getattr(household, name) for name in HouseholdFacts.__dataclass_fields__}
    facts = HouseholdFacts(**said | ({"going": going} if going else {}))
    new = record_household(site, act, registered=True, facts=facts, by=by, number=number)
    _go_over(household, new, members, head, carers, by, at, act)
    return _joined([household, new], [person.id for person in members])


@act("never_was", answers=Joined)
def never_was(
    household: Household,
    *,
    members: Collection[uuid.UUID],
    head: uuid.UUID | None = None,
    carers: Sequence[Carer] = (),
    reason: str,
    by: User,
    at: datetime,
    act: Act,
) -> Joined:
    """Take out members who never were, with everything told of where they were; every figure follows.

    What was handed out stays handed out; of a child whom nobody is left to look after a case opens. Refuses with
    AskCoordinator, HeadMissing, NoLongerMember, and with CarerMissing where a new head is named.
    """
    require(by, Permission.REGISTER, at=at)
    (household,) = lock_by_key(Household.objects.filter(pk=household.pk))
    rows = lock_members(household)
    gone = list(members_named(rows, members).values())
    if not may_correct(by, household, at, [row.individual for row in gone]):
        raise AskCoordinator
    if head is not None:
        gone_keys = {row.individual_id for row in gone}
        staying = {key: row for key, row in rows.items() if key not in gone_keys}
        _seat(rows, head, staying, carers, by, act)
    elif len(gone) < len(rows) and any(row.relationship == Relationship.HEAD for row in gone):
        raise HeadMissing
    people = [row.counted_as_id for row in rows.values()]
    with children_kept(parted(people, at, families_change=True), by=by, site=household.site, act=act, refusal=None):
        take_out(gone, reason, at, act)
    return _joined([household], members)


@act("undo", answers=Joined)
def undo(done: Act, *, reason: str = "", by: User, at: datetime, act: Act) -> Joined:
    """Take back everything that an act recorded about who people are and who belongs together.

    A case opens for a child who is then without a carer. Refuses with NothingToUndo, AskCoordinator, and SaidOtherwise
    when it was changed again since.
    """
    require(by, Permission.REGISTER, at=at)
    households = lock_by_key(Household.objects.filter(pk__in=_households_of(done)))
    if not households:
        raise NothingToUndo
    if not may_undo_own(done, by) and not all(may_supervise(by, one, at) for one in households):
        raise AskCoordinator
    told = Correction.objects.filter(act=done, voided_by__isnull=True)
    rows = Membership.objects.filter(act=done, never_was=False)
    people = {*rows.values_list("individual", flat=True), *told.values_list("individual", flat=True)}
    people = {*people, *told.values_list("membership__individual", flat=True)} - {None}
    counted = Membership.objects.filter(individual__in=people).values_list("counted_as", flat=True)
    lock_by_key(Individual.objects.filter(pk__in={*people, *counted}))
    made, corrections = list(rows.select_related("individual")), list(told)
    if done.kind not in UNDOABLE or not (corrections or made):
        raise NothingToUndo
    if any(row.left_at for row in made):
        raise SaidOtherwise
    family = _people_of(households)
    with children_kept(parted(family, at, families_change=True), by=by, site=households[0].site, act=act, refusal=None):
        _take_all_back(done, made, corrections, reason, at, act)
    return _joined(households, people)


def _take_all_back(
    done: Act, made: Sequence[Membership], corrections: Sequence[Correction], reason: str, at: datetime, act: Act
) -> None:
    take_out([row for row in made if row.individual.registered_in_id == done.pk], reason, at, act)
    moved = [row for row in made if row.individual.registered_in_id != done.pk]
    changes = [change for row in moved for change in never_belonged(row, at)]
    say_anew(changes, act, cause=Correction.Cause.CORRECTED, reason=reason)
    again = take_back(corrections, act, reason)
    match_after_commit(
        {one.individual_id for one in again if one.individual_id and one.field in (*KNOWN_BY, "never_was")}, act
    )
    if done.kind == "complete":
        take_names_back(done, reason, at, act)
    void_beddings(Bedding.objects.filter(act=done, kind=Bedding.Kind.VOIDED, voided_by__isnull=True), act)
    void_facts(list(Movement.objects.filter(act=done, kind=Movement.Kind.VOIDED, voided_by__isnull=True)), act)


def _people_of(households: Collection[Household]) -> list[uuid.UUID]:
    """The persons whom the members of these households count as today."""
    return list(Membership.objects.today().filter(household__in=households).values_list("counted_as", flat=True))


def _require_in_hand(by: User, household: Household) -> None:
    if not Household.objects.in_hand_of(by).filter(pk=household.pk).exists():
        raise AskCoordinator


def _seat(
    members: Mapping[uuid.UUID, Membership],
    head: uuid.UUID,
    staying: Mapping[uuid.UUID, Membership],
    carers: Sequence[Carer],
    by: User,
    act: Act,
) -> None:
    """Let this living member of those who stay be the head; of their children it is asked who looks after them."""
    require_head(head, staying, act.at, by)
    before = alone(staying.values(), local_day(act.at))
    say_anew(seat_head(members, head), act, cause=Correction.Cause.CHANGED)
    follow_children(staying, before, staying[head].household.site, carers, act, by)


def _go_over(
    household: Household,
    to: Household,
    people: Sequence[PersonFacts],
    head: uuid.UUID | None,
    carers: Sequence[Carer],
    by: User,
    at: datetime,
    act: Act,
) -> None:
    rows = lock_members(household)
    going = members_named(rows, [person.id for person in people])
    staying = {key: row for key, row in rows.items() if key not in going}
    if _parted(household, going.values(), staying.values(), local_day(at)) and not allows(
        by, Permission.SEE_CASES, household.site, at
    ):
        raise NotPlanned
    moves = parted(_people_of([household, to]), at, families_change=True)
    with children_kept(moves, by=by, site=household.site, act=act, refusal=NotPlanned):
        before = alone(rows.values(), local_day(at))
        if head is not None:
            _seat(rows, head, staying, carers, by, act)
        elif any(row.relationship == Relationship.HEAD for row in going.values()) and staying:
            raise HeadMissing
        alone_since = _join_others(to, going, people, carers, by, act) - before
        open_cases(sorted(alone_since), site=household.site, reason=Reason.CHILD_ALONE, act=act, by=by)


def _join_others(
    to: Household,
    going: Mapping[uuid.UUID, Membership],
    people: Sequence[PersonFacts],
    carers: Sequence[Carer],
    by: User,
    act: Act,
) -> set[uuid.UUID]:
    """End their memberships, and let them be in the other household what is said of them; who is alone there."""
    at, day = act.at, local_day(act.at)
    say_anew([leaves(row, at) for row in going.values()], act, cause=Correction.Cause.CHANGED)
    there = [*going.values(), *to.memberships.today()]
    people = with_carers(people, carers_among(there, carers, at, by))
    known = [replace(person, birth=going[person.id].individual.birth) for person in people]
    unsaid = [person.id for person in known if asks_for_carer(person, day) and not person.carer_kind]
    if unsaid:
        raise CarerMissing(unsaid)
    individuals = [going[person.id].individual for person in people]
    counted_as = {key: row.counted_as_id for key, row in going.items()}
    for person in people:
        if person.relationship == Relationship.HEAD:
            require_head(person.id, going, at, by)
    record_memberships(to, individuals, people, act, counted_as=counted_as)
    return {person.id for person in known if is_alone(person, day)}


def _parted(
    household: Household, going: Iterable[Membership], staying: Iterable[Membership], day: date
) -> list[uuid.UUID]:
    """The children whom this would part from who looks after them, on either side."""
    parts = [{row.counted_as_id for row in side} for side in (going, staying)]
    return [child for part in parts if part for child in left_without_carer(household, part, day)]


def _households_of(done: Act) -> set[uuid.UUID]:
    """The households of which the act told anything that can be undone here."""
    corrections = Correction.objects.filter(act=done)
    about = corrections.filter(household__isnull=False).values_list("household", flat=True)
    members = corrections.filter(membership__isnull=False).values_list("membership__household", flat=True)
    people = corrections.filter(individual__isnull=False).values_list("individual__memberships__household", flat=True)
    made = Membership.objects.filter(act=done).values_list("household", flat=True)
    return {*about, *members, *people, *made} - {None}


def _joined(households: Sequence[Household], people: Iterable[uuid.UUID]) -> Joined:
    return Joined(
        [str(one.pk) for one in households], [str(one) for one in households], [str(person) for person in people]
    )
