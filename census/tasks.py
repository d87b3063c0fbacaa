"""Celery's doors to the census."""

from datetime import datetime

from celery import shared_task

from census import actions
from centre.models import Site, User


@shared_task
def take_due_snapshots() -> None:
    """Every minute: take what is due; what a killed worker left undone is due still."""
    actions.take_due_snapshots()


@shared_task
def take_snapshots(at: str, known_at: str, by: str) -> None:
    """Take the snapshots of one instant that a person asked for."""
    actions.take_snapshots(
        datetime.fromisoformat(at),
        known_at=datetime.fromisoformat(known_at),
        sites=list(Site.objects.open(datetime.fromisoformat(at))),
        by=User.objects.get(pk=by),
    )
