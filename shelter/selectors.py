"""Who waits for a place, in fair order, and what is free where, at an instant."""

import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from centre.access import Permission, allows
from centre.clock import local_day
from centre.models import Site, User
from centre.presumed import presumed_left
from centre.rows import rows_of
from centre.words import in_words
from registrations.facts import years_before
from registrations.numbers import write_number
from registrations.today import today_in_sql
from shelter.models import Stay

LONG = timedelta(hours=12)  # who has waited this long is overtaken by nobody
RECENT = timedelta(hours=72)  # how long a family presumed to have left a registration point is still listed
MOST_LISTED = 100_000  # families; a list narrowed to those who wait is cut by its pages
LEAST_AREA = 3.5  # m² of covered floor a person, by the Sphere standard
STEP_FREE = frozenset({"DS"})
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

    @property
    def code(self) -> str:
        """The number as it is called out."""
        return write_number(self.number)

    @property
    def step_free(self) -> bool:
        """Whether they need a room without steps."""
        return any(code.split("-")[0] in STEP_FREE for code in self.needs)


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
           count(*) FILTER (WHERE birth_date <= %(sixty_years_ago)s OR age_group = '60+') AS elders
    FROM bedless
    JOIN registrations_membership membership
      ON membership.counted_as_id = bedless.individual_id AND {today_in_sql("membership")}
    JOIN registrations_individual individual ON individual.id = bedless.individual_id
    GROUP BY membership.household_id, bedless.site_id
), told AS (
    SELECT family.*, household.number, household.registered_at IS NOT NULL AS registered,
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
       members, registered, since, presumed AS presumed_left, infants, young, elders, needs, count(*) OVER () AS in_all
FROM told
WHERE %(household)s::uuid IS NULL OR household_id = %(household)s::uuid
ORDER BY NOT (infants > 0 OR young > 0 OR elders > 0 OR cardinality(needs) > 0 OR since <= %(long_ago)s),
         since, number
LIMIT %(limit)s
"""


def who_waits(
    user: User, sites: Collection[Site], at: datetime, *, limit: int = 1000, household: uuid.UUID | None = None
) -> tuple[Sequence[Waiting], int]:
    """The families that wait at these sites, in fair order, and how many there are in all.

    First those with an infant, someone over sixty or an urgent need, and all who have waited twelve hours; then the
    others; in each group who has waited longest. Needs count and are shown only where the user may see them. Those
    presumed to have left a registration point keep their turn for three days: a number called in vain costs less than
    a family forgotten.
    """
    parameters: dict[str, Any] = {
        "at": at,
        "sites": [site.pk for site in sites],
        "sees_needs": [site.pk for site in sites if allows(user, Permission.SEE_NEEDS, site, at)],
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


@dataclass(frozen=True)
class RoomNow:
    """A room and how many of its places are what at the instant."""

    id: uuid.UUID
    site_id: uuid.UUID
    name: str
    kind: str
    floor: int | None
    step_free: bool
    area: float | None  # m²
    total: int
    free: int
    slept: int
    held: int
    blocked: int
    overflow: int  # people who sleep here without a place

    @property
    def others(self) -> int:
        """How many people sleep or are awaited here."""
        return self.slept + self.held + self.overflow

    @property
    def area_each(self) -> float | None:
        """Floor for each place, in m²."""
        return float(self.area) / self.total if self.area is not None and self.total else None

    @property
    def cramped(self) -> bool:
        """Whether there is less floor for each than the Sphere standard asks for."""
        return self.area_each is not None and self.area_each < LEAST_AREA

    @property
    def drawn(self) -> str:
        """The places of a small room as squares: slept on, held, blocked, free."""
        if self.total > 12:
            return ""
        return "▣" * self.slept + "◧" * self.held + "▨" * self.blocked + "▢" * self.free


# Free is what an act would find free: not blocked, and neither slept on, held nor promised from the instant on.
ROOMS = """
WITH taken AS (
    SELECT place_id, bool_or(kind = 'stay' AND during @> %(at)s) AS slept
    FROM shelter_stay
    WHERE site_id = ANY (%(sites)s) AND during && tstzrange(%(at)s, NULL) AND place_id IS NOT NULL
    GROUP BY place_id
), beyond AS (
    SELECT room_id, count(*) AS people FROM shelter_stay
    WHERE site_id = ANY (%(sites)s) AND during @> %(at)s AND place_id IS NULL GROUP BY room_id
), counted AS (
    SELECT place.room_id, count(*) AS total,
           count(*) FILTER (WHERE blocked_at IS NULL AND taken.place_id IS NULL) AS free,
           count(*) FILTER (WHERE slept) AS slept,
           count(*) FILTER (WHERE NOT slept) AS held,
           count(*) FILTER (WHERE blocked_at IS NOT NULL AND taken.place_id IS NULL) AS blocked
    FROM shelter_room room
    JOIN shelter_place place ON place.room_id = room.id
    LEFT JOIN taken ON taken.place_id = place.id
    WHERE room.site_id = ANY (%(sites)s)
    GROUP BY place.room_id
)
SELECT room.id, room.site_id, room.name, room.kind, room.floor, room.step_free, room.area,
       coalesce(total, 0) AS total, coalesce(free, 0) AS free, coalesce(slept, 0) AS slept, coalesce(held, 0) AS held,
       coalesce(blocked, 0) AS blocked, coalesce(people, 0) AS overflow
FROM shelter_room room
LEFT JOIN counted ON counted.room_id = room.id
LEFT JOIN beyond ON beyond.room_id = room.id
WHERE room.site_id = ANY (%(sites)s) AND (NOT %(only_free)s OR free > 0)
"""


def rooms_now(sites: Collection[uuid.UUID], at: datetime, *, only_free: bool = False) -> list[RoomNow]:
    """The rooms of these sites with their places at the instant, ordered as people count: 2 before 10."""
    rooms = rows_of(RoomNow, ROOMS, {"sites": list(sites), "at": at, "only_free": only_free})
    return sorted(rooms, key=lambda room: as_counted(room.name))


@dataclass(frozen=True)
class PlacesNow:
    """The places of a site at the instant."""

    total: int = 0
    free: int = 0
    slept: int = 0
    held: int = 0
    blocked: int = 0
    overflow: int = 0


@dataclass(frozen=True, kw_only=True)
class PlacesAt(PlacesNow):
    """The places of this site at the instant."""

    site_id: uuid.UUID


def places_by_site(rooms: Iterable[RoomNow]) -> dict[uuid.UUID, PlacesNow]:
    """The rooms' places, summed for each site."""
    sums: dict[uuid.UUID, PlacesNow] = {}
    for room in rooms:
        so_far = sums.get(room.site_id, PlacesNow())
        sums[room.site_id] = PlacesNow(*(getattr(so_far, name) + getattr(room, name) for name in vars(so_far)))
    return sums


def places_now(sites: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, PlacesNow]:
    """The places of each of these sites at the instant; a site without rooms is left out."""
    sums = ", ".join(f"sum({field.name})::int AS {field.name}" for field in fields(PlacesNow))
    sql = f"SELECT site_id, {sums} FROM ({ROOMS}) room GROUP BY site_id"
    rows = rows_of(PlacesAt, sql, {"sites": list(sites), "at": at, "only_free": False})
    return {row.site_id: row for row in rows}


def as_counted(name: str) -> list[tuple[bool, int, str]]:
    """A key that puts room 2 before room 10."""
    return [
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.findall(r"[0-9]+|[^0-9]+", name)
    ]


@dataclass(frozen=True)
class HoldRow:
    """The holds of one family at one site that end together, or have run out unused."""

    household_id: uuid.UUID
    number: int
    site_id: uuid.UUID
    rooms: tuple[str, ...]
    holds: tuple[uuid.UUID, ...]
    until: datetime
    reason: str
    gone: bool

    @property
    def code(self) -> str:
        """The number as it is called out."""
        return write_number(self.number)

    @property
    def why(self) -> str:
        """Why the places are held, in words."""
        return in_words(self.reason, Stay.OwnReason)


HOLDS = f"""
SELECT household.id AS household_id, household.number, hold.site_id, array_agg(DISTINCT room.name) AS rooms,
       array_agg(hold.id) AS holds, upper(hold.during) AS until, max(hold.reason) AS reason,
       upper(hold.during) <= %(at)s AS gone
FROM shelter_stay hold
JOIN shelter_room room ON room.id = hold.room_id
JOIN registrations_membership membership
  ON membership.individual_id = hold.individual_id AND {today_in_sql("membership")}
JOIN registrations_household household ON household.id = membership.household_id
WHERE hold.kind = 'hold' AND hold.given_up_in_id IS NULL AND hold.during && tstzrange(%(unused_since)s, NULL)
  AND hold.site_id = ANY (%(sites)s)
  AND (upper(hold.during) > %(at)s OR NOT EXISTS (
    SELECT FROM shelter_stay later
    WHERE later.individual_id = hold.individual_id AND later.id <> hold.id
      AND later.during && tstzrange(upper(hold.during), NULL)
  ))
GROUP BY household.id, hold.site_id, hold.act_id, hold.during
ORDER BY until, household.number
"""


def holds_now(sites: Collection[Site], at: datetime) -> list[HoldRow]:
    """The holds at these sites, the first to run out first; those that ran out unused stay for half a day."""
    parameters: dict[str, Any] = {"sites": [site.pk for site in sites], "at": at, "unused_since": at - LONG}
    return rows_of(HoldRow, HOLDS, parameters)
