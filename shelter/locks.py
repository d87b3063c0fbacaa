"""What the acts of shelter make scarcer, locked in the house's order: household, individuals, places, each by key.

The rooms, which come before the places, are locked where children's beds are looked at: `shelter.beside.lock_beside`.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from centre.locks import lock_by_key
from centre.models import User
from registrations.living import living_for, require_living
from registrations.locks import lock_records
from registrations.models import Household, Individual
from shelter.errors import NobodyToPlace, NotEnoughPlaces, StayEnded
from shelter.models import Bedding, Place, Room, Stay, StayQuerySet
from shelter.parts import Sleeper


def lock_members(household: Household, members: Sequence[uuid.UUID] | None, at: datetime, by: User) -> list[Sleeper]:
    """Lock the household, then the persons of its living members of today or those named, in the form's order.

    Of a death that is kept from the user they learn nothing here. Refuses with NobodyToPlace, or with RecordClosed when
    one who is named has died.
    """
    lock_by_key(Household.objects.filter(pk=household.pk).only("pk"))
    asked = Individual.objects.members_of(household)
    asked = living_for(by, asked, at) if members is None else asked.filter(pk__in=members)
    columns = {"addressed": F("counted_memberships__individual"), "position": F("counted_memberships__position")}
    people: dict[uuid.UUID, Sleeper] = {}
    for row in sorted(lock_by_key(asked.annotate(**columns).only("pk")), key=lambda row: row.position):
        people.setdefault(row.pk, Sleeper(row.pk, row.addressed))
    if not people or (members is not None and len(people) != len(set(members))):
        raise NobodyToPlace
    if members is not None:
        require_living(people, at, by)
    return list(people.values())


def lock_people(stays: Sequence[Stay], among: StayQuerySet, at: datetime, by: User) -> list[Sleeper]:
    """Lock the persons of these stays and holds; they are returned in the order of the stays.

    Refuses with StayEnded when one of the stays is not `among` these rows, and then with RecordClosed when one of the
    people has died: of a bed of before nobody learns of a death.
    """
    told_of = dict(Bedding.objects.filter(stay__in=stays).values_list("stay", "individual"))
    addressed = [told_of.get(stay.pk, stay.individual_id) for stay in stays]
    counted_as = lock_records(addressed)
    asked = {stay.pk for stay in stays}
    if among.filter(pk__in=asked).count() < len(asked):
        raise StayEnded
    require_living(set(counted_as.values()), at, by)
    return [Sleeper(counted_as[key], key) for key in addressed]


def lock_free_places(
    rooms: Sequence[Room], needed: int, at: datetime, *, short: bool = False
) -> list[tuple[Room, Place | None]]:
    """Lock the rooms' places and take the first free ones, room by room as the rooms were named.

    Refuses with NotEnoughPlaces, unless those there are will do.
    """
    locked = lock_by_key(Place.objects.filter(room__in=[room.pk for room in rooms]).only("pk"))
    return free_spots(rooms, locked, needed, at, short=short)


def free_spots(
    rooms: Sequence[Room], locked: Sequence[Place], needed: int, at: datetime, *, short: bool = False
) -> list[tuple[Room, Place | None]]:
    """The first free ones of these places of the rooms, which are locked; refuses as lock_free_places does."""
    order = {room.pk: position for position, room in enumerate(rooms)}
    free = Place.objects.filter(pk__in=[place.pk for place in locked], room__in=order).free(at)
    places = sorted(free, key=lambda place: (order[place.room_id], place.number))
    if len(places) < needed and not short:
        raise NotEnoughPlaces(len(places), needed)
    return [(rooms[order[place.room_id]], place) for place in places[:needed]]


def lock_seats(
    rooms: Sequence[Room], seating: Sequence[Room], at: datetime, *, short: bool = False
) -> list[tuple[Room, Place | None]]:
    """Lock the rooms' places and take a free one in each of the rooms of `seating`, in its order.

    Refuses with NotEnoughPlaces when one of them has too few, unless those there are will do.
    """
    locked = lock_by_key(Place.objects.filter(room__in=rooms).only("pk"))
    free: dict[uuid.UUID, list[Place]] = {}
    for place in Place.objects.filter(pk__in=[place.pk for place in locked]).free(at).order_by("room", "number"):
        free.setdefault(place.room_id, []).append(place)
    spots: list[tuple[Room, Place | None]] = []
    for room in seating:
        places = free.get(room.pk, [])
        if not places and not short:
            raise NotEnoughPlaces(sum(len(places) for places in free.values()) + len(spots), len(seating))
        spots.append((room, places.pop(0) if places else None))
    return spots
