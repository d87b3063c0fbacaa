"""The evening's call list: which houses to call, and what to ask there."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q

from centre.clock import LATEST, local_day, local_instant
from centre.models import Site, User
from centre.rows import rows_of
from houses.models import Call
from registrations.today import today_in_sql
from shelter.sight import sites_to_place

NIGHT_ENDS = time(4)  # what is expected before this hour is expected tonight

HOUSES = f"""
SELECT site.id AS site_id, coalesce(contract.contact, begun.contact, '') AS contact,
       coalesce(contract.phone, begun.phone, '') AS phone, coalesce(begun.town, '') AS town,
       expected.families, expected.people, expected.until, told.persons AS reported, told.happened_at AS reported_at,
       (SELECT count(*) FROM registrations_presence present
        WHERE present.site_id = site.id AND present.during @> told.happened_at) AS counted_then,
       (SELECT count(*) FROM registrations_presence present
        WHERE present.site_id = site.id AND present.during @> %(at)s) AS present,
       (SELECT count(*) FROM shelter_stay sleeping
        WHERE sleeping.site_id = site.id AND sleeping.kind = 'stay' AND sleeping.during @> %(at)s) AS sleeping,
       differing.tasks, coalesce(call.outcome, '') AS outcome, call.happened_at AS called_at
FROM centre_site site
LEFT JOIN shelter_beginning begun ON begun.site_id = site.id
LEFT JOIN houses_contract contract
    ON contract.site_id = site.id AND contract.voided_at IS NULL AND contract.days @> %(day)s
CROSS JOIN LATERAL (
    SELECT count(DISTINCT member.household_id) AS families, count(DISTINCT hold.individual_id) AS people,
           max(upper(hold.during)) AS until
    FROM shelter_stay hold
    LEFT JOIN registrations_membership member
        ON member.individual_id = hold.individual_id AND {today_in_sql("member")}
    WHERE hold.site_id = site.id AND hold.kind = 'hold' AND hold.during @> %(at)s
        AND upper(hold.during) <= %(night_ends)s
) expected
LEFT JOIN LATERAL (
    SELECT persons, happened_at FROM houses_reportedheadcount headcount
    WHERE headcount.site_id = site.id AND persons IS NOT NULL AND happened_at <= %(at)s
        AND NOT EXISTS (SELECT FROM houses_reportedheadcount later WHERE later.voids_id = headcount.id)
    ORDER BY happened_at DESC, recorded_at DESC LIMIT 1
) told ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS tasks
    FROM houses_difference difference
    WHERE difference.site_id = site.id AND difference.settled_at IS NULL AND difference.overtaken_by_id IS NULL
) differing
LEFT JOIN LATERAL (
    SELECT outcome, happened_at FROM houses_call
    WHERE houses_call.site_id = site.id AND happened_at >= %(day_begins)s AND happened_at <= %(at)s
    ORDER BY happened_at DESC, recorded_at DESC LIMIT 1
) call ON true
WHERE site.id = ANY(%(sites)s)
"""


@dataclass(frozen=True)
class Evening:
    """A house tonight: whom to call, who is expected before when, and what was said last."""

    site_id: uuid.UUID
    contact: str  # as the contract says, or who began the house
    phone: str
    town: str  # as who began the house says
    families: int  # for whom holds end tonight
    people: int
    until: datetime | None
    reported: int | None
    reported_at: datetime | None
    counted_then: int  # people present at the hour of the last report
    present: int
    sleeping: int
    tasks: int  # open differences: one at most
    outcome: str  # of the last call today; empty where there was none
    called_at: datetime | None

    def reported_on(self, at: datetime) -> bool:
        """Whether there is a report of the local day of the instant."""
        return self.reported_at is not None and local_day(self.reported_at) == local_day(at)


@dataclass(frozen=True)
class HouseTonight:
    """A line of the list."""

    site: Site
    evening: Evening
    reported_today: bool

    @property
    def asks(self) -> bool:
        """Whether there is something to ask: holds end tonight, nobody said a number today, or numbers differ."""
        return bool(self.evening.families or self.evening.tasks or not self.reported_today)

    @property
    def spoke(self) -> bool:
        """Whether somebody there was spoken to today."""
        return self.evening.outcome == Call.Outcome.SPOKE


def houses_to_call(user: User, at: datetime) -> list[HouseTonight]:
    """The houses where the user places, those to be called first.

    A house is an open site with rooms or with a contract. First come those with an open difference or holds that end
    tonight, then those without a report today, then the others. A house that was called today comes after all of them.
    """
    sites = {site.pk: site for site in sites_to_place(user, at)}
    kept = Q(rooms__isnull=False) | Q(contracts__voided_at=None, contracts__isnull=False)
    houses = Site.objects.filter(kept, pk__in=sites).values_list("pk", flat=True).distinct()
    lines = [HouseTonight(sites[row.site_id], row, row.reported_on(at)) for row in read_evenings(list(houses), at)]
    return sorted(lines, key=_turn)


def read_evenings(sites: Collection[uuid.UUID], at: datetime) -> list[Evening]:
    """How these houses stand at the instant."""
    day = local_day(at)
    parameters = {
        "sites": list(sites),
        "at": at,
        "day": day,
        "day_begins": local_instant(day, time(0)),
        "night_ends": night_ends(at),
    }
    return rows_of(Evening, HOUSES, parameters)


def night_ends(at: datetime) -> datetime:
    """The next local 04:00 after the instant."""
    day = local_day(at)
    today = local_instant(day, NIGHT_ENDS)
    return today if at < today else local_instant(day + timedelta(days=1), NIGHT_ENDS)


def _turn(line: HouseTonight) -> tuple[bool, int, datetime, str]:
    row = line.evening
    urgent = 0 if row.tasks or row.families else 1
    turn = urgent if urgent == 0 else 2 if line.reported_today else 1
    return line.spoke, turn, row.until or LATEST, line.site.name.casefold()
