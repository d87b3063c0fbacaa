"""Whatever is done in whatever order, every bed has one sleeper at most, and nobody sleeps on a place that is gone."""

import random
from datetime import timedelta
from itertools import groupby

import pytest
from django.db.models import Count

from centre.refusals import Refusal
from registrations.models import Individual, Membership
from shelter.actions import end_stays, hold_places, move, place_household
from shelter.babies import babies_among
from shelter.dividing import divide_room
from shelter.inventory import add_bed, block_places, open_places, set_places, take_beds_away
from shelter.models import Bedding, Place, Room, Stay
from shelter.swapping import swap
from shelter.undoing import void_bedding
from tests.build import child, make_room, newborn, person, register_family
from tests.shelter.conftest import make_family

STEPS = 40


@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_of_acts_leaves_every_bed_with_one_sleeper(goris, coordinator, now, seed):
    drawn = random.Random(seed)
    before = now - timedelta(hours=1)
    families = [make_family(goris, coordinator, before, size) for size in (1, 2, 3, 4)]
    families.append(register_family(goris, coordinator, person(), child(), newborn(), at=before))
    for _ in range(2):
        make_room(goris, 5)
    done = 0
    for minute in range(1, STEPS):
        at = now + timedelta(minutes=minute)
        try:
            any_act(drawn, families, coordinator, at)()
            done += 1
        except Refusal:
            pass
        every_bed_once(at)
    assert done > STEPS // 4


def any_act(drawn, families, by, at):
    """An act that a desk might do at the instant."""
    room = drawn.choice(list(Room.objects.order_by("name")))
    places = list(room.places.standing().order_by("number"))
    some = drawn.sample(places, min(len(places), drawn.randint(1, 3)))
    family, stays = drawn.choice(families), list(Stay.objects.stays().at(at).order_by("pk"))
    rooms, how = [room], {"by": by, "at": at}
    facts = list(Bedding.objects.exclude(kind="voided").order_by("pk"))
    babies = babies_among(Individual.objects.members_of(family).values_list("pk", flat=True), at)
    acts = [
        lambda: place_household(family, rooms=rooms, sharing=babies, **how),
        lambda: place_household(family, rooms=rooms, happened_anyway="the bus came", **how),
        lambda: hold_places(family, rooms=rooms, sharing=babies, until=at + timedelta(minutes=9), **how),
        lambda: set_places(room, places=drawn.randint(0, 7), **how),
        lambda: add_bed(room, **how),
    ]
    if stays:
        two = drawn.choices(by_family(stays), k=2)
        acts += [
            lambda: move(drawn.sample(stays, 1), rooms=rooms, **how),
            lambda: end_stays(drawn.sample(stays, 1), **how),
            lambda: swap(two[0], others=two[1], **how),
            lambda: swap(two[0], others=two[1], **how),
            lambda: void_bedding([drawn.choice(facts)], **how),
        ]
    if some:
        acts += [
            lambda: block_places(some, reason="wet", until=at + timedelta(minutes=drawn.randint(1, 9)), **how),
            lambda: open_places(some, **how),
            lambda: take_beds_away(some, **how),
            lambda: divide_room(room, places=some, name=f"made {at:%H%M}", **how),
        ]
    return drawn.choice(acts)


def by_family(stays):
    """The stays of each family that sleeps."""
    families = dict(Membership.objects.today().values_list("counted_as", "household"))
    rows = sorted(stays, key=lambda stay: families[stay.individual_id])
    return [list(theirs) for _, theirs in groupby(rows, key=lambda stay: families[stay.individual_id])]


def every_bed_once(at):
    lasting = Stay.objects.from_(at).filter(place__isnull=False)
    assert not lasting.at(at).values("place").annotate(sleepers=Count("pk")).filter(sleepers__gt=1).exists()
    assert not lasting.filter(place__retired_at__isnull=False).exists()
    asleep = Stay.objects.stays().at(at).values("individual").annotate(beds=Count("pk"))
    assert not asleep.filter(beds__gt=1).exists()
    numbers = Place.objects.standing().values("room", "number").annotate(times=Count("pk"))
    assert not numbers.filter(times__gt=1).exists()
