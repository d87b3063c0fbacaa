"""Holding places and checking in, also when the hold has gone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.models import Site
from desk.actions import arrive
from registrations.models import Individual, Presence
from shelter.actions import check_in, end_stays, hold_places, keep_beds, place_household
from shelter.errors import (
    AlreadyHeld,
    AlreadyHoused,
    HoldEndsFirst,
    HoldGone,
    NotEnoughPlaces,
    NotHeldThen,
    SiteDiffers,
    StayEnded,
)
from shelter.models import Bedding, Stay
from tests.build import make_room, make_site, make_user
from tests.shelter.conftest import make_family
from tests.shelter.test_placing import beds

HOUR = timedelta(hours=1)


def holds():
    return list(Stay.objects.holds().order_by("place__number").select_related("room__site", "place"))


def test_hold_keeps_a_place_for_each_until_the_time(family, sisian, coordinator, now):
    room = make_room(sisian, 3)
    hold_places(family, rooms=[room], until=now + HOUR, reason="bus 7", by=coordinator, at=now)
    assert [(h.during.lower, h.during.upper, h.reason) for h in holds()] == [(now, now + HOUR, "bus 7")] * 3
    assert not room.places.free(now).exists()


def test_held_places_are_not_given_to_others(family, goris, coordinator, now):
    room = make_room(goris, 4)
    hold_places(family, rooms=[room], until=now + HOUR, by=coordinator, at=now)
    other = make_family(goris, coordinator, now, 2)
    with pytest.raises(NotEnoughPlaces, match="1 free place for 2 people"):
        place_household(other, rooms=[room], by=coordinator, at=now)
    with pytest.raises(NotEnoughPlaces):
        hold_places(other, rooms=[room], until=now + HOUR, by=coordinator, at=now)


def test_an_expired_hold_blocks_nobody_without_any_worker(family, goris, coordinator, now):
    room = make_room(goris, 3, "14")
    hold_places(family, rooms=[room], until=now + HOUR, by=coordinator, at=now)
    other = make_family(goris, coordinator, now, 3)
    place_household(other, rooms=[room], by=coordinator, at=now + HOUR)
    assert beds(other, now + HOUR) == [("14", 1), ("14", 2), ("14", 3)]
    assert len(holds()) == 3  # nobody took them away


def test_hold_twice_is_refused(family, goris, sisian, coordinator, now):
    hold_places(family, rooms=[make_room(goris, 3)], until=now + HOUR, by=coordinator, at=now)
    with pytest.raises(AlreadyHeld):
        hold_places(family, rooms=[make_room(sisian, 3)], until=now + HOUR, by=coordinator, at=now)
    hold_places(family, rooms=[make_room(sisian, 3)], until=now + 2 * HOUR, by=coordinator, at=now + HOUR)


def test_hold_until_a_time_that_has_passed_is_refused(family, goris, coordinator, now):
    with pytest.raises(HoldEndsFirst):
        hold_places(family, rooms=[make_room(goris, 3)], until=now, by=coordinator, at=now)
    assert not holds()


def test_hold_at_two_sites_is_refused(family, goris, sisian, coordinator, now):
    rooms = [make_room(goris), make_room(sisian)]
    with pytest.raises(SiteDiffers):
        hold_places(family, rooms=rooms, until=now + HOUR, by=coordinator, at=now)


def test_hold_by_a_volunteer_is_not_allowed(family, goris, now):
    volunteer = make_user(Role.VOLUNTEER, goris)
    with pytest.raises(NotAllowed):
        hold_places(family, rooms=[make_room(goris, 3)], until=now + HOUR, by=volunteer, at=now)


def test_place_ends_the_familys_own_hold(family, goris, coordinator, now):
    room = make_room(goris, 3, "14")
    hold_places(family, rooms=[room], until=now + 2 * HOUR, by=coordinator, at=now)
    place_household(family, rooms=[room], by=coordinator, at=now + HOUR)
    assert beds(family, now + HOUR) == [("14", 1), ("14", 2), ("14", 3)]
    assert {h.during.upper for h in holds()} == {now + HOUR}


def test_check_in_ends_the_hold_and_begins_the_stay_on_the_same_place(family, goris, coordinator, now):
    hold_places(family, rooms=[make_room(goris, 3, "14")], until=now + 2 * HOUR, by=coordinator, at=now)
    check_in(holds(), by=coordinator, at=now + HOUR)
    assert beds(family, now + HOUR) == [("14", 1), ("14", 2), ("14", 3)]
    assert {h.during.upper for h in holds()} == {now + HOUR}


def test_check_in_from_another_site_arrives(family, sisian, coordinator, now):
    hold_places(family, rooms=[make_room(sisian, 3)], until=now + 2 * HOUR, by=coordinator, at=now)
    check_in(holds(), by=coordinator, at=now + HOUR)
    assert {p.site for p in Presence.objects.filter(during__contains=now + HOUR)} == {sisian}


def test_check_in_after_the_hold_has_gone_gives_the_place_if_it_is_free(family, goris, coordinator, now):
    hold_places(family, rooms=[make_room(goris, 3, "14")], until=now + HOUR, by=coordinator, at=now)
    check_in(holds(), by=coordinator, at=now + 2 * HOUR)
    assert beds(family, now + 2 * HOUR) == [("14", 1), ("14", 2), ("14", 3)]


def test_check_in_after_the_hold_has_gone_and_the_place_was_given_is_refused(family, goris, coordinator, now):
    room = make_room(goris, 3, "14")
    hold_places(family, rooms=[room], until=now + HOUR, by=coordinator, at=now)
    place_household(make_family(goris, coordinator, now, 1), rooms=[room], by=coordinator, at=now + HOUR)
    with pytest.raises(HoldGone):
        check_in(holds(), by=coordinator, at=now + 2 * HOUR)
    assert beds(family, now + 2 * HOUR) == [None, None, None]
    place_household(family, rooms=[room], happened_anyway="Late bus.", by=coordinator, at=now + 2 * HOUR)
    assert beds(family, now + 2 * HOUR) == [("14", 2), ("14", 3), ("14", None)]


def test_nobody_is_checked_in_before_the_place_was_held(family, goris, coordinator, now):
    hold_places(family, rooms=[make_room(goris, 3)], until=now + 2 * HOUR, by=coordinator, at=now)
    with pytest.raises(NotHeldThen, match=f"{timezone.localtime(now):%d.%m, %H:%M}"):
        check_in(holds(), by=coordinator, at=now - timedelta(minutes=1))
    assert Bedding.objects.count() == 0
    check_in(holds(), by=coordinator, at=now)
    assert Bedding.objects.count() == 3


def test_an_hour_told_to_the_minute_of_the_hold_checks_in_as_the_hold_begins(family, goris, coordinator, now):
    held_at = now.replace(second=59)
    hold_places(family, rooms=[make_room(goris, 3)], until=now + 2 * HOUR, by=coordinator, at=held_at)
    check_in(holds(), by=coordinator, at=held_at.replace(second=0, microsecond=0))
    assert set(Bedding.objects.values_list("happened_at", flat=True)) == {held_at}


def test_check_in_twice_is_refused(family, goris, coordinator, now):
    hold_places(family, rooms=[make_room(goris, 3)], until=now + 2 * HOUR, by=coordinator, at=now)
    check_in(holds(), by=coordinator, at=now + HOUR)
    with pytest.raises(AlreadyHoused):
        check_in(holds(), by=coordinator, at=now + HOUR + timedelta(minutes=1))
    assert Bedding.objects.count() == 3


def test_check_in_of_a_hold_whose_family_sleeps_elsewhere_by_now_is_refused(family, goris, coordinator, now):
    hold_places(family, rooms=[make_room(goris, 3)], until=now + 2 * HOUR, by=coordinator, at=now)
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now + HOUR)
    with pytest.raises(AlreadyHoused):
        check_in(holds(), by=coordinator, at=now + HOUR + timedelta(minutes=1))


def test_check_in_of_stays_is_refused(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    with pytest.raises(StayEnded):
        check_in(list(Stay.objects.stays()), by=coordinator, at=now + HOUR)


def test_give_a_hold_back(family, goris, coordinator, now):
    room = make_room(goris, 3)
    hold_places(family, rooms=[room], until=now + 2 * HOUR, by=coordinator, at=now)
    end_stays(holds(), by=coordinator, at=now + HOUR)
    assert room.places.free(now + HOUR).count() == 3
    with pytest.raises(StayEnded):
        end_stays(holds(), by=coordinator, at=now + HOUR)


def test_hospital_with_a_hold_on_the_hotel_bed(family, goris, coordinator, now):
    hotel = make_site("hotel", Site.Kind.HOTEL)
    hospital = make_site("hospital", Site.Kind.HOSPITAL, confidential=True)
    place_household(family, rooms=[make_room(hotel, 3, "14")], by=coordinator, at=now)
    patient = Individual.objects.members_of(family)[1]
    stay = Stay.objects.get(individual=patient)
    keep_beds([stay], until=now + timedelta(days=3), reason="hospital", by=coordinator, at=now + HOUR)
    ward = make_user(site=hospital)
    arrive(family, site=hospital, members=[patient.pk], by=ward, at=now + HOUR)
    place_household(family, rooms=[make_room(hospital, 1, "ward")], members=[patient.pk], by=ward, at=now + HOUR)
    assert beds(family, now + 2 * HOUR) == [("14", 1), ("ward", 1), ("14", 3)]
    assert not stay.room.places.free(now + 2 * HOUR).exists()
    check_in(list(Stay.objects.holds().at(now + 3 * HOUR)), by=coordinator, at=now + 3 * HOUR)
    assert beds(family, now + 3 * HOUR) == [("14", 1), ("14", 2), ("14", 3)]
    assert {p.site for p in Presence.objects.filter(during__contains=now + 3 * HOUR)} == {hotel}
