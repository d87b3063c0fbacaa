"""The tally: people counted at an instant, as known at an instant. Counted, never kept; a snapshot freezes it."""

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.functional import cached_property

from census.balance import Balance
from census.counting import ON_THE_WAY, Place, everyone, flows, late_and_corrected
from census.models import Snapshot
from centre.clock import local_day
from centre.models import Site
from registrations.journal import stints_of

TOTAL = "total"
Groups = dict[str, dict[str, int]]  # people by sex, then by UNHCR cohort

GATE = """
SELECT coalesce(sum(people), 0), coalesce(sum(vehicles), 0), max(happened_at)
FROM registrations_gatecount fact
WHERE happened_at <= %(at)s AND recorded_at <= %(known_at)s
  AND NOT EXISTS (SELECT FROM registrations_gatecount void
                  WHERE void.voids_id = fact.id AND void.recorded_at <= %(known_at)s)
"""

# Whoever has a bedding fact, their last one by the instant, and whether they have been at that site without a break
# since: how many were ever given a place, and how many have one at the instant.
ACCOMMODATED = """
, beds AS (
    SELECT coalesce(counted.person, fact.individual_id) AS person, fact.kind, site_id, happened_at,
           row_number() OVER (PARTITION BY coalesce(counted.person, fact.individual_id)
                              ORDER BY happened_at DESC, recorded_at DESC, fact.id DESC) AS back
    FROM shelter_bedding fact
    LEFT JOIN shelter_room room ON room.id = room_id
    LEFT JOIN counted ON counted.individual_id = fact.individual_id
    WHERE happened_at <= %(at)s AND recorded_at <= %(known_at)s AND fact.kind <> 'voided'
      AND NOT EXISTS (SELECT FROM shelter_bedding void
                      WHERE void.voids_id = fact.id AND void.recorded_at <= %(known_at)s)
), runs AS (
    SELECT person, site_id, started_at, ended_at,
           started_at IS NOT DISTINCT FROM lag(ended_at) OVER before
           AND site_id = lag(site_id) OVER before AS goes_on
    FROM stints WINDOW before AS (PARTITION BY person ORDER BY number)
)
SELECT count(DISTINCT person) FILTER (WHERE kind <> 'left'),
       count(*) FILTER (WHERE back = 1 AND kind <> 'left'
           AND EXISTS (SELECT FROM runs WHERE runs.person = beds.person AND runs.site_id = beds.site_id
                       AND started_at <= %(at)s AND (ended_at IS NULL OR ended_at > %(at)s))
           AND NOT EXISTS (SELECT FROM runs WHERE runs.person = beds.person AND NOT goes_on
                           AND started_at > beds.happened_at AND started_at <= %(at)s))
FROM beds
"""


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
    not_known: int  # left without a word, or presumed to have left


@dataclass(frozen=True)
class PlaceTally:
    """One place's people by sex and UNHCR cohort, and its balance."""

    people: Groups
    balance: Balance


class Tally:
    """People counted at an instant, as known at an instant; each question is asked of the database once."""

    def __init__(self, at: datetime, known_at: datetime) -> None:
        self.at, self.known_at = at, known_at
        self.sites = list(Site.objects.filter(opened_at__lte=at).order_by("code"))
        self._movements: dict[Any, tuple[dict[Place, Counter[str]], dict[Place, Counter[str]]]] = {}

    @cached_property
    def rows(self) -> list[Any]:
        """Everyone, where they are."""
        return everyone(self.at, self.known_at, local_day(self.at))

    @cached_property
    def people(self) -> dict[Place, Groups]:
        """Those at each site and on the way, by sex and cohort."""
        people: dict[Place, Groups] = defaultdict(lambda: defaultdict(Counter))
        for place, site_id, _marz, _registered, sex, cohort, count in self.rows:
            if place in ("site", ON_THE_WAY):
                people[site_id or ON_THE_WAY][sex][cohort] += count
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

    def row(self, site: Site | None, opening: Snapshot | None) -> dict[str, Any]:
        """Plain values in a stable order, as a snapshot stores them: of one site, or of all with the figures."""
        places = {site.code: self.place(site.code, opening)} if site else self.places(opening)
        written = {key: {"people": one.people, "balance": one.balance.as_row()} for key, one in places.items()}
        return {"places": written} if site else {"figures": vars(self.figures), "places": written}

    def _since(self, opening: Snapshot | None) -> tuple[dict[Place, Counter[str]], dict[Place, Counter[str]]]:
        key = (opening.at, opening.known_at) if opening else None
        if key not in self._movements:
            self._movements[key] = (
                flows(opening.at if opening else None, self.at, self.known_at),
                late_and_corrected(opening.at, opening.known_at, self.known_at) if opening else {},
            )
        return self._movements[key]


def _figures(at: datetime, known_at: datetime, rows: list[Any], hospitals: set[uuid.UUID]) -> Figures:
    where: Counter[str] = Counter()
    marzes: Counter[str] = Counter()
    pre_registered = present = 0
    for place, site_id, marz, registered, _sex, _cohort, count in rows:
        present += count if place == "site" else 0
        if not registered:
            pre_registered += count
            continue
        where["hospital" if site_id in hospitals else place] += count
        if place == "own_address":
            marzes[marz] += count
    with connection.cursor() as cursor:
        cursor.execute(GATE, {"at": at, "known_at": known_at})
        gate_people, gate_vehicles, gate_counted_at = cursor.fetchone()
        cursor.execute(
            stints_of("chosen AS (SELECT DISTINCT individual_id AS id FROM shelter_bedding)") + ACCOMMODATED,
            {"at": at, "known_at": known_at},
        )
        ever, tonight = cursor.fetchone()
    return Figures(
        gate_people=gate_people,
        gate_vehicles=gate_vehicles,
        gate_counted_at=gate_counted_at,
        registered=where.total(),
        pre_registered=pre_registered,
        present=present,
        ever_accommodated=ever,
        accommodated=tonight,
        at_sites=where["site"],
        in_hospital=where["hospital"],
        on_the_way=where[ON_THE_WAY],
        own_address=dict(sorted(marzes.items())),
        abroad=where["abroad"],
        died=where["died"],
        not_known=where["unknown"] + where["presumed_left"],
    )


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


def last_snapshot(site: Site | None, before: datetime) -> Snapshot | None:
    """The snapshot that a tally at this instant opens with."""
    return Snapshot.objects.filter(site=site, at__lt=before).order_by("-at").first()
