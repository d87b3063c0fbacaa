"""What upkeep writes down."""

from datetime import datetime

from centre.models import User
from upkeep.models import Backup


def record_backup(*, taken_at: datetime, size: int, sha256: str, people: int, by: User | None = None) -> None:
    """A backup of so many bytes and people was written whole."""
    Backup.objects.create(taken_at=taken_at, taken_by=by, bytes=size, sha256=sha256, people=people)
