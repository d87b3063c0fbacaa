"""Celery's door to plans."""

import uuid

from celery import shared_task

from plans import searching


@shared_task
def search_for_plan(plan: str) -> None:
    """Search for a better plan; what a killed worker left undone is begun anew by the next."""
    searching.search_for_plan(uuid.UUID(plan))
