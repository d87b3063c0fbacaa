"""Arrivals drawn as bars, hour by hour, beside a scale: numbers in, places on a drawing out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

WIDTH, HEIGHT = 24, 100  # of a bar's column, and of the tallest bar
STEPS = 4  # of a scale, at most


@dataclass(frozen=True)
class Bar:
    """One hour: where its bar stands, in the drawing's own units, and what it says."""

    hour: datetime
    people: int
    x: int
    y: int
    height: int

    @property
    def middle(self) -> int:
        """Where its words are centred."""
        return self.x + WIDTH // 2 - 2


def bars(hours: Sequence[datetime], people: Sequence[int], top: int = 0) -> list[Bar]:
    """A bar for each hour, as tall as its people beside the top, or the most; the least that is somebody is seen."""
    top = top or max(people, default=0)
    drawn = []
    for number, (hour, came) in enumerate(zip(hours, people, strict=True)):
        height = max(round(HEIGHT * came / top), 2) if came else 0
        drawn.append(Bar(hour, came, number * WIDTH, HEIGHT - height, height))
    return drawn


@dataclass(frozen=True)
class Line:
    """A line of the scale: its people, and its height on the drawing."""

    people: int
    y: int


def scale(people: Sequence[int]) -> list[Line]:
    """The lines of a scale in round numbers, from nobody to the first that the most does not pass."""
    most = max(people, default=0)
    step = next(step for power in count() for step in (10**power, 2 * 10**power, 5 * 10**power) if step * STEPS >= most)
    top = max(-(-most // step), 1) * step
    return [Line(at, HEIGHT - HEIGHT * at // top) for at in range(0, top + 1, step)]


@dataclass(frozen=True)
class Chart:
    """Arrivals by hour: the bars, the scale beside them, and how many came in all."""

    bars: list[Bar]
    lines: list[Line]
    arrived: int

    @property
    def most(self) -> int:
        """The people of the fullest hour."""
        return max(bar.people for bar in self.bars)


def chart(hours: Sequence[datetime], people: Sequence[int]) -> Chart:
    """The people of these hours, drawn."""
    lines = scale(people)
    return Chart(bars(hours, people, lines[-1].people), lines, sum(people))
