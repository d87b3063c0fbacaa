"""Rooms and their places, as they are set up, changed, blocked and taken away. The past stays as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from centre.access import Permission, allows, require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from centre.refusals import refused_on
from shelter.errors import (
    BlockEndsFirst,
    MenSleepHere,
    NothingChanged,
    PlaceBlocked,
    PlaceGone,
    PlaceTaken,
    RoomNameTaken,
    SiteDiffers,
    TooFewPlaces,
    TooManyPlaces,
)
from shelter.models import FEATURES, MOST_PLACES, ROOM_NAME_ONCE, Place, PlaceQuerySet, Room, RoomChange, Stay
from shelter.parts import add_places
from shelter.women import men_among

COLUMNS = ("name", "kind", "floor", "area", *FEATURES)
"""What is said of a room, and kept when it changes."""


class Features(TypedDict, total=False):
    """What a room is and has: `area` in m², `floor` 0 for the ground. What is not said it is not, or has not."""

    kind: str
    floor: int | None
    area: Decimal | None
    step_free: bool
    women_only: bool
    families_only: bool
    heating: bool
    cot: bool
    near_hospital: bool


@dataclass(frozen=True)
class RoomFacts:
    """A room as it is entered; what it has as in Features."""

    name: str
    places: int
    kind: str = Room.Kind.ROOM
    floor: int | None = None
    area: Decimal | None = None
    step_free: bool = False
    women_only: bool = False
    families_only: bool = False
    heating: bool = False
    cot: bool = False
    near_hospital: bool = False


@dataclass(frozen=True)
class Added:
    """The rooms that were set up."""

    rooms: list[str]


@act("add_rooms", answers=Added)
def add_rooms(
    site: Site,
    *,
    names: Sequence[str],
    places: int,
    besides: bool = False,
    by: User,
    at: datetime,
    act: Act,
    **features: Unpack[Features],
) -> Added:
    """Set up rooms of these names at the site, each with so many places.

    Their places are taken out of what is to be divided there, unless they come besides. Refuses with RoomNameTaken or
    TooFewPlaces.
    """
    require(by, Permission.SET_UP_ROOMS, site, at)
    return _add(site, [RoomFacts(name, places, **features) for name in names], besides, by=by, at=at)


@act("enter_rooms", answers=Added)
def enter_rooms(
    site: Site, *, rooms: Sequence[RoomFacts], besides: bool = False, by: User, at: datetime, act: Act
) -> Added:
    """Set up these rooms at the site, each as it was entered: all of them or none.

    Their places are taken out of what is to be divided there, unless they come besides. Refuses with RoomNameTaken,
    and with TooFewPlaces when people sleep there, or have a place held, on more than would be left.
    """
    require(by, Permission.SET_UP_ROOMS, site, at)
    return _add(site, rooms, besides, by=by, at=at)


@dataclass(frozen=True)
class RoomSaved:
    """The room as it is now."""

    room: str


@act("change_room", answers=RoomSaved)
def change_room(
    room: Room,
    *,
    name: str,
    by: User,
    at: datetime,
    act: Act,
    **features: Unpack[Features],
) -> RoomSaved:
    """Let the room be called so and have this from now on; what it was until then is kept.

    Refuses with RoomNameTaken, with NothingChanged when it is so already, or with MenSleepHere when it becomes a room
    for women and a man has a bed in it.
    """
    require(by, Permission.SET_UP_ROOMS, room.site, at)
    (before,) = lock_by_key(Room.objects.filter(pk=room.pk))
    entered = RoomFacts(name, 0, **features)
    becomes = {column: getattr(entered, column) for column in COLUMNS}
    was = {column: getattr(before, column) for column in becomes}
    if was == becomes:
        raise NothingChanged
    if before.women_only < becomes["women_only"]:
        beds = Stay.objects.filter(room=before).from_(at)
        if men_among(set(beds.values_list("individual__memberships__counted_as", flat=True)), at):
            raise MenSleepHere
    RoomChange.objects.create(room=before, act=act, until=at, **was)
    with refused_on(ROOM_NAME_ONCE, RoomNameTaken()):
        Room.objects.filter(pk=before.pk).update(**becomes)
    return RoomSaved(str(room.pk))


@dataclass(frozen=True)
class PlacesSet:
    """How many places the room has now."""

    room: str
    places: int


@act("set_places", answers=PlacesSet)
def set_places(room: Room, *, places: int, by: User, at: datetime, act: Act) -> PlacesSet:
    """Let the room have so many places: new ones get the next numbers, and free ones go from the end.

    A place that goes stays for those who slept on it. Refuses with TooFewPlaces when more people sleep there, or have
    a place held, than places would be left; then none goes.
    """
    require(by, Permission.SET_UP_ROOMS, room.site, at)
    lock_by_key(Room.objects.filter(pk=room.pk).only("pk"))  # of two who add places each sees what the other added
    locked = lock_by_key(Place.objects.filter(room=room).standing().only("pk", "number"))
    if places > len(locked):
        add_places(room, places - len(locked), by=by, at=at)
    elif places < len(locked):
        _take_out(room.site, locked, len(locked) - places, by, at)
    else:
        raise NothingChanged
    return PlacesSet(str(room.pk), places)


@dataclass(frozen=True)
class Beds:
    """The places that were added, taken away, blocked or opened."""

    places: list[str]


@act("add_bed", answers=Beds)
def add_bed(room: Room, *, by: User, at: datetime, act: Act) -> Beds:
    """Bring a cot or an extra bed into the room: one place more, marked as such. Refuses with TooManyPlaces."""
    require(by, Permission.SET_UP_ROOMS, room.site, at)
    lock_by_key(Room.objects.filter(pk=room.pk).only("pk"))
    if Place.objects.filter(room=room).standing().count() >= MOST_PLACES:
        raise TooManyPlaces(MOST_PLACES)
    return Beds([str(place.pk) for place in add_places(room, 1, by=by, at=at, extra=True)])


@act("take_beds_away", answers=Beds)
def take_beds_away(places: Sequence[Place], *, by: User, at: datetime, act: Act) -> Beds:
    """Take these places away, such as an extra bed that is needed no more; those who slept on them keep their nights.

    Refuses with PlaceTaken when someone holds or sleeps on one, with PlaceGone when one was taken away already.
    """
    locked = _lock(places, by, at)
    if Stay.objects.filter(place__in=locked).from_(at).exists():
        raise PlaceTaken
    _retire(locked, by, at)
    return _beds(locked)


@act("block", answers=Beds)
def block_places(
    places: Sequence[Place], *, reason: str, until: datetime | None = None, by: User, at: datetime, act: Act
) -> Beds:
    """Keep these places from being given, until a time or until they are opened.

    Refuses with PlaceTaken when someone holds or sleeps on one, PlaceBlocked, PlaceGone or BlockEndsFirst.
    """
    if until is not None and until <= at:
        raise BlockEndsFirst
    locked = _lock(places, by, at)
    if Stay.objects.filter(place__in=locked).from_(at).exists():
        raise PlaceTaken
    usable = Place.objects.filter(pk__in=[place.pk for place in locked]).usable(at)
    changed = usable.update(blocked_at=at, blocked_by=by, blocked_reason=reason, blocked_until=until)
    if changed != len(locked):
        raise PlaceBlocked
    return _beds(locked)


@act("open", answers=Beds)
def open_places(places: Sequence[Place], *, by: User, at: datetime, act: Act) -> Beds:
    """Let these places be given again. Refuses with PlaceGone when one was taken away."""
    locked = _lock(places, by, at)
    Place.objects.filter(pk__in=[place.pk for place in locked]).update(
        blocked_at=None, blocked_by=None, blocked_reason="", blocked_until=None
    )
    return _beds(locked)


def _lock(places: Sequence[Place], by: User, at: datetime) -> list[Place]:
    """Lock these places of one site, where the user sets up rooms. Refuses with SiteDiffers or PlaceGone."""
    sites = {place.room.site for place in places}
    if len(sites) != 1:
        raise SiteDiffers
    require(by, Permission.SET_UP_ROOMS, sites.pop(), at)
    locked = lock_by_key(Place.objects.filter(pk__in=[place.pk for place in places]))
    if any(place.retired_at for place in locked):
        raise PlaceGone
    return locked


def _retire(places: Sequence[Place], by: User, at: datetime) -> None:
    Place.objects.filter(pk__in=[place.pk for place in places]).update(retired_at=at, retired_by=by)


def _take_out(site: Site, locked: Sequence[Place], count: int, by: User, at: datetime) -> None:
    """Take so many of these locked places of the site away: free ones, from the end. Refuses with TooFewPlaces."""
    ours = Place.objects.filter(pk__in=[place.pk for place in locked])
    taken = set(ours.taken(at).values_list("pk", flat=True))
    if len(locked) - count < len(taken):
        raise _too_few(site, ours, by, at)
    untaken = sorted((place for place in locked if place.pk not in taken), key=lambda place: -place.number)
    _retire(untaken[:count], by, at)


def _divide_among(site: Site, entered: Sequence[RoomFacts], by: User, at: datetime) -> None:
    """Take the places of these rooms out of what is to be divided at the site, as far as it reaches."""
    rooms = lock_by_key(Room.objects.filter(site=site, kind=Room.Kind.UNDIVIDED).only("pk"))
    locked = lock_by_key(Place.objects.filter(room__in=rooms).standing().only("pk", "number"))
    count = sum(facts.places for facts in entered if facts.kind != Room.Kind.UNDIVIDED)
    _take_out(site, locked, min(count, len(locked)), by, at)


def _too_few(site: Site, places: PlaceQuerySet, by: User, at: datetime) -> TooFewPlaces:
    """With how many sleep there and are awaited, for who may place there; with no numbers for others."""
    if not allows(by, Permission.PLACE, site, at):
        return TooFewPlaces()
    taken = places.taken(at)
    asleep = taken.filter(stays__in=Stay.objects.stays().at(at)).distinct().count()
    return TooFewPlaces(asleep, taken.count() - asleep)


def _beds(places: Sequence[Place]) -> Beds:
    return Beds([str(place.pk) for place in places])


def _add(site: Site, entered: Sequence[RoomFacts], besides: bool, *, by: User, at: datetime) -> Added:
    if not besides:
        _divide_among(site, entered, by, at)
    with refused_on(ROOM_NAME_ONCE, RoomNameTaken()):
        rooms = Room.objects.bulk_create(
            Room(site=site, **{column: getattr(facts, column) for column in COLUMNS}) for facts in entered
        )
    Place.objects.bulk_create(
        Place(room=room, number=number, added_at=at, added_by=by)
        for room, facts in zip(rooms, entered, strict=True)
        for number in range(1, facts.places + 1)
    )
    return Added([str(room.pk) for room in rooms])
