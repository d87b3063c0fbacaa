"""Celery's doors to the watch and to the seal of the log."""

from celery import shared_task

from upkeep import actions
from upkeep.watch.heart import WORKER, note_beat


@shared_task
def heartbeat() -> None:
    """Every minute: a worker lives and reaches the broker."""
    note_beat(WORKER)


@shared_task
def seal_log() -> None:
    """Every minute: seal what was written into the log and is settled."""
    actions.seal_log()
