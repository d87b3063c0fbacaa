"""The Celery app: tasks are found in each app's tasks.py."""

import logging.config
import os

from celery import Celery
from celery.signals import after_task_publish, beat_init, setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reception.settings")

app = Celery("reception")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_the_web_does(**kwargs: object) -> None:
    """The project's own logging, which writes nothing that was typed, instead of Celery's."""
    logging.config.dictConfig(settings.LOGGING)


@beat_init.connect
def send_a_heartbeat_at_once(**kwargs: object) -> None:
    """After a start the clock and a worker are known to live within seconds, not after a minute."""
    app.send_task("upkeep.tasks.heartbeat", expires=55)


@after_task_publish.connect(sender="upkeep.tasks.heartbeat")
def note_that_beat_lives(**kwargs: object) -> None:
    """Only beat sends the heartbeat, so the process that sends it is beat."""
    from upkeep.watch.heart import BEAT, note_beat  # noqa: PLC0415 - the project's package imports this file first

    note_beat(BEAT)
