"""What leaves of the census to whom: exact for officials; for the public without cells that may point at someone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from census.reading import COHORTS, SEXES, read_places, read_total
from census.suppressing import cells_of_list, cells_of_table, hide_small

HEADLINES = ("gate_people", "registered", "ever_accommodated", "present", "accommodated")
SMALL = 10  # people: fewer are not shown to the public


class Profile(models.TextChoices):
    """For whom a file is made."""

    OFFICIAL = "official", _("Official: every figure")
    PUBLIC = "public", _("Public: small numbers are hidden")


@dataclass(frozen=True)
class PublicTally:
    """The people of a tally as the public may read them; None stands for a number that is hidden."""

    places: dict[str, int | None]
    people: dict[str, list[int | None]]  # by sex, in COHORTS' order, the sum last
    cohorts: list[int | None]  # of all sexes together, the sum last
    figures: dict[str, int | None]


def for_the_public(tally: Mapping[str, Any]) -> PublicTally:
    """Hide what is small, and beside it as much as it takes that nothing can be worked out from the sums.

    The number of all people is shown; every other number is hidden where it could tell of fewer than SMALL.
    """
    total = read_total(dict(tally))
    by_sex = total.people if total else {}
    rows = {sex: [by_sex.get(sex, {}).get(cohort, 0) for cohort in COHORTS] for sex in SEXES if by_sex.get(sex)}
    shown = _shown_of_table(rows)
    return PublicTally(
        places=_shown_of_list({row.key: row.lines["closing"] for row in read_places(dict(tally))}),
        people={sex: [shown[sex, column] for column in _columns(counts)] for sex, counts in rows.items()},
        cohorts=[shown.get((None, column)) for column in _columns(COHORTS)] if rows else [],
        figures=_headlines(tally["figures"]),
    )


def may_stand_beside(tally: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two tallies of one instant, read beside each other, tell of no fewer than SMALL people."""
    ours, theirs = Counter(_numbers(tally)), Counter(_numbers(other))
    return not any(0 < abs(ours[key] - theirs[key]) < SMALL for key in {*ours, *theirs})


def _numbers(tally: Mapping[str, Any]) -> dict[tuple[str, ...], int]:
    places = {("place", row.key): row.lines["closing"] for row in read_places(dict(tally))}
    total = read_total(dict(tally))
    people = total.people if total else {}
    cells = {("people", sex, cohort): n for sex, cohorts in people.items() for cohort, n in cohorts.items()}
    return places | cells | {("figure", name): tally["figures"][name] for name in HEADLINES}


def _headlines(figures: Mapping[str, Any]) -> dict[str, int | None]:
    return {name: None if 0 < figures[name] < SMALL else figures[name] for name in HEADLINES}


def _shown_of_list(counts: Mapping[str, int]) -> dict[str, int | None]:
    hidden = hide_small(cells_of_list(counts), SMALL, known=[None])
    return {key: None if hidden is None or key in hidden else people for key, people in counts.items()}


def _shown_of_table(rows: Mapping[str, Sequence[int]]) -> dict[tuple[str | None, int | None], int | None]:
    cells = cells_of_table(rows)
    hidden = hide_small(cells, SMALL, known=[(None, None)])
    everything_but_the_sum = set(cells) - {(None, None)}
    kept_back = everything_but_the_sum if hidden is None else hidden
    return {key: None if key in kept_back else cell.people for key, cell in cells.items()}


def _columns(counts: Sequence[Any]) -> list[int | None]:
    return [*range(len(counts)), None]
