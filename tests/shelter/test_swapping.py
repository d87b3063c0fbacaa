"""Two families have each other's places in one act, or nobody moves."""

from datetime import timedelta

import pytest

from casework.errors import ChildAmongStrangers
from centre.access import NotAllowed, Role
from shelter.actions import place_household
from shelter.errors import SiteDiffers, StayEnded, SwapDoesNotFit, SwapWithThemselves
from shelter.models import Stay
from shelter.swapping import swap
from tests.build import child, make_room, make_user, newborn, person, register_family
from tests.shelter.conftest import make_family
from tests.shelter.test_placing import beds

HOUR = timedelta(hours=1)


def asleep(family, at):
    people = family.memberships.today().values("counted_as")
    found = Stay.objects.stays().at(at).filter(individual__in=people).select_related("room__site", "place")
    return list(found.order_by("place__number"))


@pytest.fixture
def two(goris, coordinator, now):
    """A family of three in room 14 and one of two in room 15; both rooms are full."""
    families = [make_family(goris, coordinator, now - HOUR, size) for size in (3, 2)]
    for family, room in zip(families, (make_room(goris, 3, "14"), make_room(goris, 3, "15")), strict=True):
        place_household(family, rooms=[room], by=coordinator, at=now)
    return families


def test_each_has_the_places_of_the_other(goris, coordinator, now):
    ones, others = (make_family(goris, coordinator, now - HOUR, 2) for _ in range(2))
    for family, name in ((ones, "14"), (others, "15")):
        place_household(family, rooms=[make_room(goris, 2, name)], by=coordinator, at=now)
    swap(asleep(ones, now), others=asleep(others, now), by=coordinator, at=now + HOUR)
    assert beds(ones, now + HOUR) == [("15", 1), ("15", 2)]
    assert beds(others, now + HOUR) == [("14", 1), ("14", 2)]
    assert beds(ones, now + HOUR / 2) == [("14", 1), ("14", 2)]


def test_who_is_more_gets_what_is_free_in_those_rooms(two, coordinator, now):
    ones, others = two
    swap(asleep(ones, now), others=asleep(others, now), by=coordinator, at=now + HOUR)
    assert sorted(beds(ones, now + HOUR)) == [("15", 1), ("15", 2), ("15", 3)]
    assert sorted(beds(others, now + HOUR)) == [("14", 1), ("14", 2)]


def test_too_few_places_refuse_the_whole_with_numbers(two, coordinator, goris, now):
    ones, others = two
    single = make_family(goris, coordinator, now, 1)
    place_household(single, rooms=[asleep(others, now)[0].room], by=coordinator, at=now)
    before = list(Stay.objects.order_by("pk").values())
    with pytest.raises(SwapDoesNotFit, match="beds for 2, and 3 people would come"):
        swap(asleep(ones, now), others=asleep(others, now), by=coordinator, at=now + HOUR)
    assert list(Stay.objects.order_by("pk").values()) == before


def test_a_family_does_not_swap_with_itself(two, coordinator, now):
    with pytest.raises(SwapWithThemselves):
        swap(asleep(two[0], now), others=asleep(two[0], now), by=coordinator, at=now + HOUR)


def test_a_swap_is_at_one_site(two, sisian, coordinator, now):
    far = make_family(sisian, coordinator, now - HOUR, 1)
    place_household(far, rooms=[make_room(sisian)], by=coordinator, at=now)
    with pytest.raises(SiteDiffers):
        swap(asleep(two[0], now), others=asleep(far, now), by=coordinator, at=now + HOUR)


def test_a_swap_after_a_swap_is_of_beds_as_they_are(two, coordinator, now):
    ones, others = (asleep(family, now) for family in two)
    swap(ones, others=others, by=coordinator, at=now + HOUR)
    with pytest.raises(StayEnded):
        swap(ones, others=others, by=coordinator, at=now + HOUR)


def test_who_may_not_place_there_swaps_nobody(two, coordinator, sisian, now):
    with pytest.raises(NotAllowed):
        swap(
            asleep(two[0], now),
            others=asleep(two[1], now),
            by=make_user(Role.COORDINATOR, sisian),
            at=now + HOUR,
        )


def test_a_baby_who_shares_shares_again(goris, coordinator, now):
    young = register_family(goris, coordinator, person(), newborn(), at=now - HOUR)
    single = make_family(goris, coordinator, now - HOUR, 1)
    baby = [young.memberships.order_by("position").last().counted_as_id]
    place_household(young, rooms=[make_room(goris, 1, "14")], sharing=baby, by=coordinator, at=now)
    place_household(single, rooms=[make_room(goris, 1, "15")], by=coordinator, at=now)
    swap(asleep(young, now), others=asleep(single, now), by=coordinator, at=now + HOUR)
    assert beds(young, now + HOUR) == [("15", 1), ("15", None)]
    assert beds(single, now + HOUR) == [("14", 1)]


def test_no_child_comes_among_strangers_by_a_swap(goris, coordinator, now):
    family = register_family(goris, coordinator, person(), child(), at=now - HOUR)
    place_household(family, rooms=[make_room(goris, 1, "14"), make_room(goris, 1, "15")], by=coordinator, at=now)
    hall, stranger, other = make_room(goris, 2, "hall"), *(make_family(goris, coordinator, now, 1) for _ in range(2))
    for one in (stranger, other):
        place_household(one, rooms=[hall], by=coordinator, at=now)
    son = [stay for stay in asleep(family, now) if stay.room.name == "15"]
    with pytest.raises(ChildAmongStrangers):
        swap(son, others=asleep(other, now), by=coordinator, at=now + HOUR)
