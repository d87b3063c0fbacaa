"""Load a demonstration into an empty database."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from centre.access import Role
from centre.lent import DatabaseCommand
from centre.models import Operation, User
from centre.operations import holds_invented_people
from demonstration.day import load_day, silently, take_last_census
from demonstration.ground import declare_demonstration, first_day_of_replay, lay_ground
from registrations.models import Household

PLACES = 1_500
DAY = timedelta(hours=26)


class Command(DatabaseCommand):
    """`manage.py demonstrate`."""

    help = "Load sites, staff and a day of invented families that ends now. Refuses a database that holds people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ground-only", action="store_true", help="sites, rooms and staff, but no people")
        parser.add_argument("--count", action="store_true", help="say after each act how many of the day's are done")
        parser.add_argument("--places", type=int, default=PLACES, help="places to sleep, over all sites")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("This is no demonstration. Set RECEPTION_DEMONSTRATION=1, and never for an operation.")
        operation = Operation.objects.current()
        if operation and operation.purpose != Operation.Purpose.DEMONSTRATION:
            raise CommandError(f"{operation.name} ({operation.code}) was opened here, for people. Nothing was loaded.")
        if holds_invented_people():
            if operation is None:  # loaded by a release that did not say so yet
                declare_demonstration(User.objects.get(username=Role.ADMINISTRATOR.value))
            self.stdout.write("The demonstration is loaded already.")
            return
        if Household.objects.exists():
            raise CommandError("This database holds families who are no demonstration. Nothing was loaded.")
        now = timezone.now()
        ground_only = options["ground_only"]
        with transaction.atomic():
            lay_ground(options["places"], since=first_day_of_replay() if ground_only else now - DAY)
            loaded = None if ground_only else load_day(now, self._count if options["count"] else silently)
        take_last_census(timezone.now())
        self.stdout.write(f"Loaded {loaded}." if loaded else "Loaded the ground; nobody has arrived yet.")

    def _count(self, done: int, total: int) -> None:
        self.stdout.write(f"{done} of {total}")
