"""How the journal reads: from the facts of one person to their stints, in Python for laying out, in SQL for counting.

A **stint** begins with a fact that puts someone at a site (arrived, born) and ends with the first of: departed
from that same site, died, or the next fact that puts them at a site. A departure from a site where the person no
longer was, as told by a desk that noticed late, ends nothing. Both readers say the same; a property test holds
them together.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from centre.presumed import hours_of

COMING = frozenset({"arrived", "born"})


class Told(Protocol):
    """A fact of any journal, as far as its order and its voiding go."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def happened_at(self) -> datetime: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def voids_id(self) -> uuid.UUID | None: ...


AFact = TypeVar("AFact", bound=Told)


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


def voiding(facts: Iterable[AFact]) -> dict[uuid.UUID, AFact]:
    """The facts that void others, by the fact that each voids."""
    return {fact.voids_id: fact for fact in facts if fact.voids_id}


def last_word(fact: AFact, voided_by: Mapping[uuid.UUID, AFact]) -> tuple[AFact, bool]:
    """The last of those that void one another from this fact on, and whether this fact stands."""
    stands = True
    while fact.id in voided_by:
        fact, stands = voided_by[fact.id], not stands
    return fact, stands


def standing(facts: Iterable[AFact]) -> list[AFact]:
    """The facts that are valid, in order: not voided, or voided by a fact that was itself voided."""
    known = list(facts)
    voided_by = voiding(known)
    return sorted(
        (fact for fact in known if fact.kind != "voided" and last_word(fact, voided_by)[1]),
        key=lambda fact: (fact.happened_at, fact.recorded_at, fact.id),
    )


def came_after_death(facts: Iterable[Fact]) -> bool:
    """Whether a fact that stands puts one person at a site after they died."""
    known = list(facts)
    if all(fact.kind != "died" for fact in known):
        return False  # as for nearly everybody, each time they are laid out
    kinds = [fact.kind for fact in standing(known)]
    return "died" in kinds and not COMING.isdisjoint(kinds[kinds.index("died") :])


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


@dataclass(frozen=True)
class Away:
    """A person's time after a departure, until the next fact that puts them at a site; for ever after a death."""

    began_by: uuid.UUID
    started_at: datetime
    ended_at: datetime | None


def read_aways(facts: Iterable[Fact]) -> list[Away]:
    """The times away of one person's facts: from each departure that ended a stint, and from each death."""
    ordered = standing(facts)
    by_id = {fact.id: fact for fact in ordered}
    leaving = [by_id[stint.ended_by] for stint in read_stints(ordered) if stint.ended_by]
    begun = [fact for fact in leaving if fact.kind not in COMING]
    begun += [fact for fact in ordered if fact.kind == "died" and fact not in begun]
    aways = []
    for fact in begun:
        later = [other for other in ordered[ordered.index(fact) + 1 :] if other.kind in COMING or other in begun]
        aways.append(Away(fact.id, fact.happened_at, later[0].happened_at if later else None))
    return aways


# The same reading over many people at once, as known at %(known_at)s (the latest recorded_at that counts).
#
# `stints` has one row a stint: how it began (`came`: arrived, born), how it ended (`exit_kind`: departed, died,
# presumed or moved, that is, by the next fact that put the person at a site), when they departed (after the hours had
# run out when they were presumed to have left), where to, and when they died.
ROOTS = """
root (individual_id, person, depth) AS (
    SELECT merged_id, into_id, 1 FROM registrations_merge
    WHERE recorded_at <= %(known_at)s AND (undone_recorded_at IS NULL OR undone_recorded_at > %(known_at)s)
  UNION ALL
    SELECT root.individual_id, merge.into_id, depth + 1
    FROM root JOIN registrations_merge merge ON merge.merged_id = root.person
    WHERE merge.recorded_at <= %(known_at)s AND depth < 50
      AND (merge.undone_recorded_at IS NULL OR merge.undone_recorded_at > %(known_at)s)
), counted AS (
    SELECT DISTINCT ON (individual_id) individual_id, person FROM root ORDER BY individual_id, depth DESC
)
"""

STINTS = f"""
{ROOTS}, chain (fact_id, last_id, length) AS (
    SELECT voids_id, id, 1 FROM registrations_movement
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
      {{of_the_chosen}}
), numbered AS (
    SELECT *, count(*) FILTER (WHERE kind IN ('arrived', 'born')) OVER in_order AS number
    FROM facts WINDOW in_order AS (PARTITION BY person ORDER BY happened_at, recorded_at, id)
), told AS (
    SELECT *, first_value(site_id) OVER stint AS stint_site_id,
           min(happened_at) FILTER (WHERE kind = 'died') OVER (PARTITION BY person, number) AS died_at
    FROM numbered WHERE number > 0
    WINDOW stint AS (PARTITION BY person, number ORDER BY happened_at, recorded_at, id)
), followed AS (
    SELECT *, lead(kind) OVER next AS next_kind, lead(happened_at) OVER next AS next_at,
           lead(site_id) OVER next AS next_site_id, lead(destination) OVER next AS next_destination,
           lead(destination_site_id) OVER next AS next_destination_site_id,
           lead(destination_marz) OVER next AS next_destination_marz
    FROM told WHERE kind <> 'departed' OR site_id = stint_site_id
    WINDOW next AS (PARTITION BY person ORDER BY number, happened_at, recorded_at, id)
), stints AS (
    SELECT person, number, kind AS came, site_id, happened_at AS started_at, died_at, next_site_id,
           next_destination AS destination, next_destination_site_id AS destination_site_id,
           next_destination_marz AS destination_marz, least(next_at, presumed_at) AS ended_at,
           CASE WHEN presumed_at < next_at OR next_at IS NULL AND presumed_at IS NOT NULL THEN 'presumed'
                WHEN next_kind IN ('arrived', 'born') THEN 'moved' ELSE next_kind END AS exit_kind,
           CASE WHEN next_kind = 'departed' THEN next_at END AS departed_at
    FROM followed JOIN LATERAL (
        SELECT happened_at + {{hours}} AS presumed_at
        FROM centre_site WHERE centre_site.id = followed.site_id
    ) site ON true
    WHERE kind IN ('arrived', 'born')
)
"""

# Where each person was at %(at)s: `place` is site, on_the_way, own_address, abroad, unknown, presumed_left or died.
# Someone may be known to have died whom no standing fact puts at a site.
WHEREABOUTS = """
whereabouts AS (
    SELECT DISTINCT ON (person) person,
           CASE WHEN died_at <= %(at)s THEN 'died'
                WHEN ended_at IS NULL OR ended_at > %(at)s THEN 'site'
                WHEN departed_at > %(at)s OR departed_at IS NULL THEN 'presumed_left'
                WHEN destination = 'site' THEN 'on_the_way'
                ELSE destination END AS place,
           CASE WHEN ended_at IS NULL OR ended_at > %(at)s THEN site_id
                WHEN departed_at <= %(at)s THEN destination_site_id END AS site_id,
           CASE WHEN departed_at <= %(at)s AND (died_at IS NULL OR died_at > %(at)s) THEN destination_marz END AS marz
    FROM (
        SELECT person, number, site_id, started_at, ended_at, departed_at, destination, destination_site_id,
               destination_marz, died_at
        FROM stints
      UNION ALL
        SELECT person, 0, NULL, happened_at, NULL, NULL, NULL, NULL, NULL, happened_at
        FROM numbered WHERE number = 0 AND kind = 'died'
    ) known WHERE started_at <= %(at)s ORDER BY person, number DESC
)
"""


def stints_of(chosen: str = "") -> str:
    """The SQL that opens with the stints of everyone, or of those whom the common table `chosen` (id) names."""
    only = "AND movement.individual_id = ANY (ARRAY(SELECT id FROM chosen))" if chosen else ""
    stints = STINTS.replace("{of_the_chosen}", only).replace("{hours}", hours_of("centre_site"))
    return "WITH RECURSIVE " + (f"{chosen}, " if chosen else "") + stints


def whereabouts_of(chosen: str = "") -> str:
    """The SQL that opens with where everyone, or those of `chosen` (id), was."""
    return f"{stints_of(chosen)}, {WHEREABOUTS}"
