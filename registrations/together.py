"""Which children are where nobody is who looks after them: by whom each is looked after, and where all of them are."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from centre.models import Site
from registrations.facts import is_child
from registrations.models import Household, Individual, Membership
from registrations.whereabouts import DIED, SITE, Whereabouts, find_people, is_at_a_site


@dataclass(frozen=True)
class LookedAfter:
    """A child of a household, its family, and who of it looks after the child; persons as the record counts them."""

    membership: int
    child: uuid.UUID
    family: frozenset[uuid.UUID]
    carers: frozenset[uuid.UUID]
    alone: bool  # nobody of the family looks after it, by what was said or because nobody is known to be grown up


@dataclass(frozen=True)
class Apart:
    """A child without anybody who looks after it: of which membership, and where it is, or in which room of others."""

    membership: int
    child: uuid.UUID
    place: str
    among_strangers: bool = False


def children_of(people: Collection[uuid.UUID], day: date) -> list[LookedAfter]:
    """The children of the households to which any of these persons belongs today.

    The recorded carer looks after a child; where no member is recorded, any adult of the household does.
    """
    theirs = Membership.objects.today().filter(Q(counted_as__in=people) | Q(individual__in=people)).values("household")
    return _children(Membership.objects.today().filter(household__in=theirs), day)


def children_in(household: Household, day: date) -> list[LookedAfter]:
    """The children of the household today."""
    return _children(household.memberships.today(), day)


def _children(memberships: QuerySet[Membership], day: date) -> list[LookedAfter]:
    families: dict[uuid.UUID, list[Membership]] = defaultdict(list)
    carer = Membership.objects.order_by().filter(individual=OuterRef("carer")).values("counted_as")[:1]
    for row in memberships.select_related("counted_as").annotate(carer_counted_as=Subquery(carer)):
        families[row.household_id].append(row)
    return [child for rows in families.values() for child in _of_one_household(rows, day)]


def _of_one_household(rows: Collection[Membership], day: date) -> list[LookedAfter]:
    children = [row for row in rows if is_child(row.counted_as.birth, day)]
    family = frozenset(row.counted_as_id for row in rows)
    adults = family - {row.counted_as_id for row in children}
    known = any(row.counted_as_id in adults and _is_known(row.counted_as) for row in rows)
    return [
        LookedAfter(row.pk, row.counted_as_id, family, _carers(row, adults), alone=row.comes_alone or not known)
        for row in children
    ]


def _is_known(person: Individual) -> bool:
    """Whether somebody saw that a person is no child: to be counted at the gate without an age is not enough."""
    return person.registered_at is not None or bool(person.birth.on or person.birth.age_group)


def _carers(row: Any, adults: frozenset[uuid.UUID]) -> frozenset[uuid.UUID]:
    """The recorded carer, in whatever household; there by carer_member_is_named when a member looks after the child."""
    return frozenset({row.carer_counted_as}) if row.carer_id else adults


def carers_with(
    children: Collection[LookedAfter], at: datetime, site: Site, coming: Collection[uuid.UUID]
) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """For each of these children, its carers who are with it: at the site, or among the people who are coming there.

    A carer who died is never with it. A child who is alone has no carer.
    """
    found = {one.child: frozenset() if one.alone else one.carers & frozenset(coming) for one in children}
    asked = [one for one in children if not one.alone and not found[one.child]]
    where = find_people({person for one in asked for person in (one.child, *one.carers)}, at) if asked else {}
    for one in asked:
        place = where.get(one.child)
        found[one.child] = frozenset(carer for carer in one.carers if _is_with(place, where.get(carer), site))
    return found


def _is_with(child: Whereabouts | None, carer: Whereabouts | None, site: Site) -> bool:
    """Whether who looks after a child is at the site, or where the child is, which may be nowhere that was told."""
    if carer is None:
        return child is None
    if is_at_a_site(carer) and carer.site == site:
        return True
    return child is not None and carer.place != DIED and _together(child, carer)


def apart_at(children: Collection[LookedAfter], at: datetime) -> set[Apart]:
    """Those of the children who are somewhere at the instant, and none of their carers with them."""
    if not children:
        return set()
    everyone = {person for child in children for person in (child.child, *child.carers)}
    where = find_people(everyone, at)
    found = set()
    for one in children:
        place = where.get(one.child)
        if place is None or place.place == DIED:
            continue
        with_them = (where[carer] for carer in one.carers if carer in where)
        if not any(_together(place, other) for other in with_them):
            found.add(Apart(one.membership, one.child, _named(place)))
    return found


def _together(one: Whereabouts, other: Whereabouts) -> bool:
    """At one site; or gone by the same act."""
    if is_at_a_site(one) or is_at_a_site(other):
        return is_at_a_site(one) and is_at_a_site(other) and one.site == other.site
    return one.place == other.place and one.movement.act_id == other.movement.act_id


def _named(where: Whereabouts) -> str:
    """The place as long as it is the same one; who is on the way to a site is named by that site."""
    return f"{SITE} {where.site.pk}" if where.site else where.place
