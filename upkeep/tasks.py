"""Celery's door to the watch."""

from celery import shared_task

from upkeep.watch.heart import WORKER, note_beat


@shared_task
def heartbeat() -> None:
    """Every minute: a worker lives and reaches the broker."""
    note_beat(WORKER)
