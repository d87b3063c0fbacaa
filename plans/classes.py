"""Families and rooms that a plan may exchange for each other: a few hundred kinds instead of a million pairs."""

import uuid
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from plans.evening import Draft, Evening, Family, Seats, Space, met
from plans.seats import seat_family, shares_of

MOST_SPLITS = 3  # ways to split that are weighed for one kind of family in one house
MOST_ROOMS = 3  # rooms of a family that is split, beside the way that is known


@dataclass(frozen=True)
class Option:
    """One way for a kind of family to sleep: so many of them in a room of each of these kinds."""

    kinds: tuple[int, ...]
    shares: tuple[int, ...]
    site: uuid.UUID
    met: int  # needs
    wasted: int  # places

    @property
    def split(self) -> bool:
        """Whether they sleep in several rooms."""
        return len(self.kinds) > 1


@dataclass(frozen=True)
class Alike:
    """Families that are served alike, in fair order, and the ways for each of them to sleep."""

    families: tuple[Family, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Market:
    """The evening by kinds: kinds of rooms, each with its rooms, and kinds of families."""

    kinds: tuple[tuple[Space, ...], ...]
    alike: tuple[Alike, ...]
    kind_of: Mapping[uuid.UUID, int]


def read_market(evening: Evening, known: Draft) -> Market:
    """The evening by kinds; every way that the known plan took is among the options."""
    by_key: dict[Hashable, list[Space]] = defaultdict(list)
    for space in evening.spaces:
        if space.usable:
            by_key[_key_of_space(space)].append(space)
    kinds = tuple(map(tuple, by_key.values()))
    kind_of = {space.id: number for number, rooms in enumerate(kinds) for space in rooms}
    kept_from = evening.kept_from
    groups: dict[Hashable, list[Family]] = defaultdict(list)
    for family in evening.families:
        if not family.child_alone:
            groups[_key_of_family(family, alone=family.id in kept_from)].append(family)
    taken = _ways_taken(known, kind_of)
    alike = []
    for families in groups.values():
        ways = {way for family in families if (way := taken.get(family.id))}
        alike.append(Alike(tuple(families), tuple(_options(families[0], kinds, ways))))
    return Market(kinds, tuple(alike), kind_of)


def _key_of_space(space: Space) -> Hashable:
    if space.shared:
        return space.id
    return space.site, space.free, space.women_only, space.families_only, space.features


def _key_of_family(family: Family, *, alone: bool) -> Hashable:
    """What two families must have in common to be exchanged; one that is kept from others is exchanged with none."""
    if alone:
        return family.id
    place = {one.id: number for number, one in enumerate(family.people)}
    who = tuple(
        None if one.carers is None else tuple(sorted(place[carer] for carer in one.carers if carer in place))
        for one in family.people
    )
    return family.turn, family.women_only, family.is_family, family.wants, family.barred, who


Way = tuple[tuple[int, int], ...]  # kind of room and how many sleep there


def _ways_taken(known: Draft, kind_of: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, Way]:
    return {one.family.id: way_of(one.seats, kind_of) for one in known.planned}


def way_of(seats: Seats, kind_of: Mapping[uuid.UUID, int]) -> Way:
    """The kinds of rooms of a family, and how many sleep in each."""
    rooms: dict[uuid.UUID, int] = defaultdict(int)
    for room in seats.values():
        rooms[room] += 1
    return tuple(sorted((kind_of[room], people) for room, people in rooms.items()))


def _options(family: Family, kinds: Sequence[tuple[Space, ...]], known: set[Way]) -> list[Option]:
    open_kinds = [number for number, rooms in enumerate(kinds) if rooms[0].takes(family)]
    people = len(family.people)
    ways: set[Way] = {((number, people),) for number in open_kinds if kinds[number][0].free >= people}
    ways |= known | _splits(family, open_kinds, kinds)
    return [_option(family, way, kinds) for way in sorted(ways)]


def _option(family: Family, way: Way, kinds: Sequence[tuple[Space, ...]]) -> Option:
    rooms = [kinds[number][0] for number, _people in way]
    wasted = sum(room.free - people for room, (_kind, people) in zip(rooms, way, strict=True) if not room.shared)
    chosen, shares = zip(*way, strict=True)
    return Option(chosen, shares, rooms[0].site, len(met(family, rooms)), wasted)


def _splits(family: Family, open_kinds: Sequence[int], kinds: Sequence[tuple[Space, ...]]) -> set[Way]:
    """The ways to split that waste fewest places in each house: in two rooms, or in three where two do not do."""
    by_site: dict[uuid.UUID, list[int]] = defaultdict(list)
    for number in open_kinds:
        if kinds[number][0].free < len(family.people):
            by_site[kinds[number][0].site].append(number)
    ways: set[Way] = set()
    for numbers in by_site.values():
        for rooms in range(2, MOST_ROOMS + 1):
            found = _splits_in(family, numbers, kinds, rooms)
            ways |= found
            if found:
                break
    return ways


def _splits_in(family: Family, numbers: Sequence[int], kinds: Sequence[tuple[Space, ...]], rooms: int) -> set[Way]:
    people = len(family.people)
    chosen = []
    for some in combinations_with_replacement(numbers, rooms):
        over = sum(kinds[number][0].free for number in some) - people
        if over >= 0 and all(some.count(number) <= len(kinds[number]) for number in some):
            chosen.append((over, some))
    found: set[Way] = set()
    for _over, some in sorted(chosen)[: 3 * MOST_SPLITS]:
        ways = sorted(some, key=lambda number: -kinds[number][0].free)
        spaces = [kinds[number][ways[:at].count(number)] for at, number in enumerate(ways)]
        shares = shares_of(family, spaces)
        if shares and seat_family(family, spaces, shares):
            found.add(tuple(sorted(zip(ways, shares, strict=True))))
        if len(found) == MOST_SPLITS:
            break
    return found
