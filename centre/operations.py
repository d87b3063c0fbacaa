"""What this installation is for: read from the database once by each process, for it never changes after opening."""

import threading
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from centre.models import Act, Operation

LOOK_AGAIN = 5.0  # seconds until a process asks again where nothing was opened yet
UNDEFINED_TABLE = "42P01"
DEMONSTRATE = "demonstrate"  # the act that fills a database with invented people


@dataclass
class _Known:
    operation: Operation | None = None
    asked_at: float | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_known = _Known()


def current_operation() -> Operation | None:
    """The operation opened here, or none yet; costs a query once, and every few seconds while there is none."""
    known = _known.operation
    recently = _known.asked_at is not None and time.monotonic() - _known.asked_at < LOOK_AGAIN
    if known is not None or recently:
        return known
    found = Operation.objects.current()
    if not connection.in_atomic_block:  # what is read inside a transaction may yet be rolled back
        remember(found)
    return found


def known_operation() -> Operation | None:
    """The same without asking the database, for pages that say that something broke."""
    return _known.operation


def remember(operation: Operation | None) -> None:
    """Take this for the operation from now on."""
    with _known.lock:
        _known.operation, _known.asked_at = operation, time.monotonic()


def forget() -> None:
    """Ask the database again at the next question."""
    with _known.lock:
        _known.operation, _known.asked_at = None, None


def marked_as(operation: Operation | None) -> str:
    """How every page is marked: `demonstration`, `practice`, or nothing for a real operation or none yet."""
    if settings.DEMONSTRATION:
        return Operation.Purpose.DEMONSTRATION.value
    if operation is None or operation.purpose == Operation.Purpose.REAL:
        return ""
    return str(operation.purpose)


def holds_invented_people() -> bool:
    """Whether this database was filled as a demonstration."""
    return Act.objects.filter(kind=DEMONSTRATE).exists()


def why_no_demonstration() -> str:
    """Why this installation must not run as a demonstration; empty when it may.

    Asked before every migration: so of the columns that every release had, and of no other.
    """
    try:
        with transaction.atomic():
            operation = Operation.objects.only("name", "code", "purpose").first()
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != UNDEFINED_TABLE:
            raise
        return ""  # nothing was migrated yet
    if operation is None or operation.purpose == Operation.Purpose.DEMONSTRATION:
        return ""
    return f"{operation.name} ({operation.code}) was opened here as a {operation.purpose} operation."
