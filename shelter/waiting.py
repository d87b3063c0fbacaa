"""Who waits for a place, in fair order, at an instant."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from centre.access import Permission, allows
from centre.clock import local_day
from centre.models import Site, User
from centre.presumed import presumed_left
from centre.rows import rows_of
from registrations.facts import years_before
from registrations.models import Household
from registrations.numbers import write_number
from registrations.today import today_in_sql
from shelter.models import WaitingFact

LONG = timedelta(hours=12)  # who has waited this long is overtaken by nobody but who was moved up
RECENT = timedelta(hours=72)  # how long a family presumed to have left a registration point is still listed
MOST_LISTED = 100_000  # families; a list narrowed to those who wait is cut by its pages
URGENT = ("DS", "ER", "SM-CC", "SM-DP", "CR-TP")  # needs that decide where and how soon someone sleeps


@dataclass(frozen=True)
class Waiting:
    """Those of a family who are at one site and have neither a bed nor a hold."""

    household_id: uuid.UUID
    number: int
    site_id: uuid.UUID
    initials: str
    size: int  # the whole family, also those who sleep somewhere
    members: tuple[uuid.UUID, ...]
    registered: bool
    since: datetime
    presumed_left: bool
    infants: int  # under two years
    young: int  # counted at the gate as under five
    elders: int  # sixty or older
    needs: tuple[str, ...]  # codes; empty for readers who may not see needs
    cared_for: int  # children whom no parent looks after; none for readers who may not see needs
    moved_up: str | None  # why, where somebody was let go first
    declined_sites: tuple[uuid.UUID, ...]  # of the places they were offered and did not take, the latest first
    declined_reasons: tuple[str, ...]

    @property
    def code(self) -> str:
        """The number as it is called out."""
        return write_number(self.number)

    @property
    def declined(self) -> list[tuple[uuid.UUID, str]]:
        """At which sites they were offered places since they wait, and why they did not take them."""
        return list(zip(self.declined_sites, self.declined_reasons, strict=True))


@dataclass(frozen=True)
class OneWaiting(Waiting):
    """A family on the list of those who wait."""

    in_all: int  # families


# Starts from who is at the sites now; the stays looked at are those at the same sites.
WAITING = f"""
WITH bedless AS MATERIALIZED (
    SELECT presence.individual_id, site.id AS site_id,
           {presumed_left("lower(presence.during)", "site")} AS presumed,
           coalesce((SELECT max(upper(absence.during)) FROM registrations_absence absence
                     JOIN registrations_movement departure ON departure.id = absence.movement_id
                     WHERE absence.individual_id = presence.individual_id AND upper(absence.during) <= %(at)s
                       AND departure.destination NOT IN ('', 'site')), '-infinity') AS back_at  -- from an own address
    FROM centre_site site CROSS JOIN LATERAL (
        SELECT individual_id, during FROM registrations_presence
        WHERE site_id = site.id AND during @> %(at)s OFFSET 0  -- site by site, by the index presence_at_site
    ) presence
    WHERE site.id = ANY (%(sites)s)
      AND (site.presumed_left_after IS NULL OR lower(presence.during) > %(recent)s)
      AND NOT EXISTS (
        SELECT FROM shelter_stay stay
        WHERE stay.kind = 'stay' AND stay.site_id = site.id
          AND stay.individual_id = presence.individual_id AND stay.during @> %(at)s
      )
      AND NOT EXISTS (
        SELECT FROM shelter_stay hold
        WHERE hold.kind = 'hold' AND hold.individual_id = presence.individual_id AND hold.during @> %(at)s
      )
), family AS (
    SELECT membership.household_id, bedless.site_id, bool_and(presumed) AS presumed, min(back_at) AS back_at,
           array_agg(individual.id ORDER BY position) AS members,
           (array_agg(concat_ws(' ', nullif(left(given_name, 1), '') || '.', nullif(left(family_name, 1), '') || '.')
                      ORDER BY position))[1] AS initials,
           count(*) FILTER (WHERE birth_date > %(two_years_ago)s) AS infants,
           count(*) FILTER (WHERE age_group = '0-4') AS young,
           count(*) FILTER (WHERE birth_date <= %(sixty_years_ago)s OR age_group = '60+') AS elders,
           count(*) FILTER (WHERE carer_kind NOT IN ('', 'member')) AS cared_for
    FROM bedless
    JOIN registrations_membership membership
      ON membership.counted_as_id = bedless.individual_id AND {today_in_sql("membership")}
    JOIN registrations_individual individual ON individual.id = bedless.individual_id
    GROUP BY membership.household_id, bedless.site_id
), told AS (
    SELECT family.household_id, family.site_id, presumed, members, infants, young, elders, household.number,
           CASE WHEN family.site_id = ANY (%(names)s) THEN initials ELSE '' END AS initials,
           CASE WHEN family.site_id = ANY (%(sees_needs)s) THEN cared_for ELSE 0 END AS cared_for,
           household.registered_at IS NOT NULL AS registered,
           greatest(
             household.waits_since,
             (SELECT max(upper(during)) FROM shelter_stay
              WHERE individual_id = ANY (members) AND kind = 'stay' AND upper(during) <= %(at)s),
             family.back_at
           ) AS since,
           CASE WHEN family.site_id = ANY (%(sees_needs)s) THEN
             ARRAY (
               SELECT DISTINCT code_id FROM registrations_specificneed need
               WHERE need.individual_id = ANY (members) AND ended_at IS NULL AND code_id = ANY (%(urgent)s)
               UNION SELECT household.urgent_need_id WHERE household.urgent_need_id = ANY (%(urgent)s)
               ORDER BY 1
             ) ELSE '{{}}' END AS needs
    FROM family JOIN registrations_household household ON household.id = family.household_id
    WHERE household.going = 'shelter'
)
SELECT household_id, number, site_id, initials,
       (SELECT count(DISTINCT counted_as_id) FROM registrations_membership
        WHERE registrations_membership.household_id = told.household_id AND {today_in_sql("registrations_membership")}
          AND NOT EXISTS (
          SELECT FROM registrations_absence absence JOIN registrations_movement death ON death.id = absence.movement_id
          WHERE absence.individual_id = registrations_membership.counted_as_id AND death.kind = 'died')) AS size,
       members, registered, since, presumed AS presumed_left, infants, young, elders, needs, cared_for,
       moved_up, declined_sites, declined_reasons, count(*) OVER () AS in_all
FROM told CROSS JOIN LATERAL (
    SELECT (array_agg(reason ORDER BY happened_at DESC, id) FILTER (WHERE kind = 'moved_up'))[1] AS moved_up,
           coalesce(array_agg(site_id ORDER BY happened_at DESC, id) FILTER (WHERE kind = 'declined'), '{{}}')
             AS declined_sites,
           coalesce(array_agg(reason ORDER BY happened_at DESC, id) FILTER (WHERE kind = 'declined'), '{{}}')
             AS declined_reasons
    FROM shelter_waitingfact fact
    WHERE fact.household_id = told.household_id AND happened_at BETWEEN told.since AND %(at)s
      AND NOT EXISTS (SELECT FROM shelter_waitingfact later WHERE later.voids_id = fact.id)
) said
WHERE %(household)s::uuid IS NULL OR household_id = %(household)s::uuid
ORDER BY moved_up IS NULL,
         NOT (infants > 0 OR young > 0 OR elders > 0 OR cardinality(needs) > 0 OR cared_for > 0
              OR since <= %(long_ago)s),
         since, number
LIMIT %(limit)s
"""


def who_waits(
    user: User, sites: Collection[Site], at: datetime, *, limit: int = 1000, household: uuid.UUID | None = None
) -> tuple[Sequence[Waiting], int]:
    """The families that wait at these sites, in fair order, and how many there are in all.

    First those whom somebody moved up for a reason; then those with an infant, someone over sixty, a child whom no
    parent looks after or an urgent need, and all who have waited twelve hours; then the others; in each group who has
    waited longest. Needs count and are shown where the user may see them: at their sites, and as far as they bear on a
    room to whoever holds places for those who wait anywhere. Initials are shown at their sites alone. Those presumed
    to have left a registration point keep their turn for three days: a number called in vain costs less than a family
    forgotten.
    """
    holds = allows(user, Permission.HOLD_ELSEWHERE, None, at)
    parameters: dict[str, Any] = {
        "at": at,
        "sites": [site.pk for site in sites],
        "names": [site.pk for site in sites if allows(user, Permission.SEE_FAMILIES, site, at)],
        "sees_needs": [site.pk for site in sites if holds or allows(user, Permission.SEE_NEEDS, site, at)],
        "recent": at - RECENT,
        "long_ago": at - LONG,
        "two_years_ago": years_before(local_day(at), 2),
        "sixty_years_ago": years_before(local_day(at), 60),
        "urgent": list(URGENT),
        "household": household,
        "limit": limit,
    }
    rows = rows_of(OneWaiting, WAITING, parameters)
    return rows, rows[0].in_all if rows else 0


def waiting_households(user: User, at: datetime) -> set[uuid.UUID]:
    """The households that wait at the sites the user may know of, as the shelter board counts them."""
    families, _all = who_waits(user, list(Site.objects.visible_to(user).open(at)), at, limit=MOST_LISTED)
    return {family.household_id for family in families}


def waiting_facts(household: Household, since: datetime, at: datetime) -> list[WaitingFact]:
    """What stands of the family since it waits: that it was moved up, or declined; the latest first."""
    told = WaitingFact.objects.filter(household=household, happened_at__range=(since, at))
    standing = told.exclude(kind=WaitingFact.Kind.VOIDED).filter(voided_by=None)
    return list(standing.select_related("site", "act__by").order_by("-happened_at", "pk"))
