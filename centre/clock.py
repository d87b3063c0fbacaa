"""Instants and local days; the house keeps Yerevan time."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone


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
