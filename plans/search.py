"""The search for a better plan of a whole evening: part after part of it is planned anew by CP-SAT.

Asked for 1,500 families and 400 rooms at once, CP-SAT spends its half minute on reading the question. A part of some
fifty rooms it plans in a second or two, and better than the greedy plan did.
"""

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from plans.evening import Draft, Evening, Family, Planned, Space, worth_of
from plans.solver import improve

ROOMS_AT_ONCE = 48
NEXT_IN_TURN = 30  # of those without a place, who is asked in each part
BY_LOT = 30  # and of the others
LEAST, MOST = 1.5, 3.0  # seconds for a part
WHOLE = 150  # families: with so many the evening is asked for at once
Told = Callable[[int, float], object]  # how many people would have a place, and which share of the time is over


def _tells_nobody(_people: int, _share: float) -> None: ...


def _goes_on() -> bool:
    return False


def plan_by_solver(
    evening: Evening,
    greedy: Draft,
    *,
    seconds: float,
    told: Told = _tells_nobody,
    stopped: Callable[[], bool] = _goes_on,
) -> Draft:
    """The best plan found within so many seconds, or until somebody stops it; the greedy one if none is better."""
    begun = time.monotonic()

    def over() -> float:
        return time.monotonic() - begun

    if len(evening.families) <= WHOLE and len(evening.spaces) <= ROOMS_AT_ONCE:
        return improve(
            evening, greedy, seconds=seconds, told=lambda people: told(people, over() / seconds), stopped=stopped
        )
    best, chance = greedy, random.Random(len(evening.families))
    for rooms in _parts(evening, chance):
        left = seconds - over()
        if left < LEAST / 2 or stopped():
            return best
        part = _part_of(evening, best, rooms, chance)
        better = improve(part.evening, part.draft, seconds=min(MOST, max(LEAST, seconds / 20), left), stopped=stopped)
        best = _better_of(evening, best, part.put_back(evening, best, better))
        told(worth_of(best, evening.spaces).people, over() / seconds)
    return best


def _better_of(evening: Evening, one: Draft, other: Draft) -> Draft:
    return max(one, other, key=lambda draft: worth_of(draft, evening.spaces))


def _parts(evening: Evening, chance: random.Random) -> Iterator[list[Space]]:
    """Rooms that are planned anew together, for as long as somebody asks: of neighbouring houses, then by lot."""
    rooms = [space for space in evening.spaces if space.usable]
    houses = list(dict.fromkeys(space.site for space in rooms))
    while rooms:
        chance.shuffle(rooms)
        chance.shuffle(houses)
        by_house = sorted(rooms, key=lambda room: houses.index(room.site))
        for order in (by_house, rooms):
            for start in range(0, len(order), ROOMS_AT_ONCE):
                yield order[start : start + ROOMS_AT_ONCE]


@dataclass(frozen=True)
class Part:
    """Some rooms of an evening with who would sleep there and some who would have no place; the others stay."""

    evening: Evening
    draft: Draft
    others: tuple[Planned, ...]

    def put_back(self, whole: Evening, before: Draft, better: Draft) -> Draft:
        """The plan of the whole evening with this part planned so."""
        planned = {one.family.id: one for one in (*self.others, *better.planned)}
        reasons = {family.id: why for family, why in (*before.left_out, *better.left_out)}
        left_out = [(one, reasons[one.id]) for one in whole.families if one.id not in planned]
        return Draft(tuple(planned[one.id] for one in whole.families if one.id in planned), tuple(left_out))


def _part_of(evening: Evening, best: Draft, rooms: list[Space], chance: random.Random) -> Part:
    inside = {room.id for room in rooms}
    here = [one for one in best.planned if inside.issuperset(one.seats.values())]
    known = {one.family.id for one in here}
    others = tuple(one for one in best.planned if one.family.id not in known)
    spaces = _spaces_left(rooms, others)
    without = [family for family, _why in best.left_out if not family.child_alone]
    lot = chance.sample(without[NEXT_IN_TURN:], min(BY_LOT, len(without[NEXT_IN_TURN:])))
    asked = known | {family.id for family in (*without[:NEXT_IN_TURN], *lot)}
    families = tuple(_barred(one, evening, others) for one in evening.families if one.id in asked)
    part = Evening(families, spaces, evening.apart, _quotas_left(evening, others))
    left_out = tuple((family, why) for family, why in best.left_out if family.id in asked)
    return Part(part, Draft(tuple(here), left_out), others)


def _spaces_left(rooms: list[Space], others: tuple[Planned, ...]) -> tuple[Space, ...]:
    """What the others leave of these rooms."""
    taken = Counter(room for one in others for room in one.seats.values())
    left = [replace(room, free=room.free - taken[room.id]) for room in rooms if room.shared or not taken[room.id]]
    return tuple(room for room in left if room.free > 0)


def _quotas_left(evening: Evening, others: tuple[Planned, ...]) -> dict[uuid.UUID, int]:
    site_of = {space.id: space.site for space in evening.spaces}
    taken = Counter(site_of[room] for one in others for room in one.seats.values())
    return {site: places - taken[site] for site, places in evening.quotas.items()}


def _barred(family: Family, evening: Evening, others: tuple[Planned, ...]) -> Family:
    """The family, barred as well from the houses that part them where the others sleep from whom it is kept."""
    foes = evening.kept_from.get(family.id, set()) if evening.apart else set()
    if not foes:
        return family
    site_of = {space.id: space.site for space in evening.spaces}
    near = {site_of[one.rooms[0]] for one in others if one.family.id in foes}
    return replace(family, barred=family.barred | set(filter(evening.parts_at, near)))
