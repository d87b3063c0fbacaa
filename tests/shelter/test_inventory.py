"""Rooms change, places come and go, and the past stays as it was."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from centre.access import NotAllowed, Role
from shelter.actions import check_in, end_stays, hold_places, place_household
from shelter.errors import (
    BlockEndsFirst,
    MenSleepHere,
    NotEnoughPlaces,
    NothingChanged,
    PlaceBlocked,
    PlaceGone,
    PlaceTaken,
    RoomNameTaken,
    TooFewPlaces,
)
from shelter.inside import blocked_places, read_places
from shelter.inventory import (
    RoomFacts,
    add_bed,
    block_places,
    change_room,
    enter_rooms,
    open_places,
    set_places,
    take_beds_away,
)
from shelter.models import Bedding, Place, Room, Stay
from shelter.selectors import rooms_now
from shelter.undoing import void_bedding
from tests.build import make_room, make_user, person, register_family

HOUR = timedelta(hours=1)


def numbers(room):
    return list(room.places.standing().order_by("number").values_list("number", flat=True))


def counted(room, at):
    (now,) = rooms_now([room.site_id], at)
    return now.total, now.free, now.blocked


def test_a_room_is_called_otherwise_and_what_it_was_is_kept(goris, coordinator, now):
    room = make_room(goris, 2, "12")
    change_room(room, name="12a", kind="room", floor=0, heating=True, by=coordinator, at=now)
    room.refresh_from_db()
    assert (room.name, room.floor, room.heating, room.features) == ("12a", 0, True, ["ground floor", "heating"])
    (was,) = room.changes.all()
    assert (was.name, was.floor, was.heating, was.until, was.act.by) == ("12", None, False, now, coordinator)


def test_a_room_is_not_called_as_another_of_the_site(goris, coordinator, now):
    room, _other = make_room(goris, 2, "12"), make_room(goris, 2, "14")
    with pytest.raises(RoomNameTaken):
        change_room(room, name="14", kind="room", by=coordinator, at=now)
    assert not room.changes.exists()
    with pytest.raises(NothingChanged):
        change_room(room, name="12", kind="room", by=coordinator, at=now)


def test_more_places_get_the_next_numbers_and_fewer_go_from_the_end(goris, coordinator, now):
    room = make_room(goris, 3)
    set_places(room, places=5, by=coordinator, at=now)
    assert numbers(room) == [1, 2, 3, 4, 5]
    set_places(room, places=2, by=coordinator, at=now + HOUR)
    assert numbers(room) == [1, 2]
    set_places(room, places=3, by=coordinator, at=now + 2 * HOUR)
    assert numbers(room) == [1, 2, 3]
    with pytest.raises(NothingChanged):
        set_places(room, places=3, by=coordinator, at=now + 2 * HOUR)


def test_the_past_counts_the_places_of_then(goris, coordinator, now):
    room = make_room(goris, 3)
    set_places(room, places=1, by=coordinator, at=now + HOUR)
    set_places(room, places=2, by=coordinator, at=now + 3 * HOUR)
    assert [counted(room, now + hours * HOUR)[0] for hours in (0, 2, 4)] == [3, 1, 2]


def test_a_room_does_not_shrink_below_those_who_sleep_there_or_are_awaited(goris, coordinator, family, now):
    room = make_room(goris, 5)
    place_household(family, rooms=[room], by=coordinator, at=now)
    end_stays(list(Stay.objects.filter(place__number=1)), by=coordinator, at=now)
    set_places(room, places=2, by=coordinator, at=now)
    assert numbers(room) == [2, 3]
    with pytest.raises(TooFewPlaces) as refused:
        set_places(room, places=1, by=coordinator, at=now)
    assert str(refused.value) == "2 sleep here: the room can have no fewer than 2. Nothing was changed."
    with pytest.raises(TooFewPlaces) as refused:
        set_places(room, places=1, by=make_user(Role.ADMINISTRATOR), at=now)
    assert "2" not in str(refused.value)
    assert numbers(room) == [2, 3]


def test_a_room_in_which_a_man_sleeps_or_is_awaited_becomes_no_room_for_women(goris, coordinator, now):
    pair = register_family(goris, coordinator, person(), person("Petros", sex="M", relationship="spouse"), at=now)
    rooms = [make_room(goris, 2), make_room(goris, 2)]
    place_household(pair, rooms=rooms[:1], by=coordinator, at=now)
    hold_places(pair, rooms=rooms[1:], until=now + HOUR, by=coordinator, at=now)
    for room in rooms:
        with pytest.raises(MenSleepHere):
            change_room(room, name=room.name, women_only=True, by=coordinator, at=now)
    end_stays(list(Stay.objects.stays().filter(individual__sex="M")), by=coordinator, at=now)
    change_room(rooms[0], name=rooms[0].name, women_only=True, by=coordinator, at=now + HOUR)
    change_room(rooms[0], name="for women", women_only=True, by=coordinator, at=now + HOUR)


def test_who_is_awaited_is_told_apart(goris, coordinator, family, now):
    room = make_room(goris, 5)
    hold_places(family, rooms=[room], until=now + HOUR, by=coordinator, at=now)
    with pytest.raises(TooFewPlaces) as refused:
        set_places(room, places=2, by=coordinator, at=now)
    assert str(refused.value) == "for 3 a place is held: the room can have no fewer than 3. Nothing was changed."


def test_a_place_that_is_gone_is_given_to_nobody(goris, coordinator, family, now):
    room = make_room(goris, 3)
    holds = hold_places(family, rooms=[room], until=now + HOUR, by=coordinator, at=now).stays
    set_places(room, places=1, by=coordinator, at=now + 2 * HOUR)
    with pytest.raises(NotEnoughPlaces):
        place_household(family, rooms=[room], by=coordinator, at=now + 2 * HOUR)
    with pytest.raises(Exception, match="no longer free"):
        check_in(list(Stay.objects.filter(pk__in=holds)), by=coordinator, at=now + 2 * HOUR)
    assert [row.place.number for row in read_places(room, now + 2 * HOUR)] == [1]


def test_a_stay_that_is_laid_out_anew_on_a_place_that_is_gone_is_an_overflow(goris, coordinator, family, now):
    room = make_room(goris, 3)
    place_household(family, rooms=[room], by=coordinator, at=now)
    end_stays(list(Stay.objects.all()), by=coordinator, at=now + HOUR)
    set_places(room, places=0, by=coordinator, at=now + 2 * HOUR)
    left = Bedding.objects.filter(kind="left").first()
    void_bedding([left], by=coordinator, at=now + 3 * HOUR)
    stay = Stay.objects.get(individual=left.individual)
    assert (stay.place, stay.during.upper, str(stay.why_anyway)) == (None, None, "The place had been taken away.")
    assert Stay.objects.exclude(pk=stay.pk).filter(place__isnull=False).count() == 2


def test_the_database_lets_no_place_go_on_which_somebody_sleeps(goris, coordinator, family, now):
    room = make_room(goris, 3)
    place_household(family, rooms=[room], by=coordinator, at=now)
    with pytest.raises(IntegrityError, match="sleeps on this place"), transaction.atomic():
        room.places.update(retired_at=now, retired_by=coordinator)


def test_an_extra_bed_comes_and_goes(goris, coordinator, family, now):
    room = make_room(goris, 2)
    (key,) = add_bed(room, by=coordinator, at=now).places
    bed = Place.objects.get(pk=key)
    assert (bed.number, bed.extra) == (3, True)
    place_household(family, rooms=[room], by=coordinator, at=now)
    with pytest.raises(PlaceTaken):
        take_beds_away([bed], by=coordinator, at=now + HOUR)
    end_stays(list(Stay.objects.filter(place=bed)), by=coordinator, at=now + HOUR)
    take_beds_away([bed], by=coordinator, at=now + HOUR)
    assert numbers(room) == [1, 2]
    with pytest.raises(PlaceGone):
        open_places([bed], by=coordinator, at=now + HOUR)


def test_a_block_ends_by_itself(goris, coordinator, family, now):
    room = make_room(goris, 3)
    places = list(room.places.all())
    block_places(places, reason="painted", until=now + 2 * HOUR, by=coordinator, at=now)
    assert counted(room, now + HOUR) == (3, 0, 3)
    assert [place.blocked_reason for place in blocked_places([goris], now + HOUR)] == ["painted"] * 3
    with pytest.raises(NotEnoughPlaces):
        place_household(family, rooms=[room], by=coordinator, at=now + HOUR)
    with pytest.raises(PlaceBlocked):
        block_places(places, reason="again", by=coordinator, at=now + HOUR)
    assert counted(room, now + 2 * HOUR) == (3, 3, 0)
    assert blocked_places([goris], now + 2 * HOUR) == []
    block_places(places[:1], reason="again", by=coordinator, at=now + 2 * HOUR)
    open_places(places[:1], by=coordinator, at=now + 2 * HOUR)
    place_household(family, rooms=[room], by=coordinator, at=now + 2 * HOUR)


def test_a_block_that_ends_before_it_begins_is_refused(goris, coordinator, now):
    room = make_room(goris, 1)
    with pytest.raises(BlockEndsFirst):
        block_places(list(room.places.all()), reason="wet", until=now, by=coordinator, at=now)


def test_a_list_of_rooms_is_entered_whole_or_not_at_all(goris, coordinator, now):
    entered = [RoomFacts("101", 2, floor=1), RoomFacts("hall", 20, kind="hall", heating=True)]
    enter_rooms(goris, rooms=entered, by=coordinator, at=now)
    assert [(room.name, room.total, room.heating) for room in rooms_now([goris.pk], now)] == [
        ("101", 2, False),
        ("hall", 20, True),
    ]
    with pytest.raises(RoomNameTaken):
        enter_rooms(goris, rooms=[RoomFacts("102", 2), RoomFacts("101", 2)], by=coordinator, at=now)
    assert Room.objects.count() == 2


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.PROTECTION, Role.OFFICIAL])
def test_whoever_does_not_set_up_rooms_changes_nothing(goris, now, role):
    room, other = make_room(goris, 2), make_user(role, goris)
    for act, about, facts in (
        (change_room, room, {"name": "x", "kind": "room"}),
        (set_places, room, {"places": 3}),
        (add_bed, room, {}),
        (take_beds_away, list(room.places.all()), {}),
        (enter_rooms, goris, {"rooms": [RoomFacts("1", 1)]}),
    ):
        with pytest.raises(NotAllowed):
            act(about, by=other, at=now, **facts)
