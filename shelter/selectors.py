"""What is free where, and what is held, at an instant."""

import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import ngettext

from centre.rows import rows_of
from centre.shared import shared
from centre.words import in_words
from registrations.numbers import write_number
from registrations.today import today_in_sql
from shelter.models import Room, Stay, features_in_words
from shelter.room_names import called

UNUSED_SHOWN = timedelta(hours=12)  # how long a hold that ran out unused is still listed
A_WORD = re.compile(r"[^\W\d_]{3}")
LEAST_AREA = 3.5  # m² of covered floor a person, by the Sphere standard


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
    women_only: bool = False
    families_only: bool = False
    heating: bool = False
    cot: bool = False
    near_hospital: bool = False

    @property
    def called(self) -> str:
        """Its name as the reader is shown it."""
        return called(self.name)

    @property
    def features(self) -> list[str]:
        """What the room has, in words."""
        return features_in_words(self)

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
    WHERE site_id = ANY (%(sites)s) AND during @> %(at)s AND place_id IS NULL AND NOT shares GROUP BY room_id
), counted AS (
    SELECT place.room_id, count(*) AS total,
           count(*) FILTER (WHERE NOT blocked AND taken.place_id IS NULL) AS free,
           count(*) FILTER (WHERE slept) AS slept,
           count(*) FILTER (WHERE NOT slept) AS held,
           count(*) FILTER (WHERE blocked AND taken.place_id IS NULL) AS blocked
    FROM shelter_room room
    JOIN shelter_place place ON place.room_id = room.id
    CROSS JOIN LATERAL (
        SELECT coalesce(blocked_at <= %(at)s, FALSE) AND coalesce(blocked_until > %(at)s, TRUE) AS blocked
    ) AS now
    LEFT JOIN taken ON taken.place_id = place.id
    WHERE room.site_id = ANY (%(sites)s)
      AND coalesce(added_at <= %(at)s, TRUE) AND coalesce(retired_at > %(at)s, TRUE)
    GROUP BY place.room_id
)
SELECT room.id, room.site_id, room.name, room.kind, room.floor, room.step_free, room.area,
       room.women_only, room.families_only, room.heating, room.cot, room.near_hospital,
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
    parameters = {"sites": list(sites), "at": at, "only_free": False}
    rows = shared(("places", frozenset(sites)), at, lambda: rows_of(PlacesAt, sql, parameters))
    return {row.site_id: row for row in rows}


def as_counted(name: str) -> list[tuple[bool, int, str]]:
    """A key that puts room 2 before room 10."""
    return [
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.findall(r"[0-9]+|[^0-9]+", name)
    ]


def said_as_rooms(names: Sequence[str]) -> str:
    """These rooms as they are told to people: a number alone is said to be a room, a hall is called what it is.

    None are told with no word.
    """
    if not names:
        return ""
    once = sorted({called(name) for name in names}, key=as_counted)
    told = " + ".join(once)
    if any(A_WORD.search(name) for name in once):
        return told
    return ngettext("room %(names)s", "rooms %(names)s", len(once)) % {"names": told}


def known_of(rooms: Iterable[Room]) -> list[str]:
    """The names of these rooms, but of what is to be divided: which room somebody has there is not known yet."""
    return [room.name for room in rooms if room.kind != Room.Kind.UNDIVIDED]


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
    away: bool  # they slept there, and the beds are kept until they are back
    taken_off: bool  # of those that ran out: nobody waits for them any more
    free: int  # of the places of holds that ran out: those that nobody has, and may be held again
    given: int  # those where others sleep now
    held: int  # those that are held for others now
    closed: int  # those that are blocked, or were taken away

    @property
    def code(self) -> str:
        """The number as it is called out."""
        return write_number(self.number)

    @property
    def no_show(self) -> bool:
        """Whether they did not come by the hour until which places were held for them."""
        return self.gone and not self.away

    @property
    def what_became(self) -> str:
        """What has become of the places of holds that ran out, in words, such as 2 places are free again."""
        counted = (
            (self.free, ngettext("%(n)d place is free again", "%(n)d places are free again", self.free)),
            (self.given, ngettext("others sleep on %(n)d place", "others sleep on %(n)d places", self.given)),
            (self.held, ngettext("%(n)d place is held for others", "%(n)d places are held for others", self.held)),
            (self.closed, ngettext("%(n)d place is blocked", "%(n)d places are blocked", self.closed)),
        )
        return ", ".join(words % {"n": n} for n, words in counted if n)

    @property
    def why(self) -> str:
        """Why the places are held, in words."""
        return in_words(self.reason, Stay.OwnReason)


# Of a hold and the act that made it: they slept there, and the bed is theirs until they are back.
KEPT_WHILE_AWAY = "made.kind = 'keep_beds' OR hold.reason = 'away'"

HOLDS = f"""
SELECT household.id AS household_id, household.number, hold.site_id, array_agg(DISTINCT room.name) AS rooms,
       array_agg(hold.id) AS holds, upper(hold.during) AS until, max(hold.reason) AS reason,
       upper(hold.during) <= %(at)s AS gone, bool_or({KEPT_WHILE_AWAY}) AS away,
       bool_and(hold.taken_off_in_id IS NOT NULL) AS taken_off,
       count(*) FILTER (WHERE now.state = 'free')::int AS free,
       count(*) FILTER (WHERE now.state = 'stay')::int AS given,
       count(*) FILTER (WHERE now.state = 'hold')::int AS held,
       count(*) FILTER (WHERE now.state = 'closed')::int AS closed
FROM (
    SELECT * FROM shelter_stay WHERE site_id = ANY (%(sites)s)
    UNION ALL
    SELECT * FROM shelter_stay held WHERE opening_id IS NOT NULL AND site_id = ANY (%(others)s) AND EXISTS (
        SELECT FROM registrations_membership record
        JOIN registrations_presence presence ON presence.individual_id = record.counted_as_id
        WHERE record.individual_id = held.individual_id AND presence.site_id = ANY (%(sites)s)
          AND presence.during @> %(at)s)
) hold
JOIN shelter_room room ON room.id = hold.room_id
JOIN centre_act made ON made.id = hold.act_id
LEFT JOIN LATERAL (
    SELECT CASE WHEN EXISTS (SELECT FROM shelter_stay now WHERE now.place_id = place.id AND now.kind = 'stay'
                    AND now.during && tstzrange(%(at)s, NULL)) THEN 'stay'
                WHEN EXISTS (SELECT FROM shelter_stay now WHERE now.place_id = place.id
                    AND now.during && tstzrange(%(at)s, NULL)) THEN 'hold'
                WHEN place.retired_at <= %(at)s OR (place.blocked_at <= %(at)s
                    AND coalesce(place.blocked_until > %(at)s, TRUE)) THEN 'closed'
                ELSE 'free' END AS state
    FROM shelter_place place WHERE place.id = hold.place_id AND upper(hold.during) <= %(at)s
) now ON true
JOIN registrations_membership membership
  ON membership.individual_id = hold.individual_id AND {today_in_sql("membership")}
JOIN registrations_household household ON household.id = membership.household_id
WHERE hold.kind = 'hold' AND hold.given_up_in_id IS NULL AND hold.during && tstzrange(%(unused_since)s, NULL)
  AND (upper(hold.during) > %(at)s OR NOT EXISTS (
    SELECT FROM shelter_stay later
    WHERE later.individual_id IN (hold.individual_id, membership.counted_as_id) AND later.id <> hold.id
      AND later.given_up_in_id IS NULL
      AND later.during && tstzrange(upper(hold.during), NULL)
  ))
GROUP BY household.id, hold.site_id, hold.act_id, hold.during
ORDER BY until, household.number
"""


def holds_now(sites: Collection[uuid.UUID], at: datetime, others: Collection[uuid.UUID] = ()) -> list[HoldRow]:
    """The holds at these sites, and at these others for people who are here; the first to run out first.

    Those that ran out unused stay for half a day, also where they were taken off the list; a hold that was given back
    since is none.
    """
    parameters: dict[str, Any] = {
        "sites": list(sites),
        "others": list(set(others) - set(sites)),
        "at": at,
        "unused_since": at - UNUSED_SHOWN,
    }
    return rows_of(HoldRow, HOLDS, parameters)
