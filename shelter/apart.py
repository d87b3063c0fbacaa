"""Families kept apart: no house takes both, whether a plan or a hand would put them there."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from centre.access import require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from centre.refusals import refused_on
from registrations.models import Household, Membership
from shelter.apart_pairs import MAY_KEEP_APART, ApartPair
from shelter.errors import AlreadyApart, NotApart, NotInThisHouse, SameFamily
from shelter.models import Stay
from shelter.parts import Sleeper


@dataclass(frozen=True)
class KeptApart:
    """The pair."""

    pair: str


@act("keep_apart", answers=KeptApart)
def keep_apart(household: Household, *, other: Household, reason: str, by: User, at: datetime, act: Act) -> KeptApart:
    """No plan and no hand puts these two families into one house; those who sleep in one already stay there.

    Refuses with SameFamily or AlreadyApart.
    """
    require(by, MAY_KEEP_APART, None, at)
    if household.pk == other.pk:
        raise SameFamily
    first, second = sorted((household, other), key=lambda one: one.pk)
    with refused_on("kept_apart_once", AlreadyApart()):
        pair = ApartPair.objects.create(first=first, second=second, reason=reason, act=act)
    return KeptApart(str(pair.pk))


@act("end_apart", answers=KeptApart)
def end_apart(pair: ApartPair, *, by: User, at: datetime, act: Act) -> KeptApart:
    """The two families may be put into one house again. Refuses with NotApart."""
    require(by, MAY_KEEP_APART, None, at)
    if not ApartPair.objects.standing().filter(pk=pair.pk).update(ended_at=at, ended_by=by):
        raise NotApart
    return KeptApart(str(pair.pk))


def barred_houses(pairs: Iterable[tuple[uuid.UUID, uuid.UUID]], at: datetime) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The houses in which the other family of a pair has a bed or a hold, by family."""
    pairs = list(pairs)
    houses = _houses_of({key for pair in pairs for key in pair}, at) if pairs else {}
    barred: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for first, second in pairs:
        barred[first] |= houses.get(second, set())
        barred[second] |= houses.get(first, set())
    return barred


def houses_barred_to(household: Household, at: datetime) -> set[uuid.UUID]:
    """The houses in which a family has a bed or a hold that is kept apart from this one."""
    pairs = ApartPair.objects.standing().filter(Q(first=household) | Q(second=household))
    return barred_houses(pairs.values_list("first", "second"), at)[household.pk]


def require_house_for(people: Sequence[Sleeper], site: Site, at: datetime, *, anyway: str = "") -> bool:
    """Refuse with NotInThisHouse where a family of these, who are locked, is kept apart from one in the house.

    What happened `anyway` is not refused; whether it would have been. The pairs are locked: of two desks that put the
    two families of a pair into one house at the same instant, the second sees what the first did.
    """
    theirs = Membership.objects.today().filter(counted_as__in=[who.person for who in people]).order_by()
    families = theirs.values("household")
    pairs = lock_by_key(ApartPair.objects.standing().filter(Q(first__in=families) | Q(second__in=families)))
    if not pairs:
        return False
    barred = barred_houses([(pair.first_id, pair.second_id) for pair in pairs], at)
    near = any(site.pk in barred[family] for family in families.values_list("household", flat=True))
    if near and not anyway:
        raise NotInThisHouse
    return near


def _houses_of(families: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The houses where these families have a bed or a hold, by family."""
    household_of: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    members = Membership.objects.today().filter(household__in=families).order_by()
    for person, household in members.values_list("counted_as", "household"):
        household_of[person].add(household)
    houses: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for person, site in Stay.objects.of(household_of).from_(at).values_list("individual", "site"):
        for household in household_of.get(person, ()):
            houses[household].add(site)
    return houses
