"""A room to be divided becomes rooms: its places go into them, with who sleeps on them and who is awaited."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from casework.guard import children_kept
from centre.access import Permission, require
from centre.acts import act
from centre.locks import LockedInVain, lock_by_key
from centre.models import Act, User
from centre.refusals import refused_on
from shelter.babies import follow, require_beside
from shelter.beside import lock_beside, parted_by_beds
from shelter.errors import PlaceGone, RoomNameTaken
from shelter.locks import lock_people
from shelter.models import ROOM_NAME_ONCE, Place, Room, Stay


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
    kind: str = Room.Kind.ROOM,
    floor: int | None = None,
    area: Decimal | None = None,
    step_free: bool = False,
    women_only: bool = False,
    families_only: bool = False,
    heating: bool = False,
    cot: bool = False,
    near_hospital: bool = False,
    by: User,
    at: datetime,
    act: Act,
) -> Divided:
    """Make a room of its own of these places of the room: who sleeps on them, or is awaited, keeps the very place.

    Refuses with RoomNameTaken, with PlaceGone when one is not in the room any more, with RecordClosed, and with
    ChildApart or ChildAmongStrangers when a child would sleep so, unless a protection officer does it.
    """
    require(by, Permission.SET_UP_ROOMS, room.site, at)
    keys = [place.pk for place in places]
    beds = _beds_on(keys, room, at)
    people = lock_people(beds, at, by) if beds else []
    children = lock_beside([who.person for who in people], at, [room])
    moved = lock_by_key(Place.objects.filter(pk__in=keys, room=room).standing())
    if len(moved) != len(keys):
        raise PlaceGone
    if [bed.pk for bed in _beds_on(keys, room, at)] != [bed.pk for bed in beds]:
        raise LockedInVain
    with children_kept(parted_by_beds(children, [room], at), site=room.site, act=act, by=by):
        with refused_on(ROOM_NAME_ONCE, RoomNameTaken()):
            made = Room.objects.create(
                site_id=room.site_id,
                name=name,
                kind=kind,
                floor=floor,
                area=area,
                step_free=step_free,
                women_only=women_only,
                families_only=families_only,
                heating=heating,
                cot=cot,
                near_hospital=near_hospital,
            )
        _move_into(made, sorted(moved, key=lambda place: place.number))
        follow([pair for pair in zip(people, beds, strict=True) if pair[1].shares], children, made, act)
        require_beside(children, at)
    return Divided(str(made.pk), [str(place.pk) for place in places])


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
