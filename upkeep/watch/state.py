"""What the checks ask: facts of the database, and how much of each is too much."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone

from census.actions import due_snapshots
from census.models import Snapshot
from centre.models import Operation, Site, User
from centre.operations import holds_invented_people
from centre.public_logins import PASSWORD, logins
from centre.rows import values_of
from upkeep.models import Backup

SILENT_AFTER = timedelta(minutes=3)  # a sign of life is due each minute
SNAPSHOT_LATE_AFTER = timedelta(minutes=10)
BACKUP_EVERY = timedelta(hours=24)
CERTIFICATE_DAYS = timedelta(days=14)
LEAST_FREE_SHARE = 0.1
LEAST_FREE_BYTES = 5 * 1024**3
MOST_CLOCK_DIFFERENCE = 5  # seconds
SKIPPED = timedelta(hours=36)  # between two snapshots: a day has none
TOLD_FOR = timedelta(days=30)  # that days were skipped
MOST_WAITING = 100  # tasks


@dataclass(frozen=True)
class Missed:
    """A snapshot that should be there: of a site, or of the whole operation."""

    at: datetime
    site: Site | None


def ask_database() -> None:
    """Raises DatabaseError when the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def has_real_people() -> bool:
    """Whether this is a real operation, opened as such."""
    operation = Operation.objects.current()
    return operation is not None and operation.purpose == Operation.Purpose.REAL


def missed_snapshots(now: datetime) -> list[Missed]:
    """Snapshots that were due ten minutes ago and are not there, the oldest first."""
    due = due_snapshots(now - SNAPSHOT_LATE_AFTER)
    return [Missed(at, site) for at, sites in sorted(due.items()) for site in sites]


def last_silence(now: datetime) -> tuple[datetime, datetime] | None:
    """Between which two snapshots of the whole operation days were skipped; None when that is older than a month."""
    lately = Snapshot.objects.filter(site=None, at__gte=now - TOLD_FOR, opening__at__lt=F("at") - SKIPPED)
    return lately.order_by("-at").values_list("opening__at", "at").first()


def last_backup() -> datetime | None:
    """When the last backup was made; None when none is known."""
    last = Backup.objects.newest()
    return last.taken_at if last else None


def clock_difference() -> float:
    """Seconds by which this machine's clock is ahead of the database's."""
    before = timezone.now()
    (theirs,) = values_of("SELECT clock_timestamp()")
    ours = before + (timezone.now() - before) / 2
    return (ours - theirs).total_seconds()


def invented_people_in_operation() -> bool:
    """Whether a real operation stands on a demonstration's ground."""
    return has_real_people() and holds_invented_people()


def demonstration_logins_that_work() -> list[str]:
    """The accounts of a real operation that open with the demonstration's password, which is public."""
    if not has_real_people():
        return []
    names = [login.username for login in logins()]
    accounts = User.objects.filter(username__in=names, is_active=True).order_by("username")
    return [user.username for user in accounts if user.check_password(PASSWORD)]
