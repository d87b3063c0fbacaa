"""Children sleep beside who looks after them: who gets which of the beds, and who would sleep among strangers."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils import timezone

from centre.clock import local_day
from centre.locks import lock_by_key
from registrations.together import Apart, LookedAfter, apart_at, children_of
from shelter.models import Place, Room, Stay
from shelter.parts import Sleeper

Spot = tuple[Room, Place | None]
Bed = tuple[uuid.UUID, uuid.UUID, str, DateTimeTZRange]  # room, person, whether held or slept in, while


def parted(people: Collection[uuid.UUID], at: datetime, *, families_change: bool = False) -> Callable[[], set[Apart]]:
    """Finds the children of these persons' families without anybody who looks after them, by day or by night.

    Who belongs together is read once, unless the act changes that. The people are locked, and no place yet.
    """
    children = lock_beside(people, at)
    if not families_change:
        return parted_by_beds(children, (), at)
    return lambda: parted_by_beds(children_of(people, local_day(at)), (), at)()


def lock_beside(people: Collection[uuid.UUID], at: datetime, rooms: Collection[Room] = ()) -> list[LookedAfter]:
    """The children of the families of these persons, who are locked. Locks the rooms in which the children have a bed.

    It locks `rooms` too, into which somebody comes. So when one person leaves a child and another one comes in beside
    it at the same instant, the second act sees what the first wrote.
    """
    children = children_of(people, local_day(at))
    if rooms or children:
        lock_by_key(Room.objects.filter(pk__in=_rooms_of(rooms, at, children)).only("pk"))
    return children


def parted_by_beds(
    children: Sequence[LookedAfter],
    rooms: Collection[Room],
    at: datetime,
    *,
    together: Collection[uuid.UUID] = frozenset(),
) -> Callable[[], set[Apart]]:
    """Finds the same of these children where beds in these rooms are given or left.

    Of other families, those who sleep so in these rooms, where somebody comes in. Those whom the act itself brings
    `together` at one site are not looked for.
    """
    alone = [one for one in children if one.child not in together or one.carers.isdisjoint(together)]
    return lambda: apart_at(alone, at) | _among_strangers(rooms, at, children)


def _among_strangers(rooms: Collection[Room], at: datetime, known: Sequence[LookedAfter]) -> set[Apart]:
    """The children who from then on, or from now on, have a bed beside others, and beside nobody who looks after them.

    In these rooms, and wherever those who are `known`, and need not be looked up, have one. A bed that is only held for
    who looks after a child leaves it alone in the room where it sleeps. From now on too: an act waits for another,
    which took somebody out a moment after the hour that this one tells.
    """
    if not rooms and not known:
        return set()
    stays = Stay.objects.filter(room__in=_rooms_of(rooms, at, known)).from_(at).with_person()
    beds = list(stays.values_list("room", "person", "kind", "during"))
    others = {person for _room, person, _kind, _during in beds} - {person for one in known for person in one.family}
    if not others:
        return set()
    children = [*known, *children_of(others, local_day(at))]
    now = timezone.now()
    later = [bed for bed in beds if bed[-1].upper is None or bed[-1].upper > now]
    return beside_nobody(children, beds) | beside_nobody(children, later)


def beside_nobody(children: Collection[LookedAfter], beds: Collection[Bed]) -> set[Apart]:
    """The children who sleep in these beds beside people not of their family, and beside none of their carers."""
    sleepers: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    asleep: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for room, person, kind, _during in beds:
        sleepers[room].add(person)
        if kind == Stay.Kind.STAY:
            asleep[room].add(person)
    return {
        Apart(one.membership, one.child, str(room), among_strangers=True)
        for one in children
        for room, people in sleepers.items()
        if one.child in people and people - one.family
        if not one.carers & (asleep[room] if one.child in asleep[room] else people)
    }


def _rooms_of(rooms: Collection[Room], at: datetime, known: Sequence[LookedAfter]) -> QuerySet[Room, Any]:
    """These rooms, and those in which these children have a bed; with OR, every stay would be read."""
    theirs = Stay.objects.of(one.child for one in known).from_(at).order_by().values("room")
    return Room.objects.filter(pk__in=[room.pk for room in rooms]).order_by().values("pk").union(theirs)


def seat(
    people: Sequence[Sleeper], spots: Sequence[Spot], children: Sequence[LookedAfter]
) -> list[tuple[Sleeper, Spot]]:
    """Who of the family gets which of the beds, which are as many.

    In the order of the form, unless a child would have nobody in its room who looks after it: then adults go apart.
    """
    beds: dict[uuid.UUID, list[Spot]] = defaultdict(list)
    for spot in spots:
        beds[spot[0].pk].append(spot)
    in_order = list(zip(people, spots, strict=True))
    if len(beds) < 2:
        return in_order
    carers = {one.child: one.carers for one in children}
    room_of = {who.person: spot[0].pk for who, spot in in_order}
    if is_each_beside(room_of, carers):
        return in_order
    room_of = assign([who.person for who in people], {room: len(some) for room, some in beds.items()}, carers)
    return [(who, beds[room_of[who.person]].pop(0)) for who in people]


def is_each_beside(room_of: Mapping[uuid.UUID, uuid.UUID], carers: Mapping[uuid.UUID, frozenset[uuid.UUID]]) -> bool:
    """Whether each child among these has somebody in its room who looks after it."""
    return all(room_of[one] in {room_of.get(carer) for carer in carers[one]} for one in carers if one in room_of)


def assign(
    people: Sequence[uuid.UUID],
    seats: Mapping[uuid.UUID, int],
    carers: Mapping[uuid.UUID, frozenset[uuid.UUID]],
) -> dict[uuid.UUID, uuid.UUID]:
    """Which person gets which room: one adult in each while there are, each child beside one who looks after it."""
    left = dict(seats)
    room_of: dict[uuid.UUID, uuid.UUID] = {}

    def put(person: uuid.UUID, rooms: Collection[uuid.UUID]) -> None:
        room = next((room for room in rooms if left[room]), None) or next(room for room in left if left[room])
        left[room] -= 1
        room_of[person] = room

    adults = [person for person in people if person not in carers]
    children = [person for person in people if person in carers]
    looks_after = {carer for child in children for carer in carers[child]}
    adults.sort(key=lambda adult: adult not in looks_after)  # stable: those who look after children first
    first, others = adults[: len(left)], adults[len(left) :]
    for adult, room in zip(first, list(left), strict=False):
        put(adult, [room])
    for child in sorted(children, key=lambda child: len(carers[child])):
        put(child, [room_of[carer] for carer in carers[child] if carer in room_of])
    for adult in others:
        put(adult, list(left))
    return room_of
