"""Likely duplicates while a family is typed.

The distinct names are asked for what is near, where cost saturates, then persons are fetched by equality of the folds
and weighed here. Nothing ever scans the people.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centre.clock import local_day
from centre.log import write_lines
from centre.models import LogLine, User
from centre.sight import is_in_the_open
from registrations.facts import MONTHS_SAID, Birth, PersonFacts, months_on
from registrations.living import known_deaths
from registrations.models import Household, Individual
from registrations.named_alike import FAMILY, GIVEN, Asked, NamesAlike, known_as, names_alike
from registrations.names import fold
from registrations.near_names import NearNames, names_of, near_among, near_names
from registrations.other_names import likeness
from registrations.today import today
from registrations.years_asked import names_told_no_more

MOST_MATCHES = 5
CANDIDATES = 500  # how many people are fetched and weighed at most

AGREES = 0.92
SHOWN = 1.9  # family and given name alike and nothing against it
SHOWN_BY_ONE_NAME = 2.3  # and a birth date, or two of birth year, settlement and father's name
SAME_DAY = 0.5  # what a birth date adds to its year where only the given name is known
YEARS = 5  # further apart in age they are two people


class Agreement(models.TextChoices):
    """What of the asked facts a found person has too."""

    FAMILY_NAME = "family_name", _("family name")
    GIVEN_NAME = "given_name", _("given name")
    FATHERS_NAME = "fathers_name", _("father's name")
    BIRTH_YEAR = "birth_year", _("birth year")
    SETTLEMENT = "settlement", _("settlement")


@dataclass(frozen=True)
class Match:
    """A household that may be the one being typed; of those that the asker does not see, only that there may be one.

    `person` is the id of the one asked for who is most like somebody of it; of those not seen it is the first asked
    for, whoever fits, or one would learn from where it stands which name or year is right. `site` is empty where the
    site is confidential. `same_family` says that a birth date and a father's name agree.
    """

    person: uuid.UUID
    household: str | None = None
    number: str = ""
    site: str = ""
    day: date | None = None
    size: int | None = None
    agrees: tuple[str, ...] = ()
    same_family: bool = False

    @property
    def words(self) -> list[str]:
        """What agrees, as it is read."""
        return [str(Agreement(code).label) for code in self.agrees]

    @property
    def ask(self) -> str:
        """What to ask the family next."""
        if Agreement.FATHERS_NAME in self.agrees:
            return str(_("Ask for their card, or the full date of birth."))
        return str(_("Ask the father's name and the full date of birth."))


@dataclass(frozen=True)
class _Found:
    individual: uuid.UUID
    counted_as: uuid.UUID
    household: uuid.UUID
    registered_at: datetime
    family: str
    given: str
    fathers: str
    sex: str | None
    birth: Birth
    settlement: str


@dataclass(frozen=True)
class _Fit:
    score: float
    agrees: tuple[Agreement, ...]
    person: uuid.UUID
    same_family: bool


class _Likeliest(NamedTuple):
    """The households that fit best, each with its best fit; and all that do by both names and the birth year alone."""

    fits: dict[uuid.UUID, _Fit]
    known: set[uuid.UUID]


def find_matches(
    people: Sequence[PersonFacts], *, settlement: str = "", by: User, but: uuid.UUID | None = None
) -> list[Match]:
    """The households that may hold one of these people already, the likeliest first, at most five.

    Looks everywhere, whatever the asker may otherwise see. Of a household that the asker sees it says what agrees, of
    all others nothing, once and last, and judged by both names and the birth year alone: whatever else counted could be
    read from it, if it was asked for each day or father's name; nor anything of a name whose year somebody tries out.
    Each of both leaves a line in the log. `but` is left
    out: it is completed.
    """
    likeliest = _likeliest(people, settlement, but, by)
    return _matches(likeliest, people[0].id, by) if likeliest.fits or likeliest.known else []


def find_same_families(people: Sequence[PersonFacts], *, settlement: str = "") -> list[uuid.UUID]:
    """The households of the likeliest where a name, the birth date and the father's name of one of these agree."""
    return [key for key, fit in _likeliest(people, settlement, None).fits.items() if fit.same_family]


@dataclass(frozen=True)
class Likely:
    """A registered person who may be the one asked for, by that one's id; how well they fit, and what agrees."""

    asked: uuid.UUID
    individual: uuid.UUID
    counted_as: uuid.UUID
    household: uuid.UUID
    score: float
    agrees: tuple[str, ...]


def find_likely(sought: PersonFacts) -> list[Likely]:
    """The registered people who may be this one, the likeliest first; looks everywhere and leaves no line."""
    asked = Asked.of(sought)
    near = near_names(asked.spellings)
    return _weigh([asked], _people_named_like([asked], near), near)


def find_likely_among(sought: Sequence[PersonFacts], people: Sequence[Individual]) -> list[Likely]:
    """The people among these who may be one of those sought, the likeliest first; no other names are read."""
    asked = [Asked.of(one) for one in sought]
    spellings = {word: written for one in asked for word, written in one.spellings.items()}
    near = near_among(spellings, [name for person in people for name in names_of(person)])
    return _weigh(asked, _read(Q(pk__in=[person.pk for person in people])), near)


def _weigh(asked: Sequence[Asked], people: Sequence[_Found], near: NearNames) -> list[Likely]:
    alike = ((one, found, _named_alike(one, found, near)) for found in people for one in asked)
    fits = ((found, _fit(one, found, "", names)) for one, found, names in alike if names)
    likely = [
        Likely(fit.person, found.individual, found.counted_as, found.household, fit.score, fit.agrees)
        for found, fit in fits
        if fit is not None
    ]
    return sorted(likely, key=lambda one: (-one.score, one.individual))


def _likeliest(
    people: Sequence[PersonFacts], settlement: str, but: uuid.UUID | None, by: User | None = None
) -> _Likeliest:
    """The households that may hold one of these people, the likeliest first; known are those told to this user."""
    asked = [a for a in map(Asked.of, people) if a.family or a.given]
    best: dict[uuid.UUID, tuple[float, datetime, _Fit]] = {}
    known: set[uuid.UUID] = set()
    if not asked:
        return _Likeliest({}, known)
    near = near_names({word: written for one in asked for word, written in one.spellings.items()})
    told_no_more = names_told_no_more(asked, near, by) if by else set()
    for found in _people_named_like(asked, near):
        if found.household == but:
            continue
        for one in asked:
            names = _named_alike(one, found, near)
            if names is None:
                continue
            tells = names.whole and (found.family, found.given) not in told_no_more
            if tells and names.score + _by_age(years_apart(one.person.birth, found.birth)) >= SHOWN:
                known.add(found.household)
            fit = _fit(one, found, settlement, names)
            if fit is not None:
                held = best.get(found.household)
                score = max(fit.score, held[0]) + 0.5 if held else fit.score
                keep = held[2] if held and held[2].score >= fit.score else fit
                best[found.household] = (score, found.registered_at, keep)
    ranked = sorted(best.items(), key=lambda item: item[1][:2], reverse=True)[:MOST_MATCHES]
    return _Likeliest({key: fit for key, (_score, _at, fit) in ranked}, known)


def _people_named_like(asked: Sequence[Asked], near: NearNames) -> list[_Found]:
    families: dict[str, list[Asked]] = {}
    for one in asked:
        families.setdefault(one.family, []).append(one)
    named = _named_otherwise(asked, near) & _of_these_ages([one.person.birth for one in asked])
    for family, members in families.items():
        if family:
            named |= _named_like(family, members, near) & _of_these_ages([one.person.birth for one in members])
    return _read(named)


def _read(these: Q) -> list[_Found]:
    rows = (
        Individual.objects.filter(today("memberships"), these, registered_at__isnull=False)
        .order_by()
        .values_list(
            "pk",
            "memberships__counted_as",
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
        _Found(*row[:8], birth=Birth(row[8], row[9]), settlement=row[10])  # type: ignore[arg-type]  # registered: it has an instant
        for row in rows
    ]


def _named_like(family: str, members: Sequence[Asked], near: NearNames) -> Q:
    """Whose family and given name are near."""
    given = [one.given for one in members]
    return Q(family_fold__in=known_as([family], FAMILY, near), given_fold__in=known_as(given, GIVEN, near))


def _named_otherwise(asked: Sequence[Asked], near: NearNames) -> Q:
    """Whose names are near in each other's columns; and who has one name only, as the asked may have."""
    families, given = [one.family for one in asked], [one.given for one in asked]
    family_as_given, given_as_family = known_as(families, GIVEN, near), known_as(given, FAMILY, near)
    named = Q(family_fold="", given_fold__in=known_as(given, GIVEN, near) + family_as_given)
    named |= Q(given_fold="", family_fold__in=known_as(families, FAMILY, near) + given_as_family)
    named |= Q(family_fold__in=given_as_family, given_fold__in=family_as_given)
    for one in asked:
        if one.person.birth.precision == "day" and not (one.family and one.given):
            one_name = Q(family_fold__in=known_as([one.family], FAMILY, near))
            one_name |= Q(given_fold__in=known_as([one.given], GIVEN, near))
            named |= Q(one_name, birth_date=one.person.birth.on)
    return named


def _of_these_ages(births: Sequence[Birth]) -> Q:
    """People who are not too old or too young to be one of these."""
    if any(birth.on is None for birth in births):
        return Q()
    years = [birth.on.year for birth in births if birth.on]
    first, last = date(max(min(years) - YEARS - 1, 1), 1, 1), date(min(max(years) + YEARS + 1, 9999), 12, 31)
    return Q(birth_date__isnull=True) | Q(birth_date__range=(first, last))


def _by_age(years: int | None) -> float:
    """What so many years between two births say for the same person."""
    return 0.0 if years is None else 1.0 - 0.6 * years


def _named_alike(asked: Asked, found: _Found, near: NearNames) -> NamesAlike | None:
    """How alike their names are; None where these, or their ages, are of two people."""
    years = years_apart(asked.person.birth, found.birth)
    if years is not None and years > YEARS:
        return None
    names = names_alike(asked, found, near)
    return names if names.alike else None


def _fit(asked: Asked, found: _Found, settlement: str, names: NamesAlike) -> _Fit | None:
    """How well a found person fits, and what agrees; None when they are somebody else."""
    years = years_apart(asked.person.birth, found.birth)
    fathers = likeness(asked.fathers, found.fathers) if asked.fathers and found.fathers else None
    place = likeness(fold(settlement), fold(found.settlement)) if settlement and found.settlement else None
    day = _same_day(asked.person.birth, found.birth)
    score = names.score + _by_age(years)
    score += 0.0 if fathers is None else 1.0 if fathers >= AGREES else -0.8
    score += 0.0 if place is None else 0.4 if place >= AGREES else -0.1
    if asked.person.sex and found.sex and asked.person.sex != found.sex:
        score -= 0.8
    if names.family is None and day:
        score += SAME_DAY
    if score < (SHOWN if names.whole else SHOWN_BY_ONE_NAME):
        return None
    agrees = {
        Agreement.FAMILY_NAME: names.family is not None and names.family >= AGREES,
        Agreement.GIVEN_NAME: names.given is not None and names.given >= AGREES,
        Agreement.FATHERS_NAME: fathers is not None and fathers >= AGREES,
        Agreement.BIRTH_YEAR: years == 0,
        Agreement.SETTLEMENT: place is not None and place >= AGREES,
    }
    same = asked.fathers != "" and asked.fathers == found.fathers and day
    return _Fit(score, tuple(fact for fact, holds in agrees.items() if holds), asked.person.id, same)


def years_apart(one: Birth, other: Birth) -> int | None:
    """The years between two births, 0 where they may be the same; an age may be a year off. None if unknown."""
    if one.on is None or other.on is None:
        return None
    said = {one.precision, other.precision}
    if MONTHS_SAID in said and abs(months_on(one.on, other.on)) <= 1 and not said & {"year", "age"}:
        return 0
    slack = int("age" in said)
    return max(0, abs(one.on.year - other.on.year) - slack)


def _same_day(one: Birth, other: Birth) -> bool:
    return one.precision == other.precision == "day" and one.on == other.on


def _matches(likeliest: _Likeliest, first: uuid.UUID, by: User) -> list[Match]:
    fits = likeliest.fits
    seen = set(Household.objects.visible_to(by).filter(pk__in=[*fits, *likeliest.known]).values_list("pk", flat=True))
    unseen = sorted(likeliest.known - seen)[:MOST_MATCHES]
    households = Household.objects.select_related("site").with_size(known_deaths(by)).in_bulk([*fits, *unseen])
    agree = {household: fits[key].agrees if key in fits else () for key, household in households.items()}
    write_lines(by, LogLine.Verb.MATCHED, agree)
    told = [_told(households[key], fit) for key, fit in fits.items() if key in seen]
    return [*told, Match(first)] if unseen else told


def _told(household: Household, fit: _Fit) -> Match:
    return Match(
        person=fit.person,
        household=str(household.pk),
        number=str(household),
        site=str(household.site) if is_in_the_open(household.site) else "",
        day=_day(household),
        size=household.size,  # type: ignore[attr-defined]  # read with_size
        agrees=tuple(fact.value for fact in fit.agrees),
        same_family=fit.same_family,
    )


def _day(household: Household) -> date | None:
    at = household.registered_at or household.pre_registered_at
    return local_day(at) if at else None
