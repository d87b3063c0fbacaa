"""Whether the process lives, and whether it can serve: for a container's engine and a load balancer."""

from collections.abc import Callable

import redis
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from upkeep.watch.broker import ask_broker


def ready() -> dict[str, str]:
    """Each thing the server needs, with `ok` or what it lacks; without hosts, names or passwords."""
    found = {"database": _try(_database)}
    found["migrations"] = _try(_migrations) if found["database"] == "ok" else "not asked"
    return found | {"broker": _try(_broker)}


def _try(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except (DatabaseError, redis.RedisError, OSError):
        return "does not answer"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    waiting = unapplied_migrations()
    return f"{waiting} not applied" if waiting else "ok"


def unapplied_migrations() -> int:
    """How many migrations of this release the database has not had."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _broker() -> str:
    ask_broker()
    return "ok"
