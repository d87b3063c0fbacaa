"""Finding a person by name: likely duplicates while a family is typed, and the search across three scripts.

Both ask the table of distinct names for what is alike, where cost saturates, then fetch persons by equality of the
folds and rank them here. Nothing ever scans the people.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import permutations
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centre.clock import local_day
from centre.log import write_log
from centre.models import LogLine, User
from registrations.facts import Birth, PersonFacts
from registrations.models import Household, Individual, Name
from registrations.names import fold, fold_fathers_name, likeness, words
from registrations.numbers import read_number

MOST_MATCHES = 5
NEAR_NAMES = 12  # how many spellings of one name are tried
CANDIDATES = 200  # how many people are fetched and ranked at most
FAMILY = 5  # how often one person comes, once for each member of the family who is a reason to see it
MOST_WORDS = 4

ALIKE = 0.84  # below this likeness two folds are two names
AGREES = 0.92
SHOWN = 1.9  # family and given name alike and nothing against it

NAMES_ALIKE = """
SELECT asked.word, asked.kind, near.folded
FROM unnest(%s::text[], %s::text[]) AS asked (word, kind)
CROSS JOIN LATERAL (
    SELECT folded FROM registrations_name
    WHERE kind = asked.kind AND folded %% asked.word
    ORDER BY similarity(folded, asked.word) DESC
    LIMIT %s
) AS near
"""


class Agreement(models.TextChoices):
    """What of the asked facts a found person has too."""

    FAMILY_NAME = "family_name", _("family name")
    GIVEN_NAME = "given_name", _("given name")
    FATHERS_NAME = "fathers_name", _("father's name")
    BIRTH_YEAR = "birth_year", _("birth year")
    SETTLEMENT = "settlement", _("settlement")


@dataclass(frozen=True)
class Match:
    """A household that may be the one being typed: nothing of it that the asker did not type.

    `site` is empty where the site is confidential. `same_family` says that a birth date and a father's name agree,
    which is enough to record the family as arrived.
    """

    household: str
    number: str
    site: str
    day: date | None
    size: int
    agrees: tuple[str, ...]
    same_family: bool = False

    @property
    def words(self) -> list[str]:
        """What agrees, as it is read."""
        return [str(Agreement(code).label) for code in self.agrees]


@dataclass(frozen=True)
class _Asked:
    person: PersonFacts
    family: str
    given: str
    fathers: str

    @classmethod
    def of(cls, person: PersonFacts) -> "_Asked":
        return cls(person, fold(person.family_name), fold(person.given_name), fold_fathers_name(person.fathers_name))


@dataclass(frozen=True)
class _Found:
    household: uuid.UUID
    registered_at: datetime
    family: str
    given: str
    fathers: str
    sex: str | None
    birth: Birth
    settlement: str


class _Named(NamedTuple):
    """As much of a person as tells how well words name them."""

    pk: uuid.UUID
    given_fold: str
    family_fold: str
    fathers_fold: str
    registered_at: datetime | None


@dataclass(frozen=True)
class _Fit:
    score: float
    agrees: tuple[Agreement, ...]
    same_family: bool


def find_matches(
    people: Sequence[PersonFacts], *, settlement: str = "", by: User, but: uuid.UUID | None = None
) -> list[Match]:
    """The households that may hold one of these people already, the likeliest first, at most five.

    Looks everywhere, whatever the asker may otherwise see, and therefore says only what agrees; each household shown
    leaves a line in the log. `but` is a household left out, the one being completed.
    """
    asked = [a for a in map(_Asked.of, people) if a.family and a.given]
    if not asked:
        return []
    best: dict[uuid.UUID, tuple[float, datetime, _Fit]] = {}
    for found in _people_named_like(asked):
        if found.household == but:
            continue
        for one in asked:
            fit = _fit(one, found, settlement)
            if fit is not None:
                held = best.get(found.household)
                score = max(fit.score, held[0]) + 0.5 if held else fit.score
                keep = held[2] if held and held[2].score >= fit.score else fit
                best[found.household] = (score, found.registered_at, keep)
    ranked = sorted(best.items(), key=lambda item: item[1][:2], reverse=True)[:MOST_MATCHES]
    return _matches({key: fit for key, (_score, _at, fit) in ranked}, by)


def search_individuals(queryset: Any, query: str, *, by: User, limit: int = 50) -> list[Individual]:
    """The people of the queryset whom these words name, the likeliest first, at most `limit`.

    Words stand in any order, with or without the father's name, misspelt, in Armenian, Russian or Latin letters.
    A household's number with the right letter finds its members. The queryset is one that shows `by` nothing more
    than visible_to.
    """
    number = _number(query)
    if number is not None:
        members = queryset.filter(memberships__left_at__isnull=True, memberships__household__number=number)
        return list(members.order_by("memberships__position")[:limit])
    asked = words(query)[:MOST_WORDS]
    if not asked:
        return []
    named: dict[uuid.UUID, _Named] = {}
    for wider in _ever_wider(asked):
        named |= {person.pk: person for person in _whom_they_may_see(by, wider)}
        if len(named) >= limit:
            break
    named = named or {person.pk: person for person in _whom_they_may_see(by, _by_one_name(asked))}
    ranked = sorted(named.values(), key=lambda one: (-_likeness_to(one, asked), -_recency(one), one.pk))
    found: list[Individual] = []
    for start in range(0, len(ranked), limit):
        rows = queryset.in_bulk([one.pk for one in ranked[start : start + limit]])
        found += [rows[one.pk] for one in ranked[start : start + limit] if one.pk in rows]
        if len(found) >= limit:
            break
    return found[:limit]


def _whom_they_may_see(by: User, named: Q) -> list[_Named]:
    columns = ("pk", "given_fold", "family_fold", "fathers_fold", "registered_at")
    people = Individual.objects.filter(named).order_by()
    seen = people.by_reason_to_see(by)
    if len(seen) > 1:
        keys = list(people.values_list("pk", flat=True)[: CANDIDATES + 1])
        if len(keys) <= CANDIDATES:  # PostgreSQL begins with them, whatever it thinks of the sites
            seen = Individual.objects.filter(pk__in=keys).order_by().by_reason_to_see(by) if keys else []
    asked = [rows.values_list(*columns)[: CANDIDATES * FAMILY] for rows in seen]
    if not asked:
        return []
    return [_Named(*row) for row in (asked[0].union(*asked[1:]) if asked[1:] else asked[0])]


def _number(query: str) -> int | None:
    try:
        return read_number(query)
    except ValidationError:
        return None


def _ever_wider(asked: Sequence[str]) -> Iterator[Q]:
    """Whom the words name exactly as they fold; then whom they name in a known spelling that is alike."""
    exact = {word: ([word], [word]) for word in (*asked, *_neighbours(asked))}
    whole = " ".join(asked)
    yield _named(asked, exact) | Q(family_fold=whole) | Q(given_fold=whole)
    near = _spellings([(word, kind) for word in asked for kind in Name.Kind.values])
    yield _named(asked, exact | {word: (near[word, "given"], near[word, "family"]) for word in asked})


def _neighbours(asked: Sequence[str]) -> list[str]:
    """Two neighbouring words as one name, as in Anna-Maria."""
    return [" ".join(asked[i : i + 2]) for i in range(len(asked) - 1)]


def _named(asked: Sequence[str], spellings: dict[str, tuple[list[str], list[str]]]) -> Q:
    """People whose family and given name are two of the words; with one word, whose either name is."""
    if len(asked) == 1:
        given, family = spellings[asked[0]]
        return Q(family_fold__in=family) | Q(given_fold__in=given)
    named = Q()
    apart = list(permutations(asked, 2))
    joined = [(two, one) for two in _neighbours(asked) for one in asked if one not in two.split()]
    for one, other in (*apart, *joined, *((other, one) for one, other in joined)):
        named |= Q(family_fold__in=spellings[one][1], given_fold__in=spellings[other][0])
    return named


def _by_one_name(asked: Sequence[str]) -> Q:
    """People one of whose names all the words are; or whose given name and father's name two of them are."""
    whole = " ".join(asked)
    near = _spellings([(word, kind) for word in (*asked, whole) for kind in Name.Kind.values])
    alike = {kind: [name for name in near[whole, kind] if len(name.split()) == len(asked)] for kind in Name.Kind.values}
    named = Q(family_fold__in=alike["family"]) | Q(given_fold__in=alike["given"])
    for word, other in permutations(asked, 2):
        named |= Q(given_fold__in=near[word, "given"], fathers_fold=fold_fathers_name(other))
    return named


def _spellings(asked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """For each folded word and kind of name, the known names that are alike, and the word itself."""
    pairs = sorted(set(asked))
    near: dict[tuple[str, str], list[str]] = {pair: [pair[0]] for pair in pairs}
    with connection.cursor() as cursor:
        cursor.execute(NAMES_ALIKE, [[word for word, _ in pairs], [kind for _, kind in pairs], NEAR_NAMES])
        for word, kind, folded in cursor.fetchall():
            if folded != word and likeness(word, folded) >= ALIKE:
                near[word, kind].append(folded)
    return near


def _people_named_like(asked: Sequence[_Asked]) -> list[_Found]:
    spellings = _spellings(
        [(a.family, Name.Kind.FAMILY.value) for a in asked] + [(a.given, Name.Kind.GIVEN.value) for a in asked]
    )
    named = Q()
    for one in asked:
        families = spellings[one.family, Name.Kind.FAMILY.value]
        named |= Q(family_fold__in=families, given_fold__in=spellings[one.given, Name.Kind.GIVEN.value])
    rows = (
        Individual.objects.filter(named, registered_at__isnull=False, memberships__left_at__isnull=True)
        .order_by()
        .values_list(
            "memberships__household",
            "registered_at",
            "family_fold",
            "given_fold",
            "fathers_fold",
            "sex",
            "birth_date",
            "birth_precision",
            "memberships__household__last_residence_settlement",
        )[:CANDIDATES]
    )
    return [
        _Found(*row[:6], birth=Birth(row[6], row[7]), settlement=row[8])  # type: ignore[arg-type]  # registered: it has an instant
        for row in rows
    ]


def _fit(asked: _Asked, found: _Found, settlement: str) -> _Fit | None:
    """How well a found person fits, and what agrees; None when they are somebody else."""
    family, given = likeness(asked.family, found.family), likeness(asked.given, found.given)
    years = _years_apart(asked.person.birth, found.birth)
    if min(family, given) < ALIKE or (years is not None and years > 5):
        return None
    fathers = likeness(asked.fathers, found.fathers) if asked.fathers and found.fathers else None
    place = likeness(fold(settlement), fold(found.settlement)) if settlement and found.settlement else None
    score = family + given
    score += 0.0 if fathers is None else 1.0 if fathers >= AGREES else -0.8
    score += 0.0 if years is None else 1.0 - 0.6 * years
    score += 0.0 if place is None else 0.4 if place >= AGREES else -0.1
    if asked.person.sex and found.sex and asked.person.sex != found.sex:
        score -= 0.8
    if score < SHOWN:
        return None
    agrees = {
        Agreement.FAMILY_NAME: family >= AGREES,
        Agreement.GIVEN_NAME: given >= AGREES,
        Agreement.FATHERS_NAME: fathers is not None and fathers >= AGREES,
        Agreement.BIRTH_YEAR: years == 0,
        Agreement.SETTLEMENT: place is not None and place >= AGREES,
    }
    same = asked.fathers != "" and asked.fathers == found.fathers and _same_day(asked.person.birth, found.birth)
    return _Fit(score, tuple(fact for fact, holds in agrees.items() if holds), same)


def _years_apart(one: Birth, other: Birth) -> int | None:
    """The years between two births, 0 where they may be the same; an age may be a year off. None if unknown."""
    if one.on is None or other.on is None:
        return None
    slack = int("age" in (one.precision, other.precision))
    return max(0, abs(one.on.year - other.on.year) - slack)


def _same_day(one: Birth, other: Birth) -> bool:
    return one.precision == other.precision == "day" and one.on == other.on


def _matches(fits: dict[uuid.UUID, _Fit], by: User) -> list[Match]:
    households = {
        household.pk: household
        for household in Household.objects.filter(pk__in=fits).select_related("site").with_size()
    }
    for household in households.values():
        write_log(by, LogLine.Verb.MATCHED, household, fits[household.pk].agrees)
    return [
        Match(
            household=str(key),
            number=str(households[key]),
            site="" if households[key].site.confidential else households[key].site.name,
            day=_day(households[key]),
            size=households[key].size,
            agrees=tuple(fact.value for fact in fit.agrees),
            same_family=fit.same_family,
        )
        for key, fit in fits.items()
    ]


def _day(household: Household) -> date | None:
    at = household.registered_at or household.pre_registered_at
    return local_day(at) if at else None


def _likeness_to(person: _Named, asked: Sequence[str]) -> float:
    """How well the words name the person: each word counts for the part of the name it is most like."""
    parts = (person.family_fold, person.given_fold, *person.family_fold.split(), *person.given_fold.split())
    total = 0.0
    for word in asked:
        by_name = max((likeness(word, part) for part in parts if part), default=0.0)
        by_father = likeness(fold_fathers_name(word), person.fathers_fold) if person.fathers_fold else 0.0
        total += max(by_name, 0.95 * by_father)
    return round(total / len(asked), 3)


def _recency(person: _Named) -> float:
    return person.registered_at.timestamp() if person.registered_at else 0.0
