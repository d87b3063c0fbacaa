"""Say what is wrong, as the page *Operation* does; for a timer, a health check, an administrator at a terminal."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from upkeep.watch.findings import BAD, CHECKS, findings


class Command(BaseCommand):
    """`manage.py check_operation`."""

    help = "Say what is wrong with this operation. Ends with 1 if anything is, with 0 where it only cannot tell."
    requires_system_checks: list[str] = []  # they may ask the database, whose silence is a finding

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [check.__name__ for check in CHECKS]
        parser.add_argument("--only", choices=names, default="", metavar="CHECK", help=", ".join(names))

    def handle(self, *args: Any, **options: Any) -> None:
        found = findings(timezone.now(), options["only"])
        for finding in found:
            self.stdout.write(f"{'wrong' if finding.level == BAD else 'not known'}: {finding.what} {finding.todo}")
        wrong = sum(finding.level == BAD for finding in found)
        if wrong:
            raise CommandError(f"{wrong} wrong.", returncode=1)
        self.stdout.write("Nothing is wrong.")
