"""The tally: people counted at an instant, as known at an instant. Counted, never kept; a snapshot freezes it."""

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property

from census.balance import Balance
from census.counting import CHANGED, CHOSEN, ON_THE_WAY, Alike, Place, everyone, flows, late_and_corrected
from census.models import Snapshot
from centre.clock import local_day
from centre.models import Site
from centre.rows import Row, rows_of_everyone
from registrations.corrections import JOIN_UNDONE, UNDONE, WAS_REGISTERED
from registrations.journal import ROOTS, stints_of
from registrations.models import Movement

TOTAL = "total"
Groups = dict[str, dict[str, int]]  # people by sex, then by UNHCR cohort

GATE = """
SELECT coalesce(sum(people), 0) AS people, coalesce(sum(vehicles), 0) AS vehicles, max(happened_at) AS counted_at
FROM registrations_gatecount fact
WHERE voids_id IS NULL AND happened_at <= %(at)s AND recorded_at <= %(known_at)s
  AND NOT EXISTS (SELECT FROM registrations_gatecount void
                  WHERE void.voids_id = fact.id AND void.recorded_at <= %(known_at)s)
"""

# The registered, each counted once, wherever they are, as was known; but for those who never were, unless another
# record that counts as theirs is of somebody who was.
REGISTERED = f"""
WITH RECURSIVE {UNDONE}, {ROOTS}, record AS NOT MATERIALIZED (
    SELECT id, {WAS_REGISTERED} AS registered,
           CASE WHEN undone.said ? 'never_was' THEN undone.said -> 'never_was' = 'true' ELSE never_was END AS gone
    FROM registrations_individual {JOIN_UNDONE}
)
SELECT count(*) AS people FROM record
WHERE registered AND id NOT IN (SELECT individual_id FROM counted)
  AND (NOT gone OR id IN (SELECT person FROM counted JOIN record own ON own.id = individual_id WHERE NOT own.gone))
"""

# How many were ever given a bed, and how many have one at the instant: by the stays as they are laid out, and for
# the chosen, of whom more was told since, by the journal as shelter's read_nights reads it. A bed is the last one
# told of, unless they left its room since. It counts within the unbroken time at its site that it falls into, or
# that began up to 12 hours after it.
HOUSED = """
, bed_chain (fact_id, last_id, length) AS (
    SELECT voids_id, id, 1 FROM shelter_bedding WHERE voids_id IS NOT NULL AND recorded_at <= %(known_at)s
  UNION ALL
    SELECT fact_id, void.id, length + 1 FROM bed_chain JOIN shelter_bedding void ON void.voids_id = last_id
    WHERE void.recorded_at <= %(known_at)s
), bedding AS (
    SELECT coalesce(counted.person, fact.individual_id) AS person, fact.kind, room_id, site_id, happened_at,
           recorded_at, fact.id
    FROM shelter_bedding fact
    LEFT JOIN shelter_room room ON room.id = room_id
    LEFT JOIN counted ON counted.individual_id = fact.individual_id
    WHERE happened_at <= %(at)s AND recorded_at <= %(known_at)s AND fact.kind <> 'voided'
      AND fact.id NOT IN (SELECT fact_id FROM bed_chain GROUP BY fact_id HAVING max(length) %% 2 = 1)
), bed AS (
    SELECT DISTINCT ON (person) * FROM bedding WHERE kind <> 'left'
    ORDER BY person, happened_at DESC, recorded_at DESC, id DESC
), spans AS (
    SELECT person, site_id, happened_at AS started_at, next_at AS ended_at FROM followed
    WHERE kind IN ('arrived', 'born') AND happened_at <= %(at)s AND (next_at IS NULL OR next_at > happened_at)
), runs AS (
    SELECT *, max(started_at) FILTER (WHERE begins) OVER so_far AS since FROM (
        SELECT *, lag(ended_at) OVER before IS DISTINCT FROM started_at
               OR lag(site_id) OVER before IS DISTINCT FROM site_id AS begins
        FROM spans WINDOW before AS (PARTITION BY person ORDER BY started_at)
    ) span WINDOW so_far AS (PARTITION BY person ORDER BY started_at)
), housed AS (
    SELECT DISTINCT bed.person FROM bed JOIN runs run ON run.person = bed.person AND run.site_id = bed.site_id
    WHERE bed.person IN (SELECT id FROM chosen)
      AND (run.ended_at IS NULL OR run.ended_at > %(at)s) AND since <= bed.happened_at + interval '12 hours'
      AND NOT EXISTS (SELECT FROM runs earlier
                      WHERE earlier.person = bed.person AND earlier.site_id = bed.site_id
                        AND earlier.ended_at > bed.happened_at AND earlier.ended_at <= run.since)
      AND NOT EXISTS (SELECT FROM bedding gone
                      WHERE gone.person = bed.person AND gone.kind = 'left'
                        AND (gone.room_id IS NULL OR gone.room_id = bed.room_id)
                        AND (gone.happened_at, gone.recorded_at, gone.id)
                            > (bed.happened_at, bed.recorded_at, bed.id))
)
"""

ACCOMMODATED = f"""
{HOUSED}
SELECT (SELECT count(*) FROM bed) AS ever,
       (SELECT count(*) FROM housed)
       + (SELECT count(*) FROM shelter_stay WHERE kind = 'stay' AND during @> %(at)s::timestamptz
                                              AND NOT EXISTS (SELECT FROM chosen WHERE chosen.id = individual_id))
       AS now
"""


@dataclass(frozen=True)
class Crossed:
    """Who was seen crossing at the gates."""

    people: int
    vehicles: int
    counted_at: datetime | None


@dataclass(frozen=True)
class Registered:
    """The registered."""

    people: int


@dataclass(frozen=True)
class Accommodated:
    """People who were ever given a bed, and who have one."""

    ever: int
    now: int


@dataclass(frozen=True)
class Figures:
    """Promise 7: figures of their own, never mixed. People, but for `gate_vehicles`; each as of the tally's instant.

    The registered are those at sites, in hospital, on the way, at an own address, abroad, dead or not known.
    """

    gate_people: int
    gate_vehicles: int
    gate_counted_at: datetime | None
    registered: int
    pre_registered: int
    present: int  # at sites and in hospital, pre-registered included
    ever_accommodated: int
    accommodated: int  # with a place at the instant
    at_sites: int
    in_hospital: int
    on_the_way: int
    own_address: dict[str, int]  # by marz, "" where it is not known
    abroad: int
    died: int
    not_known: int  # left without a word, presumed to have left, or with no fact that stands


@dataclass(frozen=True)
class PlaceTally:
    """One place's people by sex and UNHCR cohort, and its balance."""

    people: Groups
    balance: Balance


class Tally:
    """People counted at an instant, as known at an instant; each question is asked of the database once."""

    def __init__(self, at: datetime, known_at: datetime) -> None:
        self.at, self.known_at = at, known_at
        told = Movement.objects.filter(site=OuterRef("pk"), happened_at__lte=at, recorded_at__lte=known_at)
        self.sites = list(Site.objects.filter(Q(opened_at__lte=at) | Exists(told.order_by())).order_by("code"))
        self._movements: dict[Any, tuple[dict[Place, Counter[str]], dict[Place, Counter[str]]]] = {}

    @cached_property
    def rows(self) -> list[Alike]:
        """Everyone, where they are."""
        return everyone(self.at, self.known_at, local_day(self.at))

    @cached_property
    def people(self) -> dict[Place, Groups]:
        """Those at each site and on the way, by sex and cohort."""
        people: dict[Place, Groups] = defaultdict(lambda: defaultdict(Counter))
        for row in self.rows:
            if row.place in ("site", ON_THE_WAY):
                people[row.site_id or ON_THE_WAY][row.sex][row.cohort] += row.people
        return people

    @cached_property
    def figures(self) -> Figures:
        """The figures of promise 7."""
        hospitals = {site.pk for site in self.sites if site.kind == Site.Kind.HOSPITAL}
        return _figures(self.at, self.known_at, self.rows, hospitals)

    def place(self, key: str, opening: Snapshot | None) -> PlaceTally:
        """One place's people, and its balance against a stored opening; without one, since the beginning."""
        place = next((site.pk for site in self.sites if site.code == key), key)
        moved, learnt = self._since(opening)
        groups = self.people.get(place, {})
        lines = {**moved.get(place, {}), **learnt.get(place, {})}
        return PlaceTally(_plain(groups), Balance(_closed(opening, key), lines, _sum(groups)))

    def places(self, opening: Snapshot | None) -> dict[str, PlaceTally]:
        """Each site by its code, those on the way, and all together."""
        places = {key: self.place(key, opening) for key in (*(site.code for site in self.sites), ON_THE_WAY)}
        return places | {TOTAL: _together(list(places.values()))}

    def row(self, site: Site | None, opening: Snapshot | None, revised: Snapshot | None = None) -> dict[str, Any]:
        """Plain values in a stable order, as a snapshot stores them: of one site, or of all with the figures.

        Where it revises a snapshot of the same instant, each place says by cause what was learnt since.
        """
        places = self._of(site, opening)
        written = {key: {"people": one.people, "balance": one.balance.as_row()} for key, one in places.items()}
        for key, one in self._of(site, revised).items() if revised else ():
            written[key]["revised"] = one.balance.as_row()
        return {"places": written} if site else {"figures": vars(self.figures), "places": written}

    def _of(self, site: Site | None, opening: Snapshot | None) -> dict[str, PlaceTally]:
        return {site.code: self.place(site.code, opening)} if site else self.places(opening)

    def _since(self, opening: Snapshot | None) -> tuple[dict[Place, Counter[str]], dict[Place, Counter[str]]]:
        key = (opening.at, opening.known_at) if opening else None
        if key not in self._movements:
            self._movements[key] = (
                flows(opening.at if opening else None, self.at, self.known_at),
                late_and_corrected(opening.at, opening.known_at, self.known_at) if opening else {},
            )
        return self._movements[key]


def _figures(at: datetime, known_at: datetime, rows: list[Alike], hospitals: set[uuid.UUID]) -> Figures:
    where: Counter[str] = Counter()
    marzes: Counter[str] = Counter()
    pre_registered = present = 0
    for row in rows:
        present += row.people if row.place == "site" else 0
        if not row.registered:
            pre_registered += row.people
            continue
        where["hospital" if row.site_id in hospitals else row.place] += row.people
        if row.place == "own_address":
            marzes[row.marz] += row.people
    crossed = _one_row(Crossed, GATE, at, known_at)
    housed = _one_row(Accommodated, stints_of(f"{CHANGED}, {CHOSEN}") + ACCOMMODATED, at, known_at)
    registered = _one_row(Registered, REGISTERED, at, known_at).people
    untold = registered - where.total()  # whose facts were all taken back, or begin later
    return Figures(
        gate_people=crossed.people,
        gate_vehicles=crossed.vehicles,
        gate_counted_at=crossed.counted_at,
        registered=registered,
        pre_registered=pre_registered,
        present=present,
        ever_accommodated=housed.ever,
        accommodated=housed.now,
        at_sites=where["site"],
        in_hospital=where["hospital"],
        on_the_way=where[ON_THE_WAY],
        own_address=dict(sorted(marzes.items())),
        abroad=where["abroad"],
        died=where["died"],
        not_known=where["unknown"] + where["presumed_left"] + untold,
    )


def _one_row(row: type[Row], sql: str, at: datetime, known_at: datetime) -> Row:
    asked = {"at": at, "known_at": known_at, "after": known_at, "by": "infinity"}
    return rows_of_everyone(row, sql, asked)[0]


def _closed(opening: Snapshot | None, key: str) -> int:
    """What the stored snapshot says was the closing of a place; nobody where it does not know the place."""
    if opening is None or key not in opening.tally["places"]:
        return 0
    return int(opening.tally["places"][key]["balance"]["closing"])


def _sum(groups: Groups) -> int:
    return sum(sum(cohorts.values()) for cohorts in groups.values())


def _plain(groups: Groups) -> Groups:
    return {sex: dict(sorted(cohorts.items())) for sex, cohorts in sorted(groups.items())}


def _together(tallies: list[PlaceTally]) -> PlaceTally:
    groups: Groups = defaultdict(Counter)
    for one in tallies:
        for sex, cohorts in one.people.items():
            for cohort, count in cohorts.items():
                groups[sex][cohort] += count
    return PlaceTally(_plain(groups), sum((one.balance for one in tallies), Balance(0)))


def last_snapshot(site: Site | None, before: datetime, known_at: datetime) -> Snapshot | None:
    """The snapshot that a tally at this instant opens with: as last revised, by what was known then."""
    revisions = Snapshot.objects.filter(site=site, at__lt=before).order_by("-at", "-revision")
    return revisions.filter(Q(revision=1) | Q(known_at__lte=known_at)).first()
