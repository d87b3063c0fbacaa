"""Taking snapshots: each once, each as of its own hour, all of one instant together or none."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from census.errors import LaterTaken, NotSettled
from census.models import Snapshot
from census.selectors import Tally, last_snapshot
from centre.access import Permission, require
from centre.clock import local_day, local_instant, settled_until
from centre.models import Site, User
from centre.refusals import refused_on

CAUGHT_UP = timedelta(days=14)  # how far back missed cut-off hours are still taken
ONE_CENSUS_AT_A_TIME = 2309  # the advisory lock under which snapshots are taken


def take_snapshots(
    at: datetime, *, known_at: datetime | None = None, sites: list[Site] | None = None, by: User | None = None
) -> list[Snapshot]:
    """Freeze the tally of an instant, as known at that instant: of the operation, and of each of these sites.

    What was taken before stays as it is. Taken by the schedule when `by` is empty; a person freezes the sites that are
    theirs, and the operation where all are, after whatever cut-off hour was due before. Refuses with NotSettled while
    facts of that time may still be on their way, and with LaterTaken where a later snapshot continues the last one.
    """
    if by is not None:
        require(by, Permission.TAKE_CENSUS)
    known_at = known_at or at
    if known_at < at or (known_at > settled_until() and not settings.DEMONSTRATION):
        raise NotSettled
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_CENSUS_AT_A_TIME])
        if by is not None:
            _take_what_was_due(at)
        taken = set(Snapshot.objects.filter(at=at).values_list("site", flat=True))
        scopes = _scopes(sites or [], by)
        tally = Tally(at, known_at)
        with refused_on(Snapshot.opening.field, LaterTaken()):
            return [_freeze(tally, site, by) for site in scopes if (site.pk if site else None) not in taken]


def _take_what_was_due(before: datetime) -> None:
    """The cut-off hour is the day's, whatever is taken by hand a moment after it."""
    for at, scopes in sorted(due_snapshots(timezone.now()).items()):
        if at < before:
            take_snapshots(at, sites=[site for site in scopes if site])


def _scopes(sites: list[Site], by: User | None) -> list[Site | None]:
    reach = None if by is None else by.reach(Permission.TAKE_CENSUS)
    return [None, *sites] if reach is None else [site for site in sites if site.pk in reach]


def _freeze(tally: Tally, site: Site | None, by: User | None) -> Snapshot:
    opening = last_snapshot(site, tally.at)
    return Snapshot.objects.create(
        site=site,
        at=tally.at,
        known_at=tally.known_at,
        opening=opening,
        tally=tally.row(site, opening),
        taken_by=by,
    )


def take_due_snapshots(now: datetime | None = None) -> list[Snapshot]:
    """Take every snapshot whose cut-off hour has passed and settled, the oldest first, each as of its own hour."""
    due = due_snapshots(now or timezone.now())
    taken = [take_snapshots(at, sites=[site for site in scopes if site]) for at, scopes in sorted(due.items())]
    return [snapshot for snapshots in taken for snapshot in snapshots]


def due_snapshots(now: datetime) -> dict[datetime, list[Site | None]]:
    """The cut-off hours that have passed and settled without a snapshot: of the operation (None), of each site."""
    settled = settled_until(now)
    last = dict(Snapshot.objects.filter(at__lt=settled).order_by().values_list("site").annotate(Max("at")))
    first = Site.objects.aggregate(at=Min("opened_at"))["at"] or now  # before it there was nobody to count
    due: dict[datetime, list[Site | None]] = {}
    for at in _due_hours(settings.CENSUS_HOURS, settled, last.get(None)):
        if at >= first:
            due.setdefault(at, []).append(None)
    for site in Site.objects.filter(opened_at__lte=now).exclude(closed_at__lte=settled - CAUGHT_UP):
        until = min(settled, site.closed_at or settled)  # what was due before a site closed is due still
        for at in _due_hours(site.cut_off_hours, until, last.get(site.pk)):
            if at >= max(site.opened_at, settled - CAUGHT_UP) and not site.is_closed(at):
                due.setdefault(at, []).append(site)
    return due


def _due_hours(hours: list, settled: datetime, last: datetime | None) -> list[datetime]:
    """The cut-off instants since the last snapshot that have settled; without one, the latest alone."""
    days = [local_day(settled) - timedelta(days=back) for back in range(CAUGHT_UP.days, -1, -1)]
    instants = sorted(at for day in days for hour in hours if (at := local_instant(day, hour)) <= settled)
    return [at for at in instants if at > last] if last else instants[-1:]
