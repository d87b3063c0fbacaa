"""Saying anew what was written wrongly of people and families; what stood before is kept.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casework.guard import children_kept
from casework.kinds import Reason
from casework.parts import open_cases
from casework.tracing_parts import match_after_commit
from centre.access import Permission, allows, require
from centre.acts import act
from centre.clock import local_day
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from desk.carers import Carer, carer_changes, carers_among
from desk.errors import AlreadySettled, AskCoordinator, CarerMissing, HeadMissing, HeadNameless, ReasonMissing
from desk.relations import relation_back, relation_to_new_head
from registrations.corrections import Conflict, Correction
from registrations.errors import NoLongerMember
from registrations.facts import Birth, PersonFacts, asks_for_carer, is_alone, is_child
from registrations.living import living_for
from registrations.models import Going, Household, Individual, Membership, Relationship
from registrations.parts import told_at
from registrations.said import NAMES, Change, Row, say_anew, value_of
from shelter.beside import parted

OF_THE_MEMBERSHIP = ("relationship", "carer")
SAID_ANY_DAY = ("going", "phones", "vehicle", "languages")  # by a family of itself, at any desk it comes to
KNOWN_BY = (*NAMES, "sex", "birth")
NOT_READ = "not read"  # what `was` says where the desk did not say what it read


@dataclass(frozen=True)
class Said:
    """What a desk says anew: a field of the person, or of the household where `person` is None.

    `was` is what the desk read there and `now` what it is, both as plain values.
    """

    field: str
    now: Any
    was: Any = NOT_READ
    person: uuid.UUID | None = None


@dataclass(frozen=True)
class Corrected:
    """The household, the fields that say something else now, and those that somebody else had changed meanwhile."""

    household: str
    corrected: list[str]
    conflicts: list[str]


@act("correct", answers=Corrected)
def correct(
    household: Household,
    *,
    said: Sequence[Said],
    carers: Sequence[Carer] = (),
    reason: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Corrected:
    """Let fields of the household and its people say what is right.

    A field that no longer says what the desk read is not overwritten: both stand as a conflict for a supervisor.
    `carers` are those of the children of whom it must be said since, as where another is the head.
    Refuses with AskCoordinator, ReasonMissing, CarerMissing, HeadMissing, OneHead or NoLongerMember; then nothing is
    written.
    """
    require(by, Permission.REGISTER, at=at)
    (household,) = lock_by_key(Household.objects.filter(pk=household.pk))
    members = lock_members(household)
    members_named(members, [one.person for one in said if one.person])
    _require_to_correct(by, household, members, said, at)
    changes, conflicts = _agreed(household, members, said, reason, act)
    day = local_day(at)
    if (
        not reason
        and not _is_of(household.registered_in or household.act, day, household.site)
        and any(_matters(change, day) for change in changes)
    ):
        raise ReasonMissing
    before = alone(members.values(), day)
    with _children_followed(household, members, changes, act, by):
        written = say_anew(
            [*_seat_head(members, changes, at, by), *changes], act, cause=Correction.Cause.CORRECTED, reason=reason
        )
    Conflict.objects.bulk_create(conflicts)
    follow_children(members, before, household.site, carers, act, by)
    _match_anew(changes, act)
    return Corrected(
        str(household.pk), list(dict.fromkeys(one.field for one in written)), [one.field for one in conflicts]
    )


@act("settle", answers=Corrected)
def settle(conflict: Conflict, *, take: bool, by: User, at: datetime, act: Act) -> Corrected:
    """Decide between what stands and what the other desk meant.

    Refuses with AlreadySettled, AskCoordinator or NoLongerMember.
    """
    require(by, Permission.MERGE, at=at)
    household = conflict.household or _household_of(conflict)
    (household,) = lock_by_key(Household.objects.filter(pk=household.pk))
    members = lock_members(household)
    if not may_supervise(by, household, at):
        raise AskCoordinator
    if not Conflict.objects.filter(pk=conflict.pk, settled_in__isnull=True).update(settled_in=act):
        raise AlreadySettled
    written = []
    if take:
        changes = [Change(_row_in(household, members, conflict), conflict.field, conflict.now)]
        with _children_followed(household, members, changes, act, by):
            written = say_anew([*_seat_head(members, changes, at, by), *changes], act, cause=Correction.Cause.CORRECTED)
        _match_anew(changes, act)
    return Corrected(str(household.pk), [one.field for one in written], [])


def may_supervise(by: User, household: Household, at: datetime) -> bool:
    """Whether the user may set right what a desk wrote about this family."""
    return Household.objects.supervised_by(by, at).filter(pk=household.pk).exists()


def may_correct(by: User, household: Household, at: datetime, people: Sequence[Individual] = ()) -> bool:
    """Whether the user may correct it: their own desk wrote it today, or they supervise it."""
    acts = [one.registered_in or one.pre_registered_in for one in people] or [household.registered_in or household.act]
    own_desk = all(_is_of(one, local_day(at), household.site) for one in acts) and allows(
        by, Permission.REGISTER, household.site, at
    )
    return own_desk or may_supervise(by, household, at)


def lock_members(household: Household) -> dict[uuid.UUID, Membership]:
    """Lock the people of the household, which is locked; its memberships of today by person."""
    rows = list(household.memberships.today().order_by("position"))
    keys = {key for row in rows for key in (row.individual_id, row.counted_as_id)}
    people = lock_by_key(Individual.objects.filter(pk__in=keys))
    by_key = {person.pk: person for person in people}
    for row in rows:
        row.individual, row.household = by_key[row.individual_id], household
    return {row.individual_id: row for row in rows}


def members_named(members: Mapping[uuid.UUID, Membership], keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Membership]:
    """Those of the members who are named. Refuses with NoLongerMember."""
    named = list(keys)
    if not members.keys() >= set(named):
        raise NoLongerMember
    return {key: members[key] for key in named}


def seat_head(members: Mapping[uuid.UUID, Membership], head: uuid.UUID) -> list[Change]:
    """What everybody is, once this member is the head; the one who was steps down first. Nothing where they are."""
    new = members[head]
    old = next((row for row in members.values() if row.relationship == Relationship.HEAD), None)
    if old is new:
        return []
    others = [row for row in members.values() if row is not new and row is not old]
    return [
        *([Change(old, "relationship", relation_back(new.relationship, old.individual.sex))] if old else []),
        *(
            Change(row, "relationship", str(relation_to_new_head(row.relationship, new.relationship)))
            for row in others
            if old
        ),
        Change(new, "relationship", str(Relationship.HEAD)),
    ]


def require_head(head: uuid.UUID, members: Mapping[uuid.UUID, Membership], at: datetime, by: User) -> None:
    """Whoever is to be head of these members is one of them and lives, and has a name where another has one.

    Of a death that is kept from the user they learn nothing here. Refuses with HeadMissing or HeadNameless.
    """
    counted = [row.counted_as_id for row in members.values()]
    people = set(living_for(by, Individual.objects.filter(pk__in=counted), at).values_list("pk", flat=True))
    row = members.get(head)
    if row is None or row.counted_as_id not in people:
        raise HeadMissing
    nameless = set(row.household.memberships.nameless().values_list("individual", flat=True))
    living = {key for key, one in members.items() if one.counted_as_id in people}
    if head in nameless and living - nameless:
        raise HeadNameless


def _require_to_correct(
    by: User, household: Household, members: Mapping[uuid.UUID, Membership], said: Sequence[Said], at: datetime
) -> None:
    """Anybody who has the family in hand writes down what it says of itself today; the rest is a correction.

    Nobody corrects documents that they may not see.
    """
    shown = {one.person for one in said if one.field == "documents" and one.person}
    if shown:
        seen = Individual.objects.filter(pk__in=shown).visible_to(by, permission=Permission.SEE_DOCUMENTS)
        if seen.distinct().count() < len(shown):
            raise AskCoordinator
    anew = all(one.person is None and one.field in SAID_ANY_DAY for one in said)
    if anew and Household.objects.in_hand_of(by).filter(pk=household.pk).exists():
        return
    if not may_correct(by, household, at, [members[one.person].individual for one in said if one.person]):
        raise AskCoordinator


def _is_of(act: Act | None, day: date, site: Site) -> bool:
    return act is not None and local_day(told_at(act, site)) == day


def _agreed(
    household: Household, members: Mapping[uuid.UUID, Membership], said: Sequence[Said], reason: str, act: Act
) -> tuple[list[Change], list[Conflict]]:
    """The changes of fields that still say what the desk read, and a conflict for each that does not."""
    changes, conflicts = [], []
    for one in said:
        row = _row(household, members, one)
        stands, now = value_of(row, one.field), _laid_out(row, one, act)
        if one.was == NOT_READ or _agrees(one.was, stands) or _agrees(one.now, stands):
            changes.append(Change(row, one.field, now))
        else:
            about: dict[str, Any] = {row._meta.model_name or "": row}
            conflicts.append(Conflict(field=one.field, was=one.was, now=now, reason=reason, act=act, **about))
    return changes, conflicts


def _row(household: Household, members: Mapping[uuid.UUID, Membership], one: Said) -> Row:
    if one.person is None:
        return household
    membership = members[one.person]
    return membership if one.field in OF_THE_MEMBERSHIP else membership.individual


def _laid_out(row: Row, one: Said, act: Act) -> Any:
    """The value whole: what was not said of it stands as it stood, and who wants shelter from now on waits since."""
    if not isinstance(one.now, Mapping):
        return one.now
    laid = value_of(row, one.field) | one.now
    if one.field == "going" and isinstance(row, Household):
        begins = one.now["going"] == Going.SHELTER != row.going
        laid["waits_since"] = (told_at(act, row.site) if begins else row.waits_since).isoformat()
    return laid


def _agrees(told: Any, stands: Any) -> bool:
    """Whether both say the same, as far as one says it."""
    if isinstance(told, Mapping) and isinstance(stands, Mapping):
        return all(stands.get(name) == value for name, value in told.items())
    return bool(told == stands)


def _matters(change: Change, day: date) -> bool:
    """Whether it is to be said why: a child becomes an adult or the reverse, a sex, a name that a document shows.

    And a document that is not there any more, or says something else.
    """
    person = change.row
    if not isinstance(person, Individual):
        return False
    if change.field == "documents":
        return any(one not in change.now for one in person.documents)
    if change.field == "birth":
        return is_child(person.birth, day) != is_child(birth_of(change.now), day)
    return (change.field == "sex" and person.sex is not None) or (change.field in NAMES and bool(person.documents))


def birth_of(told: Mapping[str, Any]) -> Birth:
    """The birth from the plain values of a correction."""
    on = told["birth_date"]
    return Birth(date.fromisoformat(on) if on else None, told["birth_precision"], told["age_group"])


def told_birth(birth: Birth) -> dict[str, Any]:
    """The same as plain values."""
    on = birth.on.isoformat() if birth.on else None
    return {"birth_date": on, "birth_precision": str(birth.precision), "age_group": birth.age_group}


def _seat_head(members: Mapping[uuid.UUID, Membership], changes: list[Change], at: datetime, by: User) -> list[Change]:
    """What follows for the others where one is said to be the head.

    Refuses with HeadMissing where nobody would be, and as require_head does.
    """
    said = {
        one.row.individual_id: one.now
        for one in changes
        if isinstance(one.row, Membership) and one.field == "relationship"
    }
    heads = [key for key, row in members.items() if said.get(key, row.relationship) == Relationship.HEAD]
    for key in heads:
        if members[key].relationship != Relationship.HEAD:
            require_head(key, members, at, by)
    seated = [change for key in heads if key in said for change in seat_head(members, key)]
    if not heads and any(row.relationship == Relationship.HEAD for row in members.values()):
        raise HeadMissing
    return [change for change in seated if change.row.individual_id not in said]  # type: ignore[union-attr]  # of memberships


def facts_of(membership: Membership) -> PersonFacts:
    """What the rules about children ask of a member."""
    return PersonFacts(
        birth=membership.individual.birth,
        relationship=membership.relationship,
        carer_kind=membership.carer_kind,
        carer=membership.carer_id,
        id=membership.individual_id,
    )


def alone(members: Iterable[Membership], day: date) -> set[uuid.UUID]:
    """The children among the members whom nobody of the household looks after."""
    return {row.individual_id for row in members if is_alone(facts_of(row), day)}


def follow_children(
    members: Mapping[uuid.UUID, Membership],
    before: set[uuid.UUID],
    site: Site,
    carers: Collection[Carer],
    act: Act,
    by: User,
) -> None:
    """Write who is said to look after children, and open a case for those who are alone since.

    Refuses with CarerMissing, which names each child of whom it is not said.
    """
    day = local_day(act.at)
    asked = {key: row for key, row in members.items() if asks_for_carer(facts_of(row), day)}
    told = carer_changes(asked, carers_among(members.values(), carers, act.at, by))
    say_anew(told, act, cause=Correction.Cause.CHANGED)
    unsaid = [key for key, row in asked.items() if not row.carer_kind and key not in before]
    if unsaid:
        raise CarerMissing(unsaid)
    people = [members[key].counted_as_id for key in sorted(alone(members.values(), day) - before)]
    open_cases(people, site=site, reason=Reason.CHILD_ALONE, act=act, by=by)


def _children_followed(
    household: Household, members: Mapping[uuid.UUID, Membership], changes: Iterable[Change], act: Act, by: User
) -> AbstractContextManager[None]:
    """A case opens for each child who is away from who is now said to look after it."""
    asked = any(change.field in ("birth", "carer") for change in changes)
    people = [row.counted_as_id for row in members.values()] if asked else []
    return children_kept(
        parted(people, act.at, families_change=True), by=by, site=household.site, act=act, refusal=None
    )


def _match_anew(changes: Iterable[Change], act: Act) -> None:
    """Whoever is called otherwise now, or is of another age, may be somebody who is sought."""
    told = {one.row.pk for one in changes if isinstance(one.row, Individual) and one.field in KNOWN_BY}
    match_after_commit(told, act)


def _row_in(household: Household, members: Mapping[uuid.UUID, Membership], conflict: Conflict) -> Row:
    """The row that the conflict is about, as it is since it was locked. Refuses with NoLongerMember."""
    if conflict.household_id:
        return household
    rows: Iterable[Row] = [row for member in members.values() for row in (member, member.individual)]
    keys = (conflict.membership_id, conflict.individual_id)
    found = next((row for row in rows if row.pk in keys), None)
    if found is None:
        raise NoLongerMember
    return found


def _household_of(conflict: Conflict) -> Household:
    if conflict.membership:
        return conflict.membership.household
    return Household.objects.filter(memberships__individual=conflict.individual).order_by("memberships__left_at").last()  # type: ignore[return-value]  # each person came in one
