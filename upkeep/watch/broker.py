"""The broker, asked directly and without patience: a page that reports its silence must not wait for it."""

import redis
from django.conf import settings

PATIENCE = 2  # seconds
QUEUE = "celery"  # Celery's default queue is a list of this name


def _broker() -> redis.Redis:
    address = str(settings.CACHES["default"]["LOCATION"])
    return redis.Redis.from_url(address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None)


def ask_broker() -> None:
    """Raises redis.RedisError or OSError when the broker does not answer."""
    with _broker() as broker:
        broker.ping()


def waiting_tasks() -> int:
    """How many tasks no worker has taken yet."""
    with _broker() as broker:
        return int(broker.llen(QUEUE))
