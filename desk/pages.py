"""A long list in pages, without counting it: to count whom one may see costs more than to show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ROWS = 50
LAST = 2_000  # further than anyone turns pages


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, its place, and whether more follow."""

    rows: list[Any]
    number: int
    has_next: bool
    size: int = ROWS

    @classmethod
    def of(cls, rows: Sequence[Any], asked: str, size: int = ROWS) -> "Page":
        """The page of this number; the first when it is none."""
        number = int(asked[:9]) if asked.isascii() and asked.isdigit() else 1
        number = min(max(number, 1), LAST)
        start = (number - 1) * size
        shown = list(rows[start : start + size + 1])
        return cls(shown[:size], number, len(shown) > size, size)

    @property
    def has_previous(self) -> bool:
        """Whether this is not the first page."""
        return self.number > 1

    @property
    def next(self) -> int:
        """The number of the page after this one."""
        return self.number + 1

    @property
    def previous(self) -> int:
        """The number of the page before this one."""
        return self.number - 1

    @property
    def span(self) -> tuple[int, int]:
        """The places of the first and the last row in the list, counted from one."""
        start = (self.number - 1) * self.size
        return start + 1, start + len(self.rows)
