"""Families that are kept apart, and sleep in one house all the same: it is said to who supervises both until one moves.

It is read from the beds, so it is said however they came there: by a hand that was asked for words, or because they
were kept apart when both slept there already.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from centre.models import Site, User
from centre.sight import sight_of
from registrations.models import Household
from shelter.apart import houses_by_family
from shelter.apart_pairs import MAY_KEEP_APART, ApartPair
from shelter.models import Stay


@dataclass(frozen=True)
class InOneHouse:
    """Two families that are kept apart, and a house in which both sleep now."""

    first: Household
    second: Household
    site: Site


def in_one_house_for(user: User, at: datetime) -> list[InOneHouse]:
    """All of them of whom the user supervises both, in houses where they may know that somebody is."""
    if user.reach(MAY_KEEP_APART) == frozenset():
        return []
    pairs = list(ApartPair.objects.standing().supervised_by(user).select_related("first", "second"))
    houses = sites_of(pairs, user, at)
    return [InOneHouse(pair.first, pair.second, site) for pair in pairs for site in houses[pair.pk]]


def sites_of(pairs: Iterable[ApartPair], user: User, at: datetime) -> dict[uuid.UUID, list[Site]]:
    """The houses in which both families sleep now, by pair, as far as the user may know that somebody is there."""
    pairs, found = list(pairs), defaultdict[uuid.UUID, list[Site]](list)
    told = Stay.objects.stays().at(at).filter(sight_of(user, at).told("site"))
    houses = houses_by_family({key for pair in pairs for key in (pair.first_id, pair.second_id)}, told) if pairs else {}
    both = {pair.pk: houses.get(pair.first_id, set()) & houses.get(pair.second_id, set()) for pair in pairs}
    keys = {key for sites in both.values() for key in sites}
    sites = Site.objects.in_bulk(keys) if keys else {}
    for pair, shared in both.items():
        found[pair] = [sites[key] for key in sorted(shared)]
    return found
