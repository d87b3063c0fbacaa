"""An evening as it is: who waits and which rooms of the chosen houses have places, as one who plans may know."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from centre.clock import local_day
from centre.models import Site, User
from plans.evening import SHARED_KINDS, Evening, Family, Person, Space
from registrations.facts import UNDER_TWELVE, cohort_on
from registrations.models import Individual
from registrations.together import children_of
from shelter.apart import barred_houses
from shelter.models import ApartPair
from shelter.selectors import RoomNow, rooms_now
from shelter.sight import reach_of, sites_that_wait
from shelter.waiting import LONG, MOST_LISTED, Waiting, who_waits
from shelter.wants import features_of, wants_of

HOUR = 3600  # seconds


def read_evening(user: User, houses: Collection[Site], at: datetime) -> Evening:
    """Who waits, in fair order, and the rooms of these houses with free places.

    Who is presumed to have left is in no plan: a place held in vain is one that somebody else does without. In which
    houses of others a family is that must not be near another is told to nobody: there the hold is refused, and logged.
    """
    reach = reach_of(user, at)
    rows, _all = who_waits(user, sites_that_wait(user, at), at, limit=MOST_LISTED)
    waiting = [row for row in rows if not row.presumed_left]
    kept = list(ApartPair.objects.standing().values_list("first", "second"))
    barred = barred_houses(kept, at)
    people = _people({key for row in waiting for key in row.members}, at)
    families = tuple(_family(row, people, barred[row.household_id] & set(reach.own), at) for row in waiting)
    rooms = rooms_now([site.pk for site in houses], at, only_free=True)
    quotas = {site.pk: reach.left[site.pk] for site in houses if site.pk in reach.left}
    listed = {family.id for family in families}
    apart = frozenset(frozenset(pair) for pair in kept if listed.issuperset(pair))
    return Evening(families, tuple(map(_space, rooms)), apart, quotas)


def _space(room: RoomNow) -> Space:
    return Space(
        id=room.id,
        site=room.site_id,
        name=room.name,
        free=room.free,
        floor=room.floor,
        shared=room.kind in SHARED_KINDS,
        others=room.others,
        women_only=room.women_only,
        families_only=room.families_only,
        features=features_of(room),
    )


def _family(row: Waiting, people: Mapping[uuid.UUID, Person], barred: Iterable[uuid.UUID], at: datetime) -> Family:
    hours = max(0, int((at - row.since).total_seconds() // HOUR))
    pressing = row.infants or row.young or row.elders or row.needs or row.cared_for or at - row.since >= LONG
    return Family(
        id=row.household_id,
        number=row.number,
        site=row.site_id,
        people=tuple(people[key] for key in row.members),
        hours=hours,
        turn=0 if row.moved_up is not None else 1 if pressing else 2,
        size=row.size,
        wants=wants_of(row),
        barred=frozenset(barred),
    )


def _people(keys: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, Person]:
    day = local_day(at)
    carers = {one.child: frozenset() if one.alone else one.carers for one in children_of(keys, day)}
    found = {}
    for one in Individual.objects.filter(pk__in=keys):
        woman_or_boy = one.sex == "F" or cohort_on(one.birth, day) in UNDER_TWELVE
        found[one.pk] = Person(one.pk, woman_or_boy, carers.get(one.pk))
    return found
