"""The situation board: what is so now, counted for all who look within the same few seconds."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from census.selectors import Figures, Tally
from census.sight import cover_for
from centre.access import Permission, allows
from centre.models import Site, User
from centre.presumed import presumed_left
from centre.rows import rows_of, rows_of_everyone
from centre.shift import sites_of_shift
from centre.sight import sight_of
from shelter.selectors import PlacesNow, places_now

FRESH = timedelta(seconds=4)  # counted once in this time, however many look
KEPT = 60  # seconds that a count is shown while a newer one is made
COUNTING = 10  # seconds after which a count that was never finished may be begun again
HOURS = 24
FEW = 5  # sites with nobody that are still listed one by one

COUNT, CLAIM = "situation", "situation-counting"

# Each arrival that begins a time at a site, by the hour it happened in; those that were taken back began none.
ARRIVALS = """
SELECT presence.site_id, date_trunc('hour', movement.happened_at, 'Asia/Yerevan') AS hour, count(*) AS people
FROM registrations_movement movement JOIN registrations_presence presence ON presence.movement_id = movement.id
WHERE movement.kind = 'arrived' AND happened_at > %(since)s AND happened_at <= %(at)s
GROUP BY 1, 2
"""

# Who is at each site; of them who were counted with a card and have no names yet, and since when the first of them.
AT_SITES = f"""
SELECT presence.site_id, count(*) AS present, count(nameless.id) AS waiting,
       min(nameless.pre_registered_at) AS card_since
FROM registrations_presence presence
JOIN centre_site site ON site.id = presence.site_id
LEFT JOIN (SELECT id, pre_registered_at FROM registrations_individual WHERE registered_at IS NULL) nameless
  ON nameless.id = presence.individual_id
WHERE during @> %(at)s::timestamptz
  AND NOT {presumed_left("lower(during)", "site")}
GROUP BY 1
"""


@dataclass(frozen=True)
class Arrived:
    """The arrivals of one hour at a site."""

    site_id: uuid.UUID
    hour: datetime
    people: int


@dataclass(frozen=True)
class Present:
    """The people at a site."""

    site_id: uuid.UUID
    present: int
    waiting: int
    card_since: datetime | None


@dataclass(frozen=True)
class AtSite:
    """One site at the instant: people, free places, and the arrivals of each of the last hours."""

    present: int = 0
    free: int | None = None  # None where there are no rooms
    waiting: int = 0  # people counted with a card whose names are not taken yet
    card_since: datetime | None = None  # when the first of them got the card
    arrivals: tuple[int, ...] = (0,) * HOURS

    @property
    def arrived(self) -> int:
        """The arrivals of the last 24 hours."""
        return sum(self.arrivals)


@dataclass(frozen=True)
class Situation:
    """What was counted at an instant, for all sites; who may see which is decided when it is read."""

    at: datetime
    figures: Figures
    sites: dict[uuid.UUID, AtSite]


@dataclass(frozen=True)
class SiteRow:
    """A row of the board: a site, or several together without a name: the confidential, or those with nobody."""

    site: Site | None
    now: AtSite
    waited: timedelta | None
    empty: int = 0  # how many sites with nobody the row stands for

    @property
    def quiet(self) -> bool:
        """Whether nobody is there, waits there or came there."""
        return not (self.now.present or self.now.waiting or self.now.arrived)


def situation() -> Situation:
    """The latest count; one of those who look makes a new one, the others read the last meanwhile."""
    known: Situation | None = cache.get(COUNT)
    now = timezone.now()
    if known is not None and (now - known.at < FRESH or not cache.add(CLAIM, 1, COUNTING)):
        return known
    counted = count_situation(now)
    cache.set(COUNT, counted, KEPT)
    cache.delete(CLAIM)
    return counted


def count_situation(at: datetime) -> Situation:
    """Count everything the board shows, as of the instant."""
    hours = hours_until(at)
    arrivals: dict[uuid.UUID, dict[datetime, int]] = defaultdict(dict)
    for row in rows_of(Arrived, ARRIVALS, {"since": hours[0], "at": at}):
        arrivals[row.site_id][row.hour] = row.people
    present = {row.site_id: row for row in rows_of_everyone(Present, AT_SITES, {"at": at})}
    sites = list(Site.objects.values_list("pk", flat=True))
    places = places_now(sites, at)
    return Situation(
        at,
        Tally(at, at).figures,
        {
            site: _at_site(present.get(site), places.get(site), [arrivals[site].get(hour, 0) for hour in hours])
            for site in sites
        },
    )


def hours_until(at: datetime) -> list[datetime]:
    """The beginnings of the last 24 hours by the clock, the one that is running last."""
    running = timezone.localtime(at).replace(minute=0, second=0, microsecond=0)
    return [running - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]


def _at_site(there: Present | None, places: PlacesNow | None, arrivals: list[int]) -> AtSite:
    now = AtSite(free=places.free if places else None, arrivals=tuple(arrivals))
    return replace(now, present=there.present, waiting=there.waiting, card_since=there.card_since) if there else now


def read_sites(counted: Situation, user: User) -> list[SiteRow]:
    """The sites the user may know of, in trouble first: who waits longest, then the fullest.

    Who reads the census sees every open site, the confidential ones together without a name; others see theirs.
    """
    rows, hidden = _known(counted, user)
    if not allows(user, Permission.SEE_CENSUS):
        return rows
    return _folded(rows) + ([_row(None, _together(hidden), counted.at)] if hidden else [])


def read_site(counted: Situation, user: User, code: str) -> SiteRow | None:
    """The row of one site; None where the user may not know of it, as where there is none."""
    rows, _hidden = _known(counted, user)
    return next((row for row in rows if row.site and row.site.code == code), None)


def _known(counted: Situation, user: User) -> tuple[list[SiteRow], list[AtSite]]:
    """The sites of which the user may know, ranked; and the others, of which a reader of the census is told a sum."""
    if not allows(user, Permission.SEE_CENSUS):
        return _ranked(_with_counts(counted, sites_of_shift(user)), counted.at), []
    sight, every = sight_of(user), _with_counts(counted, Site.objects.open(counted.at))
    unknown = {site: now.present for site, now in every if not sight.knows(site)}
    others = {site: now.present for site, now in every if sight.knows(site) and site.pk not in sight.named}
    together = {*unknown, *cover_for(unknown, others)}
    shown = [(site, now) for site, now in every if site not in together]
    return _ranked(shown, counted.at), [now for site, now in every if site in together]


def _with_counts(counted: Situation, sites: Iterable[Site]) -> list[tuple[Site, AtSite]]:
    return [(site, counted.sites.get(site.pk, AtSite())) for site in sites]


def _folded(rows: list[SiteRow]) -> list[SiteRow]:
    """The rows, with more than a few sites where nobody is in one."""
    quiet = [row for row in rows if row.quiet]
    if len(quiet) <= FEW:
        return rows
    together = SiteRow(None, _together([row.now for row in quiet]), None, empty=len(quiet))
    return [row for row in rows if not row.quiet] + [together]


def _ranked(known: Iterable[tuple[Site, AtSite]], at: datetime) -> list[SiteRow]:
    rows = [_row(site, now, at) for site, now in known]
    return sorted(
        rows,
        key=lambda row: (
            -(row.waited or timedelta()),
            -row.now.waiting,
            -row.now.present,
            row.site.code if row.site else "",
        ),
    )


def _row(site: Site | None, now: AtSite, at: datetime) -> SiteRow:
    return SiteRow(site, now, at - now.card_since if now.card_since else None)


def _together(sites: list[AtSite]) -> AtSite:
    free = [now.free for now in sites if now.free is not None]
    since = [now.card_since for now in sites if now.card_since]
    return AtSite(
        sum(now.present for now in sites),
        sum(free) if free else None,
        sum(now.waiting for now in sites),
        min(since, default=None),
        tuple(map(sum, zip(*(now.arrivals for now in sites), strict=True))),
    )
