"""Steps that acts above compose: they write, but do not authorise, lock or log."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max

from centre.models import Act, Site, User
from centre.sight import is_in_the_open
from registrations.journal import last_word, standing, voiding
from shelter.models import Bedding, Place, Room, Stay


@dataclass(frozen=True)
class Sleeper:
    """Someone who needs a bed: the record that was addressed and the person it counts as."""

    person: uuid.UUID
    addressed: uuid.UUID


@dataclass(frozen=True)
class Lodging:
    """Where a sleeper is put, or was: a room, and in it a place unless the room was full, or a baby shares one."""

    sleeper: Sleeper
    room: Room
    place: Place | None
    shares: bool = False


def record_bedding(
    kind: str, lodgings: Iterable[Lodging], *, at: datetime, act: Act, reason: str = "", of_all: bool = False
) -> None:
    """Write one bedding fact for each lodging, with the reason where it has no place; the caller lays out stays.

    Or with the reason `of_all`: the house or the room is not one for them.
    """
    Bedding.objects.bulk_create(
        Bedding(
            kind=kind,
            individual_id=lodging.sleeper.addressed,
            counted_as_id=lodging.sleeper.person,
            room=lodging.room,
            place=lodging.place,
            happened_at=at,
            act=act,
            reason=reason if of_all or not (lodging.place or lodging.shares) else "",
            shares=lodging.shares,
        )
        for lodging in lodgings
    )


def add_places(room: Room, count: int, *, by: User, at: datetime, extra: bool = False) -> list[Place]:
    """Add so many places to the room, which is locked, with the numbers after its last."""
    last = Place.objects.filter(room=room).standing().aggregate(last=Max("number"))["last"] or 0
    return Place.objects.bulk_create(
        Place(room=room, number=last + more, extra=extra, added_at=at, added_by=by) for more in range(1, count + 1)
    )


def take_back_beds(records: Iterable[uuid.UUID], act: Act) -> None:
    """Write that what was told of the beds of these records is taken back; the caller lays out stays afterwards."""
    facts = list(Bedding.objects.filter(individual__in=records))
    voided_by = voiding(facts)
    void_beddings([last_word(fact, voided_by)[0] for fact in standing(facts)], act)


def void_beddings(
    facts: Iterable[Bedding], act: Act, *, reason: str = "", counted_as: Mapping[uuid.UUID, uuid.UUID] | None = None
) -> None:
    """Write that these facts, which nothing voids, are taken back; the caller lays out stays afterwards.

    `counted_as` says, by record, as whom each counts now, where that may have changed since they were read.
    """
    Bedding.objects.bulk_create(
        Bedding(
            kind=Bedding.Kind.VOIDED,
            individual_id=fact.individual_id,
            counted_as_id=counted_as[fact.individual_id] if counted_as else fact.counted_as_id,
            room_id=fact.room_id,
            happened_at=fact.happened_at,
            voids=fact,
            act=act,
            reason=reason,
        )
        for fact in facts
    )


def end_holds(individual_ids: Iterable[uuid.UUID], at: datetime, act: Act) -> None:
    """End the holds of these individuals: cut those that run, take away those that would begin later."""
    holds = Stay.objects.holds().of(individual_ids).from_(at)
    cut_holds(holds, at, act)


def end_holds_elsewhere(individual_ids: Iterable[uuid.UUID], site: Site, at: datetime, act: Act) -> None:
    """End what is held elsewhere for these people, who came to the site, where not everybody may know of it.

    Holds of the dead end too: a hold that went on would tell that its person is hidden and not dead. A hospital ends
    no hold: the bed is kept.
    """
    if not is_in_the_open(site) and site.kind != Site.Kind.HOSPITAL:
        cut_holds(Stay.objects.holds().of(individual_ids).from_(at).exclude(site=site), at, act)


def cut_holds(holds: Iterable[Stay], at: datetime, act: Act) -> None:
    """Let these holds end at the instant, by the act; a hold that would begin later never was."""
    running: list[Stay] = []
    later: list[Stay] = []
    for hold in holds:
        (running if hold.during.lower < at else later).append(hold)
    for hold in running:
        hold.kept_until = hold.during.upper
        hold.during = DateTimeTZRange(hold.during.lower, at, "[)")
        hold.given_up_in = act
    if running:
        Stay.objects.bulk_update(running, ["during", "given_up_in", "kept_until"])
    if later:
        Stay.objects.filter(pk__in=[hold.pk for hold in later]).delete()


def mend_holds(holds: Sequence[Stay]) -> None:
    """Let these holds, which an act ended, last as long as they were to, as if it had never been."""
    for hold in holds:
        hold.during = DateTimeTZRange(hold.during.lower, hold.kept_until, "[)")
        hold.given_up_in, hold.kept_until = None, None
    Stay.objects.bulk_update(holds, ["during", "given_up_in", "kept_until"])
