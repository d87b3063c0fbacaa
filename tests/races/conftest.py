"""What every race needs: a database whose rows are committed, and a server of several processes on it."""

import os
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.servers import Server, deadlocks, fresh_database, serve


@pytest.fixture(scope="module")
def committed_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database for the tests of one module; what they write is committed and seen by `serve()`."""
    with django_db_blocker.unblock(), fresh_database(f"races_{os.getpid()}"):
        yield


@pytest.fixture(scope="module")
def server(committed_database: None) -> Iterator[Server]:
    """One server for all races of a module; once it has gone, PostgreSQL has told of every deadlock."""
    with serve() as running:
        yield running
    assert deadlocks() == 0
