"""Instants and local days; the house keeps Yerevan time."""

import re
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?(?P<offset>[Zz]|[+-]\d\d:\d\d)?", re.ASCII
)  # RFC 3339
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)  # of what anyone may say


def default_cut_off_hours() -> list[time]:
    """20:00, the hour of the government's main briefing in 2023."""
    return [time(20)]


def local_day(at: datetime) -> date:
    """The local day on which an instant falls."""
    return timezone.localtime(at).date()


def local_instant(on: date, hour: time) -> datetime:
    """The instant of a local hour on a local day."""
    return datetime.combine(on, hour, tzinfo=timezone.get_default_timezone())


def settled_until(now: datetime | None = None) -> datetime:
    """The latest instant as known at which every reading is the same for ever.

    A transaction that began before it has ended by now, for PostgreSQL ends each after TRANSACTION_TIMEOUT.
    """
    return (now or timezone.now()) - settings.TRANSACTION_TIMEOUT - timedelta(seconds=30)


def check_is_near(on: date) -> None:
    """Refuse a day that nobody can mean: no hour can be reckoned from the ends of the calendar."""
    if not EARLIEST.date() <= on < LATEST.date():
        raise ValidationError(_("This is too far from now."), code="far")


def read_instant(text: str) -> datetime:
    """Read 2023-09-28T14:05:00+04:00 as an instant in UTC; raises ValidationError without an offset or far from now."""
    written = INSTANT.fullmatch(text) if isinstance(text, str) else None
    if written and not written["offset"]:
        raise ValidationError(_("Say the offset from UTC, such as +04:00 or Z."), code="naive")
    try:
        instant = datetime.fromisoformat(written[0]) if written else None
    except ValueError:
        instant = None
    if instant is None:
        raise ValidationError(_("Write the instant as 2023-09-28T14:05:00+04:00."), code="invalid")
    if not EARLIEST <= instant <= LATEST:
        raise ValidationError(_("This is too far from now."), code="far")
    return instant.astimezone(UTC)
