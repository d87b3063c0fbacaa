"""`manage.py migrate`: as Django's, but nobody at a desk waits for as long as it waits itself."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

from centre.lent import DatabaseCommand
from upkeep.migrating import Executor

LONGEST_WAIT = 5  # seconds: behind a migration that waits for a table, everybody who only reads it waits too
IN_USE = (
    "Something reads or writes what this migration changes, and does not end: a backup that runs? "
    "Nothing of this migration is done. Try again when that has ended."
)


migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]  # Django's command names its own


class Command(DatabaseCommand, migrate.Command):
    """Refuses where a table is in use for longer, as by a backup, instead of keeping all desks from it."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}s'")
        try:
            super().handle(*args, **options)
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise CommandError(IN_USE) from error
            raise
        finally:
            if connection.is_usable() and not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("RESET lock_timeout")
