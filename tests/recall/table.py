"""What `make recall` asks, and the tables it prints, in Markdown."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - the settings are read first

from centre.access import Role  # noqa: E402
from centre.models import Site, User  # noqa: E402
from registrations.models import Household, Individual  # noqa: E402
from registrations.search import search_individuals  # noqa: E402
from tests.bench.filling import fill, make_staff  # noqa: E402
from tests.build import person, register_family  # noqa: E402
from tests.recall.matching import weigh_matches  # noqa: E402
from tests.recall.mutators import ALPHABETS, ERRORS, some  # noqa: E402
from tests.recall.pairs import SCRIPTS, Pair, Spelling, read_pairs  # noqa: E402

SHOWN = 50  # of what is found, this much is looked at
ASKERS = 20  # in turn: nobody may ask more than so much a minute


@dataclass(frozen=True)
class Question:
    """Words that ought to find a person."""

    kind: str
    script: str
    query: str


def main(path: Path, people: int, places: int) -> None:
    """Fill, register the pairs, each in one script, ask in all, print."""
    call_command("migrate", verbosity=0)
    fill(people)
    pairs = read_pairs(path)
    askers = [make_staff(Role.COORDINATOR, None, f"recall-{number}") for number in range(ASKERS)]
    by = askers[0]
    families = [register(pair, number, Site.objects.get(code="goris"), by) for number, pair in enumerate(pairs)]
    print(
        f"{path.name}: {len(pairs)} people among {Individual.objects.count():,}, each registered in one script.\n",
        flush=True,
    )
    asked, found, first = Counter(), Counter(), Counter()
    for pair, family, asker in zip(pairs, families, cycle(askers), strict=False):
        wanted = Individual.objects.get(memberships__household=family)
        for question in questions(pair, places):
            place = place_of(wanted, question.query, asker)
            key = question.kind, question.script
            asked[key] += 1
            found[key] += place is not None
            first[key] += place == 0
    print("| asked | script | questions | found % | first % |\n|---|---|---|---|---|")
    for kind, script in asked:
        key = kind, script
        n = asked[key]
        print(f"| {kind} | {SCRIPTS[script]} | {n} | {100 * found[key] / n:.1f} | {100 * first[key] / n:.1f} |")
    for kind in dict.fromkeys(kind for kind, _script in asked):
        n, f, one = (sum(count[kind, script] for script in SCRIPTS) for count in (asked, found, first))
        print(f"| {kind} | all | {n} | {100 * f / n:.1f} | {100 * one / n:.1f} |")
    print()
    weigh_matches(pairs, by, places)


def register(pair: Pair, number: int, site: Site, by: User) -> Household:
    """Register the person in one of the scripts in which they are known, in turn."""
    names = list(pair.spelt.values())[number % len(pair.spelt)]
    return register_family(site, by, person(names.given, names.family), last_residence_settlement="Չարտար")


def questions(pair: Pair, places: int) -> Iterator[Question]:
    """All that is asked of one person."""
    rng = Random(pair.person)
    for script, names in pair.spelt.items():
        yield Question("as written", script, f"{names.given} {names.family}")
        yield Question("swapped", script, f"{names.family} {names.given}")
        yield Question("capitals", script, f"{names.given} {names.family}".upper())
        for kind, misspelt in misspellings(names, script, rng, places):
            yield Question(kind, script, f"{misspelt.given} {misspelt.family}")


def misspellings(names: Spelling, script: str, rng: Random, places: int) -> Iterator[tuple[str, Spelling]]:
    """The names with one error, at so many places drawn by chance, or at all."""
    for kind, err in ERRORS.items():
        wrong = [Spelling(names.given, family) for family in err(names.family, ALPHABETS[script], rng)]
        wrong += [Spelling(given, names.family) for given in err(names.given, ALPHABETS[script], rng)]
        yield from ((kind, misspelt) for misspelt in some(wrong, rng, places))


def place_of(wanted: Individual, query: str, by: User) -> int | None:
    """Where among the shown the person stands, people of the very same name not counted; None when not shown."""
    shown = search_individuals(Individual.objects.visible_to(by), query, by=by)[:SHOWN]
    if wanted not in shown:
        return None
    before = shown[: shown.index(wanted)]
    same = (wanted.family_fold, wanted.given_fold)
    return sum(1 for one in before if (one.family_fold, one.given_fold) != same)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
