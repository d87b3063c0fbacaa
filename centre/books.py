"""Tables as a workbook that goes out while it is written: no more than some hundred of its rows lie together."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter
from django.utils import timezone
from xlsxwriter.utility import xl_col_to_name

from centre.sheets import LINES_AT_ONCE, Table, Value, in_a_word, tidy

LONGEST_TITLE = 31  # of a sheet, in Excel
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # sheets count local days, without an offset
DAY = 24 * 60 * 60  # seconds

_MARKUP = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])  # no book may hold them
_ESCAPED = _MARKUP | _NOT_XML
_TO_ESCAPE = re.compile(f"[{re.escape(''.join(map(chr, _ESCAPED)))}]")


class Looks(NamedTuple):
    """The number under which a book keeps how each kind of cell looks."""

    text: str
    number: str
    instant: str
    day: str


class _Sink:
    """What a zip is written to, and taken from piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> Iterator[bytes]:
        """What was written since it was last taken."""
        if self.pieces:
            yield b"".join(self.pieces)
            self.pieces.clear()


def book_chunks(tables: Sequence[Table], *, made_at: datetime, title: str) -> Iterator[bytes]:
    """A workbook in pieces, a sheet a table, the rows read as they go out.

    Made twice of the same at the same instant, it is the same byte by byte.
    """
    sink = _Sink()
    sheets = {f"xl/worksheets/sheet{number}.xml": table for number, table in enumerate(tables, 1)}
    with ZipFile(_shell(tables, made_at, title)) as shell, ZipFile(sink, "w") as book:  # type: ignore[call-overload]  # it writes, and cannot seek
        for part in shell.infolist():
            content = shell.read(part)
            table = sheets.get(part.filename)
            copy = ZipInfo(part.filename, part.date_time)
            copy.compress_type = ZIP_DEFLATED
            with book.open(copy, "w") as file:
                for piece in _filled(content, table) if table else [content]:
                    file.write(piece)
                    yield from sink.taken()
    yield from sink.taken()


def _shell(tables: Iterable[Table], made_at: datetime, title: str) -> io.BytesIO:
    """The book with its headings and, in place of each table's rows, one row that shows how the cells look."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": tidy(title), "created": timezone.make_naive(made_at)})
    heads = (
        book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        book.add_format({"italic": True, "font_color": "#6b6b6b", "font_size": 8}),
    )
    looks = Looks(
        text=book.add_format({"num_format": "@", "valign": "top"}),
        number=book.add_format({"num_format": "#,##0", "valign": "top"}),
        instant=book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left", "valign": "top"}),
        day=book.add_format({"num_format": "dd.mm.yyyy", "align": "left", "valign": "top"}),
    )
    for table in tables:
        sheet = book.add_worksheet(_sheet_title(table.title))
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width)
        sheet.freeze_panes(len(table.heads), table.pinned)
        for number, (head, look) in enumerate(zip(table.heads, heads, strict=False)):
            for place, text in enumerate(head):
                sheet.write_string(number, place, text, look)
        for place, look in enumerate(looks):
            sheet.write_blank(len(table.heads), place, None, look)
    book.close()
    return file


def _sheet_title(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", tidy(title))[:LONGEST_TITLE]


def _filled(sheet: bytes, table: Table) -> Iterator[bytes]:
    """A sheet of the shell, with the table's rows in place of the one that shows how cells look."""
    before, _, after = sheet.partition(b"</sheetData>")
    before, _, pattern = before.rpartition(b"<row ")
    looks = Looks(*re.findall(r' s="(\d+)"', pattern.decode()))
    yield re.sub(rb"<dimension [^>]*>", b"", before)  # it would name the shell's size
    names = [xl_col_to_name(place) for place in range(len(table.columns))]
    lines = (_line(number, row, names, looks) for number, row in enumerate(table.rows, len(table.heads) + 1))
    for first in lines:
        yield (first + "".join(islice(lines, LINES_AT_ONCE - 1))).encode()
    yield b"</sheetData>" + after


def _line(number: int, row: Sequence[Value], names: Sequence[str], looks: Looks) -> str:
    cells = (_cell(f"{name}{number}", value, looks) for name, value in zip(names, row, strict=False))
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(at: str, value: Value, looks: Looks) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        value = in_a_word(value)
    if isinstance(value, str):
        text = tidy(value)
        text = text.translate(_ESCAPED) if _TO_ESCAPE.search(text) else text
        kept = "" if text == text.strip() else ' xml:space="preserve"'
        return f'<c r="{at}" s="{looks.text}" t="inlineStr"><is><t{kept}>{text}</t></is></c>'
    if isinstance(value, datetime):
        return f'<c r="{at}" s="{looks.instant}"><v>{_days(timezone.make_naive(value))}</v></c>'
    if isinstance(value, date):
        return f'<c r="{at}" s="{looks.day}"><v>{(value - DAY_ZERO.date()).days}</v></c>'
    return f'<c r="{at}" s="{looks.number}"><v>{value}</v></c>'


def _days(instant: datetime) -> float:
    """Days since day zero, to the second."""
    return round((instant - DAY_ZERO).total_seconds()) / DAY
