"""Open a real operation in an empty database."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from centre.models import Act, Operation, User
from centre.refusals import Refusal
from engines.errors import EngineError
from engines.lending import own_database
from upkeep.opening.acts import CARDS, open_whole, why_not_empty
from upkeep.opening.asking import ask_account, ask_operation, ask_sites
from upkeep.opening.papers import write_papers
from upkeep.opening.plan import Plan, Wrong, read_account, read_operation, read_sites

ACCOUNT = {"administrator": "username", "given_name": "first_name", "family_name": "last_name", "language": "language"}


class Command(BaseCommand):
    """`manage.py open`."""

    help = (
        "Open a real operation: its name, an administrator and the first sites, asked at the terminal or read from "
        "files; then write cards and blank intake sheets. Refuses a database that holds anybody."
    )
    requires_system_checks: list[str] = []  # they may ask the database, which may not run yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--practice", action="store_true", help="to learn on: marked on every page and print")
        parser.add_argument("--name", help="of the operation, such as 'Goris reception 2026'")
        parser.add_argument("--code", help="four letters, on cards and files, such as GORI")
        parser.add_argument("--complaints-to", help="where people can complain: a telephone number, a desk")
        parser.add_argument("--administrator", help="user name of the first administrator")
        parser.add_argument("--given-name", help="the administrator's")
        parser.add_argument("--family-name", help="the administrator's")
        parser.add_argument("--language", choices=[code for code, _ in settings.LANGUAGES], help="the administrator's")
        parser.add_argument("--password-file", help="a file whose first line is the password; - reads it from input")
        parser.add_argument("--sites", help="a table of the first sites, as docs/sites.csv")
        parser.add_argument("--papers", type=Path, default=settings.VAR / "papers", help="where cards and sheets go")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMONSTRATION:
            raise CommandError("This runs as a demonstration. Open an operation without RECEPTION_DEMONSTRATION.")
        purpose = Operation.Purpose.PRACTICE if options["practice"] else Operation.Purpose.REAL
        self._say("Making the tables of the database; the first time this takes up to a minute.")
        try:
            with own_database(settings.VAR, connection):
                call_command("migrate", interactive=False, verbosity=0)
                _refuse_if_open()
                user, printed = open_whole(self._plan(options), purpose)
                self._tell(user)
                self._write_papers(options["papers"], Act.objects.get(pk=printed.act))
        except (EngineError, Refusal, Wrong) as error:
            raise CommandError(str(error)) from error
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Stopped. Nothing was opened.") from None

    def _plan(self, options: dict[str, Any]) -> Plan:
        """What was told, and the rest asked where somebody sits at a terminal."""
        operation = {name: options[name] for name in ("name", "code", "complaints_to") if options[name]}
        account = {name: options[told] for told, name in ACCOUNT.items() if options[told]}
        if options["password_file"]:
            account["password"] = _read_password(options["password_file"])
        sites = read_sites(_read(options["sites"])) if options["sites"] else None
        if sys.stdin.isatty() and options["password_file"] != "-":
            return Plan(
                ask_operation(operation, self._say),
                ask_account(account, self._say),
                ask_sites(self._say) if sites is None else sites,
            )
        needed = {
            "--name": "name" in operation,
            "--code": "code" in operation,
            "--complaints-to": "complaints_to" in operation,
            "--administrator": "username" in account,
            "--password-file": "password" in account,
            "--sites": sites is not None,
        }
        if missing := [flag for flag, told in needed.items() if not told]:
            raise Wrong(f"There is no terminal to ask at. Name {', '.join(missing)}.")
        return Plan(read_operation(operation), read_account(account), sites or [])

    def _tell(self, user: User) -> None:
        operation = Operation.objects.get()
        self._say(
            f"{operation.name} ({operation.code}) is open. {user.username} signs in and sets up staff in Settings."
        )
        if operation.purpose == Operation.Purpose.PRACTICE:
            self._say("It is for practice: every page and print says so, and it never becomes a real one.")
        if not settings.BACKUP_KEY:
            self._say("No backup key is set. Make one now: .venv/bin/python manage.py backup --new-key")

    def _write_papers(self, folder: Path, printing: Act) -> None:
        """Cards and intake sheets; where they cannot be written the operation is open all the same."""
        try:
            papers = write_papers(folder, printing)
        except OSError as error:
            self.stderr.write(f"The cards were not written: {error}. Print others on the page of cards.")
            return
        self._say(f"{CARDS} cards and blank intake sheets, to be printed with a browser; then delete the cards' file:")
        for paper in papers:
            self._say(f"  {paper}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)


def _refuse_if_open() -> None:
    operation = Operation.objects.current()
    if operation is not None and operation.purpose != Operation.Purpose.DEMONSTRATION:
        raise Wrong(f"{operation.name} ({operation.code}) is open here already, since {operation.opened_at:%d.%m.%Y}.")
    if reason := why_not_empty():
        raise Wrong(reason)


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{name} cannot be read: {error}") from None


def _read_password(name: str) -> str:
    if name != "-":
        return _read(name).partition("\n")[0].rstrip("\r")
    if sys.stdin.isatty():
        return getpass.getpass("Password (not shown): ")
    return sys.stdin.readline().rstrip("\r\n")
