"""How well the score of likely duplicates tells the same person from those who are only like them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from centre.models import Site, User
from registrations.facts import Birth, PersonFacts
from registrations.matches import find_matches
from tests.build import person, register_family
from tests.recall.mutators import ALPHABETS, ERRORS, some
from tests.recall.pairs import Pair

HOME = "Չարտար"
FATHERS = ("Աշոտ", "Սերժիկ", "Վազգեն", "Ռազմիկ", "Լենդրուշ")
NOT_THE_SAME = ("sibling", "twin", "father or son", "namesake")


def weigh_matches(pairs: Sequence[Pair], by: User, places: int) -> None:
    """Register each person and four others like them, ask for the person again, and print who is shown."""
    site = Site.objects.get(code="goris")
    asked, shown = Counter(), Counter()
    for number, pair in enumerate(pairs):
        script = list(pair.spelt)[number % len(pair.spelt)]
        known = facts_of(pair, script, number)
        family = register_family(site, by, known, last_residence_settlement=HOME)
        others = {
            kind: register_family(site, by, other, last_residence_settlement=HOME)
            for kind, other in unlike(known, pairs[(number + 7) % len(pairs)], script)
        }
        for kind, again in once_more(pair, known, script, places):
            numbers = {match.number for match in find_matches([again], settlement=HOME, by=by)}
            asked[kind] += 1
            shown[kind] += str(family) in numbers
            for other, household in others.items():
                asked[other] += 1
                shown[other] += str(household) in numbers
    print_shown(asked, shown)


def print_shown(asked: Counter[str], shown: Counter[str]) -> None:
    """The table, and precision and recall over all that was asked."""
    print("| typed again, or somebody else | asked | shown % |\n|---|---|---|")
    for kind in asked:
        print(f"| {kind} | {asked[kind]} | {100 * shown[kind] / asked[kind]:.1f} |")
    same = [kind for kind in asked if kind not in NOT_THE_SAME]
    right, wrong = sum(shown[kind] for kind in same), sum(shown[kind] for kind in NOT_THE_SAME)
    recall = right / sum(asked[kind] for kind in same)
    print(f"\nRecall {100 * recall:.1f} %; precision against siblings, twins, fathers, sons, namesakes ", end="")
    print(f"{100 * right / (right + wrong):.1f} %.")


def facts_of(pair: Pair, script: str, number: int) -> PersonFacts:
    """The person as a desk knows them."""
    names = pair.spelt[script]
    born = Birth(date(1940 + number * 7 % 60, 1 + number % 12, 1 + number % 28), "day")
    return person(names.given, names.family, fathers_name=FATHERS[number % len(FATHERS)], birth=born)


def once_more(pair: Pair, known: PersonFacts, script: str, places: int) -> Iterator[tuple[str, PersonFacts]]:
    """The same person at another desk: in another script; with one error, in half as many places of each name."""
    rng = Random(pair.person)
    for other, names in pair.spelt.items():
        if other != script:
            again = replace(known, given_name=names.given, family_name=names.family, fathers_name="")
            yield "the same in another script", again
    for kind, err in ERRORS.items():
        letters = ALPHABETS[script]
        for family in some(list(err(known.family_name, letters, rng)), rng, (places + 1) // 2):
            yield f"the same, family name: {kind}", replace(known, family_name=family, fathers_name="")
        for given in some(list(err(known.given_name, letters, rng)), rng, (places + 1) // 2):
            yield f"the same, given name: {kind}", replace(known, given_name=given)


def unlike(known: PersonFacts, stranger: Pair, script: str) -> Iterator[tuple[str, PersonFacts]]:
    """Those who are easily taken for the person."""
    born = known.birth.on
    other = stranger.spelt.get(script) or next(iter(stranger.spelt.values()))
    yield "sibling", person(other.given, known.family_name, fathers_name=known.fathers_name, birth=years(born, 2))
    yield "twin", person(other.given, known.family_name, fathers_name=known.fathers_name, birth=known.birth)
    yield "father or son", person(known.fathers_name, known.family_name, fathers_name="", birth=years(born, -27))
    yield "namesake", replace(person(known.given_name, known.family_name), fathers_name="Ներսես", birth=years(born, 4))


def years(born: date, later: int) -> Birth:
    """A birth so many years later."""
    return Birth(date(born.year + later, born.month, born.day), "day")
