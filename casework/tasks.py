"""Celery's door to casework."""

from celery import shared_task

from casework.letter_actions import discard_letters
from casework.tracing_actions import rematch_open_searches


@shared_task
def rematch() -> None:
    """Every night: match whoever is sought with whoever is registered; done twice, it tells nobody twice."""
    rematch_open_searches()


@shared_task
def discard() -> None:
    """Every night: the letters of cases that were closed long ago are gone."""
    discard_letters()
