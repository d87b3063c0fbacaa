"""`manage.py role`: give a role from the machine itself."""

from datetime import date, time, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser

from centre.access import Role
from centre.clock import local_instant
from centre.lent import DatabaseCommand
from centre.models import Site, User
from centre.refusals import Refusal
from centre.staff_acts import give_role_at_terminal


class Command(DatabaseCommand):
    """Give a person a role that counts at once, with no second administrator."""

    help = "Give a role that counts at once, as for the first people of an operation. It leaves a line in the log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--site", help="the code of the site; all sites when absent")
        parser.add_argument("--last-day", type=date.fromisoformat, help="YYYY-MM-DD; needed for volunteers")

    def handle(self, *, username: str, role: str, site: str | None, last_day: date | None, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username}.")
        there = Site.objects.filter(code=site).first() if site else None
        if site and there is None:
            raise CommandError(f"There is no site {site}.")
        ends_at = local_instant(last_day + timedelta(days=1), time(0)) if last_day else None
        try:
            give_role_at_terminal(user, role=role, site=there, ends_at=ends_at)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        where = f"at {there.code}" if there else "at all sites"
        lasts = f", to the end of {last_day:%d.%m.%Y}" if last_day else ""
        self.stdout.write(f"{username} is {role} {where} from now on{lasts}.")
