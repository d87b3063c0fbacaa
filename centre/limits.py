"""How often one may ask for what costs or tells: counted in the cache, by who asks. Where it is away nobody counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from centre.cache import Cache
from centre.models import User
from centre.refusals import TooMany

MINUTE, HOUR = 60, 3600  # seconds


@dataclass(frozen=True)
class Limit:
    """So many within so many seconds, and what is said beyond; far above what hands can do."""

    name: str
    most: int
    within: int
    message: str | Promise


SEARCHES = Limit("searches", 3_000, MINUTE, _("These are very many searches in one minute."))
MATCHES = Limit("matches", 120, MINUTE, _("These are very many questions for families known already."))
LOOKS = Limit("looks", 600, MINUTE, _("These are very many families in one minute."))
CENSUSES = Limit("censuses", 120, MINUTE, _("These are very many questions to the census."))
EMERGENCIES = Limit("emergencies", 10, HOUR, _("These are very many emergencies in one hour."))
HOUSES = Limit("houses", 10, HOUR, _("These are very many new houses in one hour."))
FILES = Limit("files", 60, HOUR, _("These are very many files in one hour."))


def bound(by: User, limit: Limit) -> None:
    """Count one; refuse with TooMany beyond the limit."""
    if count(f"limit:{limit.name}:{by.pk}", limit.within) > limit.most:
        raise TooMany(f"{limit.message} {_in_minutes(limit.within)}", limit.within)


def count(key: str, within: int, more: int = 1) -> int:
    """How many were counted under the key within so many seconds, with these."""
    try:
        if more:
            cache.add(key, 0, within)
            return cache.incr(key)
        return int(cache.get(key, 0))
    except ValueError:  # the time ended between the two
        return more


def count_apart(said: Mapping[str, Iterable[int]], within: int) -> list[tuple[int, int]]:
    """How many different numbers were said under each of the keys within so many seconds, before and with these."""
    found: list[tuple[int, int]] | None = cast(Cache, cache).count_apart(said, within)
    return found or [(0, 0)] * len(said)


def _in_minutes(seconds: int) -> str:
    minutes = seconds // MINUTE
    return ngettext(
        "Wait %(minutes)d minute, then ask again.", "Wait %(minutes)d minutes, then ask again.", minutes
    ) % {"minutes": minutes}
