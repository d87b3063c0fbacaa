"""How the journal reads: from the facts of one person to their stints, in Python for laying out, in SQL for counting.

A **stint** begins with a fact that puts someone at a site (arrived, born) and ends with the first of: departed
from that same site, died, or the next fact that puts them at a site. A departure from a site where the person no
longer was, as told by a desk that noticed late, ends nothing. Both readers say the same; a property test holds
them together.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

COMING = frozenset({"arrived", "born"})


@dataclass(frozen=True)
class Fact:
    """One movement, as far as reading needs it."""

    id: uuid.UUID
    kind: str
    site_id: uuid.UUID | None
    happened_at: datetime
    recorded_at: datetime
    voids_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Stint:
    """A person's time at a site; it may be empty, when they departed at the instant they arrived."""

    began_by: uuid.UUID
    site_id: uuid.UUID
    started_at: datetime
    ended_at: datetime | None
    ended_by: uuid.UUID | None


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that no standing fact voids, in order; a fact whose correction is voided stands again."""
    known = list(facts)
    voided_by = {fact.voids_id: fact for fact in known if fact.voids_id}

    def stands(fact: Fact) -> bool:
        stood = True
        while fact.id in voided_by:
            fact, stood = voided_by[fact.id], not stood
        return stood

    return sorted(
        (fact for fact in known if fact.kind != "voided" and stands(fact)),
        key=lambda fact: (fact.happened_at, fact.recorded_at, fact.id),
    )


def read_stints(facts: Iterable[Fact]) -> list[Stint]:
    """The stints of one person's facts, in order, whatever the order in which the facts were learnt."""
    stints: list[Stint] = []
    open_fact: Fact | None = None

    def end(by: Fact | None) -> None:
        if open_fact is not None and open_fact.site_id is not None:
            stints.append(
                Stint(
                    open_fact.id,
                    open_fact.site_id,
                    open_fact.happened_at,
                    by.happened_at if by else None,
                    by.id if by else None,
                )
            )

    for fact in standing(facts):
        if fact.kind in COMING:
            end(fact)
            open_fact = fact
        elif open_fact is not None and (fact.kind == "died" or fact.site_id == open_fact.site_id):
            end(fact)
            open_fact = None
    end(None)
    return stints


# The same reading over many people at once, as known at an instant.
#
# Parameters: %(known_at)s, the latest recorded_at that counts; %(people)s, individuals as addressed, or NULL for all.
# Gives `stints`: one row a stint with how it ended (`exit_kind`: departed, died, presumed or moved), where to, and
# how the one before it ended.
STINTS = """
WITH RECURSIVE root (individual_id, person) AS (
    SELECT merged_id, into_id, 1 AS depth FROM registrations_merge
    WHERE recorded_at <= %(known_at)s AND (undone_recorded_at IS NULL OR undone_recorded_at > %(known_at)s)
  UNION ALL
    SELECT root.individual_id, merge.into_id, depth + 1
    FROM root JOIN registrations_merge merge ON merge.merged_id = root.person
    WHERE merge.recorded_at <= %(known_at)s
      AND (merge.undone_recorded_at IS NULL OR merge.undone_recorded_at > %(known_at)s)
), counted AS (
    SELECT DISTINCT ON (individual_id) individual_id, person FROM root ORDER BY individual_id, depth DESC
), chain AS (
    SELECT voids_id AS fact_id, id AS last_id, 1 AS length FROM registrations_movement
    WHERE voids_id IS NOT NULL AND recorded_at <= %(known_at)s
  UNION ALL
    SELECT chain.fact_id, movement.id, length + 1
    FROM chain JOIN registrations_movement movement ON movement.voids_id = chain.last_id
    WHERE movement.recorded_at <= %(known_at)s
), voided AS (
    SELECT fact_id FROM chain GROUP BY fact_id HAVING max(length) %% 2 = 1
), facts AS (
    SELECT coalesce(counted.person, movement.individual_id) AS person,
           kind, site_id, destination, destination_site_id, destination_marz, happened_at, recorded_at, id
    FROM registrations_movement movement
    LEFT JOIN counted ON counted.individual_id = movement.individual_id
    WHERE recorded_at <= %(known_at)s
      AND kind <> 'voided'
      AND NOT EXISTS (SELECT FROM voided WHERE fact_id = movement.id)
      AND (%(people)s::uuid[] IS NULL OR movement.individual_id = ANY (%(people)s::uuid[]))
), numbered AS (
    SELECT *, count(*) FILTER (WHERE kind IN ('arrived', 'born')) OVER in_order AS number
    FROM facts WINDOW in_order AS (PARTITION BY person ORDER BY happened_at, recorded_at, id)
), coming AS (
    SELECT person, number, numbered.kind AS came, site_id, happened_at AS started_at, presumed_left_after,
           lead(happened_at) OVER next AS next_at, lead(site_id) OVER next AS next_site_id
    FROM numbered JOIN centre_site ON centre_site.id = site_id
    WHERE numbered.kind IN ('arrived', 'born')
    WINDOW next AS (PARTITION BY person ORDER BY number)
), leaving AS (
    SELECT DISTINCT ON (person, number) person, number, numbered.kind, destination, destination_site_id,
           destination_marz, happened_at
    FROM numbered JOIN coming USING (person, number)
    WHERE numbered.kind = 'died' OR (numbered.kind = 'departed' AND numbered.site_id = coming.site_id)
    ORDER BY person, number, happened_at, recorded_at, id
), dying AS (
    SELECT person, number, min(happened_at) AS died_at FROM numbered WHERE kind = 'died' GROUP BY person, number
), ended AS (
    SELECT person, number, came, coming.site_id, started_at, next_site_id, died_at,
           leaving.kind AS left_kind, destination, destination_site_id, destination_marz,
           leaving.happened_at AS left_at, next_at,
           started_at + presumed_left_after * interval '1 hour' AS presumed_at
    FROM coming LEFT JOIN leaving USING (person, number) LEFT JOIN dying USING (person, number)
), stints AS (
    SELECT person, number, came, site_id, started_at, next_site_id, died_at, destination, destination_site_id,
           destination_marz, least(left_at, next_at, presumed_at) AS ended_at,
           CASE least(left_at, next_at, presumed_at)
                WHEN left_at THEN left_kind WHEN next_at THEN 'moved' WHEN presumed_at THEN 'presumed'
           END AS exit_kind
    FROM ended
)
"""

# Where each person was at %(at)s, read from STINTS: `place` is site, on_the_way, own_address, abroad, unknown,
# presumed_left or died.
WHEREABOUTS = (
    STINTS
    + """
, whereabouts AS (
    SELECT DISTINCT ON (person) person,
           CASE WHEN died_at <= %(at)s THEN 'died'
                WHEN ended_at IS NULL OR ended_at > %(at)s THEN 'site'
                WHEN exit_kind = 'presumed' THEN 'presumed_left'
                WHEN destination = 'site' THEN 'on_the_way'
                ELSE destination END AS place,
           CASE WHEN ended_at IS NULL OR ended_at > %(at)s THEN site_id
                WHEN exit_kind = 'departed' THEN destination_site_id END AS site_id,
           CASE WHEN exit_kind = 'departed' THEN destination_marz END AS marz
    FROM stints WHERE started_at <= %(at)s ORDER BY person, number DESC
)
"""
)
