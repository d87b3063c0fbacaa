"""A day of real acts, committed in a database of its own, and a backup of it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from psycopg import sql
from pyrage.x25519 import Identity
from pytest_django import DjangoDbBlocker

from tests.backup.day import count_tonight, live_a_day
from tests.servers import fresh_database
from upkeep.backup.manifest import Manifest
from upkeep.backup.writing import Written, write_backup

Rows = dict[str, list[tuple[object, ...]]]

TABLES = """
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""


@dataclass(frozen=True)
class Saved:
    """A backup, the key that opens it, and all that stood in the database when it was taken."""

    written: Written
    identity: Identity
    rows: Rows
    census: dict[str, object]
    at: datetime

    @property
    def path(self) -> Path:
        return self.written.path

    @property
    def manifest(self) -> Manifest:
        return self.written.manifest


def every_row() -> Rows:
    """Every row of every table, in order, and where every sequence stands."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        rows: Rows = {}
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(name)))
            rows[name] = cursor.fetchall()
        cursor.execute("SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2")
        rows["sequences"] = cursor.fetchall()
    return rows


@pytest.fixture(scope="module")
def saved(django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A backup of a database that is destroyed when the tests see it."""
    identity = Identity.generate()
    folder = tmp_path_factory.mktemp("backups")
    with django_db_blocker.unblock(), fresh_database(f"saved_{os.getpid()}"):
        live_a_day()
        now = datetime.now(UTC)
        rows, census = every_row(), count_tonight(now)
        written = write_backup(connection, folder, [identity.to_public()], now)
    return Saved(written, identity, rows, census, now)


@pytest.fixture
def fresh(saved: Saved, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """An empty installation of its own for each test."""
    with django_db_blocker.unblock(), fresh_database(f"restored_{os.getpid()}"):
        yield
