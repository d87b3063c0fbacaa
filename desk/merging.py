"""Merging two records of one person, and undoing it after days of work on it.

An act's file like actions.py: it authorises, locks, decides and writes. Only `counted_as` is rewritten; the
record that a fact was written for stays, so undoing a merge gives each record its own facts back.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from aid.parts import recount_handouts
from casework.errors import ChildAlone
from casework.guard import children_kept
from casework.parts import recount_cases
from centre.access import Permission, judged_at
from centre.acts import act
from centre.clock import local_day
from centre.locks import lock_by_key
from centre.models import Act, User
from centre.refusals import refused_on
from desk.correcting import alone
from registrations.errors import AlreadyMerged, CameLater, NotMerged
from registrations.living import lived_on, require_was
from registrations.models import MERGED_ONCE, Household, Individual, Membership, Merge, Movement
from registrations.over import require_over
from registrations.presences import lay_out_presences
from registrations.where_told import require_told
from shelter.beside import parted
from shelter.models import Bedding
from shelter.nights import lay_out_stays
from transport.merged import lock_runs_of, merge_seats, unmerge_seats

LONGEST_CHAIN = 50


def standing_merges() -> "QuerySet[Merge]":
    """The merges that were not undone."""
    return Merge.objects.filter(undone_recorded_at__isnull=True)


@dataclass(frozen=True)
class Merged:
    """The merge that was written or undone, and whom the record counts as now."""

    merge: str
    counted_as: str


@act("merge", answers=Merged)
def merge_individuals(merged: Individual, *, into: Individual, reason: str, by: User, at: datetime, act: Act) -> Merged:
    """Count every fact of one record, and of those merged into it before, as the other's.

    Refuses with AlreadyMerged when the record is merged already, or when the other counts as it, with NeverWas, with
    NotTold when one of the two is where the user may not know, or died and the user may not know it, and with LivedOn
    when one of them died before the other came to a site.
    Only a protection officer merges a child alone, or a record that parts a child from its carer: else ChildAlone or
    ChildApart.
    """
    two = Individual.objects.filter(pk__in=[merged.pk, into.pk], never_was=False)
    require_over(by, Permission.MERGE, two, at)
    records = _cluster(merged.pk)
    person = _lock_for_merge([merged.pk, into.pk], records, into.pk)
    if person in records or standing_merges().filter(merged=merged).exists():
        raise AlreadyMerged
    require_was([merged.pk, into.pk])
    require_told({*records, person}, by, timezone.now())
    _require_to_merge_children(by, [merged.pk, into.pk], at)
    with children_kept(parted([*records, person], at, families_change=True), by=by, site=None, act=act):
        with refused_on(MERGED_ONCE, AlreadyMerged()):
            merge = Merge.objects.create(merged=merged, into=into, reason=reason, act=act)
        _count_as(records, person)
        recount_handouts([*records, person], act)
        recount_cases([*records, person])
        merge_seats(records, person, at, by)
        try:
            _lay_out([merged.pk, person], act)
        except CameLater as came_later:
            raise lived_on([*records, person], by) from came_later
    return Merged(str(merge.pk), str(person))


@act("unmerge", answers=Merged)
def unmerge(merge: Merge, *, by: User, at: datetime, act: Act) -> Merged:
    """Undo a merge: each record has again what was addressed to it, also what was told since.

    Of a child who is then without who looks after it a case opens. Refuses with NotMerged when it was undone before.
    """
    require_over(by, Permission.MERGE, Individual.objects.filter(pk=merge.merged_id, never_was=False), at)
    records = _cluster(merge.merged_id)
    person = _lock_for_merge([merge.merged_id, merge.into_id], records, merge.into_id)
    undone = standing_merges().filter(pk=merge.pk).update(undone_act=act, undone_recorded_at=TransactionNow())
    if not undone:
        raise NotMerged
    with children_kept(parted([*records, person], at, families_change=True), by=by, site=None, act=act, refusal=None):
        _count_as(records, merge.merged_id)
        recount_handouts([*records, person], act)
        recount_cases([*records, person])
        unmerge_seats(records, merge.merged_id, person)
        _lay_out([merge.merged_id, person], act)
    return Merged(str(merge.pk), str(merge.merged_id))


@transaction.atomic
def merge_pairs(
    pairs: Sequence[tuple[Individual, Individual]], *, reason: str, by: User, id: uuid.UUID
) -> list[Merged]:
    """Merge each first record into the second, all or none; each is an act whose id comes from this one.

    Everyone concerned is locked first: two desks that merge the same families one by one would block each other. A
    family that is merged whole parts no child from its carer. Refuses as a merge does.
    """
    asked = {record.pk for pair in pairs for record in pair}
    people = {key for record in asked for key in (*_cluster(record), _root(record))}
    _lock(people)
    now = timezone.now()
    with children_kept(parted(people, now, families_change=True), by=by, site=None, act=None):
        return [
            merge_individuals(merged, into=into, reason=reason, by=by, id=uuid.uuid5(id, str(merged.pk)))
            for merged, into in pairs
        ]


def _require_to_merge_children(by: User, records: Collection[uuid.UUID], at: datetime) -> None:
    """Refuse with ChildAlone when one of these is a child alone whose family's cases the user may not see."""
    members = Membership.objects.today().filter(individual__in=records).select_related("individual")
    children = alone(members, local_day(at))
    theirs = Individual.objects.filter(pk__in=children).visible_to(by, judged_at(at)[-1], Permission.SEE_CASES)
    if children.difference(theirs.values_list("pk", flat=True)):
        raise ChildAlone


def _cluster(record: uuid.UUID) -> list[uuid.UUID]:
    """The record and all that count as it through merges that stand."""
    found, edge = [record], [record]
    while edge:
        edge = list(standing_merges().filter(into__in=edge).values_list("merged", flat=True))
        found += edge
    return found


def _root(record: uuid.UUID) -> uuid.UUID:
    """Whom the record counts as, along the merges that stand."""
    for _step in range(LONGEST_CHAIN):
        following = standing_merges().filter(merged=record).values_list("into", flat=True).first()
        if following is None:
            return record
        record = following
    raise AlreadyMerged


def _lock_for_merge(asked: Sequence[uuid.UUID], records: Sequence[uuid.UUID], into: uuid.UUID) -> uuid.UUID:
    """Lock the households of the two and all individuals concerned, by key; the person that `into` counts as."""
    person = _root(into)
    _lock({*asked, *records, person})
    if _root(into) != person or set(_cluster(records[0])) != set(records):  # another desk merged meanwhile
        raise AlreadyMerged
    return person


def _lock(people: Collection[uuid.UUID]) -> None:
    lock_runs_of(people)
    households = Membership.objects.today().filter(individual__in=people).values("household")
    lock_by_key(Household.objects.filter(pk__in=households).only("pk"))
    lock_by_key(Individual.objects.filter(pk__in=people).only("pk"))


def _count_as(records: Sequence[uuid.UUID], person: uuid.UUID) -> None:
    for facts in (Movement, Bedding, Membership):
        facts.objects.filter(individual__in=records).update(counted_as=person)


def _lay_out(people: Sequence[uuid.UUID], act: Act) -> None:
    lay_out_presences(people)
    lay_out_stays(people, act)
