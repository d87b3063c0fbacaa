"""Who asks about one name with many birth years seeks the one that is known: they are told no more of it.

Of a family that one does not see it is told only that it may be known, and that depends on the year. Counted by the
names that are known, not by those typed: else each other spelling, or a name in the other's column, would count anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Q
from django.utils.crypto import salted_hmac

from centre.bursts import YEARS_TRIED
from centre.limits import HOUR
from centre.log import write_log
from centre.models import LogLine, User
from registrations.models import Individual
from registrations.named_alike import FAMILY, GIVEN, Asked, known_as, names_alike
from registrations.near_names import NearNames

MOST_YEARS = 4  # of one name within an hour: typed, corrected, and a cousin of the same name


class Pair(NamedTuple):
    """Both names that somebody is known by, folded."""

    family: str
    given: str


def names_told_no_more(asked: Sequence[Asked], near: NearNames, by: User) -> set[Pair]:
    """The known names about which this user asked with more than four birth years within an hour, with these.

    Of each nothing more is told for an hour. When that begins, and somebody so named is not seen by who asks, it leaves
    a line in the log.
    """
    years = _years_of_each(asked, near)
    shut, kept = set(), cache.get_many([key for pair in years for key in _keys(pair, by)])
    over = set()
    for pair, said in years.items():
        door, *places = _keys(pair, by)
        new = said - {kept.get(place) for place in places}
        if not all(_has_place(year, places) for year in sorted(new)):
            cache.set(door, 1, HOUR)
            over.add(pair)
        elif door in kept:
            shut.add(pair)
    first = {pair for pair in over if _keys(pair, by)[0] not in kept}
    if first and _hide_somebody(first, by):
        write_log(by, LogLine.Verb.REFUSED, "household", [YEARS_TRIED])
    return shut | over


def _years_of_each(asked: Sequence[Asked], near: NearNames) -> Mapping[Pair, set[int]]:
    """The birth years that were asked for with each of the known names that these may be, however old who has it."""
    whole = [one for one in asked if one.family and one.given]
    years: dict[Pair, set[int]] = {}
    for pair in _known(whole, near) if whole else ():
        for one in whole:
            if names_alike(one, pair, near).alike:
                said = years.setdefault(pair, set())
                said |= {one.person.birth.on.year} if one.person.birth.on else set()
    return years


def _known(asked: Iterable[Asked], near: NearNames) -> list[Pair]:
    named = Q()
    for one in asked:
        for family, given in ((one.family, one.given), (one.given, one.family)):
            families, givens = known_as([family], FAMILY, near), known_as([given], GIVEN, near)
            named |= Q(family_fold__in=families, given_fold__in=givens)
    people = Individual.objects.filter(named).order_by()
    return [Pair(*names) for names in people.values_list("family_fold", "given_fold").distinct()]


def _keys(pair: Pair, by: User) -> list[str]:
    """Where it is kept that a name is shut for who asks, and a place for each year: the cache holds no names."""
    name = salted_hmac("registrations.years_asked", f"{by.pk} {pair.family} {pair.given}", algorithm="sha256")
    key = f"years:{name.hexdigest()}"
    return [key, *(f"{key}:{place}" for place in range(MOST_YEARS))]


def _has_place(year: int, places: Iterable[str]) -> bool:
    """Whether the year is among the first so many, taking a place for an hour: two at once never take the same."""
    return any(cache.get_or_set(place, year, HOUR) == year for place in places)


def _hide_somebody(pairs: Iterable[Pair], by: User) -> bool:
    named = reduce(or_, (Q(family_fold=pair.family, given_fold=pair.given) for pair in pairs))
    seen = Individual.objects.visible_to(by).values("pk")
    return Individual.objects.filter(named).exclude(pk__in=seen).exists()
