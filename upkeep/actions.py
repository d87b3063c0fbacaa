"""What upkeep writes down."""

from datetime import datetime

from centre.clock import settled_until
from centre.models import LogSeal, User
from centre.seal import next_seal
from upkeep.models import Backup


def record_backup(*, taken_at: datetime, size: int, sha256: str, people: int, by: User | None = None) -> None:
    """A backup of so many bytes and people was written whole."""
    Backup.objects.create(taken_at=taken_at, taken_by=by, bytes=size, sha256=sha256, people=people)


def seal_log(through: datetime | None = None) -> None:
    """Seal the lines of before the instant, or those that are settled; done twice at once, it is done once."""
    seal = next_seal(through or settled_until())
    if seal:
        LogSeal.objects.bulk_create([seal], ignore_conflicts=True)
