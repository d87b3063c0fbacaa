"""Tables that leave as files: no text is taken for a formula, and Armenian opens right in every program."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, islice
from typing import IO, Any

import xlsxwriter
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

BYTE_ORDER_MARK = "\ufeff"  # so that Excel reads Armenian
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # the wide ones open a formula in some languages
BREAKS = ("\t", "\r", "\n")
LINES_AT_ONCE = 500
LONGEST_TITLE = 31  # of a sheet, in Excel

Value = str | int | float | date | datetime | None


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
    def tags(self) -> list[str]:
        """The row of HXL tags that stands under the headings; none where no column has one."""
        tags = [column.tag for column in self.columns]
        return tags if any(tags) else []


def plain(text: str) -> str:
    """Text that no sheet takes for a formula."""
    return f"'{text}" if text.startswith(BREAKS) or text.lstrip().startswith(SIGNS) else text


def written(value: Value) -> str | int | float:
    """A value as it stands in a line of CSV: instants with their offset, nothing for what is not known."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return plain(value) if isinstance(value, str) else value


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


def csv_lines(table: Table) -> Iterator[bytes]:
    """The table as CSV, some hundred lines at a time; the headings come before the first row is asked for."""
    writer = csv.writer(_Echo())
    heads = [[column.heading for column in table.columns], table.tags]
    yield (BYTE_ORDER_MARK + "".join(writer.writerow(head) for head in heads if head)).encode()
    lines = (writer.writerow([written(value) for value in row]) for row in table.rows)
    for first in lines:
        yield (first + "".join(islice(lines, LINES_AT_ONCE - 1))).encode()


def as_objects(table: Table) -> list[dict[str, Any]]:
    """The rows as objects by the columns' keys, for JSON; instants with their offset."""
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, map(_for_json, row), strict=True)) for row in table.rows]


def _for_json(value: Value) -> Any:
    return written(value) if isinstance(value, date) else value


def write_book(file: IO[bytes], tables: Iterable[Table], *, made_at: datetime, title: str) -> None:
    """Write a workbook, a sheet a table, row by row, so that memory does not grow with the rows.

    Made twice of the same at the same instant, it is the same byte by byte.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "dd.mm.yyyy hh:mm",
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": title, "created": timezone.make_naive(made_at)})
    formats = {
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "tag": book.add_format({"italic": True, "font_color": "#6b6b6b", "font_size": 8}),
        "text": book.add_format({"num_format": "@", "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0", "valign": "top"}),
        "instant": book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left", "valign": "top"}),
        "day": book.add_format({"num_format": "dd.mm.yyyy", "align": "left", "valign": "top"}),
    }
    for table in tables:
        _write_sheet(book.add_worksheet(_sheet_title(table.title)), table, formats)
    book.close()


def _sheet_title(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:LONGEST_TITLE]


def _write_sheet(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
    heads = [[column.heading for column in table.columns], table.tags]
    heads = [head for head in heads if head]
    sheet.freeze_panes(len(heads), table.pinned)
    for number, (head, look) in enumerate(zip(heads, ("heading", "tag"), strict=False)):
        for place, text in enumerate(head):
            sheet.write_string(number, place, text, formats[look])
    for number, row in enumerate(table.rows, len(heads)):
        for place, value in enumerate(row):
            _write_cell(sheet, number, place, value, formats)


def _write_cell(sheet: Any, row: int, place: int, value: Value, formats: dict[str, Any]) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(row, place, value, formats["text"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, timezone.make_naive(value), formats["instant"])
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, formats["day"])
    elif value is not None:
        sheet.write_number(row, place, value, formats["number"])


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


def first_bytes(chunks: Iterator[bytes], count: int) -> Iterator[bytes]:
    """The chunks again, after the first few were made: what is wrong shows before an answer begins."""
    begun = list(islice(chunks, count))
    return chain(begun, chunks)
