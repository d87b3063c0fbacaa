"""Bed nights of houses: contracted, used, confirmed or assumed, not come, paid but empty.

The rule. A night belongs to the local day on whose evening it begins: the night of the 27th runs into the 28th. It is
spent by who has a stay in the house at the local midnight between the two, also without a place; whoever came after
midnight and left in the morning spent none, and a move within the house is one night still. What was voided counts
for nothing: the past is read as it is known now.

A night is confirmed when its sleeper was checked in or moved there that day, or seen there in a roll call, or when the
last number that the house reported that day is within two of the people counted there at that hour; else it is
assumed. What confirms a night was recorded within a day of it, by the end of the day after its evening: told later, a
night may be used, and nothing makes it sure. The third assumed night of somebody in a row, and each after it, is amber.
`sheets.rule_in_words` says it to who reads the sheet.

Not come is a person whose place was held at that midnight, or whose hold ended by itself in the twelve hours before
it, and who does not sleep there. Beds that are kept for people who are away are no such holds.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings

from centre.clock import local_day, local_instant
from centre.rows import rows_of
from shelter.rolls import standing_in_sql

WITHIN = 2  # people between a report and the count that confirm each other
IN_A_ROW = 3  # assumed nights that turn amber


def _in_time(recorded_at: str, day: str) -> str:
    """Whether a fact of this day was recorded soon enough to confirm its night."""
    return f"(%(played)s OR {recorded_at} < ({day} + interval '2 days') AT TIME ZONE %(zone)s)"


SLEPT = """
    SELECT stay.site_id, stay.individual_id, stay.during, first_night, last_night, known,
           CASE WHEN known = first_night THEN first_night ELSE first_night - 1 END AS sure
    FROM shelter_stay stay
    JOIN shelter_bedding told ON told.id = stay.began_by_id
    CROSS JOIN LATERAL (
        SELECT (lower(stay.during) AT TIME ZONE %(zone)s - interval '1 microsecond')::date AS first_night,
               (upper(stay.during) AT TIME ZONE %(zone)s - interval '1 microsecond')::date - 1 AS last_night
    ) night
    CROSS JOIN LATERAL (
        SELECT CASE WHEN %(played)s THEN first_night
               ELSE greatest(first_night, (told.recorded_at AT TIME ZONE %(zone)s)::date - 1) END AS known
    ) soon
    WHERE stay.kind = 'stay' AND stay.site_id = ANY(%(sites)s) AND stay.during && tstzrange(%(begins)s, %(ends)s, '[]')
"""
"""Stays of the houses: their nights, the first `known` in time, and the last that is `sure` by how they began."""

NIGHTS = f"""
WITH nights AS (
    SELECT day::date AS day, ((day + interval '1 day') AT TIME ZONE %(zone)s) AS midnight
    FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') day
),
stay AS ({SLEPT}),
slept AS (  -- by their nights, cut to what is asked for
    SELECT site_id, greatest(first_night, %(first)s::date - %(in_a_row)s) AS since,
           greatest(sure, %(first)s::date - %(in_a_row)s) AS sure,
           greatest(known, %(first)s::date - %(in_a_row)s) AS known,
           least(last_night, %(last)s::date) AS until, count(*) AS beds
    FROM stay
    WHERE first_night <= least(last_night, %(last)s::date)
    GROUP BY 1, 2, 3, 4, 5
),
said AS (  -- the last report of each day
    SELECT DISTINCT ON (told.site_id, (told.happened_at AT TIME ZONE %(zone)s)::date)
           told.site_id, (told.happened_at AT TIME ZONE %(zone)s)::date AS day, told.happened_at, told.persons
    FROM houses_reportedheadcount told
    WHERE told.site_id = ANY(%(sites)s) AND told.persons IS NOT NULL
        AND told.happened_at >= %(begins)s::timestamptz - interval '4 days' AND told.happened_at < %(ends)s
        AND {_in_time("told.recorded_at", "(told.happened_at AT TIME ZONE %(zone)s)::date")}
        AND NOT EXISTS (SELECT FROM houses_reportedheadcount later WHERE later.voids_id = told.id)
    ORDER BY told.site_id, (told.happened_at AT TIME ZONE %(zone)s)::date, told.happened_at DESC, told.recorded_at DESC
),
agreed AS (
    SELECT said.site_id, said.day
    FROM said CROSS JOIN LATERAL (
        SELECT count(*) AS people FROM registrations_presence present
        JOIN registrations_movement came ON came.id = present.movement_id AND {_in_time("came.recorded_at", "said.day")}
        WHERE present.site_id = said.site_id AND present.during @> said.happened_at
    ) counted
    WHERE abs(said.persons - counted.people) <= %(within)s
),
lately AS (  -- by night, the last of those days that end a row of assumed nights; none is -infinity
    SELECT site.id AS site_id, nights.day, coalesce(max(agreed.day), '-infinity') AS agreed_on
    FROM unnest(%(sites)s::uuid[]) site (id) CROSS JOIN nights
    LEFT JOIN agreed ON agreed.site_id = site.id
        AND agreed.day BETWEEN nights.day - (%(in_a_row)s - 1) AND nights.day
    GROUP BY 1, 2
),
held AS (  -- a row for each hold and night for which it was kept
    SELECT hold.site_id, hold.individual_id, nights.day, nights.midnight
    FROM shelter_stay hold
    JOIN centre_act made ON made.id = hold.act_id AND made.kind <> 'keep_beds'
    JOIN nights ON hold.during @> nights.midnight
        OR (hold.given_up_in_id IS NULL AND upper(hold.during) > nights.midnight - interval '12 hours'
            AND upper(hold.during) <= nights.midnight)
    WHERE hold.kind = 'hold' AND hold.site_id = ANY(%(sites)s) AND hold.reason <> 'away'
        AND hold.during && tstzrange(%(begins)s, %(ends)s, '[]')
),
missed AS (
    SELECT held.site_id, held.day, count(DISTINCT person.counted_as_id) AS people
    FROM held JOIN registrations_membership person ON person.individual_id = held.individual_id
    WHERE NOT EXISTS (
        SELECT FROM shelter_stay stay
        WHERE stay.individual_id = person.counted_as_id AND stay.kind = 'stay' AND stay.site_id = held.site_id
            AND stay.during @> held.midnight
    )
    GROUP BY 1, 2
),
called AS (  -- by night, the sleepers whom a roll call saw that day
    SELECT DISTINCT stay.site_id, person.counted_as_id AS person, (seen.happened_at AT TIME ZONE %(zone)s)::date AS day,
           stay.sure, stay.known, stay.during
    FROM shelter_rollcallseen seen
    JOIN shelter_rollcall roll ON roll.id = seen.roll_call_id AND roll.site_id = ANY(%(sites)s)
    JOIN registrations_membership person ON person.individual_id = seen.individual_id
    JOIN stay ON stay.individual_id = person.counted_as_id AND stay.site_id = roll.site_id
    WHERE seen.happened_at >= %(begins)s::timestamptz - interval '4 days' AND seen.happened_at < %(ends)s
        AND {_in_time("seen.recorded_at", "(seen.happened_at AT TIME ZONE %(zone)s)::date")}
        AND {standing_in_sql("seen")}
),
seen AS (
    SELECT called.site_id, nights.day,
           count(DISTINCT person) FILTER (WHERE called.day = nights.day AND sure < nights.day) AS people,
           count(DISTINCT person) FILTER (WHERE sure <= nights.day - %(in_a_row)s AND known > agreed_on) AS lately
    FROM called JOIN nights ON called.day BETWEEN nights.day - (%(in_a_row)s - 1) AND nights.day
        AND called.during @> nights.midnight
    JOIN lately ON lately.site_id = called.site_id AND lately.day = nights.day
    GROUP BY 1, 2
),
counted AS (
    SELECT nights.site_id, nights.day, coalesce(sum(slept.beds), 0)::int AS used,
           coalesce(sum(slept.beds) FILTER (WHERE slept.sure = nights.day), 0)::int AS fresh,
           coalesce(sum(slept.beds) FILTER (
               WHERE slept.sure <= nights.day - %(in_a_row)s AND slept.known > nights.agreed_on
           ), 0)::int AS long_ago,
           coalesce(sum(slept.beds) FILTER (WHERE slept.known > nights.day), 0)::int AS late
    FROM lately nights
    LEFT JOIN slept ON slept.site_id = nights.site_id AND nights.day BETWEEN slept.since AND slept.until
    GROUP BY 1, 2
)
SELECT counted.site_id, counted.day, coalesce(contract.places, 0) AS contracted, coalesce(contract.rate, 0) AS rate,
       counted.used,
       CASE WHEN agreed.day IS NULL THEN (counted.fresh + coalesce(seen.people, 0))::int
            ELSE counted.used - counted.late END AS confirmed,
       (counted.long_ago - coalesce(seen.lately, 0))::int AS amber,
       coalesce(missed.people, 0)::int AS no_show
FROM counted
LEFT JOIN houses_contract contract
    ON contract.site_id = counted.site_id AND contract.voided_at IS NULL AND contract.days @> counted.day
LEFT JOIN agreed ON agreed.site_id = counted.site_id AND agreed.day = counted.day
LEFT JOIN seen ON seen.site_id = counted.site_id AND seen.day = counted.day
LEFT JOIN missed ON missed.site_id = counted.site_id AND missed.day = counted.day
ORDER BY counted.site_id, counted.day
"""


@dataclass(frozen=True)
class BedNight:
    """A house in one night: places and people of which nobody is named; money in dram."""

    site_id: uuid.UUID
    day: date  # on whose evening the night began
    contracted: int
    rate: Decimal  # for a place; 0 without a contract
    used: int
    confirmed: int
    amber: int  # of those assumed, who was assumed the nights before too
    no_show: int

    @property
    def assumed(self) -> int:
        """Nights of sleepers that nothing confirms."""
        return self.used - self.confirmed

    @property
    def empty(self) -> int:
        """Places that are paid and that nobody slept on."""
        return max(self.contracted - self.used, 0)

    @property
    def amount(self) -> Decimal:
        """What the contract says is paid for the night."""
        return self.contracted * self.rate


def read_bed_nights(sites: Collection[uuid.UUID], first: date, last: date, now: datetime) -> list[BedNight]:
    """Every night of these houses from the first to the last that is over, by house and day, as known now."""
    last = min(last, local_day(now) - timedelta(days=1))
    if not sites or last < first:
        return []
    parameters = {
        "sites": list(sites),
        "first": first,
        "last": last,
        "begins": local_instant(first, time(0)),
        "ends": local_instant(last + timedelta(days=1), time(0)),
        "zone": settings.TIME_ZONE,
        "in_a_row": IN_A_ROW,
        "within": WITHIN,
        "played": settings.DEMONSTRATION,  # its past is played as if that were now
    }
    return rows_of(BedNight, NIGHTS, parameters)


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of this day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
