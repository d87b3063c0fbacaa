"""The announcements of September and October 2023, and the curves that run through them."""

import csv
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

FIGURES = Path(__file__).resolve().parent / "data"
FIRST_HOUR = timedelta(hours=1)  # before the first announcement, which is for the first group
CONFIDENCE_REMEMBERED = "Rq"


@dataclass(frozen=True)
class Announcement:
    """What was said of one hour: cumulative counts, None where nothing was said."""

    as_of: datetime
    arrived: int | None
    registered: int | None
    registered_as_of: datetime
    accommodated: int | None
    vehicles: int | None
    hour_guessed: bool
    remembered: bool


@dataclass(frozen=True)
class Curve:
    """A cumulative count over time, straight between its points. `given` are the instants that were announced."""

    times: tuple[datetime, ...]
    counts: tuple[float, ...]
    given: tuple[datetime, ...]

    def at(self, instant: datetime) -> float:
        """The count at the instant; nothing before the first point, and no more after the last."""
        index = bisect_right(self.times, instant)
        if index in (0, len(self.times)):
            return self.counts[index - 1] if index else 0.0
        before = index - 1
        return _between(instant, self.times[before], self.times[index], self.counts[before], self.counts[index])

    def when(self, count: float) -> datetime:
        """The first instant at which the count was reached."""
        index = min(max(1, bisect_left(self.counts, count)), len(self.counts) - 1)
        low, high = self.counts[index - 1], self.counts[index]
        start, end = self.times[index - 1], self.times[index]
        return start if high == low else start + (end - start) * min(1.0, max(0.0, (count - low) / (high - low)))


@dataclass(frozen=True)
class Curves:
    """The four counts of the operation."""

    arrived: Curve
    registered: Curve
    accommodated: Curve
    vehicles: Curve


@cache
def announcements() -> tuple[Announcement, ...]:
    """Every announcement, in order of its hour."""
    with (FIGURES / "arrivals.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(sorted((_read(row) for row in csv.DictReader(lines)), key=lambda said: said.as_of))


@cache
def accommodated_by_marz() -> dict[datetime, dict[str, int]]:
    """The published lists of people in places of the state, by hour and marz."""
    lists: dict[datetime, dict[str, int]] = defaultdict(dict)
    with (FIGURES / "accommodated_by_marz.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            lists[datetime.fromisoformat(row["as_of"])][row["marz_iso"]] = int(row["accommodated"])
    return dict(lists)


@cache
def curves() -> Curves:
    """The counts between announcements.

    Arrivals and places run straight from one to the next. Registrations follow the arrivals: it is their share of
    the arrived that runs straight, for a straight line of their own would pass the arrivals on 26 September. The
    same holds for the places before their first figure, and for the vehicles throughout.
    """
    arrived = _curve(_given("arrived"))
    registered = _curve(_following(_given("registered"), arrived))
    first, *others = _given("accommodated")
    accommodated = _curve([*_following([first], registered), *others])
    vehicles = _curve(_following(_given("vehicles"), arrived))
    return Curves(arrived, registered, accommodated, vehicles)


def _read(row: dict[str, str]) -> Announcement:
    def count(name: str) -> int | None:
        return int(row[name]) if row[name] else None

    as_of = datetime.fromisoformat(row["as_of"])
    return Announcement(
        as_of,
        count("arrived"),
        count("registered"),
        datetime.fromisoformat(row["reg_as_of"]) if row["reg_as_of"] else as_of,
        count("accommodated"),
        count("vehicles"),
        hour_guessed=row["time_precision"] != "exact",
        remembered=row["conf"] == CONFIDENCE_REMEMBERED,
    )


Point = tuple[datetime, float, bool]  # instant, count, whether it was announced


def _given(figure: str) -> list[Point]:
    said: dict[datetime, float] = {}
    for announcement in announcements():
        count = getattr(announcement, figure)
        if count is not None:
            said[announcement.registered_as_of if figure == "registered" else announcement.as_of] = count
    return [(instant, count, True) for instant, count in sorted(said.items())]


def _following(given: Sequence[Point], leader: Curve) -> list[Point]:
    """These points, and between them one at each point of the leader, where the share of the leader runs straight."""
    times = [instant for instant, _, _ in given]
    shares = [count / leader.at(instant) for instant, count, _ in given]
    share = _straight(times, shares)
    between = [instant for instant in leader.times if instant < times[-1] and instant not in times]
    return sorted([*given, *((instant, share(instant) * leader.at(instant), False) for instant in between)])


def _straight(times: Sequence[datetime], values: Sequence[float]) -> Callable[[datetime], float]:
    def value(instant: datetime) -> float:
        index = bisect_right(times, instant)
        if index in (0, len(times)):
            return values[min(index, len(values) - 1)]
        return _between(instant, times[index - 1], times[index], values[index - 1], values[index])

    return value


def _between(instant: datetime, start: datetime, end: datetime, low: float, high: float) -> float:
    return low + (high - low) * ((instant - start) / (end - start))


def _curve(points: Iterable[Point]) -> Curve:
    """A curve that starts an hour before the first announcement and never falls."""
    times, counts, given = [announcements()[0].as_of - FIRST_HOUR], [0.0], []
    for instant, count, announced in points:
        if instant <= times[0]:
            continue
        times.append(instant)
        counts.append(max(count, counts[-1]))
        given += [instant] if announced else []
    return Curve(tuple(times), tuple(counts), tuple(given))
