"""Who asks about one name with many birth years seeks the one that is known: they are told no more of it.

Of a family that one does not see it is told only that it may be known, and that depends on the year. Counted by the
names that are known, not by those typed: else each other spelling, or a name in the other's column, would count anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q
from django.utils.crypto import salted_hmac

from centre.bursts import YEARS_TRIED
from centre.limits import HOUR, count_apart
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

    Of each nothing more is told until an hour after the first of them. When that begins, and somebody so named is not
    seen by who asks, it leaves a line in the log.
    """
    years = _years_of_each(asked, near)
    keys = {pair: _key(pair, by) for pair in years}
    counts = count_apart({keys[pair]: said for pair, said in years.items()}, HOUR) if years else []
    shut = {pair: before for pair, (before, now) in zip(years, counts, strict=True) if now > MOST_YEARS}
    first = {pair for pair, before in shut.items() if before <= MOST_YEARS}
    if first and _hide_somebody(first, by):
        write_log(by, LogLine.Verb.REFUSED, "household", [YEARS_TRIED])
    return set(shut)


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


def _key(pair: Pair, by: User) -> str:
    """Where the years are kept that were asked of a name by this user: the cache holds no names."""
    name = salted_hmac("registrations.years_asked", f"{by.pk} {pair.family} {pair.given}", algorithm="sha256")
    return f"years:{name.hexdigest()}"


def _hide_somebody(pairs: Iterable[Pair], by: User) -> bool:
    named = reduce(or_, (Q(family_fold=pair.family, given_fold=pair.given) for pair in pairs))
    people = set(Individual.objects.filter(named).values_list("pk", flat=True))
    return Individual.objects.visible_to(by).filter(pk__in=people).count() < len(people)
