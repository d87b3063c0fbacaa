"""`manage.py beside`: whether people may go on working with the release of before while this one's migrations run."""

from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from centre.lent import DatabaseCommand
from upkeep.beside import not_beside

NOT_BESIDE = 3  # no error ends with it


class Command(DatabaseCommand):
    """Asked by deploy/upgrade.sh before it migrates."""

    help = (
        f"Say which waiting migrations the release of before cannot live with. Ends with {NOT_BESIDE} if any, else 0."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        loader = MigrationLoader(connection)
        found = list(not_beside(loader, loader.applied_migrations))
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} changes are not for the release of before.", returncode=NOT_BESIDE)
        self.stdout.write("The release of before may go on serving meanwhile.")
