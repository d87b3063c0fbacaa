"""Celery's door to casework."""

import uuid

from celery import shared_task

from casework.letter_actions import discard_letters
from casework.tracing_actions import match_people, rematch_open_searches


@shared_task
def match(people: list[str], act: str) -> None:
    """Right after an act: match whom it wrote with whoever is sought; done twice, it tells nobody twice."""
    match_people([uuid.UUID(key) for key in people], uuid.UUID(act))


@shared_task
def rematch() -> None:
    """Every night: match whoever is sought with whoever is registered; done twice, it tells nobody twice."""
    rematch_open_searches()


@shared_task
def discard() -> None:
    """Every night: the letters of cases that were closed long ago are gone."""
    discard_letters()
