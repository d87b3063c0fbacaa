"""Arrivals drawn as bars, hour by hour: numbers in, places on a drawing out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 24, 100  # of a bar's column, and of the tallest bar


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


def bars(hours: Sequence[datetime], people: Sequence[int]) -> list[Bar]:
    """A bar for each hour, as tall as its people beside the most; the least that is somebody can be seen."""
    most = max(people, default=0)
    drawn = []
    for number, (hour, count) in enumerate(zip(hours, people, strict=True)):
        height = max(round(HEIGHT * count / most), 2) if count else 0
        drawn.append(Bar(hour, count, number * WIDTH, HEIGHT - height, height))
    return drawn
