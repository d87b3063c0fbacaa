"""Placing, moving and ending stays: what is so afterwards, and what is refused."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centre.access import NotAllowed, Role
from centre.models import Act
from registrations.models import Individual, Movement, Presence
from shelter.actions import end_stays, hold_places, move, place_household
from shelter.errors import (
    AlreadyHoused,
    NobodyToPlace,
    NotEnoughPlaces,
    PlaceBlocked,
    PlaceTaken,
    RoomNameTaken,
    SiteDiffers,
    StayEnded,
)
from shelter.inventory import add_rooms, block_places, open_places
from shelter.models import Bedding, Place, Room, Stay
from tests.build import make_room, make_user
from tests.shelter.conftest import make_family

HOUR = timedelta(hours=1)


def beds(household, at):
    """Who of the household sleeps where at the instant: (room, place number), in the order of the form."""
    stays = Stay.objects.stays().at(at).select_related("room", "place")
    by_person = {stay.individual_id: (stay.room.name, stay.place and stay.place.number) for stay in stays}
    return [by_person.get(person.pk) for person in Individual.objects.members_of(household)]


def test_place_gives_each_member_a_place_of_their_own(family, goris, coordinator, now):
    room = make_room(goris, 4, "14")
    answer = place_household(family, rooms=[room], by=coordinator, at=now)
    assert beds(family, now) == [("14", 1), ("14", 2), ("14", 3)]
    assert answer.individuals == [str(p.pk) for p in Individual.objects.members_of(family)]
    assert {uuid.UUID(key) for key in answer.stays} == set(Stay.objects.values_list("pk", flat=True))


def test_place_fills_rooms_in_the_order_they_were_named(family, goris, coordinator, now):
    rooms = [make_room(goris, 2, "15"), make_room(goris, 2, "14")]
    place_household(family, rooms=rooms, by=coordinator, at=now)
    assert beds(family, now) == [("15", 1), ("15", 2), ("14", 1)]  # the room of their own is the second son's


def test_place_some_members_leaves_the_others_waiting(family, goris, coordinator, now):
    first, second, _ = Individual.objects.members_of(family)
    place_household(family, rooms=[make_room(goris)], members=[first.pk, second.pk], by=coordinator, at=now)
    assert [bool(bed) for bed in beds(family, now)] == [True, True, False]


def test_place_at_another_site_arrives_there(family, sisian, coordinator, now):
    place_household(family, rooms=[make_room(sisian, 3)], by=coordinator, at=now)
    assert {p.site for p in Presence.objects.filter(during__contains=now)} == {sisian}
    assert Movement.objects.filter(kind="arrived", site=sisian).count() == 3


def test_place_with_too_few_places_moves_nobody(family, goris, coordinator, now):
    with pytest.raises(NotEnoughPlaces, match=r"2 free places for 3 people"):
        place_household(family, rooms=[make_room(goris, 2)], by=coordinator, at=now)
    assert not Stay.objects.exists()
    assert not Bedding.objects.exists()
    assert not Act.objects.filter(kind="place").exists()


def test_place_of_someone_else_is_refused_and_stays_theirs(family, goris, coordinator, now):
    room = make_room(goris, 3)
    place_household(family, rooms=[room], by=coordinator, at=now)
    other = make_family(goris, coordinator, now, 1)
    before = list(Stay.objects.values("individual", "place", "during"))
    with pytest.raises(NotEnoughPlaces, match="0 free places for 1 person"):
        place_household(other, rooms=[room], by=coordinator, at=now)
    assert list(Stay.objects.values("individual", "place", "during")) == before


def test_place_a_housed_family_is_refused(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    with pytest.raises(AlreadyHoused):
        place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now + HOUR)


def test_place_told_late_is_refused_when_they_were_housed_meanwhile(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    with pytest.raises(AlreadyHoused):
        place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now - timedelta(minutes=1))


def test_place_in_rooms_of_two_sites_is_refused(family, goris, sisian, coordinator, now):
    with pytest.raises(SiteDiffers):
        place_household(family, rooms=[make_room(goris), make_room(sisian)], by=coordinator, at=now)


def test_place_in_no_room_is_refused(family, coordinator, now):
    with pytest.raises(SiteDiffers):
        place_household(family, rooms=[], by=coordinator, at=now)


def test_place_a_stranger_with_the_family_is_refused(family, goris, coordinator, now):
    stranger = Individual.objects.members_of(make_family(goris, coordinator, now, 1)).get()
    with pytest.raises(NobodyToPlace):
        place_household(family, rooms=[make_room(goris)], members=[stranger.pk], by=coordinator, at=now)


def test_place_by_a_volunteer_is_not_allowed(family, goris, now):
    with pytest.raises(NotAllowed):
        place_household(family, rooms=[make_room(goris, 3)], by=make_user(Role.VOLUNTEER, goris), at=now)


def test_place_at_a_site_of_another_coordinator_is_not_allowed(family, goris, sisian, now):
    with pytest.raises(NotAllowed):
        place_household(family, rooms=[make_room(sisian, 3)], by=make_user(site=goris), at=now)


def test_place_twice_with_the_same_id_is_done_once(family, goris, coordinator, now):
    room, act = make_room(goris, 6), uuid.uuid4()
    first = place_household(family, rooms=[room], by=coordinator, at=now, id=act)
    assert place_household(family, rooms=[room], by=coordinator, at=now, id=act) == first
    assert Stay.objects.count() == 3


def test_overflow_is_recorded_in_the_room_and_flagged(family, goris, coordinator, now):
    room = make_room(goris, 2, "14")
    place_household(family, rooms=[room], happened_anyway="The bus came at night.", by=coordinator, at=now)
    assert beds(family, now) == [("14", 1), ("14", 2), ("14", None)]
    flagged = Stay.objects.get(place=None)
    assert (flagged.happened_anyway_by, flagged.happened_anyway_reason) == (coordinator, "The bus came at night.")


def test_what_happened_anyway_is_recorded_though_they_were_housed(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3, "14")], by=coordinator, at=now)
    tent = make_room(goris, 3, "tent")
    place_household(family, rooms=[tent], happened_anyway="They went by themselves.", by=coordinator, at=now + HOUR)
    assert beds(family, now) == [("14", 1), ("14", 2), ("14", 3)]
    assert beds(family, now + HOUR) == [("tent", 1), ("tent", 2), ("tent", 3)]


def test_placing_costs_the_same_queries_whatever_the_size(goris, coordinator, now):
    counts = []
    for size in (2, 6):
        household = make_family(goris, coordinator, now, size)
        room = make_room(goris, size + 5)
        with CaptureQueriesContext(connection) as queries:
            place_household(household, rooms=[room], by=coordinator, at=now)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 29


def test_move_frees_the_old_place_at_that_instant(family, goris, coordinator, now):
    old, new = make_room(goris, 3, "old"), make_room(goris, 3, "new")
    place_household(family, rooms=[old], by=coordinator, at=now)
    move(list(Stay.objects.all()), rooms=[new], by=coordinator, at=now + HOUR)
    assert beds(family, now) == [("old", 1), ("old", 2), ("old", 3)]
    assert beds(family, now + HOUR) == [("new", 1), ("new", 2), ("new", 3)]
    other = make_family(goris, coordinator, now, 3)
    place_household(other, rooms=[old], by=coordinator, at=now + HOUR)
    assert beds(other, now + HOUR) == [("old", 1), ("old", 2), ("old", 3)]


def test_move_to_another_site_arrives_there(family, goris, sisian, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    move(list(Stay.objects.all()), rooms=[make_room(sisian, 3)], by=coordinator, at=now + HOUR)
    assert {p.site for p in Presence.objects.filter(during__contains=now + HOUR)} == {sisian}


def test_move_into_a_full_room_moves_nobody(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    before = list(Stay.objects.values())
    with pytest.raises(NotEnoughPlaces):
        move(list(Stay.objects.all()), rooms=[make_room(goris, 2)], by=coordinator, at=now + HOUR)
    assert list(Stay.objects.values()) == before


def test_move_a_stay_that_ended_is_refused(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    stays = list(Stay.objects.all())
    move(stays, rooms=[make_room(goris, 3)], by=coordinator, at=now + HOUR)
    with pytest.raises(StayEnded):
        move(stays, rooms=[make_room(goris, 3)], by=coordinator, at=now + HOUR + HOUR)
    with pytest.raises(StayEnded):  # another desk was first, by a moment
        move(stays, rooms=[make_room(goris, 3)], by=coordinator, at=now + timedelta(minutes=59))


def test_end_leaves_the_people_at_the_site_without_a_bed(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    end_stays(list(Stay.objects.all()), by=coordinator, at=now + HOUR)
    assert beds(family, now + HOUR) == [None, None, None]
    assert Presence.objects.filter(site=goris, during__contains=now + HOUR).count() == 3


def test_end_twice_is_refused(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    stays = list(Stay.objects.all())
    end_stays(stays, by=coordinator, at=now + HOUR)
    with pytest.raises(StayEnded):
        end_stays(stays, by=coordinator, at=now + HOUR + HOUR)


def test_end_before_it_began_is_refused(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    with pytest.raises(StayEnded):
        end_stays(list(Stay.objects.all()), by=coordinator, at=now - timedelta(minutes=1))


def test_a_blocked_place_is_not_given_until_it_is_opened(family, goris, coordinator, now):
    room = make_room(goris, 3)
    places = list(room.places.all())
    block_places(places[:1], reason="wet", by=coordinator, at=now)
    with pytest.raises(NotEnoughPlaces):
        place_household(family, rooms=[room], by=coordinator, at=now)
    open_places(places[:1], by=coordinator, at=now)
    place_household(family, rooms=[room], by=coordinator, at=now)
    assert Stay.objects.count() == 3


def test_block_a_place_that_is_slept_on_is_refused(family, goris, coordinator, now):
    room = make_room(goris, 3)
    place_household(family, rooms=[room], by=coordinator, at=now)
    with pytest.raises(PlaceTaken):
        block_places(list(room.places.all()), reason="wet", by=coordinator, at=now + HOUR)


def test_block_a_held_place_is_refused(family, goris, coordinator, now):
    room = make_room(goris, 3)
    hold_places(family, rooms=[room], until=now + HOUR, by=coordinator, at=now)
    with pytest.raises(PlaceTaken):
        block_places(list(room.places.all()), reason="wet", by=coordinator, at=now)


def test_block_twice_is_refused(goris, coordinator, now):
    places = list(make_room(goris, 2).places.all())
    block_places(places, reason="wet", by=coordinator, at=now)
    with pytest.raises(PlaceBlocked):
        block_places(places, reason="burnt", by=coordinator, at=now)
    assert set(Place.objects.values_list("blocked_reason", flat=True)) == {"wet"}


def test_add_rooms_sets_up_rooms_with_places(goris, coordinator, now):
    add_rooms(goris, names=["12", "14"], places=3, floor=1, step_free=True, by=coordinator, at=now)
    rooms = Room.objects.filter(site=goris, floor=1, step_free=True)
    assert {room.name: list(room.places.values_list("number", flat=True)) for room in rooms} == {
        "12": [1, 2, 3],
        "14": [1, 2, 3],
    }


def test_add_a_room_of_a_name_there_is_adds_none(goris, coordinator, now):
    make_room(goris, 2, "14")
    with pytest.raises(RoomNameTaken):
        add_rooms(goris, names=["12", "14"], places=3, by=coordinator, at=now)
    assert list(Room.objects.values_list("name", flat=True)) == ["14"]


def test_add_rooms_by_a_volunteer_is_not_allowed(goris, now):
    with pytest.raises(NotAllowed):
        add_rooms(goris, names=["12"], places=3, by=make_user(Role.VOLUNTEER, goris), at=now)
