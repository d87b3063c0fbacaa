"""Laying out stays: who sleeps where is how the bedding facts and the presences read today."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from centre.locks import lock_by_key
from centre.models import Act
from registrations.journal import standing
from registrations.models import Presence
from shelter.models import Bedding, Place, Stay


@dataclass(frozen=True)
class BeddingFact:
    """One bedding fact, as far as reading needs it."""

    id: uuid.UUID
    kind: str
    room_id: uuid.UUID | None
    site_id: uuid.UUID | None
    place_id: uuid.UUID | None
    happened_at: datetime
    recorded_at: datetime
    voids_id: uuid.UUID | None
    by_id: uuid.UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class Attendance:
    """A time at a site; `until` is None while it lasts."""

    site_id: uuid.UUID
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Night:
    """A time in a room, as read from a bedding fact; it ends with the next fact or with the presence."""

    fact: BeddingFact
    since: datetime
    until: datetime | None


def read_nights(facts: Iterable[BeddingFact], attendances: Sequence[Attendance]) -> list[Night]:
    """The nights of one person: each bedding fact lasts to the next one, within one unbroken time at its site."""
    ordered = standing(facts)
    nights = []
    for fact, following in zip(ordered, [*ordered[1:], None], strict=True):
        if fact.kind == "left":
            continue
        next_at = following.happened_at if following else None
        run = next(
            (
                run
                for run in _unbroken(attendances, fact.site_id)
                if (run.until is None or run.until > fact.happened_at) and (next_at is None or run.since < next_at)
            ),
            None,
        )
        if run is not None:
            since = max(run.since, fact.happened_at)
            until = min((end for end in (run.until, next_at) if end), default=None)
            if until is None or since < until:
                nights.append(Night(fact, since, until))
    return nights


def _unbroken(attendances: Sequence[Attendance], site_id: uuid.UUID | None) -> list[Attendance]:
    runs: list[Attendance] = []
    for attendance in sorted(attendances, key=lambda a: a.since):
        if attendance.site_id != site_id:
            continue
        if runs and runs[-1].until == attendance.since:
            runs[-1] = Attendance(attendance.site_id, runs[-1].since, attendance.until)
        else:
            runs.append(attendance)
    return runs


def lay_out_stays(individual_ids: Iterable[uuid.UUID], act: Act) -> None:
    """Write the stays of these individuals anew, as their bedding facts and presences read now.

    Where a place has meanwhile been given to someone else, the stay is laid out in its room without a place, as an
    overflow flagged for the coordinator. The caller has locked the individuals and laid out their presences.
    """
    ids = sorted(set(individual_ids))
    wanted = _wanted_stays(ids)
    existing = {stay.pk: stay for stay in Stay.objects.stays().filter(individual__in=ids)}
    if not wanted and not existing:
        return
    kept = {
        key
        for key, stay in wanted.items()
        if key in existing and _same(existing[key], stay) and existing[key].place_id == stay.place_id
    }
    stale = [key for key in existing if key not in kept]
    if stale:
        Stay.objects.filter(pk__in=stale).delete()
    fresh = [stay for key, stay in wanted.items() if key not in kept]
    _give_up_taken_places(fresh, act)
    Stay.objects.bulk_create(fresh)


def _same(one: Stay, other: Stay) -> bool:
    return (one.individual_id, one.room_id, one.during) == (other.individual_id, other.room_id, other.during)


def _wanted_stays(ids: list[uuid.UUID]) -> dict[uuid.UUID, Stay]:
    facts: dict[uuid.UUID, list[BeddingFact]] = defaultdict(list)
    for person, *fact in Bedding.objects.filter(counted_as__in=ids).values_list(
        "counted_as",
        "id",
        "kind",
        "room",
        "room__site",
        "place",
        "happened_at",
        "recorded_at",
        "voids",
        "act__by",
        "reason",
    ):
        facts[person].append(BeddingFact(*fact))
    if not facts:
        return {}
    attendances: dict[uuid.UUID, list[Attendance]] = defaultdict(list)
    for person, site_id, during in Presence.objects.filter(individual__in=list(facts)).values_list(
        "individual", "site", "during"
    ):
        attendances[person].append(Attendance(site_id, during.lower, during.upper))
    return {
        night.fact.id: _stay(person, night)
        for person, known in facts.items()
        for night in read_nights(known, attendances[person])
    }


def _stay(person: uuid.UUID, night: Night) -> Stay:
    fact = night.fact
    stay = Stay(
        id=fact.id,
        kind=Stay.Kind.STAY,
        individual_id=person,
        site_id=fact.site_id,
        room_id=fact.room_id,
        place_id=fact.place_id,
        during=DateTimeTZRange(night.since, night.until, "[)"),
        began_by_id=fact.id,
    )
    if fact.place_id is None:
        stay.happened_anyway_at = fact.happened_at
        stay.happened_anyway_by_id = fact.by_id
        stay.happened_anyway_reason = fact.reason
    return stay


def _give_up_taken_places(stays: Sequence[Stay], act: Act) -> None:
    """Lock the places of these stays; a stay whose place someone else has loses it and is flagged."""
    placed = [stay for stay in stays if stay.place_id]
    if not placed:
        return
    lock_by_key(Place.objects.filter(pk__in=[stay.place_id for stay in placed]))
    for stay in placed:
        others = Stay.objects.filter(place=stay.place_id, during__overlap=stay.during)
        if others.exists() or _doubled(stay, placed):
            stay.place_id = None
            stay.happened_anyway_at = act.at
            stay.happened_anyway_by_id = act.by_id
            stay.happened_anyway_reason = _("The place had been given to someone else.")


def _doubled(stay: Stay, stays: Sequence[Stay]) -> bool:
    """Whether an earlier stay of the same lay-out has the place at the same time."""
    for other in stays:
        if other is stay:
            return False
        if other.place_id == stay.place_id and _overlap(other.during, stay.during):
            return True
    return False


def _overlap(one: DateTimeTZRange, other: DateTimeTZRange) -> bool:
    return (one.upper is None or other.lower < one.upper) and (other.upper is None or one.lower < other.upper)
