"""Families kept apart: no house takes both, whether a plan or a hand would put them there."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from typing import Any

from django.db.models import Q, QuerySet

from centre.access import Permission, allows
from centre.acts import act
from centre.bursts import BARRED
from centre.locks import lock_by_key
from centre.log import write_log
from centre.models import Act, LogLine, Site, User
from centre.refusals import refused_on
from registrations.models import Household, Membership
from registrations.over import require_over
from shelter.apart_pairs import MAY_KEEP_APART, ApartPair
from shelter.errors import AlreadyApart, CallWhoPlaces, NotApart, NotInThisHouse, SameFamily
from shelter.models import Stay, StayQuerySet


@dataclass(frozen=True)
class KeptApart:
    """The pair."""

    pair: str


@act("keep_apart", answers=KeptApart)
def keep_apart(household: Household, *, other: Household, reason: str, by: User, at: datetime, act: Act) -> KeptApart:
    """No plan and no hand puts these two families into one house; those who sleep in one already stay there.

    Refuses with SameFamily or AlreadyApart.
    """
    _require_over_both(by, household.pk, other.pk, at)
    if household.pk == other.pk:
        raise SameFamily
    first, second = sorted((household, other), key=lambda one: one.pk)
    with refused_on("kept_apart_once", AlreadyApart()):
        pair = ApartPair.objects.create(first=first, second=second, reason=reason, act=act)
    return KeptApart(str(pair.pk))


@act("end_apart", answers=KeptApart)
def end_apart(pair: ApartPair, *, by: User, at: datetime, act: Act) -> KeptApart:
    """The two families may be put into one house again. Refuses with NotApart."""
    _require_over_both(by, pair.first_id, pair.second_id, at)
    if not ApartPair.objects.standing().filter(pk=pair.pk).update(ended_at=at, ended_by=by):
        raise NotApart
    return KeptApart(str(pair.pk))


def _require_over_both(by: User, first: uuid.UUID, second: uuid.UUID, at: datetime) -> None:
    require_over(by, MAY_KEEP_APART, Household.objects.filter(pk__in=[first, second]), at)


def barred_houses(pairs: Iterable[tuple[uuid.UUID, uuid.UUID]], at: datetime) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The houses in which the other family of a pair has a bed or a hold, by family."""
    pairs = list(pairs)
    houses = houses_by_family({key for pair in pairs for key in pair}, Stay.objects.from_(at)) if pairs else {}
    barred: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for first, second in pairs:
        barred[first] |= houses.get(second, set())
        barred[second] |= houses.get(first, set())
    return barred


def houses_barred_to(household: Household, at: datetime) -> set[uuid.UUID]:
    """The houses in which a family has a bed or a hold that is kept apart from this one."""
    pairs = ApartPair.objects.standing().filter(Q(first=household) | Q(second=household))
    return barred_houses(pairs.values_list("first", "second"), at)[household.pk]


def lock_pairs(people: Collection[uuid.UUID]) -> list[ApartPair]:
    """Lock the pairs of which one family is of these persons, last of all that an act locks.

    Of two desks that put the two families of a pair into one house at the same instant, the second waits, and sees
    what the first did.
    """
    families = _families_of(people)
    return lock_by_key(ApartPair.objects.standing().filter(Q(first__in=families) | Q(second__in=families)))


def require_house_for(
    people: Collection[uuid.UUID],
    site: Site,
    at: datetime,
    *,
    pairs: Sequence[ApartPair] | None = None,
) -> None:
    """Refuse with NotInThisHouse where a family of these, who come to the house, is kept apart from one that is there.

    The `pairs` as in is_barred.
    """
    if is_barred(people, site, at, pairs=pairs):
        raise NotInThisHouse


def require_bed_in(site: Site, people: Collection[uuid.UUID], at: datetime, *, by: User, anyway: str = "") -> bool:
    """The same for those who get a bed there at once; what happened `anyway` is logged with both families.

    Whether it would have been refused. To who only checks in it is, with CallWhoPlaces, whatever happened: nobody would
    look for the two in one house.
    """
    against = barring(people, site, at)
    if against and allows(by, Permission.CHECK_IN, site, at) and not allows(by, Permission.PLACE, site, at):
        raise CallWhoPlaces
    if against and not anyway:
        raise NotInThisHouse
    if against:
        write_log(by, LogLine.Verb.PUT_TOGETHER, "household", [BARRED], shown=sorted(against), why=anyway)
    return bool(against)


def is_barred(
    people: Collection[uuid.UUID], site: Site, at: datetime, *, pairs: Sequence[ApartPair] | None = None
) -> bool:
    """Whether a family of these, who come to the house, is kept apart from one that has a bed or a hold there.

    Who sleeps there already does not come. The `pairs` are locked here, unless they were before.
    """
    return bool(barring(people, site, at, pairs=pairs))


def barring(
    people: Collection[uuid.UUID], site: Site, at: datetime, *, pairs: Sequence[ApartPair] | None = None
) -> set[uuid.UUID]:
    """The families because of which that is so, both of each pair; else none."""
    pairs = lock_pairs(people) if pairs is None else pairs
    if not pairs:
        return set()
    sleeping = Stay.objects.stays().of(people).filter(site=site).at(at)
    coming = set(people) - set(sleeping.values_list("individual__memberships__counted_as", flat=True))
    ours = set(_families_of(coming).values_list("household", flat=True))
    both = {key for pair in pairs for key in (pair.first_id, pair.second_id)}
    houses = houses_by_family(both, Stay.objects.from_(at))
    ways = {(one, other) for pair in pairs for one, other in permutations((pair.first_id, pair.second_id))}
    return {key for one, other in ways if one in ours and site.pk in houses.get(other, ()) for key in (one, other)}


def _families_of(people: Collection[uuid.UUID]) -> QuerySet[Membership, Any]:
    return Membership.objects.today().filter(counted_as__in=people).order_by().values("household")


def houses_by_family(families: Collection[uuid.UUID], beds: StayQuerySet) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The houses where somebody of these families has one of these beds or holds, by family."""
    household_of: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    members = Membership.objects.today().filter(household__in=families).order_by()
    for person, household in members.values_list("counted_as", "household"):
        household_of[person].add(household)
    houses: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for person, site in beds.of(household_of).values_list("individual", "site"):
        for household in household_of.get(person, ()):
            houses[household].add(site)
    return houses
