"""Migrate, and say after each migration how many are done, for the bar of `manage.py serve`."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from upkeep.management.commands import migrate


class Command(migrate.Command):
    """`manage.py migrate_counted`."""

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        self.total = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        self.done = 0
        super().handle(*args, **options)

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_success":
            self.done += 1
            self.stdout.write(f"{self.done} of {self.total}")
