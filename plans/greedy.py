"""A plan at once: one family after another in fair order, each in the best room that is left."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from plans.evening import Draft, Evening, Family, Planned, Seats, Space, met, write_planned
from plans.seats import seat_family, shares_of

CHILD_ALONE, NO_ROOM = "child_alone", "no_room"
LOOSE = 2  # places left over in a room of their own, from which on a hall is the better one
Rank = tuple[int, float, int, bool, int]


class Books:
    """What is left of an evening's rooms while families are put into them."""

    def __init__(self, evening: Evening) -> None:
        self.kept_from, self.parts_at = evening.kept_from, evening.parts_at
        self.quota = dict(evening.quotas)
        self.left = {space.id: space for space in evening.spaces if space.usable}
        self.houses: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)  # who of those kept apart is in which

    def open_to(self, family: Family) -> list[Space]:
        """The rooms that may take somebody of the family."""
        foes = self.kept_from.get(family.id, set())
        closed = {site for site, inside in self.houses.items() if foes & inside}
        needed = len(family.people)
        return [
            room
            for room in self.left.values()
            if room.takes(family) and room.site not in closed and self.quota.get(room.site, needed) >= needed
        ]

    def enter(self, family: Family, seats: Seats) -> None:
        """The family has these rooms: one of their own takes nobody else."""
        for room in set(seats.values()):
            space = self.left.pop(room)
            inside = sum(seat == room for seat in seats.values())
            if space.shared and space.free > inside:
                self.left[room] = replace(space, free=space.free - inside)
            site = space.site
        if site in self.quota:
            self.quota[site] -= len(seats)
        if family.id in self.kept_from and self.parts_at(site):
            self.houses[site].add(family.id)


def plan_greedily(evening: Evening) -> Draft:
    """Who would sleep where, the first in turn first.

    Whole families in one room; where no room takes them all, in the fewest of one house in which each child is beside
    who looks after it. A family with a child whom nobody looks after is left to a protection officer.
    """
    books = Books(evening)
    original = {space.id: space for space in evening.spaces}
    planned: list[Planned] = []
    left_out: list[tuple[Family, str]] = []
    for family in evening.families:
        if family.child_alone:
            left_out.append((family, CHILD_ALONE))
            continue
        rooms = books.open_to(family)
        seats = best_whole(family, rooms) or best_split(family, rooms)
        if seats is None:
            left_out.append((family, NO_ROOM))
            continue
        books.enter(family, seats)
        planned.append(write_planned(family, seats, [original[room] for room in dict.fromkeys(seats.values())]))
    return Draft(tuple(planned), tuple(left_out))


def best_whole(family: Family, rooms: Iterable[Space]) -> Seats | None:
    """All of them in the one room that suits them best."""
    fitting = [room for room in rooms if room.free >= len(family.people)]
    if not fitting:
        return None
    room = min(fitting, key=lambda room: rank(family, room))
    return {one.id: room.id for one in family.people}


def rank(family: Family, room: Space) -> Rank:
    """How well the room suits them, the least first: needs met, no place left over, nothing others need more."""
    left_over = LOOSE - 0.5 if room.shared else room.free - len(family.people)
    unneeded = len(room.features - family.wants) + room.women_only + room.families_only
    return -len(met(family, [room])), left_over, unneeded, room.site != family.site, room.free


def best_split(family: Family, rooms: Sequence[Space]) -> Seats | None:
    """All of them in the fewest rooms of one house, where they are first; None if no house can take them so."""
    if len(family.people) < 2:
        return None
    by_site: dict[uuid.UUID, list[Space]] = defaultdict(list)
    for room in rooms:
        by_site[room.site].append(room)
    ways = [way for theirs in by_site.values() if (way := _split_in(family, theirs))]
    if not ways:
        return None
    return min(ways, key=lambda way: (len(set(way[1].values())), way[0] != family.site))[1]


def _split_in(family: Family, rooms: Sequence[Space]) -> tuple[uuid.UUID, Seats] | None:
    for chosen in ways_to_split(family, rooms):
        shares = shares_of(family, chosen)
        seats = seat_family(family, chosen, shares) if shares else None
        if seats:
            return chosen[0].site, seats
    return None


def ways_to_split(family: Family, rooms: Sequence[Space]) -> list[list[Space]]:
    """Rooms that together take the family: largest first with the smallest that takes who is left, and by need."""
    ways = []
    for step_free_first in (True, False):
        chosen: list[Space] = []
        left = len(family.people)
        pool = sorted(rooms, key=lambda room: (-len(met(family, [room])) if step_free_first else 0, -room.free))
        while left > 0 and pool:
            enough = [room for room in pool if room.free >= left]
            room = min(enough, key=lambda room: room.free) if enough else pool[0]
            pool.remove(room)
            chosen.append(room)
            left -= room.free
        if left <= 0 and len(chosen) > 1 and chosen not in ways:
            ways.append(chosen)
    return sorted(ways, key=len)
