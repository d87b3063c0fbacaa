"""The questions the census asks of the database. Each takes an instant and what was known at an instant.

Flows are counted from the facts; who is where, from the presences and absences that were laid out from them. They
are two readings, so that a row lost or forged in one shows as a difference and not as a number. People whose facts
were recorded after what is to be known are set aside, and read from the journal as it was known.
"""

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from centre.presumed import hours_of, presumed_left
from centre.rows import rows_of, rows_of_everyone
from registrations.corrections import JOIN_UNDONE, UNDONE, WAS_REGISTERED
from registrations.facts import cohort_in_sql
from registrations.journal import stints_of, whereabouts_of

ON_THE_WAY = "on_the_way"
Place = uuid.UUID | str  # a site's id, or ON_THE_WAY

# Whose reading may differ between two states of knowledge, with all they were ever merged with.
CHANGED = """
named AS (
    SELECT individual_id AS id FROM registrations_movement WHERE recorded_at > %(after)s AND recorded_at <= %(by)s
  UNION
    SELECT individual_id FROM shelter_bedding WHERE recorded_at > %(after)s AND recorded_at <= %(by)s
  UNION
    SELECT merged_id FROM registrations_merge
    WHERE recorded_at > %(after)s AND recorded_at <= %(by)s
       OR undone_recorded_at > %(after)s AND undone_recorded_at <= %(by)s
)
"""

# Whose stints may begin or end within a time: by facts then, or by a registration point's hours running out then.
TOUCHED = f"""
named AS (
    SELECT individual_id AS id FROM registrations_movement
    WHERE happened_at > %(since)s AND happened_at <= %(until)s
  UNION
    SELECT individual_id FROM registrations_movement JOIN centre_site ON centre_site.id = site_id
    WHERE happened_at > %(since)s - {hours_of("centre_site")} AND happened_at <= %(since)s
      AND happened_at > %(since)s - (SELECT max({hours_of("somewhere")}) FROM centre_site somewhere)  -- for the index
)
"""

CHOSEN = """
chosen AS (
    SELECT id FROM named
  UNION
    SELECT CASE WHEN merge.merged_id = chosen.id THEN merge.into_id ELSE merge.merged_id END
    FROM chosen JOIN registrations_merge merge ON chosen.id IN (merge.merged_id, merge.into_id)
)
"""

FLOWS = """
, ordered AS (
    SELECT *, lag(number) OVER before IS NULL AS first, lag(site_id) OVER before AS before_site_id,
           lag(exit_kind) OVER before AS before_exit,
           lag(destination) OVER before = 'site' AND lag(departed_at) OVER before IS NOT NULL AS before_sent,
           coalesce(lag(died_at) OVER before <= started_at, false) AS before_died
    FROM stints WINDOW before AS (PARTITION BY person ORDER BY number)
), flows AS (
    SELECT site_id, started_at AS at,
           CASE WHEN first AND came = 'born' THEN 'births'
                WHEN before_exit = 'moved' THEN 'transfers_in'
                WHEN before_sent AND NOT before_died THEN 'arrived_from_the_way'
                ELSE 'arrivals' END AS flow
    FROM ordered
    WHERE NOT (coalesce(before_exit, '') = 'moved' AND before_site_id = site_id)
  UNION ALL
    SELECT site_id, ended_at,
           CASE WHEN exit_kind = 'moved' THEN 'transfers_out'
                WHEN exit_kind = 'departed' AND destination = 'site' THEN 'sent'
                WHEN exit_kind = 'departed' THEN 'departures'
                WHEN exit_kind = 'presumed' THEN 'presumed_left'
                ELSE 'deaths' END
    FROM stints WHERE ended_at IS NOT NULL AND NOT (exit_kind = 'moved' AND next_site_id = site_id)
  UNION ALL
    SELECT site_id, departed_at, 'sent_after_all' FROM stints WHERE exit_kind = 'presumed' AND destination = 'site'
  UNION ALL
    SELECT site_id, died_at, 'died_on_the_way'
    FROM stints WHERE departed_at IS NOT NULL AND destination = 'site' AND died_at IS NOT NULL
)
SELECT site_id, flow, count(*) AS people FROM flows WHERE at > %(since)s AND at <= %(until)s GROUP BY site_id, flow
"""

# Who is where, one row a person: from the intervals, and for the chosen from the journal.
WHO_IS_WHERE = f"""
, everyone AS (
    SELECT individual_id AS person, site_id, ''::text AS marz,
           CASE WHEN {presumed_left("lower(during)", "centre_site")} THEN 'presumed_left'
                ELSE 'site' END AS place
    FROM registrations_presence JOIN centre_site ON centre_site.id = site_id
    WHERE during @> %(at)s::timestamptz AND NOT EXISTS (SELECT FROM chosen WHERE chosen.id = individual_id)
  UNION ALL
    SELECT absence.individual_id, destination_site_id, destination_marz,
           CASE WHEN movement.kind = 'died' THEN 'died' WHEN destination = 'site' THEN 'on_the_way'
                ELSE destination END
    FROM registrations_absence absence JOIN registrations_movement movement ON movement.id = movement_id
    WHERE during @> %(at)s::timestamptz AND NOT EXISTS (SELECT FROM chosen WHERE chosen.id = absence.individual_id)
  UNION ALL
    SELECT person, site_id, coalesce(marz, ''), place FROM whereabouts
)
"""

BORN_THEN = "undone.said -> 'birth'"
EVERYONE = f"""
{WHO_IS_WHERE}, {UNDONE}
SELECT place, CASE WHEN place = 'site' THEN site_id END AS site_id, marz,
       {WAS_REGISTERED} AS registered,
       coalesce(CASE WHEN undone.said ? 'sex' THEN undone.said ->> 'sex' ELSE sex END, '') AS sex,
       CASE WHEN undone.said ? 'birth' THEN {
    cohort_in_sql(f"({BORN_THEN} ->> 'birth_date')::date", f"{BORN_THEN} ->> 'age_group'", "%(on)s::date")
} ELSE {cohort_in_sql("birth_date", "age_group", "%(on)s::date")} END AS cohort,
       count(*) AS people
FROM everyone JOIN registrations_individual ON registrations_individual.id = person {JOIN_UNDONE}
GROUP BY 1, 2, 3, 4, 5, 6
"""

# Those of the chosen who read otherwise now than they did before are told apart by cause. A cause is that of whom the
# record counted as then: a merge of later days changes nothing of it.
LEARNT = """
, named_causes AS (
    SELECT individual_id AS id, 'corrected' AS cause FROM registrations_movement
    WHERE voids_id IS NOT NULL AND recorded_at > %(after)s AND recorded_at <= %(by)s
  UNION ALL
    SELECT unnest(ARRAY[merged_id, into_id]), CASE WHEN undone_recorded_at <= %(by)s THEN 'unmerged' ELSE 'merged' END
    FROM registrations_merge
    WHERE recorded_at > %(after)s AND recorded_at <= %(by)s
       OR undone_recorded_at > %(after)s AND undone_recorded_at <= %(by)s
), causes AS (
    SELECT coalesce(counted.person, named_causes.id) AS id, cause
    FROM named_causes LEFT JOIN counted ON counted.individual_id = named_causes.id
)
SELECT place, CASE WHEN place = 'site' THEN site_id END AS site_id,
       coalesce((SELECT max(cause) FROM causes WHERE id = person), 'late') AS cause, count(*) AS people
FROM whereabouts WHERE place IN ('site', 'on_the_way') GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Flow:
    """People who came to a place or went from it in one way."""

    site_id: uuid.UUID
    flow: str
    people: int


@dataclass(frozen=True)
class Learnt:
    """People who are elsewhere than was known before, for one cause."""

    place: str
    site_id: uuid.UUID | None  # when at a site
    cause: str
    people: int


@dataclass(frozen=True)
class Alike:
    """People at one place of one sex and age, who are registered or are not yet."""

    place: str
    site_id: uuid.UUID | None  # when at a site
    marz: str  # of an own address
    registered: bool
    sex: str
    cohort: str  # UNHCR's, on the local day
    people: int


def flows(since: datetime | None, until: datetime, known_at: datetime) -> dict[Place, Counter[str]]:
    """How many people came and went, by place and line of the balance, after `since` and up to `until`."""
    chosen = f"{TOUCHED}, {CHOSEN}" if since else ""
    asked = {"since": since or "-infinity", "until": until, "known_at": known_at}
    counted: dict[Place, Counter[str]] = defaultdict(Counter)
    for row in rows_of(Flow, stints_of(chosen) + FLOWS, asked):
        for place, line in _lines_of(row.site_id, row.flow):
            counted[place][line] += row.people
    return counted


def _lines_of(site_id: uuid.UUID, flow: str) -> list[tuple[Place, str]]:
    """The lines of the balance that a flow writes: one at the site, one on the way, or both."""
    match flow:
        case "sent":
            return [(site_id, "transfers_out"), (ON_THE_WAY, "transfers_in")]
        case "arrived_from_the_way":
            return [(site_id, "transfers_in"), (ON_THE_WAY, "transfers_out")]
        case "sent_after_all":  # presumed to have left before; nobody counted them
            return [(ON_THE_WAY, "arrivals")]
        case "died_on_the_way":
            return [(ON_THE_WAY, "deaths")]
        case line:
            return [(site_id, line)]


def late_and_corrected(at: datetime, known_before: datetime, known_at: datetime) -> dict[Place, Counter[str]]:
    """How many more people (or, negative, fewer) were at each place at `at` than was known before, by cause.

    What was known before may be more: then it is taken back, so that the balance holds all the same.
    """
    earlier, later = sorted((known_before, known_at))
    counted: dict[Place, Counter[str]] = defaultdict(Counter)
    sql = whereabouts_of(f"{CHANGED}, {CHOSEN}") + LEARNT
    for sign, known in ((-1, known_before), (1, known_at)):
        for row in rows_of(Learnt, sql, {"at": at, "known_at": known, "after": earlier, "by": later}):
            counted[row.site_id or ON_THE_WAY][row.cause] += sign * row.people
    return counted


def everyone(at: datetime, known_at: datetime, on: date) -> list[Alike]:
    """Everyone, counted once, where they are at the instant."""
    sql = whereabouts_of(f"{CHANGED}, {CHOSEN}") + EVERYONE
    asked = {"at": at, "known_at": known_at, "after": known_at, "by": "infinity", "on": on}
    return rows_of_everyone(Alike, sql, asked)
