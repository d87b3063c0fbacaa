"""A room to be divided becomes rooms: its places go into them, with who sleeps on them and who is awaited."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

from django.db.models import Count

from casework.guard import children_kept
from centre.access import Permission, require
from centre.acts import act
from centre.locks import LockedInVain, lock_by_key
from centre.models import Act, User
from centre.refusals import refused_on
from registrations.models import Membership
from shelter.babies import follow, require_beside
from shelter.beside import lock_beside, parted_by_beds
from shelter.errors import PlaceGone, RoomGiven, RoomNameTaken, SeveralFamilies, StillUndivided
from shelter.inventory import Features
from shelter.locks import lock_people
from shelter.lodging import as_they_are, site_of
from shelter.models import ROOM_NAME_ONCE, Place, Room, Stay
from shelter.parts import Lodging
from shelter.women import require_women


@dataclass(frozen=True)
class Divided:
    """The room that was made, and the places in it, by id as they were before."""

    room: str
    places: list[str]


@act("divide_room", answers=Divided)
def divide_room(
    room: Room,
    *,
    places: Sequence[Place],
    name: str,
    by: User,
    at: datetime,
    act: Act,
    **features: Unpack[Features],
) -> Divided:
    """Make a room of its own of these places of the room: who sleeps on them, or is awaited, keeps the very place.

    Refuses with StillUndivided, with RoomNameTaken, with PlaceGone when one is not in the room any more, with
    RecordClosed, with WomenOnly when it would be for women only and a man has a bed there, and with ChildApart or
    ChildAmongStrangers when a child would sleep so, unless a protection officer does it.
    """
    require(by, Permission.SET_UP_ROOMS, room.site, at)
    if features.get("kind") == Room.Kind.UNDIVIDED:
        raise StillUndivided
    return _make(room, [place.pk for place in places], name, features, by=by, at=at, act=act)


@act("give_room", answers=Divided)
def give_room(stays: Sequence[Stay], *, name: str, together: bool = False, by: User, at: datetime, act: Act) -> Divided:
    """Make a room of the places of these people, who sleep in a room to be divided: reception knows which room it is.

    Refuses with StayEnded, with RoomGiven when one is not in a room to be divided or has no place in it, with
    SeveralFamilies unless it is said that they share it `together`, and as dividing a room does; then nobody is in
    another room.
    """
    site = site_of([stay.room for stay in stays])
    require(by, Permission.CHECK_IN, site, at)
    found = as_they_are(Stay.objects.stays().at(at), stays)
    keys = [stay.place_id for stay in found if stay.place_id]
    if not keys or any(stay.room.kind != Room.Kind.UNDIVIDED or not (stay.place_id or stay.shares) for stay in found):
        raise RoomGiven
    if not together and not _are_one_family(found):
        raise SeveralFamilies
    return _make(found[0].room, keys, name, {}, by=by, at=at, act=act)


def _are_one_family(stays: Sequence[Stay]) -> bool:
    """Whether there is a family of today to which all who sleep here belong; one alone is enough for themselves."""
    rows = Stay.objects.filter(pk__in=[stay.pk for stay in stays]).with_person()
    people = set(rows.values_list("person", flat=True))
    ours = Membership.objects.today().filter(counted_as__in=people).order_by().values("household")
    everybody = ours.annotate(ours=Count("counted_as", distinct=True)).filter(ours=len(people))
    return len(people) == 1 or everybody.exists()


def _make(
    room: Room, keys: Sequence[uuid.UUID], name: str, features: Features, *, by: User, at: datetime, act: Act
) -> Divided:
    """The room that is made of these places of the room; they and who has a bed there are locked."""
    beds = _beds_on(keys, room, at)
    people = lock_people(beds, Stay.objects.from_(at), at, by) if beds else []
    children = lock_beside([who.person for who in people], at, [room])
    moved = lock_by_key(Place.objects.filter(pk__in=keys, room=room).standing())
    if len(moved) != len(keys):
        raise PlaceGone
    if [bed.pk for bed in _beds_on(keys, room, at)] != [bed.pk for bed in beds]:
        raise LockedInVain
    with children_kept(parted_by_beds(children, [room], at), site=room.site, act=act, by=by):
        with refused_on(ROOM_NAME_ONCE, RoomNameTaken()):
            made = Room.objects.create(site_id=room.site_id, name=name, **features)
        pairs = list(zip(people, beds, strict=True))
        require_women([Lodging(who, made, bed.place) for who, bed in pairs if bed.place], at)
        _move_into(made, sorted(moved, key=lambda place: place.number))
        follow([pair for pair in pairs if pair[1].shares], children, made, act)
        require_beside(children, at)
    return Divided(str(made.pk), [str(key) for key in keys])


def _beds_on(places: Sequence[uuid.UUID], room: Room, at: datetime) -> list[Stay]:
    """Those who have a bed on these places, and those who share one in the room."""
    sharing = Stay.objects.filter(room=room, shares=True).from_(at).order_by().values("pk")
    theirs = Stay.objects.filter(place__in=places).from_(at).order_by().values("pk").union(sharing)
    return list(Stay.objects.filter(pk__in=theirs).select_related("room", "place").order_by("pk"))


def _move_into(made: Room, places: Sequence[Place]) -> None:
    """Let these places, which are locked, stand in the room; the database takes their holds and stays along."""
    for number, place in enumerate(places, start=1):
        place.room, place.number = made, number
    Place.objects.bulk_update(places, ["room", "number"])
