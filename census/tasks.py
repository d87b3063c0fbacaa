"""Celery's doors to the census."""

from datetime import datetime

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError as BrokerAway

from census import actions, case_actions
from census.errors import WorkerAway
from centre.clock import settled_until
from centre.models import Site, User


@shared_task
def take_due_snapshots() -> None:
    """Every minute: take what is due; what a killed worker left undone is due still."""
    actions.take_due_snapshots()


@shared_task
def take_case_reading() -> None:
    """Every minute, so that it is done as soon as the local day begins: the numbers of cases for the day."""
    case_actions.take_case_reading()


@shared_task
def take_snapshots(at: str, known_at: str, by: str) -> None:
    """Take the snapshots of one instant that a person asked for."""
    instant = datetime.fromisoformat(at)
    actions.take_snapshots(
        instant,
        known_at=datetime.fromisoformat(known_at),
        sites=list(Site.objects.open(instant)),
        by=User.objects.get(pk=by),
    )


def ask_for_snapshots(at: datetime, *, by: User, known_at: datetime | None = None) -> None:
    """Send the worker for the snapshots of an instant, once what was known by then has settled.

    Refuses with WorkerAway when it cannot be sent for.
    """
    known_at = known_at or at
    unsettled = max(0.0, (known_at - settled_until()).total_seconds())
    facts = (at.isoformat(), known_at.isoformat(), str(by.pk))
    try:
        take_snapshots.apply_async(facts, countdown=0 if settings.DEMONSTRATION else unsettled, retry=False)
    except BrokerAway as error:
        raise WorkerAway from error
