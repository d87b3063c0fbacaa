"""Taking snapshots: each once, each as of its own hour, all of one instant together or none. And revising them."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from census.errors import AlreadyRevised, LaterTaken, NothingLearnt, NotSettled
from census.models import SNAPSHOT_ONCE, Snapshot
from census.selectors import Tally, last_snapshot
from centre.access import Permission, require, require_everywhere
from centre.acts import act
from centre.clock import local_day, local_instant, settled_until
from centre.models import Act, Site, User
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
        _one_at_a_time()
        if by is not None:
            _take_what_was_due(at)
        taken = set(Snapshot.objects.filter(at=at).values_list("site", flat=True))
        scopes = _scopes(sites or [], by)
        tally = Tally(at, known_at)
        missing = [site for site in scopes if (site.pk if site else None) not in taken]
        return [_freeze(tally, site, by) for site in missing]


@dataclass(frozen=True)
class Revised:
    """The new snapshot, and which revision of its hour it is."""

    snapshot: str
    revision: int


@act("revise_snapshot", answers=Revised)
def revise_snapshot(snapshot: Snapshot, *, reason: str, by: User, at: datetime, act: Act) -> Revised:
    """Freeze the snapshot's hour once more, as known now; it stays, and the difference by cause stands beside it.

    Refuses with NotSettled while it knows what has settled, with NothingLearnt where it would read the same, and with
    AlreadyRevised.
    """
    if snapshot.site:
        require(by, Permission.TAKE_CENSUS, snapshot.site, at)
    else:
        require_everywhere(by, Permission.TAKE_CENSUS, at)
    known_at = timezone.now() if settings.DEMONSTRATION else settled_until()
    if known_at <= snapshot.known_at:
        raise NotSettled
    _one_at_a_time()
    tally = Tally(snapshot.at, known_at)
    if _plain(tally.row(snapshot.site, snapshot.opening)) == _plain(snapshot.tally):
        raise NothingLearnt
    opening = last_snapshot(snapshot.site, snapshot.at, known_at)
    with refused_on(SNAPSHOT_ONCE, AlreadyRevised()):
        revised = Snapshot.objects.create(
            site=snapshot.site,
            at=snapshot.at,
            known_at=known_at,
            revision=snapshot.revision + 1,
            opening=opening,
            tally=tally.row(snapshot.site, opening, snapshot),
            taken_by=snapshot.taken_by,
            revised_in=act,
            reason=reason,
        )
    return Revised(str(revised.pk), revised.revision)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_CENSUS_AT_A_TIME])


def _plain(tally: dict[str, Any]) -> dict[str, Any]:
    """The tally as it is stored, without what it revised."""
    stored: dict[str, Any] = json.loads(json.dumps(tally, cls=DjangoJSONEncoder))
    for place in stored["places"].values():
        place.pop("revised", None)
    return stored


def _take_what_was_due(before: datetime) -> None:
    """The cut-off hour is the day's, whatever is taken by hand a moment after it."""
    for at, scopes in sorted(due_snapshots(timezone.now()).items()):
        if at < before:
            take_snapshots(at, sites=[site for site in scopes if site])


def _scopes(sites: list[Site], by: User | None) -> list[Site | None]:
    reach = None if by is None else by.reach(Permission.TAKE_CENSUS)
    return [None, *sites] if reach is None else [site for site in sites if site.pk in reach]


def _freeze(tally: Tally, site: Site | None, by: User | None) -> Snapshot:
    if Snapshot.objects.filter(site=site, at__gt=tally.at, opening__at__lt=tally.at).exists():
        raise LaterTaken
    opening = last_snapshot(site, tally.at, tally.known_at)
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
