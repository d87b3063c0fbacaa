"""Laying out stays: who sleeps where is how the bedding facts and the presences read today."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models.functions import Coalesce

from centre.locks import lock_by_key
from centre.models import Act
from registrations.journal import standing
from registrations.models import Presence
from shelter.models import Bedding, Place, Stay
from shelter.parts import cut_holds

EARLY = timedelta(hours=12)  # how long a check-in may be told before the arrival it belongs to


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
    shares: bool = False


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
    """The nights of one person: each bedding fact lasts to the next one, within one unbroken time at its site.

    A check-in told up to 12 hours before the arrival counts from the arrival. Who leaves the site and comes back
    has no bed until checked in again. Having left a room where they no longer slept ends nothing.
    """
    told = _without_idle_leaving(standing(facts))
    nights = []
    for fact, following in zip_longest(told, told[1:]):
        run = _run_of(fact, attendances) if fact.kind != Bedding.Kind.LEFT else None
        if run is None:
            continue
        since = max(run.since, fact.happened_at)
        until = min((end for end in (run.until, following and following.happened_at) if end), default=None)
        if until is None or since < until:
            nights.append(Night(fact, since, until))
    return nights


def _without_idle_leaving(facts: Iterable[BeddingFact]) -> list[BeddingFact]:
    """The facts in order, without those about leaving a room in which the person did not sleep."""
    told: list[BeddingFact] = []
    room: uuid.UUID | None = None
    for fact in facts:
        left = fact.kind == Bedding.Kind.LEFT
        if left and fact.room_id is not None and fact.room_id != room:
            continue
        room = None if left else fact.room_id
        told.append(fact)
    return told


def _run_of(fact: BeddingFact, attendances: Sequence[Attendance]) -> Attendance | None:
    """The unbroken time at the fact's site that it falls into, or that began soon after."""
    for run in _unbroken(attendances, fact.site_id):
        if run.until is None or run.until > fact.happened_at:
            return run if run.since <= fact.happened_at + EARLY else None
    return None


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


def lay_out_stays(individual_ids: Iterable[uuid.UUID], act: Act, free: Collection[uuid.UUID] = ()) -> None:
    """Write the stays of these individuals anew, as their bedding facts and presences read now.

    Where a place has meanwhile been given to someone else, the stay is laid out in its room without a place, as an
    overflow flagged for the coordinator. The caller has locked the individuals and laid out their presences;
    `free` are places that it has locked and found free from the time of the act on.
    """
    ids = sorted(set(individual_ids))
    wanted = _wanted_stays(ids)
    known = list(Stay.objects.of(ids))
    existing = {stay.pk: stay for stay in known if stay.kind == Stay.Kind.STAY}
    if not wanted and not existing:
        return
    _leave_lost_places(wanted, existing)
    settled = [stay for stay in wanted if _settled(stay, existing.get(stay.pk), free, act)]
    claims = [stay for stay in wanted if stay.place_id and stay not in settled]
    _give_up_taken_places(claims, settled, known, act)
    _make_room_for_own([hold for hold in known if hold.kind == Stay.Kind.HOLD], wanted, act)
    _write(existing, {stay.pk: stay for stay in wanted})


def _wanted_stays(ids: list[uuid.UUID]) -> list[Stay]:
    facts: dict[uuid.UUID, list[BeddingFact]] = defaultdict(list)
    columns = (
        *("id", "kind", "now_in", "room__site", "place", "happened_at", "recorded_at"),
        *("voids", "act__by", "reason", "shares"),
    )
    told = Bedding.objects.filter(counted_as__in=ids).annotate(now_in=Coalesce("place__room", "room"))
    for person, *fact in told.values_list("counted_as", *columns):  # a place is where it stands: rooms are divided
        facts[person].append(BeddingFact(*fact))
    if not facts:
        return []
    attendances: dict[uuid.UUID, list[Attendance]] = defaultdict(list)
    for person, site_id, during in Presence.objects.filter(individual__in=list(facts)).values_list(
        "individual", "site", "during"
    ):
        attendances[person].append(Attendance(site_id, during.lower, during.upper))
    stays = [_stay(person, night) for person in facts for night in read_nights(facts[person], attendances[person])]
    return sorted(stays, key=lambda stay: (stay.during.lower, stay.pk))


def _stay(person: uuid.UUID, night: Night) -> Stay:
    fact = night.fact
    assert fact.room_id  # a night is spent in a bed, so it has a room and a site
    assert fact.site_id
    stay = Stay(
        id=fact.id,
        kind=Stay.Kind.STAY,
        individual_id=person,
        site_id=fact.site_id,
        room_id=fact.room_id,
        place_id=fact.place_id,
        during=DateTimeTZRange(night.since, night.until, "[)"),
        began_by_id=fact.id,
        shares=fact.shares,
    )
    if fact.place_id is None and not fact.shares:
        stay.happened_anyway_at = fact.happened_at
        stay.happened_anyway_by_id = fact.by_id
        stay.happened_anyway_reason = fact.reason
    return stay


def _leave_lost_places(wanted: Sequence[Stay], existing: Mapping[uuid.UUID, Stay]) -> None:
    """Let a stay that is over, or ends now, be without the place that it had lost: nobody claims it for the past."""
    for stay in wanted:
        before = existing.get(stay.pk)
        over = before is not None and stay.during.upper is not None and _within(stay.during, before.during)
        if over and before and before.place_id is None and not stay.shares:
            stay.place_id = None
            for name in ("happened_anyway_at", "happened_anyway_by_id", "happened_anyway_reason"):
                setattr(stay, name, getattr(before, name))


def _settled(stay: Stay, before: Stay | None, free: Collection[uuid.UUID], act: Act) -> bool:
    """Whether no other stay can be in the way: it had this place for at least this time, or the place is free now."""
    if before and before.place_id == stay.place_id and _within(stay.during, before.during):
        return True
    return stay.place_id in free and stay.during.lower >= act.at


def _give_up_taken_places(claims: Sequence[Stay], settled: Sequence[Stay], own: Sequence[Stay], act: Act) -> None:
    """Lock the places of the claims; one that someone else has then, or that was taken away, is lost and flagged."""
    if not claims:
        return
    places = {stay.place_id for stay in claims if stay.place_id}
    gone = {
        place.pk: place.retired_at for place in lock_by_key(Place.objects.filter(pk__in=places)) if place.retired_at
    }
    first = min(stay.during.lower for stay in claims)
    others = Stay.objects.filter(place__in=places).from_(first).exclude(pk__in=[stay.pk for stay in own])
    taken = [*others, *settled]
    for stay in claims:
        lost = stay.place_id in gone and not _before(stay.during, gone[stay.place_id])
        if lost or any(other.place_id == stay.place_id and _overlap(other.during, stay.during) for other in taken):
            stay.place_id = None
            stay.happened_anyway_at = act.at
            stay.happened_anyway_by_id = act.by_id
            stay.happened_anyway_reason = Stay.OwnReason.PLACE_GONE if lost else Stay.OwnReason.PLACE_TAKEN
        else:
            taken.append(stay)


def _make_room_for_own(holds: Sequence[Stay], stays: Sequence[Stay], act: Act) -> None:
    """End each hold on a place from the time its own people sleep there."""
    for stay in stays:
        inside = [hold for hold in holds if _is_for(hold, stay) and _overlap(hold.during, stay.during)]
        if inside:
            cut_holds(inside, stay.during.lower, act)


def _is_for(hold: Stay, stay: Stay) -> bool:
    """Whether the hold was made for the bed of the stay: the place, or for a baby its room."""
    if hold.shares or stay.shares:
        return hold.shares and stay.shares and hold.room_id == stay.room_id
    return stay.place_id is not None and hold.place_id == stay.place_id


def _write(existing: dict[uuid.UUID, Stay], wanted: dict[uuid.UUID, Stay]) -> None:
    """End all old stays, then create all new ones: a new stay must not overlap one that is about to end."""
    kept = {key for key, stay in wanted.items() if key in existing and _like(existing[key], stay)}
    shorter = []
    for key in kept:
        if existing[key].during != wanted[key].during:
            existing[key].during = wanted[key].during
            shorter.append(existing[key])
    gone = existing.keys() - kept
    if gone:
        Stay.objects.filter(pk__in=gone).delete()
    if shorter:
        Stay.objects.bulk_update(shorter, ["during"])
    Stay.objects.bulk_create(stay for key, stay in wanted.items() if key not in kept)


def _like(before: Stay, stay: Stay) -> bool:
    """Whether a stay is as it was, or only shorter."""
    names = ("individual_id", "room_id", "place_id", "shares")
    same = all(getattr(before, name) == getattr(stay, name) for name in names)
    return same and _within(stay.during, before.during)


def _within(one: DateTimeTZRange, other: DateTimeTZRange) -> bool:
    ends = other.upper is None or (one.upper is not None and one.upper <= other.upper)
    return other.lower <= one.lower and ends


def _before(during: DateTimeTZRange, instant: datetime) -> bool:
    return during.upper is not None and during.upper <= instant


def _overlap(one: DateTimeTZRange, other: DateTimeTZRange) -> bool:
    return (one.upper is None or other.lower < one.upper) and (other.upper is None or one.lower < other.upper)
