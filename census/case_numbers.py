"""Cases in numbers, without people: by kind and age group, sex, site, state and outcome, and how soon somebody came.

Who follows cases reads the numbers of the cases they see. Whoever else reads the census reads all of them, each as
tens, and under ten, none included, only that it is under ten, of every kind and group there may be: so a first case
is not told apart from none.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from casework.kinds import Kind, Outcome, Urgency
from casework.models import Case
from census.profiles import SMALL
from centre.access import Permission, allows
from centre.clock import local_day
from centre.models import Site, User
from centre.sheets import Column, Table, Value
from centre.sight import sight_of
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
    """What there is to read, and whether small numbers are hidden in it."""

    cuts: Sequence[Cut]
    speeds: Sequence[Speed]
    hides: bool


def case_numbers(user: User, at: datetime) -> CaseNumbers:
    """The numbers for this reader."""
    hides = not allows(user, Permission.SEE_CASES, at=at)
    cases = Case.objects.all() if hides else Case.objects.visible_to(user, at)
    standing = cases.filter(counted_with__isnull=True, individual__never_was=False).order_by()
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in standing.values_list(*COLUMNS).iterator()]
    told = sight_of(user, at)
    sites = {site.pk: str(site) for site in Site.objects.all() if told.is_told(site)}
    groups = _groups(set(sites) if hides else {row["site"] for row in rows}, sites, at)
    cuts = [Cut(key, title, named, _count(rows, which)) for key, (title, named, which) in groups.items()]
    return CaseNumbers(cuts, _speeds(rows, SMALL if hides else 1), hides)


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


def _speeds(rows: Iterable[dict[str, Any]], least: int) -> list[Speed]:
    waits: dict[str, tuple[list[timedelta], list[timedelta]]] = defaultdict(lambda: ([], []))
    for row in rows:
        for place, ended in enumerate((row["first_action_at"], row["closed_at"])):
            if ended:
                waits[row["kind"]][place].append(ended - row["opened_at"])
    return [
        Speed(str(Kind(kind).label), *(_middle(times) if len(times) >= least else None for times in waits[kind]))
        for kind in Kind.values
        if kind in waits
    ]


def _middle(times: list[timedelta]) -> timedelta:
    return sorted(times)[len(times) // 2]
