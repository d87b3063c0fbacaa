"""The seal of the log: a mark of each line, and a head that follows from all lines before it, under the server's key.

Who has the database alone can neither mark a line nor make a head. A head that was printed or written down elsewhere
shows also that the latest lines were taken away with their seals.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from centre.models import LogLine, LogSeal

REMOVED, CHANGED, INSERTED, BROKEN, OTHER_KEY = "removed", "changed", "inserted", "broken", "other_key"
SEALED = ("pk", "at", "by", "verb", "subject", "subject_id", "fields", "keys", "address", "why")

Key = str | bytes  # of the server


@dataclass(frozen=True)
class Fault:
    """A line that is not as it was sealed; or a seal that does not follow, or was made under another key."""

    kind: str
    key: int


def head_of_today() -> str:
    """The head of the last seal, short enough to be written down; empty before the first."""
    last = LogSeal.objects.last()
    return last.head[:16] if last else ""


def next_seal(through: datetime) -> LogSeal | None:
    """The seal of the lines of before the instant that have none yet; nothing where there are no such lines."""
    last = LogSeal.objects.last()
    key = settings.SECRET_KEY
    marks = _marks(_between(last.through if last else None, through), key)
    if not marks:
        return None
    after, lines = last.head if last else "", list(marks)
    seal = LogSeal(after=after, through=through, lines=lines, marks=list(marks.values()), key_of=_name_of(key))
    seal.head = _head(seal, key)
    return seal


def check_seals() -> Iterator[Fault]:
    """Everything that is not as it was sealed, from the first seal to the last."""
    sealed: set[int] = set()
    strangers: list[int] = []
    after, since = "", None
    keys = {_name_of(key): key for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)}
    for seal in LogSeal.objects.order_by("pk").iterator():
        sealed.update(seal.lines)
        strangers += _between(since, seal.through).exclude(pk__in=seal.lines).values_list("pk", flat=True)
        follows = seal.after == after
        after, since = seal.head, seal.through
        key = keys.get(seal.key_of)
        if key is None:
            yield Fault(OTHER_KEY, seal.pk)
        elif not follows or seal.head != _head(seal, key):
            yield Fault(BROKEN, seal.pk)
        else:
            yield from _differences(seal, key)
    yield from (Fault(INSERTED, line) for line in strangers if line not in sealed)


def _differences(seal: LogSeal, key: Key) -> Iterator[Fault]:
    found = _marks(LogLine.objects.filter(pk__in=seal.lines), key)
    for line, mark in zip(seal.lines, seal.marks, strict=True):
        if line not in found:
            yield Fault(REMOVED, line)
        elif found[line] != mark:
            yield Fault(CHANGED, line)


def _between(since: datetime | None, through: datetime) -> "QuerySet[LogLine]":
    lines = LogLine.objects.filter(at__lt=through)
    return lines.filter(at__gte=since) if since else lines


def _marks(lines: "QuerySet[LogLine]", key: Key) -> dict[int, str]:
    return {row[0]: _sealed("line", row, key)[:16] for row in lines.order_by("pk").values_list(*SEALED).iterator()}


def _head(seal: LogSeal, key: Key) -> str:
    return _sealed("head", [seal.after, seal.through.astimezone(UTC), seal.lines, seal.marks], key)


def _name_of(key: Key) -> str:
    return _sealed("key", [], key)[:8]


def _sealed(kind: str, told: Sequence[Any], key: Key) -> str:
    text = json.dumps(told, default=str, ensure_ascii=False)
    return salted_hmac(f"centre.seal {kind}", text, secret=key, algorithm="sha256").hexdigest()
