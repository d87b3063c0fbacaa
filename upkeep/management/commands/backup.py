"""Write a backup: one file, encrypted to a key whose other half is not on this machine."""

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from engines.errors import EngineError
from engines.lending import own_database
from upkeep.actions import record_backup
from upkeep.backup.errors import BackupError
from upkeep.backup.keys import new_key, read_recipients
from upkeep.backup.writing import WITHOUT_OPERATION, Written, keep_newest, write_backup


class Command(BaseCommand):
    """`manage.py backup`."""

    help = "Write the whole database to one file, encrypted to BACKUP_KEY. `--new-key` makes the key."
    requires_system_checks: list[str] = []  # they may ask the database, which may not run yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, help="a folder, or a file that is not there yet; var/backups if absent")
        parser.add_argument("--key", action="append", help="a public key, or a file with some; BACKUP_KEY if absent")
        parser.add_argument("--keep", type=_count, help="remove all but this many backups from the folder")
        parser.add_argument("--new-key", action="store_true", help="make a key pair, print it once, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            return self._print_new_key()
        try:
            recipients = read_recipients(options["key"] or settings.BACKUP_KEY)
            to = options["to"] or _own_folder()
            if options["keep"] and not to.is_dir():
                raise BackupError("--keep removes old backups from a folder. Name one with --to.")
            with own_database(settings.VAR, connection):
                written = write_backup(connection, to, recipients, datetime.now(UTC))
                record_backup(
                    taken_at=written.taken_at,
                    size=written.size,
                    sha256=written.sha256,
                    people=written.manifest.people,
                )
        except (BackupError, EngineError) as error:
            raise CommandError(str(error)) from error
        self._tell(written)
        if options["keep"]:
            code = written.manifest.operation.get("code", WITHOUT_OPERATION)
            for path in keep_newest(to, code, options["keep"]):
                self.stdout.write(f"Removed {path}")

    def _tell(self, written: Written) -> None:
        rows = {table: count for table, count in written.manifest.rows.items() if count}
        operation = written.manifest.operation.get("name", "no operation is open here yet")
        if self.verbosity_is_high:
            for table, count in rows.items():
                self.stdout.write(f"  {table:<40} {count:>10,}")
        self.stdout.write(f"{written.path}")
        self.stdout.write(f"  {operation}, {written.manifest.people:,} people, {sum(rows.values()):,} rows")
        self.stdout.write(f"  {written.size:,} bytes in {written.seconds:.1f} s, read again by pg_restore as written")
        self.stdout.write(f"  sha256 {written.sha256}")

    verbosity_is_high = False

    def execute(self, *args: Any, **options: Any) -> Any:
        self.verbosity_is_high = options.get("verbosity", 1) > 1
        return super().execute(*args, **options)

    def _print_new_key(self) -> None:
        public, secret = new_key()
        lines = [
            "The public half goes into this machine's settings (.env):",
            f"BACKUP_KEY={public}",
            "",
            "The secret half opens every backup. It is shown once and kept nowhere:",
            "write it on paper or a USB stick, twice, and keep it away from this machine.",
            secret,
        ]
        self.stdout.write("\n".join(lines))
        if not sys.stdout.isatty():
            self.stderr.write("The secret half went into a file or a pipe. See that it does not stay on this machine.")


def _own_folder() -> Path:
    folder = settings.VAR / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
