"""Celery's door to plans."""

import uuid
from typing import Any

from celery import shared_task

from plans import searching

LATER = 3  # seconds


@shared_task(bind=True, max_retries=None)
def search_for_plan(task: Any, plan: str) -> None:
    """Search for a better plan; what a killed worker left undone is begun anew by the next.

    One at a time in the whole operation: the log's seals and the snapshots go through the same workers.
    """
    with searching.alone() as first:
        if first:
            searching.search_for_plan(uuid.UUID(plan))
            return
    raise task.retry(countdown=LATER)
