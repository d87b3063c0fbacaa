"""A database whose rows are committed, for the tests in which a worker of its own takes part."""

from tests.races.conftest import committed_database

__all__ = ["committed_database"]
