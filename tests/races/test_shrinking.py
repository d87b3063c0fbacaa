"""A room that shrinks while a family is checked in: each is done whole or refused in words, and nobody loses a bed."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from desk.hospital import back_from_hospital, send_to_hospital
from registrations.models import Individual
from shelter.actions import hold_places, place_household
from shelter.inventory import RoomFacts, enter_rooms, set_places
from shelter.models import Place, Room, Stay
from tests.build import make_room, make_site, make_user, register_family
from tests.races.test_beds import families
from tests.races.test_pairs import beside
from tests.servers import at_once, deadlocks

pytestmark = pytest.mark.races

RUNS = 30


def test_a_room_shrinks_while_a_family_is_checked_in(committed_database):
    site, by = make_site(), make_user()
    for family in families(site, by, RUNS, size=3):
        room = make_room(site, 4)
        placing = beside(place_household, family, rooms=[room], by=by)
        answers = at_once([placing, beside(set_places, room, places=1, by=by)])
        assert sorted(answer.status for answer in answers) == [303, 422]
        assert Place.objects.filter(room=room).standing().count() in (1, 4)
    assert not Stay.objects.filter(during__upper_inf=True, place__retired_at__isnull=False).exists()
    assert deadlocks() == 0


@pytest.mark.parametrize("shrinks_first", [True, False])
def test_of_a_check_in_and_a_shrinking_the_second_waits_and_is_refused(committed_database, shrinks_first):
    site, by = make_site(), make_user()
    (family,) = families(site, by, 1, size=3)
    room = make_room(site, 4)
    placing = place_household, family, {"rooms": [room], "by": by}
    shrinking = set_places, room, {"places": 1, "by": by}
    (act, subject, facts), (other, about, others) = (shrinking, placing) if shrinks_first else (placing, shrinking)
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            act(subject, **facts)
            answer = desks.submit(beside(other, about, **others))
            wait([answer], timeout=1)  # for a second that does not wait
        assert answer.result().status == 422
    assert Place.objects.filter(room=room).standing().count() == (1 if shrinks_first else 4)
    assert Stay.objects.stays().filter(room=room).exists() == (not shrinks_first)


def test_of_two_who_add_places_each_sees_what_the_other_added(committed_database):
    site, by = make_site(), make_user()
    room = make_room(site, 2)
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            set_places(room, places=3, by=by)
            answer = desks.submit(beside(set_places, room, places=4, by=by))
            wait([answer], timeout=1)  # for a second that does not wait
        assert answer.result().status == 303
    numbers = Place.objects.filter(room=room).standing().order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4]


def test_rooms_are_entered_while_places_are_held_in_the_room_to_be_divided(committed_database):
    by, until = make_user(), timezone.now() + timedelta(hours=5)
    for family in families(make_site(), by, RUNS, size=3):
        house = make_site()
        undivided = make_room(house, 4)
        Room.objects.filter(pk=undivided.pk).update(kind=Room.Kind.UNDIVIDED)
        holding = beside(hold_places, family, rooms=[undivided], until=until, by=by)
        answers = at_once([holding, beside(enter_rooms, house, rooms=[RoomFacts("1", 3)], by=by)])
        assert sorted(answer.status for answer in answers) == [303, 422]
        assert Place.objects.filter(room__site=house).standing().count() == 4
    assert not Stay.objects.filter(place__retired_at__isnull=False).exists()
    assert deadlocks() == 0


@pytest.mark.parametrize("enters_first", [True, False])
def test_of_a_hold_and_rooms_that_are_entered_the_second_waits_and_is_refused(committed_database, enters_first):
    house, by, until = make_site(), make_user(), timezone.now() + timedelta(hours=5)
    (family,) = families(make_site(), by, 1, size=3)
    undivided = make_room(house, 4)
    Room.objects.filter(pk=undivided.pk).update(kind=Room.Kind.UNDIVIDED)
    holding = hold_places, family, {"rooms": [undivided], "until": until, "by": by}
    entering = enter_rooms, house, {"rooms": [RoomFacts("1", 3)], "by": by}
    (act, subject, facts), (other, about, others) = (entering, holding) if enters_first else (holding, entering)
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            act(subject, **facts)
            answer = desks.submit(beside(other, about, **others))
            wait([answer], timeout=1)  # for a second that does not wait
        assert answer.result().status == 422
    assert not Stay.objects.filter(place__retired_at__isnull=False).exists()
    assert Place.objects.filter(room__site=house).standing().count() == 4


def test_of_one_who_comes_back_to_bed_and_rooms_that_are_entered_the_second_waits_and_is_refused(committed_database):
    """Who is back from hospital locks the place alone, and no room; of a hold the lock of the room is enough.

    Without the lock of places the second is not refused in words, but fails in the database.
    """
    house, by, now = make_site(), make_user(), timezone.now()
    undivided = make_room(house, 1)
    Room.objects.filter(pk=undivided.pk).update(kind=Room.Kind.UNDIVIDED)
    family = register_family(house, by, at=now - timedelta(hours=5))
    place_household(family, rooms=[undivided], by=by, at=now - timedelta(hours=4))
    (patient,) = Individual.objects.members_of(family)
    hospital = {"hospital": make_site(kind="hospital"), "patient": patient.pk, "arrived": True}
    kept = {"keep_bed_until": now - timedelta(hours=1), "by": by, "at": now - timedelta(hours=3)}
    send_to_hospital(family, site=house, **hospital, **kept)
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            assert not back_from_hospital(family, site=house, members=[patient.pk], by=by).without_bed
            answer = desks.submit(beside(enter_rooms, house, rooms=[RoomFacts("1", 1)], by=by))
            wait([answer], timeout=1)  # for a second that does not wait
        assert answer.result().status == 422
    assert not Stay.objects.from_(timezone.now()).filter(place__retired_at__isnull=False).exists()
