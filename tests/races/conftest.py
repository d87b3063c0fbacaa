"""What every race needs: a database whose rows are committed."""

import os
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.servers import fresh_database


@pytest.fixture(scope="module")
def committed_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database for the tests of one module; what they write is committed and seen by `serve()`."""
    with django_db_blocker.unblock(), fresh_database(f"races_{os.getpid()}"):
        yield
