"""Who waits for a place, in fair order, at an instant."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from centre.access import Permission, allows
from centre.clock import local_day
from centre.models import Site, User
from centre.presumed import presumed_left
from centre.rows import rows_of
from centre.shared import shared
from centre.sight import allowed_among, sight_of
from registrations.facts import years_before
from registrations.living import which_deaths
from registrations.models import Household, Presence
from registrations.numbers import write_number
from registrations.today import today_in_sql
from shelter.models import Stay, WaitingFact

LONG = timedelta(hours=12)  # who has waited this long is overtaken by nobody but who was moved up
RECENT = timedelta(hours=72)  # how long a family presumed to have left a registration point is still listed
MOST_LISTED = 100_000  # families; a list narrowed to those who wait is cut by its pages
INFANT, ELDER = 2, 60  # years: younger, and as old or older
URGENT = ("DS", "ER", "SM-CC", "SM-DP", "CR-TP")  # needs that decide where and how soon someone sleeps


@dataclass(frozen=True)
class Waiting:
    """Those of a family who are at one site and have neither a bed nor a hold."""

    household_id: uuid.UUID
    number: int
    site_id: uuid.UUID
    initials: str
    size: int  # the whole family, also those who sleep somewhere, but for the dead of whom the reader may know
    members: tuple[uuid.UUID, ...]
    registered: bool
    since: datetime
    presumed_left: bool
    infants: int  # under two years
    young: int  # counted at the gate as under five
    elders: int  # sixty or older
    needs: tuple[str, ...]  # codes; empty for readers who may not see needs
    cared_for: int  # children whom no parent looks after; none for readers who may not see needs
    moved_up: str | None  # why, where somebody was let go first; empty for readers who do not place there
    declined_sites: tuple[uuid.UUID, ...]  # of the places they were offered and did not take, the latest first
    declined_reasons: tuple[str, ...]  # each empty for readers who do not place there

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


# Starts from who is at the sites now; the stays looked at are those at the same sites. No LATERAL: knowing nothing of
# what it gives, the planner keeps a memo of each person in turn, at a second for every ten thousand families.
WAITING = f"""
WITH present AS MATERIALIZED (  -- who of those families is where; first, for there are stays of nearly everybody
    SELECT presence.individual_id, membership.household_id, position, carer_kind, site.id AS site_id,
           {presumed_left("lower(presence.during)", "site")} AS presumed
    FROM centre_site site
    JOIN registrations_presence presence ON presence.site_id = site.id AND presence.during @> %(at)s
    JOIN registrations_membership membership
      ON membership.counted_as_id = presence.individual_id AND {today_in_sql("membership")}
    JOIN registrations_household household ON household.id = membership.household_id AND household.going = 'shelter'
    WHERE site.id = ANY (%(sites)s)
      AND (site.presumed_left_after IS NULL OR lower(presence.during) > %(recent)s)
      AND (%(household)s::uuid IS NULL OR household.id = %(household)s::uuid)
), bedless AS MATERIALIZED (
    SELECT present.*,
           coalesce((SELECT max(upper(absence.during)) FROM registrations_absence absence
                     JOIN registrations_movement departure ON departure.id = absence.movement_id
                     WHERE absence.individual_id = present.individual_id AND upper(absence.during) <= %(at)s
                       AND departure.destination NOT IN ('', 'site')), '-infinity') AS back_at  -- from an own address
    FROM present
    WHERE NOT EXISTS (
        SELECT FROM shelter_stay stay
        WHERE stay.kind = 'stay' AND stay.site_id = present.site_id
          AND stay.individual_id = present.individual_id AND stay.during @> %(at)s
      )
      AND NOT EXISTS (
        SELECT FROM shelter_stay hold JOIN registrations_membership held ON held.individual_id = hold.individual_id
        WHERE hold.kind = 'hold' AND held.counted_as_id = present.individual_id AND hold.during @> %(at)s
          AND (NOT hold.hidden OR %(told)s OR hold.site_id = ANY (%(named)s))
      )
), family AS (
    SELECT household_id, site_id, bool_and(presumed) AS presumed, min(back_at) AS back_at,
           array_agg(individual.id ORDER BY position) AS members,
           (array_agg(concat_ws(' ', nullif(left(given_name, 1), '') || '.', nullif(left(family_name, 1), '') || '.')
                      ORDER BY position))[1] AS initials,
           count(*) FILTER (WHERE birth_date > %(two_years_ago)s) AS infants,
           count(*) FILTER (WHERE age_group = '0-4') AS young,
           count(*) FILTER (WHERE birth_date <= %(sixty_years_ago)s OR age_group = '60+') AS elders,
           count(*) FILTER (WHERE carer_kind NOT IN ('', 'member')) AS cared_for
    FROM bedless JOIN registrations_individual individual ON individual.id = bedless.individual_id
    GROUP BY household_id, site_id
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
)
SELECT household_id, number, site_id, initials,
       (SELECT count(DISTINCT counted_as_id) FROM registrations_membership
        WHERE registrations_membership.household_id = told.household_id AND {today_in_sql("registrations_membership")}
          AND NOT EXISTS (
          SELECT FROM registrations_absence absence JOIN registrations_movement death ON death.id = absence.movement_id
          WHERE absence.individual_id = registrations_membership.counted_as_id AND death.kind = 'died'
            AND (absence.individual_id = ANY (%(deaths_apart)s)) <> %(deaths_told)s)) AS size,
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
    room to whoever holds places for those who wait anywhere. Initials, and why somebody was moved up or declined, are
    shown at their sites alone. Those presumed
    to have left a registration point keep their turn for three days: a number called in vain costs less than a family
    forgotten. Who has a hold at a house that the user may not know of waits: whoever says otherwise tells of the house.
    """
    holds, sight = allows(user, Permission.HOLD_ELSEWHERE, None, at), sight_of(user, at)
    deaths_told, deaths_apart = which_deaths(user, at)
    everywhere = frozenset(site.pk for site in sites)
    seen: dict[str, Any] = {
        "sites": everywhere,
        "names": allowed_among(user, Permission.SEE_FAMILIES, sites, at),
        "sees_needs": everywhere if holds else allowed_among(user, Permission.SEE_NEEDS, sites, at),
        "told": sight.of_people_everywhere,
        "deaths_told": deaths_told,
        "deaths_apart": deaths_apart,
        "named": sight.named,
        "household": household,
        "limit": limit,
    }
    instants = {
        "at": at,
        "recent": at - RECENT,
        "long_ago": at - LONG,
        "two_years_ago": years_before(local_day(at), INFANT),
        "sixty_years_ago": years_before(local_day(at), ELDER),
        "urgent": list(URGENT),
    }
    found = shared(
        ("who waits", *seen.values()),
        at,
        lambda: rows_of(OneWaiting, WAITING, instants | {name: _listed(value) for name, value in seen.items()}),
    )
    own = allowed_among(user, Permission.PLACE, sites, at)
    rows = [row if row.site_id in own else _without_reasons(row) for row in found]
    return rows, rows[0].in_all if rows else 0


def _listed(value: Any) -> Any:
    """As the database takes it: a set as a list."""
    return list(value) if isinstance(value, frozenset) else value


def _without_reasons(row: "OneWaiting") -> "OneWaiting":
    if row.moved_up is None and not row.declined_sites:
        return row
    hidden = tuple("" for _reason in row.declined_reasons)
    return replace(row, moved_up=None if row.moved_up is None else "", declined_reasons=hidden)


def lost_their_beds(people: Collection[uuid.UUID], sites: Collection[Site], at: datetime) -> set[uuid.UUID]:
    """Those of these people who are at one of the sites, slept there, and have neither a bed nor a hold now."""
    beds = Stay.objects.of(people)
    housed = beds.at(at).filter(hidden=False).with_person().values("person")
    here = Presence.objects.filter(individual__in=people, site__in=sites).at(at).exclude(individual__in=housed)
    slept = beds.stays().filter(individual=OuterRef("individual"), site=OuterRef("site"), during__endswith__lte=at)
    return set(here.filter(Exists(slept)).values_list("individual", flat=True))


def waiting_households(user: User, at: datetime) -> set[uuid.UUID]:
    """The households that wait at the sites the user may know of, as the shelter board counts them."""
    families, _all = who_waits(user, list(Site.objects.visible_to(user).open(at)), at, limit=MOST_LISTED)
    return {family.household_id for family in families}


def waiting_facts(household: Household, since: datetime, at: datetime) -> list[WaitingFact]:
    """What stands of the family since it waits: that it was moved up, or declined; the latest first."""
    told = WaitingFact.objects.filter(household=household, happened_at__range=(since, at))
    standing = told.exclude(kind=WaitingFact.Kind.VOIDED).filter(voided_by=None)
    return list(standing.select_related("site", "act__by").order_by("-happened_at", "pk"))
