"""The census as a file: codes beside names, one row a place, with the sum checked in every row."""

import csv
import io
from datetime import datetime
from typing import Any

from census.balance import LINES
from census.reading import COHORTS, SEXES, PlaceRow, read_places, read_total
from centre.models import Marz

BYTE_ORDER_MARK = "\ufeff"  # so that Excel reads Armenian
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def census_csv(tally: dict[str, Any], at: datetime, known_at: datetime) -> str:
    """The tally as CSV: people by sex and cohort, the lines of the balance, and whether each row adds up."""
    out = io.StringIO()
    writer = csv.writer(out)
    people = [(sex, cohort) for sex in SEXES for cohort in COHORTS]
    writer.writerow(
        ["as_of", "known_at", "place", "name", "name_hy", "kind", "marz_code", "marz", "persons"]
        + [f"{sex or 'unknown_sex'}_{cohort or 'unknown_age'}" for sex, cohort in people]
        + [*LINES, "adds_up"]
    )
    total = read_total(tally)
    for row in [*read_places(tally), *([total] if total else [])]:
        writer.writerow(
            [at.isoformat(), known_at.isoformat(), row.key, *map(_plain, _place(row)), row.lines["closing"]]
            + [row.people.get(sex, {}).get(cohort, 0) for sex, cohort in people]
            + [row.lines[line] for line in LINES]
            + ["yes" if row.difference == 0 else "NO"]
        )
    return BYTE_ORDER_MARK + out.getvalue()


def _place(row: PlaceRow) -> list[str]:
    if row.site is None:
        return [str(row.name), "", "", "", ""]
    return [row.site.name_en, row.site.name_hy, row.site.kind, row.site.marz, str(Marz(row.site.marz).label)]


def _plain(text: str) -> str:
    """Text that no sheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
