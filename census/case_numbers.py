"""Cases in numbers, without people: by kind and age group, sex, site, state and outcome, and how soon somebody came.

Who follows cases reads the numbers of the cases they see. Whoever else reads the census reads all in the open as they
stood once this day (so what they do themselves moves nothing that they can read), each as tens, and under ten, none
included, only that it is under ten, of every kind and group there may be: so a first case is not told apart from none.
Cases at confidential sites are in no number of theirs: who knows the others would subtract.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from casework.kinds import Kind, Outcome, Urgency
from casework.models import Case, CaseQuerySet
from census.models import CaseReading
from census.profiles import SMALL
from centre.access import Permission, allows
from centre.clock import local_day
from centre.models import Site, User
from centre.sheets import Column, Table, Value
from centre.sight import in_the_open, sight_of
from registrations.choices import AgeGroup, Sex
from registrations.facts import Birth, cohort_on

OPEN, OVERDUE, CLOSED = "open", "overdue", "closed"
COLUMNS = (
    "kind", "site", "urgency", "outcome", "opened_at", "first_action_at", "closed_at", "due_at", "counted_as__sex",
    "counted_as__birth_date", "counted_as__birth_precision", "counted_as__age_group",
)  # fmt: skip


@dataclass(frozen=True)
class Cut:
    """Cases by kind and by something else: the groups in their order, and how many of each kind are in which."""

    key: str
    title: str
    groups: Sequence[tuple[str, str]]
    counts: dict[str, Counter[str]]


@dataclass(frozen=True)
class Speed:
    """Of the cases of a kind: how long until somebody acted, and until they were closed; the middle one of each."""

    kind: str
    first_action: timedelta | None
    closing: timedelta | None


@dataclass(frozen=True)
class CaseNumbers:
    """What there is to read, as it stood when, and whether small numbers are hidden in it."""

    cuts: Sequence[Cut]
    speeds: Sequence[Speed]
    hides: bool
    stood_at: datetime | None  # None before the first reading


def case_numbers(user: User, at: datetime) -> CaseNumbers:
    """The numbers for this reader."""
    if not allows(user, Permission.SEE_CASES, at=at):
        return _last_reading(at)
    rows = _rows(Case.objects.visible_to(user, at))
    told = sight_of(user, at)
    sites = {site.pk: str(site) for site in Site.objects.all() if told.is_told(site)}
    cuts = [
        Cut(key, title, named, _count(rows, which))
        for key, (title, named, which) in _groups({row["site"] for row in rows}, sites, at).items()
    ]
    waits = _waits(rows)
    speeds = [Speed(str(Kind(kind).label), *map(_middle, waits[kind])) for kind in Kind.values if kind in waits]
    return CaseNumbers(cuts, speeds, hides=False, stood_at=at)


def read_all_cases(at: datetime) -> dict[str, Any]:
    """The exact numbers of all cases in the open, as plain values to be kept; of few cases no time is kept."""
    rows = _rows(Case.objects.filter(in_the_open("site")))
    sites = _sites_in_the_open()
    waits = _waits(rows)
    return {
        "cuts": {key: _count(rows, which) for key, (_title, _named, which) in _groups(sites, sites, at).items()},
        "hours": {
            kind: [_in_hours(times) if len(times) >= SMALL else None for times in both] for kind, both in waits.items()
        },
    }


def _last_reading(at: datetime) -> CaseNumbers:
    reading = CaseReading.objects.filter(at__lte=at).first()
    numbers: dict[str, Any] = reading.numbers if reading else {"cuts": {}, "hours": {}}
    sites = _sites_in_the_open()
    cuts = []
    for key, (title, named, _which) in _groups(sites, sites, at).items():
        kept = numbers["cuts"].get(key, {})
        cuts.append(Cut(key, title, named, {kind: Counter(kept.get(kind, {})) for kind in Kind.values}))
    speeds = []
    for kind in Kind.values:
        both = [timedelta(hours=hours) if hours else None for hours in numbers["hours"].get(kind, (None, None))]
        speeds.append(Speed(str(Kind(kind).label), *both))
    return CaseNumbers(cuts, speeds, hides=True, stood_at=reading.at if reading else None)


def _rows(cases: CaseQuerySet) -> list[dict[str, Any]]:
    standing = cases.filter(counted_with__isnull=True, individual__never_was=False).order_by()
    return [dict(zip(COLUMNS, row, strict=True)) for row in standing.values_list(*COLUMNS).iterator()]


def _sites_in_the_open() -> dict[Any, str]:
    return {site.pk: str(site) for site in Site.objects.filter(in_the_open())}


def shown(people: int, hides: bool) -> str:
    """A number as this reader is told it: that there is none is as small a number as one."""
    if not hides:
        return str(people)
    return _("under %(number)d") % {"number": SMALL} if people < SMALL else str(people - people % SMALL)


def number_tables(numbers: CaseNumbers) -> list[Table]:
    """The same as one table a cut, a line for each kind and group; no line holds a sum of others."""
    return [
        Table(
            cut.key,
            cut.title,
            _columns(),
            [_line(cut, kind, group, numbers.hides) for kind, group in cells(cut, numbers.hides)],
        )
        for cut in numbers.cuts
    ]


def _columns() -> list[Column]:
    return [
        Column("cut", _("By"), "#meta+cut", 14),
        Column("kind", _("What it is about"), "#activity+kind+code", 18),
        Column("kind_name", _("What it is about, in words"), "#activity+kind+name", 26),
        Column("group", _("Group"), "#group+code", 18),
        Column("group_name", _("Group, in words"), "#group+name", 26),
        Column("cases", _("Cases"), "#affected+cases", 10),
    ]


def cells(cut: Cut, hides: bool) -> list[tuple[str, str]]:
    """Each kind and group of which a number is told: where small ones are hidden, also those of which there is none."""
    return [(kind, group) for kind in Kind.values for group, _name in cut.groups if hides or cut.counts[kind][group]]


def _line(cut: Cut, kind: str, group: str, hides: bool) -> list[Value]:
    people = cut.counts[kind][group]
    told: Value = shown(people, hides) if hides else people
    return [cut.key, kind, str(Kind(kind).label), group, dict(cut.groups)[group], told]


def _groups(named: Collection[Any], sites: dict[Any, str], at: datetime) -> dict[str, Any]:
    """By the key of each cut: its title, its groups, and in which of them a case is."""
    day = local_day(at)
    ages = [(str(value), str(label)) for value, label in AgeGroup.choices]
    there = sorted((key for key in named if key in sites), key=lambda key: sites[key])
    unknown = ("", _("not known"))
    return {
        "state": (
            _("State"),
            [*((u.value, str(u.label)) for u in Urgency), (OVERDUE, _("overdue")), (CLOSED, _("closed"))],
            lambda row: _state(row, at),
        ),
        "age": (
            _("Age group"),
            [*ages, unknown],
            lambda row: cohort_on(Birth(*(row[name] for name in COLUMNS[-3:])), day) or "",
        ),
        "sex": (
            _("Sex"),
            [*((str(value), str(label)) for value, label in Sex.choices), unknown],
            lambda row: row["counted_as__sex"] or "",
        ),
        "site": (
            _("Site"),
            [(str(key), sites[key]) for key in there],
            lambda row: str(row["site"]) if row["site"] in sites else None,
        ),
        "outcome": (
            _("How it ended"),
            [(value, str(label)) for value, label in Outcome.choices],
            lambda row: row["outcome"] or None,
        ),
    }


def _state(row: dict[str, Any], at: datetime) -> str:
    if row["closed_at"]:
        return CLOSED
    return OVERDUE if row["due_at"] and row["due_at"] <= at else str(row["urgency"])


def _count(rows: Iterable[dict[str, Any]], which: Any) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        group = which(row)
        if group is not None:
            counts[row["kind"]][group] += 1
    return counts


def _waits(rows: Iterable[dict[str, Any]]) -> dict[str, tuple[list[timedelta], list[timedelta]]]:
    """By kind, how long it took until somebody acted in each case, and until it was closed."""
    waits: dict[str, tuple[list[timedelta], list[timedelta]]] = defaultdict(lambda: ([], []))
    for row in rows:
        for place, ended in enumerate((row["first_action_at"], row["closed_at"])):
            if ended:
                waits[row["kind"]][place].append(ended - row["opened_at"])
    return waits


def _middle(times: list[timedelta]) -> timedelta | None:
    return sorted(times)[len(times) // 2] if times else None


def _in_hours(times: list[timedelta]) -> int:
    """The middle one in whole hours, at least one: to the minute it would tell of a single case."""
    middle = _middle(times) or timedelta()
    return max(1, ceil(middle / timedelta(hours=1)))
