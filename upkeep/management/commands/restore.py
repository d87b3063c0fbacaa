"""Bring a backup back into an empty installation."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from engines.errors import EngineError
from engines.lending import own_database
from upkeep.backup.errors import BackupError
from upkeep.backup.keys import read_identities
from upkeep.backup.restoring import read_whole, restore_backup
from upkeep.watch.findings import case_key, factors


class Command(BaseCommand):
    """`manage.py restore`."""

    help = "Bring a backup back, whole or not at all. Only into an installation that holds nobody."
    requires_system_checks: list[str] = []  # they may ask the database, which may not run yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", required=True, help="a file with the secret key; - reads it from input")
        parser.add_argument("--check", action="store_true", help="read the file to its end and restore nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        try:
            identities = read_identities(_read_secret(options["identity"]))
            if options["check"]:
                manifest = read_whole(path, identities)
                rows = sum(manifest.rows.values())
                self.stdout.write(f"{path} is whole: {_named(manifest.operation)}, {manifest.taken_at}, {rows:,} rows.")
                return
            with own_database(settings.VAR, connection):
                restored = restore_backup(connection, path, identities)
                missing = [found for check in (case_key, factors) if (found := check(timezone.now()))]
        except (BackupError, EngineError) as error:
            raise CommandError(str(error)) from error
        manifest = restored.manifest
        self.stdout.write(f"Restored {_named(manifest.operation)} as it was at {manifest.taken_at}.")
        self.stdout.write(f"  {manifest.people:,} people, {restored.rows:,} rows in {len(manifest.rows)} tables")
        self.stdout.write(f"  {len(manifest.promises)} constraints, indexes, triggers and functions are there")
        for found in missing:
            self.stdout.write(f"{found.what} {found.todo}")


def _named(operation: dict[str, str]) -> str:
    return f"{operation['name']} ({operation['code']})" if operation else "an installation without an operation"


def _read_secret(name: str) -> str:
    if name == "-":
        return getpass.getpass("Secret key (not shown): ") if sys.stdin.isatty() else sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"The key cannot be read from {name}: {error}") from None
