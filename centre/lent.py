"""What a command at the machine needs of the database, also where nothing serves."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from engines.errors import EngineError
from engines.lending import own_database


class DatabaseCommand(BaseCommand):
    """A command that reads or writes the database: where its own engine is stopped, it runs for the command's time."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Refuses in words where no database answers."""
        try:
            with own_database(settings.VAR, connection):
                _ask_for_an_answer()
                return super().execute(*args, **options)
        except EngineError as error:
            raise CommandError(str(error)) from error


def _ask_for_an_answer() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CommandError(f"The database does not answer: {error}".rstrip()) from error
