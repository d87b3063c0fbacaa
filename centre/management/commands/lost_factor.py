"""`manage.py lost_factor`: remove a second factor from the machine itself."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from centre.factor_acts import remove_factor_at_terminal
from centre.lent import DatabaseCommand
from centre.models import User
from centre.refusals import Refusal


class Command(DatabaseCommand):
    """Remove the second factors of a person who lost them, with no second administrator."""

    help = "Remove a person's second factors; they set up new ones at the next sign-in. It leaves a line in the log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username}.")
        try:
            remove_factor_at_terminal(user)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{username} has no second factor now and is signed out; the next sign-in sets one up.")
