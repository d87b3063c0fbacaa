"""The pairs: one person's names as papers spell them in three scripts, a line each, tab-separated, with a source."""

import csv
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = {"hy": "Armenian", "ru": "Russian", "la": "Latin"}


@dataclass(frozen=True)
class Spelling:
    """A given name and a family name in one script."""

    given: str
    family: str


@dataclass(frozen=True)
class Pair:
    """One person, by the scripts in which a spelling is known."""

    person: str
    spelt: dict[str, Spelling]


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file whose head is: person hy_given hy_family ru_given ru_family la_given la_family source.

    A script of which no spelling is known is left empty.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Pair(
                row["person"],
                {s: Spelling(row[f"{s}_given"], row[f"{s}_family"]) for s in SCRIPTS if row[f"{s}_family"]},
            )
            for row in csv.DictReader(file, delimiter="\t")
        ]
