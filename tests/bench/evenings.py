"""`make evenings`: the plan made at once against the one searched for, on three evenings of the replay.

Who waits are the families of the replay that were registered by the hour and had no place yet. The houses are those of
the demonstration, with a place for four in five of them, and never fewer than its camp and halls have: a plan must
choose. No database.
"""

import argparse
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

import django

EVENINGS = (datetime(2023, 9, 25), datetime(2023, 9, 26), datetime(2023, 9, 28))  # noqa: DTZ001 - days of Yerevan
SHORT = 0.8  # places for each who waits
HOTEL = (4, 2, 3, 5, 4, 6, 3, 2, 4, 7)  # places of the rooms of a hotel, in turn
FLOOR = 8  # rooms
GROWN, OLD, BABY, BOY = 18, 60, 2, 12  # years
COLUMNS = (
    *("evening", "families", "people", "rooms", "places", "plan"),
    *("placed", "split", "left over", "needs met", "hours waited", "s"),
)


def main() -> int:
    """Print a row for each evening and way of planning."""
    parser = argparse.ArgumentParser(prog="make evenings")
    parser.add_argument("--scale", type=float, default=0.1, help="1 is everybody: 100,632 people")
    parser.add_argument("--seconds", type=float, default=30.0, help="for each search")
    options = parser.parse_args()
    django.setup()
    from plans.evening import worth_of  # noqa: PLC0415 - Django reads its settings first
    from plans.greedy import plan_greedily  # noqa: PLC0415
    from plans.search import plan_by_solver  # noqa: PLC0415

    print("|", " | ".join(COLUMNS), "|")
    print("|---" * 12 + "|")
    for at, evening in _evenings(options.scale):
        spaces, families = evening.spaces, evening.families
        facts = [len(families), sum(len(one.people) for one in families), len(spaces), sum(s.free for s in spaces)]
        greedy, fast = _timed(lambda evening=evening: plan_greedily(evening))
        search = lambda evening=evening, greedy=greedy: plan_by_solver(evening, greedy, seconds=options.seconds)  # noqa: E731
        better, slow = _timed(search)
        for name, draft, seconds in (("by turn", greedy, fast), ("searched", better, slow)):
            won = worth_of(draft, spaces).numbers
            told = [won[key] for key in ("people", "split", "wasted", "needs", "hours")]
            print("|", " | ".join(map(str, [f"{at:%d.%m.}", *facts, name, *told, f"{seconds:.2f}"])), "|", flush=True)
    return 0


def _timed(plan: Callable[[], object]) -> tuple[object, float]:
    begun = time.perf_counter()
    return plan(), time.perf_counter() - begun


def _evenings(scale: float) -> Iterator[tuple[datetime, object]]:
    from demonstration.parties import parties  # noqa: PLC0415
    from demonstration.targets import YEREVAN, targets  # noqa: PLC0415
    from plans.evening import Evening  # noqa: PLC0415

    everybody = parties(targets(scale), 1, messy=True)
    for day in EVENINGS:
        at = day.replace(hour=20, tzinfo=YEREVAN)
        waiting = [one for one in everybody if one.registered_at and one.registered_at <= at]
        waiting = [one for one in waiting if one.housed_at and one.housed_at > at]
        families = [_family(one, number, at) for number, one in enumerate(waiting, start=1)]
        families.sort(key=lambda one: (one.turn, -one.hours, one.number))
        yield at, Evening(tuple(families), tuple(_spaces(int(SHORT * sum(one.size for one in waiting)))))


@dataclass(frozen=True)
class _Known:
    """What the table of needs asks of a family."""

    needs: tuple[str, ...]
    infants: int
    elders: int


def _family(party: object, number: int, at: datetime) -> object:
    from plans.evening import Family, Person  # noqa: PLC0415
    from shelter.waiting import LONG, URGENT  # noqa: PLC0415
    from shelter.wants import wants_of  # noqa: PLC0415

    members = party.family.members
    grown = frozenset(one.person for one in members if one.age >= GROWN)
    people = []
    for one in members:
        with_them = grown & frozenset(one.parents) or grown
        carers = with_them if one.age < GROWN else None
        people.append(Person(one.person, one.sex == "F" or one.age < BOY, carers))
    needs = tuple(sorted({need for one in members for need in one.needs if need.startswith(URGENT)}))
    known = _Known(needs, sum(one.age < BABY for one in members), sum(one.age >= OLD for one in members))
    hours = max(0, int((at - party.registered_at) / timedelta(hours=1)))
    pressing = known.needs or known.infants or known.elders or at - party.registered_at >= LONG
    key, site = uuid.uuid5(uuid.NAMESPACE_OID, party.family.seed), uuid.uuid5(uuid.NAMESPACE_OID, party.site)
    return Family(key, number, site, tuple(people), hours, 1 if pressing else 2, len(members), wants_of(known))


def _spaces(places: int) -> Iterator[object]:
    """The rooms of the demonstration's houses, with so many places in all."""
    from demonstration.sites import CAMP_HALL, CAMP_TENTS, all_sites  # noqa: PLC0415
    from plans.evening import Space  # noqa: PLC0415
    from shelter.wants import GROUND, STEP_FREE  # noqa: PLC0415

    for ground in all_sites(places):
        sizes = cycle({"camp": (CAMP_TENTS,), "collective": (CAMP_HALL,)}.get(ground.kind, HOTEL))
        site, left, number = uuid.uuid5(uuid.NAMESPACE_OID, ground.code), ground.places, 0
        while left > 0:
            free = min(next(sizes), left)
            floor = number // FLOOR if ground.kind == "hotel" else 0
            key = uuid.uuid5(site, str(number))
            has = frozenset({STEP_FREE, GROUND}) if floor == 0 else frozenset()
            shared = ground.kind in ("camp", "collective")
            yield Space(key, site, str(number), free, floor, shared=shared, features=has)
            left, number = left - free, number + 1


if __name__ == "__main__":
    sys.exit(main())
