"""Say which lines of the log are not as they were sealed; for an auditor at a terminal, or a timer."""

from typing import Any

from django.core.management.base import CommandError

from centre.lent import DatabaseCommand
from centre.models import LogSeal
from centre.seal import BROKEN, CHANGED, INSERTED, OTHER_KEY, REMOVED, check_seals

SAID = {
    REMOVED: "line %d was removed",
    CHANGED: "line %d was changed",
    INSERTED: "line %d was inserted",
    BROKEN: "seal %d was changed, or one before it was removed",
    OTHER_KEY: "seal %d was made under another SECRET_KEY and cannot be checked here",
}


class Command(DatabaseCommand):
    """`manage.py check_log`."""

    help = "Say which lines of the log were removed, changed or inserted. Ends with 1 if any was."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for fault in check_seals():
            known = fault.kind != OTHER_KEY
            wrong += known
            self.stdout.write(f"{'wrong' if known else 'not known'}: {SAID[fault.kind] % fault.key}")
        if wrong:
            raise CommandError(f"{wrong} wrong.", returncode=1)
        last = LogSeal.objects.last()
        self.stdout.write(
            f"Sealed up to {last.through:%Y-%m-%d %H:%M} UTC: {last.head}" if last else "Nothing is sealed yet."
        )
