"""Tables that leave as files: no text is taken for a formula, and Armenian opens right in every program."""

import csv
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

BYTE_ORDER_MARK = "\ufeff"  # so that Excel reads Armenian
BREAKS = ("\t", "\r", "\n")
LINES_AT_ONCE = 500
COMMA, SEMICOLON = ",", ";"
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}

_SIGNS = "=+\\-@＝＋－＠"  # the wide ones open a formula in some languages
_GAPS = dict.fromkeys(map(ord, "\u00a0\u202f"), " ")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff")) | _GAPS
_ODD = re.compile(f"[{_SIGNS}{''.join(map(chr, _UNSEEN))}]")
_FORMULA = re.compile(rf'((?:^|[,;|\t\r\n])[\s"]*)(?=[{_SIGNS}])(?!\+\d+\s*(?:[,;|]|$))')

Piece = TypeVar("Piece")
Value = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Column:
    """A column: what programs call it, what people read above it, its HXL tag, and its width in characters."""

    key: str
    heading: str
    tag: str = ""
    width: int = 12


@dataclass(frozen=True)
class Table:
    """Columns and rows under a title; the rows are read once, in their order."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]] = field(repr=False)
    pinned: int = 0

    @property
    def heads(self) -> list[list[str]]:
        """The row of headings, and under it the HXL tags where any column has one."""
        tags = [column.tag for column in self.columns]
        return [[tidy(column.heading) for column in self.columns], *([tags] if any(tags) else [])]


def tidy(text: str) -> str:
    """Text as a file holds it: no soft hyphens and no unseen marks, and every space a plain one."""
    return text.translate(_UNSEEN) if _ODD.search(text) else text


def plain(text: str) -> str:
    """Text that no spreadsheet reads as a formula, whatever separates its cells; a telephone number is not changed."""
    text = _FORMULA.sub(r"\1'", text) if _ODD.search(text) else text
    return f"'{text}" if text.startswith(BREAKS) else text


def list_separator(language: str) -> str:
    """What separates the cells of a CSV in this language: a semicolon where the comma is the decimal sign."""
    return SEMICOLON if get_format("DECIMAL_SEPARATOR", lang=language) == COMMA else COMMA


def written(value: Value) -> str | int | float:
    """A value as it is written in CSV: instants with their offset, empty for what is not known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return in_a_word(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return plain(tidy(value)) if isinstance(value, str) else value


def in_a_word(value: bool) -> str:
    """Yes, or a no that is seen."""
    return gettext("yes") if value else gettext("NO")


LEAST_WHY, MOST_WHY = 3, 200  # letters of a reason


def read_why(text: str) -> str:
    """The reason a file leaves for, in one line; raises ValidationError when it says nothing."""
    line = " ".join(text.split())
    if len(line) < LEAST_WHY or not any(letter.isalpha() for letter in line):
        raise ValidationError(_("Write in a few words why you need this file."), code="no_why")
    if len(line) > MOST_WHY or not line.isprintable():
        raise ValidationError(_("Say it in one line of at most 200 letters."), code="bad_why")
    return line


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(table: Table, separator: str = COMMA) -> Iterator[bytes]:
    """The table as CSV, every cell quoted, some hundred lines at a time; the headings come before the first row."""
    writer = csv.writer(_Echo(), delimiter=separator, quoting=csv.QUOTE_ALL)
    yield (BYTE_ORDER_MARK + "".join(writer.writerow(head) for head in table.heads)).encode()
    lines = (writer.writerow([written(value) for value in row]) for row in table.rows)
    for first in lines:
        yield (first + "".join(islice(lines, LINES_AT_ONCE - 1))).encode()


def as_objects(table: Table) -> list[dict[str, Any]]:
    """The rows as objects by the columns' keys, for JSON; instants with their offset."""
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, map(_for_json, row), strict=True)) for row in table.rows]


def _for_json(value: Value) -> Any:
    if isinstance(value, date):
        return written(value)
    return tidy(value) if isinstance(value, str) else value


def with_columns(table: Table, before: Sequence[tuple[Column, Value]], after: Sequence[tuple[Column, Value]]) -> Table:
    """The table with columns whose value is the same in every row, before and after its own."""
    first, last = [value for _column, value in before], [value for _column, value in after]
    return Table(
        table.key,
        table.title,
        [*(column for column, _value in before), *table.columns, *(column for column, _value in after)],
        ([*first, *row, *last] for row in table.rows),
        len(first) + table.pinned,
    )


class Begun(Iterator[Piece]):
    """The pieces, of which the first was made: what is wrong shows before an answer begins.

    Closed in the middle, when the reader went away, it lets go of the rows that were still to come. Each is made in
    the language asked for: what the request spoke has ended when an answer is streamed.
    """

    def __init__(self, pieces: Generator[Piece], language: str | None = None) -> None:
        self._language = language or get_language()
        self._pieces = pieces
        with override(self._language):
            self._made = list(islice(pieces, 1))

    def __next__(self) -> Piece:
        if self._made:
            return self._made.pop()
        with override(self._language):
            return next(self._pieces)

    def close(self) -> None:
        """Make no more of them."""
        self._pieces.close()
