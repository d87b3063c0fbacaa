"""Keep the translations: find the messages, say what lacks, compile; without any system package."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tools.languages.catalogues import compile_all, update
from tools.languages.checking import faults
from tools.languages.extracting import ROOT


class Command(BaseCommand):
    """`manage.py messages`."""

    help = "Bring every catalogue of translations up to the messages of today; with --check or --compile only that."
    requires_system_checks: list[str] = []  # they may ask the database, which is not needed

    def add_arguments(self, parser: ArgumentParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--check", action="store_true", help="change nothing; fail on any message without its two")
        only.add_argument("--compile", action="store_true", help="compile what is newer than its compiled catalogue")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            compile_all()
            return
        if not options["check"]:
            for path in update():
                self.stdout.write(f"written: {path.relative_to(ROOT)}")
            compile_all()
        found = faults()
        for line in found:
            self.stdout.write(line)
        if options["check"] and found:
            raise CommandError(f"{len(found)} faults in the translations.")
        self.stdout.write(f"{len(found)} faults." if found else "Every message stands in Armenian and Russian.")
