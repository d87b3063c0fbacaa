"""Who of a family sleeps in which of its rooms, so that each child is beside who looks after it."""

import uuid
from collections.abc import Sequence

from plans.evening import Family, Seats, Space
from shelter.beside import assign


def seat_family(family: Family, rooms: Sequence[Space], places: Sequence[int]) -> Seats | None:
    """Which person has which room, so many in each; None where a child would have nobody in its room.

    Nobody sleeps in a room alone with children of others: one room, or several of one house.
    """
    if len(rooms) == 1:
        return {one.id: rooms[0].id for one in family.people}
    carers = {one.id: one.carers for one in family.people if one.carers is not None}
    people = [one.id for one in family.people]
    seats = assign(people, {room.id: count for room, count in zip(rooms, places, strict=True)}, carers)
    return seats if _each_child_beside_its_carer(seats, carers) else None


def _each_child_beside_its_carer(seats: Seats, carers: dict[uuid.UUID, frozenset[uuid.UUID]]) -> bool:
    return all(seats[child] in {seats[who] for who in theirs if who in seats} for child, theirs in carers.items())


def shares_of(family: Family, rooms: Sequence[Space]) -> list[int] | None:
    """How many of the family sleep in each of the rooms, the first filled first; None where they are too few."""
    left, shares = len(family.people), []
    for room in rooms:
        shares.append(min(room.free, left))
        left -= shares[-1]
    return shares if left == 0 and all(shares) else None
