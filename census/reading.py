"""A stored or live tally made ready to read: rows and headings, in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from census.balance import LEARNT, LINES
from census.counting import ON_THE_WAY
from census.selectors import TOTAL
from census.sight import CONFIDENTIAL, OTHERS
from centre.models import Marz, Site
from centre.templatetags.figures import figure
from registrations.models import AgeGroup, Sex

SEXES = [*Sex.values, ""]
COHORTS = [*AgeGroup.values, ""]


@dataclass(frozen=True)
class PlaceRow:
    """One row of the balance: a site, those on the way, or all together."""

    key: str
    name: str
    site: Site | None
    lines: dict[str, int]
    people: dict[str, dict[str, int]]

    @property
    def difference(self) -> int:
        """What the lines leave open; anything but 0 shouts."""
        return self.lines["difference"]

    @property
    def quiet(self) -> bool:
        """Whether nobody is, came or went there."""
        return not any(self.lines.values())


@dataclass(frozen=True)
class Figure:
    """A figure of promise 7 with its word and, where it has one of its own, its time."""

    label: str
    people: int
    at: datetime
    note: str = ""
    rank: int = 0  # of those that answer what is asked first


def read_places(tally: dict[str, Any]) -> list[PlaceRow]:
    """The sites by code, the confidential ones that the reader may not know, those on the way; the total apart."""
    sites = {site.code: site for site in Site.objects.filter(code__in=tally["places"])}
    return [_row(key, tally, sites.get(key)) for key in sorted(tally["places"], key=_order) if key != TOTAL]


def read_total(tally: dict[str, Any]) -> PlaceRow | None:
    """The total of all places; None in the tally of one site."""
    return _row(TOTAL, tally, None) if TOTAL in tally["places"] else None


def _order(key: str) -> tuple[int, str]:
    last = (CONFIDENTIAL, OTHERS, ON_THE_WAY)
    return last.index(key) + 1 if key in last else 0, key


def name_of_row(key: str) -> str:
    """What a row that is no site is called, in the reader's language."""
    names = {
        CONFIDENTIAL: _("Confidential sites"),
        OTHERS: _("Other sites"),
        ON_THE_WAY: _("On the way"),
        TOTAL: _("Total"),
    }
    return names.get(key, key)


def _row(key: str, tally: dict[str, Any], site: Site | None) -> PlaceRow:
    place = tally["places"][key]
    return PlaceRow(key, site.name if site else name_of_row(key), site, place["balance"], place["people"])


def used_lines(rows: list[PlaceRow]) -> list[tuple[str, Any]]:
    """The lines that any row uses, with their words; opening, closing and difference always."""
    always = {"opening", "arrivals", "departures", "closing", "difference"}
    return [(line, word) for line, word in LINES.items() if line in always or any(row.lines[line] for row in rows)]


def read_revised(tally: dict[str, Any]) -> list[PlaceRow]:
    """The places that read otherwise than in the revision before, and all together: what was learnt since, by cause."""
    total = read_total(tally)
    rows = [
        replace(row, lines=tally["places"][row.key].get("revised", {}))
        for row in (*read_places(tally), *([total] if total else []))
    ]
    return [row for row in rows if any(row.lines.get(line) for line in (*LEARNT, "difference"))]


def revised_lines(revision: int) -> list[tuple[str, Any]]:
    """The lines between two revisions, with their words."""
    before, now = (_("Revision %(number)d") % {"number": number} for number in (revision - 1, revision))
    learnt = [(line, LINES[line]) for line in (*LEARNT, "difference")]
    return [("opening", before), *learnt[:-1], ("closing", now), learnt[-1]]


def read_people(people: dict[str, dict[str, int]]) -> Iterator[tuple[Any, list[int], int]]:
    """Rows of (sex, people by cohort in COHORTS' order, sum); sexes that nobody has are left out."""
    words = dict(Sex.choices)
    for sex in SEXES:
        if people.get(sex):
            counts = [people[sex].get(cohort, 0) for cohort in COHORTS]
            yield words.get(sex, _("not said")), counts, sum(counts)


def read_figures(figures: dict[str, Any], at: datetime) -> list[Figure]:
    """The figures that stand beside each other and are never mixed, each with its own time."""
    counted_at = figures["gate_counted_at"]
    gate_at = parse_datetime(counted_at) if isinstance(counted_at, str) else counted_at
    return [
        Figure(
            _("Counted at the gate"),
            figures["gate_people"],
            gate_at or at,
            _("vehicles: %(vehicles)s") % {"vehicles": figure(figures["gate_vehicles"])},
        ),
        Figure(
            _("Registered"),
            figures["registered"],
            at,
            _("and %(people)s pre-registered") % {"people": figure(figures["pre_registered"])},
            rank=2,
        ),
        Figure(_("Ever accommodated"), figures["ever_accommodated"], at, _("since the beginning")),
        Figure(_("Present at sites"), figures["present"], at, _("pre-registered included"), rank=1),
        Figure(_("Accommodated"), figures["accommodated"], at, _("with a place at this hour")),
    ]


def read_whereabouts(figures: dict[str, Any]) -> list[tuple[str, int]]:
    """Where the registered are; the rows sum to the registered."""
    marzes = dict(Marz.choices)
    rows = [
        (_("At sites"), figures["at_sites"]),
        (_("In hospital"), figures["in_hospital"]),
        (_("On the way"), figures["on_the_way"]),
    ]
    for marz, people in figures["own_address"].items():
        name = marzes.get(marz) or _("marz not said")
        rows.append((_("Own or relatives' address: %(marz)s") % {"marz": name}, people))
    return [
        *rows,
        (_("Left the country"), figures["abroad"]),
        (_("Died"), figures["died"]),
        (_("Not known"), figures["not_known"]),
    ]
