"""Whose families were shown to whom, as a file: what a notice of a breach is written from."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from centre.books import book_chunks
from centre.limits import FILES, bound
from centre.log import write_log
from centre.models import LogLine, User
from centre.seal import head_of_today
from centre.sheets import COMMA, CONTENT_TYPES, Column, Table, Value, csv_lines
from desk.log_lines import KINDS, numbers_of, reads_cases, without_case
from registrations.numbers import write_number

AT_ONCE = 500  # lines of the log read together: one may hold the keys of a whole list
WIDTHS = (12, 20, 20, 8, 30, 30, 30)
SHOWN = Q(verb__in=(
    LogLine.Verb.OPENED, LogLine.Verb.SEARCHED, LogLine.Verb.EXPORTED, LogLine.Verb.PRINTED, LogLine.Verb.MATCHED,
))  # fmt: skip


@dataclass
class _Shown:
    """What the lines say of one family."""

    first: datetime
    last: datetime
    times: int = 0
    to: set[str] = field(default_factory=set)
    what: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)


def shown_file(
    lines: "QuerySet[LogLine]", *, suffix: str, language: str, why: str, by: User, separator: str = COMMA
) -> HttpResponse:
    """A row for each family that these lines showed: when, how often, to whom and what; with a line in the log.

    It holds numbers and no names: a user who may open the families learns from their files whom to notify. People who
    are in no household any more, after a merge or the end of an operation, are counted in the last line.
    """
    bound(by, FILES)
    families, gone = _families(lines, cases=reads_cases(by))
    write_log(by, LogLine.Verb.EXPORTED, "log", shown=[], why=why)
    made_at = timezone.now()
    with translation.override(language):
        table = Table("shown", _("Families that were shown"), _columns(), list(_rows(families, gone, why)))
        pieces = (
            csv_lines(table, separator) if suffix == "csv" else book_chunks([table], made_at=made_at, title=table.title)
        )
        content = b"".join(pieces)
    response = HttpResponse(content, content_type=CONTENT_TYPES[suffix])
    response["Content-Disposition"] = f'attachment; filename="shown-{made_at:%Y-%m-%d}-{language}.{suffix}"'
    return response


def _families(lines: "QuerySet[LogLine]", *, cases: bool) -> tuple[dict[int, _Shown], int]:
    """What is said of each family, by its number; and how many keys are of nobody that is in a household today."""
    found: dict[int, _Shown] = {}
    numbers: dict[uuid.UUID, int] = {}
    gone: set[uuid.UUID] = set()
    for some in _at_once(lines.filter(SHOWN).select_related("by").order_by("pk")):
        if not cases:
            some = [without_case(line) for line in some]
        asked = {key for line in some for key in _keys(line)} - set(numbers) - gone
        numbers |= numbers_of(asked)
        gone |= asked - set(numbers)
        for line in some:
            for number in {numbers[key] for key in _keys(line) if key in numbers}:
                _tell(found.setdefault(number, _Shown(line.at, line.at)), line)
    return found, len(gone)


def _at_once(lines: "QuerySet[LogLine]") -> Iterator[list[LogLine]]:
    some: list[LogLine] = []
    for line in lines.iterator(AT_ONCE):
        some.append(line)
        if len(some) == AT_ONCE:
            yield some
            some = []
    yield some


def _keys(line: LogLine) -> list[uuid.UUID]:
    own = [uuid.UUID(line.subject_id)] if line.subject in ("household", "individual") and line.subject_id else []
    return own + line.keys


def _tell(shown: _Shown, line: LogLine) -> None:
    shown.last, shown.times = line.at, shown.times + 1
    shown.to.add(line.by.username if line.by else "")
    shown.what.add(line.subject)
    shown.addresses.add(str(line.address or ""))


def _columns() -> list[Column]:
    headings = (
        _("Number"), _("First shown"), _("Last shown"), _("Times"), _("To whom"), _("What"), _("From the address"),
    )  # fmt: skip
    return [Column(f"column_{place}", heading, width=WIDTHS[place]) for place, heading in enumerate(headings)]


def _rows(families: dict[int, _Shown], gone: int, why: str) -> Iterator[Sequence[Value]]:
    for number, shown in sorted(families.items()):
        what = sorted(str(KINDS.get(subject, subject)) for subject in shown.what)
        yield [
            write_number(number),
            shown.first,
            shown.last,
            shown.times,
            _listed(shown.to),
            ", ".join(what),
            _listed(shown.addresses),
        ]
    head = head_of_today()
    seal = [_("Seal of the log: %(seal)s") % {"seal": head}] if head else []
    yield [
        _("End of the list. Families: %(rows)d; of no family any more: %(gone)d")
        % {"rows": len(families), "gone": gone},
        why,
        *seal,
    ]


def _listed(words: set[str]) -> str:
    return ", ".join(sorted(filter(None, words)))
