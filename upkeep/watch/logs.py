"""Logs without people: a line says where and when, never who was registered or what was typed.

An exception's own words may hold a row (`Key (name)=(…) already exists`) or what was typed (`invalid literal for
int()`), so they are left out unless its class can only speak of the code or the machine.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import kombu.exceptions
import psycopg
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.template import TemplateDoesNotExist, TemplateSyntaxError

SPEAKS_OF_CODE = (
    ArithmeticError,
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    MemoryError,
    NameError,
    OSError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    kombu.exceptions.OperationalError,
    redis.ConnectionError,
    redis.TimeoutError,
)
LEFT_OUT = "(words left out: they may hold what was typed)"
LONGEST_CHAIN = 10
HOUSE = Path(__file__).resolve().parents[2]


@dataclass
class Line:
    """What is known of the request that is being answered."""

    request_id: str = ""
    view: str = ""
    user: str = ""


now_answering: ContextVar[Line | None] = ContextVar("now_answering", default=None)


def words_of(error: BaseException) -> str:
    """What may be written down of an exception's own words."""
    inner = error.__cause__ if isinstance(error, DatabaseError) else error
    if isinstance(inner, psycopg.Error):
        return _words_of_database(inner)
    return str(error) if isinstance(error, SPEAKS_OF_CODE) else LEFT_OUT


def _words_of_database(error: psycopg.Error) -> str:
    """The constraint's name or the state; never DETAIL, which holds the row, nor what could not be read as a number."""
    diag = error.diag
    named = {"state": diag.sqlstate, "constraint": diag.constraint_name, "table": diag.table_name}
    said = " ".join(f"{name} {value}" for name, value in named.items() if value)
    if isinstance(error, psycopg.OperationalError) and not diag.sqlstate:
        return str(error)  # no connection: it names hosts and ports
    return said or LEFT_OUT


def write_exception(error: BaseException) -> str:
    """The traceback, causes first, with file names, lines of code and permitted words."""
    return "\n".join(map(_one, reversed(list(_chain(error)))))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < LONGEST_CHAIN:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _one(error: BaseException) -> str:
    return f"Traceback:\n{''.join(traceback.format_tb(error.__traceback__))}{_named(error)}"


def _named(error: BaseException) -> str:
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}: {words_of(error)}"


def _in_short(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame
        for frame in frames
        if Path(frame.filename).is_relative_to(HOUSE) and "site-packages" not in frame.filename
    ]
    places = [f"{Path(each.filename).relative_to(HOUSE)}:{each.lineno} {each.name}" for each in reversed(ours)]
    return " < ".join([_named(error), *places])


class Careful(logging.Formatter):
    """Formats records so that neither a message nor a traceback holds what was typed."""

    def formatException(self, ei: Any) -> str:
        return write_exception(ei[1]) if ei and ei[1] else ""

    def format(self, record: logging.LogRecord) -> str:
        """As ever, but with the message made careful and no traceback kept from another formatter."""
        copy = logging.makeLogRecord(record.__dict__)
        copy.msg, copy.args, copy.exc_text = careful_message(record), None, None
        return super().format(copy)


class Lines(Careful):
    """A line for a person, as `serve` shows it."""

    def __init__(self) -> None:
        super().__init__("{levelname} {name}: {message}", style="{")

    def formatException(self, ei: Any) -> str:
        """What failed and through which lines of ours, the innermost first; the cause stands last."""
        return " | from ".join(map(_in_short, _chain(ei[1]))) if ei and ei[1] else ""

    def format(self, record: logging.LogRecord) -> str:
        """One line, however much there is to say."""
        return " | ".join(part for part in super().format(record).splitlines() if part)


class JsonLines(Careful):
    """One JSON object a line, for machines that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        line = now_answering.get() or Line()
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": careful_message(record),
            "request_id": line.request_id,
            "view": line.view,
            "user": line.user,
            **getattr(record, "figures", {}),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in said.items() if value != ""}, ensure_ascii=False)


def careful_message(record: logging.LogRecord) -> str:
    """The message; of those loggers that write addresses, arguments or requests into theirs, only what is safe."""
    if isinstance(record.msg, BaseException):
        return f"{type(record.msg).__name__}: {words_of(record.msg)}"
    if record.name.startswith(("django.request", "django.security", "django.server", "gunicorn", "waitress")):
        return _without_address(record)
    if record.name == "celery.app.trace" and isinstance(data := getattr(record, "data", None), dict):
        return f"Task {data.get('name')}[{data.get('id')}] {data.get('description', '')}".strip()
    return _with_careful_arguments(record)


def _without_address(record: logging.LogRecord) -> str:
    """An address may hold a family's number or a search, a bad request anything; what follows is left out."""
    text = str(record.msg)
    for start in ("Invalid request", "Error handling request", "Invalid HTTP_HOST header", "Exception"):
        if text.startswith(start):
            return start
    if record.name.startswith(("gunicorn", "waitress")):
        return _with_careful_arguments(record)
    if record.name.startswith("django.security"):
        return "Refused as suspicious"
    return record.getMessage().partition(": ")[0]


def _with_careful_arguments(record: logging.LogRecord) -> str:
    args = record.args if isinstance(record.args, tuple) else ()
    if any(isinstance(arg, BaseException) for arg in args):
        return str(record.msg) % tuple(words_of(arg) if isinstance(arg, BaseException) else arg for arg in args)
    return record.getMessage()
