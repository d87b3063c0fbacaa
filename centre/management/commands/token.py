"""`manage.py token`: make a token for a machine."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from centre.lent import DatabaseCommand
from centre.models import User
from centre.tokens import DOORS, LONGEST_HOURS, USUAL_HOURS, make_token, needs_tokens


class Command(DatabaseCommand):
    """Print a new token for a user; it cannot be read again afterwards."""

    help = "Make a token with which a machine speaks for a user, and print it. It cannot be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--label", required=True, help="what it is for")
        parser.add_argument(
            "--hours", type=int, default=USUAL_HOURS, help=f"how long it holds, at most {LONGEST_HOURS}"
        )

        parser.add_argument("--reads", nargs="*", choices=DOORS, default=[], metavar="DOOR", help=", ".join(DOORS))
        parser.add_argument("--writes", nargs="*", choices=DOORS, default=[], metavar="DOOR", help="the same words")

    def handle(
        self, *, username: str, label: str, hours: int, reads: list[str], writes: list[str], **options: Any
    ) -> None:
        if not reads and not writes:
            raise CommandError("Name what the token may read or write: --reads census")
        if not 1 <= hours <= LONGEST_HOURS:
            raise CommandError(f"A token holds for 1 to {LONGEST_HOURS} hours.")
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no account {username}.")
        if not needs_tokens(user):
            raise CommandError(f"{username} has no role now whose work a machine may do.")
        self.stdout.write(
            make_token(user, label[:60], timezone.now() + timedelta(hours=hours), reads=reads, writes=writes)
        )
