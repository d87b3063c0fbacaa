"""A child under two has a room and no place: beside who looks after it, and never alone."""

from datetime import timedelta

import pytest

from houses.overflow import stays_beyond
from registrations.facts import Birth, years_before
from registrations.models import Individual
from shelter.actions import check_in, end_stays, hold_places, keep_beds, move, place_household
from shelter.dividing import divide_room
from shelter.errors import BabyAlone, NoBaby, NotEnoughPlaces
from shelter.fitting import Needed, best_fits
from shelter.models import Bedding, Room, Stay
from shelter.nights import lay_out_stays
from shelter.selectors import places_now, rooms_now
from tests.build import child, make_room, newborn, person, register_family

HOUR = timedelta(hours=1)


@pytest.fixture
def five(goris, coordinator, now):
    """A mother, a father, two children and a baby."""
    father = person("Aram", sex="M", relationship="spouse")
    members = person(), father, child("Davit"), child("Mane"), newborn("Tigran")
    return register_family(goris, coordinator, *members, at=now - HOUR)


def baby_of(family):
    return list(Individual.objects.members_of(family))[-1]


def sharing(family):
    return [baby_of(family).pk]


def bed_of(one, at):
    stay = Stay.objects.stays().at(at).get(individual=one)
    return stay.room.name, stay.place_id, stay.shares


def test_five_with_a_baby_sleep_in_a_room_for_four(five, goris, coordinator, now):
    room = make_room(goris, 4, "14")
    with pytest.raises(NotEnoughPlaces):
        place_household(five, rooms=[room], by=coordinator, at=now)
    place_household(five, rooms=[room], sharing=sharing(five), by=coordinator, at=now)
    assert Stay.objects.stays().at(now).count() == 5
    assert bed_of(baby_of(five), now) == ("14", None, True)
    counted = places_now([goris.pk], now)[goris.pk]
    assert (counted.slept, counted.free, counted.overflow) == (4, 0, 0)
    assert not stays_beyond(coordinator, now).exists()


def test_only_a_child_under_two_shares(goris, coordinator, now):
    two = Birth(years_before(now.date(), 2), "day")
    family = register_family(goris, coordinator, person(), child("Mane", birth=two), at=now - HOUR)
    with pytest.raises(NoBaby):
        place_household(family, rooms=[make_room(goris, 1)], sharing=sharing(family), by=coordinator, at=now)
    assert not Stay.objects.exists()


def test_a_baby_shares_in_the_room_of_who_looks_after_it(five, goris, coordinator, now):
    rooms = [make_room(goris, 2, "14"), make_room(goris, 2, "15")]
    place_household(five, rooms=rooms, sharing=sharing(five), by=coordinator, at=now)
    carers = set(Stay.objects.filter(individual__given_name__in=["Anna", "Aram"]).values_list("room__name", flat=True))
    assert bed_of(baby_of(five), now)[0] in carers


def test_no_baby_shares_where_nobody_looks_after_it(five, goris, coordinator, now):
    with pytest.raises(BabyAlone):
        place_household(
            five, rooms=[make_room(goris, 2)], members=sharing(five), sharing=sharing(five), by=coordinator, at=now
        )
    assert not Stay.objects.exists()


def test_who_looks_after_a_baby_does_not_leave_it_in_the_room(five, goris, coordinator, now):
    place_household(five, rooms=[make_room(goris, 4)], sharing=sharing(five), by=coordinator, at=now)
    parents = list(Stay.objects.filter(individual__given_name__in=["Anna", "Aram"]))
    other = make_room(goris, 4)
    for act in (lambda: move(parents, rooms=[other], by=coordinator, at=now + HOUR),
                lambda: end_stays(parents, by=coordinator, at=now + HOUR)):  # fmt: skip
        with pytest.raises(BabyAlone):
            act()
    assert Stay.objects.stays().at(now + HOUR).count() == 5


def test_a_hold_of_a_baby_needs_no_place_and_it_is_checked_in_with_its_family(five, goris, coordinator, now):
    room = make_room(goris, 4, "14")
    hold_places(five, rooms=[room], until=now + 9 * HOUR, sharing=sharing(five), by=coordinator, at=now)
    assert Stay.objects.holds().at(now).count() == 5
    baby = Stay.objects.holds().get(individual=baby_of(five))
    assert (baby.place, baby.shares) == (None, True)
    with pytest.raises(BabyAlone):
        check_in([baby], by=coordinator, at=now + HOUR)
    check_in(list(Stay.objects.holds()), by=coordinator, at=now + HOUR)
    assert bed_of(baby_of(five), now + HOUR) == ("14", None, True)
    assert not Stay.objects.holds().at(now + HOUR).exists()


def test_moved_as_it_slept_or_to_a_place_of_its_own(five, goris, coordinator, now):
    place_household(five, rooms=[make_room(goris, 4)], sharing=sharing(five), by=coordinator, at=now)
    stays = list(Stay.objects.stays().at(now))
    move(stays, rooms=[make_room(goris, 4, "21")], by=coordinator, at=now + HOUR)
    assert bed_of(baby_of(five), now + HOUR) == ("21", None, True)
    stays = list(Stay.objects.stays().at(now + HOUR))
    move(stays, rooms=[make_room(goris, 5, "22")], sharing=[], by=coordinator, at=now + 2 * HOUR)
    room, place, shares = bed_of(baby_of(five), now + 2 * HOUR)
    assert (room, shares) == ("22", False)
    assert place


def test_laying_out_anew_leaves_a_baby_sharing(five, goris, coordinator, now):
    place_household(five, rooms=[make_room(goris, 4)], sharing=sharing(five), by=coordinator, at=now)
    act = Bedding.objects.first().act
    before = list(Stay.objects.order_by("pk").values())
    lay_out_stays(Individual.objects.members_of(five).values_list("pk", flat=True), act)
    assert list(Stay.objects.order_by("pk").values()) == before


def test_a_bed_kept_while_away_is_kept_for_the_baby_too(five, goris, coordinator, now):
    place_household(five, rooms=[make_room(goris, 4, "14")], sharing=sharing(five), by=coordinator, at=now)
    stays = list(Stay.objects.stays().at(now))
    keep_beds(stays, until=now + 20 * HOUR, reason="hospital", by=coordinator, at=now + HOUR)
    assert Stay.objects.holds().at(now + HOUR).filter(shares=True).count() == 1
    check_in(list(Stay.objects.holds().at(now + HOUR)), by=coordinator, at=now + 2 * HOUR)
    assert bed_of(baby_of(five), now + 2 * HOUR) == ("14", None, True)


def test_a_baby_goes_along_when_the_room_is_divided(five, goris, coordinator, now):
    room = make_room(goris, 9, "house")
    place_household(five, rooms=[room], sharing=sharing(five), by=coordinator, at=now)
    places = [stay.place for stay in Stay.objects.stays().at(now) if stay.place]
    divide_room(room, places=places, name="3", by=coordinator, at=now + HOUR)
    assert bed_of(baby_of(five), now + HOUR) == ("3", None, True)


def test_a_held_baby_goes_along_too(five, goris, coordinator, now):
    room = make_room(goris, 9, "house")
    hold_places(five, rooms=[room], until=now + 9 * HOUR, sharing=sharing(five), by=coordinator, at=now)
    places = [stay.place for stay in Stay.objects.holds() if stay.place]
    divide_room(room, places=places, name="3", by=coordinator, at=now + HOUR)
    assert {hold.room.name for hold in Stay.objects.holds().select_related("room")} == {"3"}


def test_what_is_suggested_counts_babies_where_places_are_short(goris, now):
    four, three = make_room(goris, 4, "four"), make_room(goris, 3, "three")
    make_room(goris, 2, "two")
    fits = best_fits(rooms_now([goris.pk], now), Needed(5, 1), here=goris.pk)
    assert [(fit.names, fit.sharing, fit.short) for fit in fits] == [("four", 1, 0)]
    make_room(goris, 5, "five")
    fits = best_fits(rooms_now([goris.pk], now), Needed(5, 1), here=goris.pk)
    assert [(fit.names, fit.sharing) for fit in fits] == [("five", 0)]
    assert {four, three} <= set(Room.objects.all())
