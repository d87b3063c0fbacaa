"""How stays read when facts come late, are taken back, or collide."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from centre.access import NotAllowed, Role
from desk.actions import arrive, depart
from desk.voiding import void_movement
from registrations.errors import AlreadyVoided
from registrations.models import Individual, Membership, Movement
from shelter.actions import end_stays, hold_places, keep_beds, move, place_household
from shelter.models import Bedding, Stay
from shelter.nights import lay_out_stays
from shelter.undoing import void_bedding
from tests.build import make_room, make_user
from tests.shelter.conftest import make_family
from tests.shelter.test_placing import beds

HOUR = timedelta(hours=1)


def ranges(household):
    people = Individual.objects.members_of(household)
    stays = Stay.objects.stays().filter(individual__in=people).order_by("individual", "during")
    return [(s.room.name, s.during.lower, s.during.upper) for s in stays.select_related("room")]


def test_a_late_fact_cuts_its_neighbours(goris, coordinator, now):
    one = make_family(goris, coordinator, now, 1)
    first, second = make_room(goris, 1, "first"), make_room(goris, 1, "second")
    place_household(one, rooms=[first], by=coordinator, at=now)
    move(list(Stay.objects.all()), rooms=[second], by=coordinator, at=now + 3 * HOUR)
    late = make_room(goris, 1, "late")
    place_household(one, rooms=[late], happened_anyway="Learnt late.", by=coordinator, at=now + HOUR)
    assert ranges(one) == [
        ("first", now, now + HOUR),
        ("late", now + HOUR, now + 3 * HOUR),
        ("second", now + 3 * HOUR, None),
    ]


def test_departing_ends_the_stay_and_coming_back_gives_no_bed(goris, coordinator, now):
    one = make_family(goris, coordinator, now, 1)
    place_household(one, rooms=[make_room(goris, 1, "14")], by=coordinator, at=now)
    depart(one, site=goris, destination="unknown", by=coordinator, at=now + HOUR)
    arrive(one, site=goris, by=coordinator, at=now + 2 * HOUR)
    assert ranges(one) == [("14", now, now + HOUR)]
    assert beds(one, now + 3 * HOUR) == [None]


def test_a_departure_taken_back_gives_the_bed_back(goris, coordinator, now):
    one = make_family(goris, coordinator, now, 1)
    place_household(one, rooms=[make_room(goris, 1, "14")], by=coordinator, at=now)
    depart(one, site=goris, destination="unknown", by=coordinator, at=now + HOUR)
    void_movement(Movement.objects.get(kind="departed"), by=coordinator, at=now + 2 * HOUR)
    assert ranges(one) == [("14", now, None)]


def test_a_bed_given_to_another_meanwhile_stays_theirs_and_the_first_is_overflow(goris, coordinator, now):
    room = make_room(goris, 1, "14")
    one, two = (make_family(goris, coordinator, now, 1) for _ in range(2))
    place_household(one, rooms=[room], by=coordinator, at=now)
    depart(one, site=goris, destination="unknown", by=coordinator, at=now + HOUR)
    place_household(two, rooms=[room], by=coordinator, at=now + 2 * HOUR)
    void_movement(Movement.objects.get(kind="departed"), by=coordinator, at=now + 3 * HOUR)
    assert beds(two, now + 4 * HOUR) == [("14", 1)]
    assert beds(one, now + 4 * HOUR) == [("14", None)]
    overflow = Stay.objects.get(place=None)
    assert overflow.happened_anyway_by == coordinator
    assert overflow.happened_anyway_at == now + 3 * HOUR
    assert overflow.happened_anyway_reason


def test_who_lost_a_bed_is_moved_placed_and_leaves_like_everybody(goris, coordinator, now):
    first, second = (make_room(goris, 1, name) for name in ("14", "15"))
    one, two = (make_family(goris, coordinator, now, 1) for _ in range(2))
    place_household(one, rooms=[first], by=coordinator, at=now)
    depart(one, site=goris, destination="unknown", by=coordinator, at=now + HOUR)
    place_household(two, rooms=[first], by=coordinator, at=now + 2 * HOUR)
    void_movement(Movement.objects.get(kind="departed"), by=coordinator, at=now + 3 * HOUR)
    move([Stay.objects.get(place=None)], rooms=[second], by=coordinator, at=now + 4 * HOUR)
    assert beds(one, now + 3 * HOUR) == [("14", None)]
    assert beds(one, now + 5 * HOUR) == [("15", 1)]
    end_stays(list(Stay.objects.filter(room=second)), by=coordinator, at=now + 5 * HOUR)
    place_household(one, rooms=[second], by=coordinator, at=now + 6 * HOUR)
    assert beds(one, now + 7 * HOUR) == [("15", 1)]


def test_an_overflow_keeps_who_flagged_it_when_laid_out_again(goris, coordinator, now):
    test_a_bed_given_to_another_meanwhile_stays_theirs_and_the_first_is_overflow(goris, coordinator, now)
    overflow = Stay.objects.get(place=None)
    other_act = Bedding.objects.exclude(act=overflow.began_by.act).first().act
    lay_out_stays([overflow.individual_id], other_act)
    again = Stay.objects.get(place=None)
    assert again.happened_anyway_at == overflow.happened_anyway_at


def test_a_check_in_taken_back_leaves_no_stay(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    fact = Bedding.objects.order_by("place__number").first()
    void_bedding([fact], by=coordinator, at=now + HOUR)
    assert [bool(bed) for bed in beds(family, now + HOUR)] == [False, True, True]
    with pytest.raises(AlreadyVoided):
        void_bedding([fact], by=coordinator, at=now + HOUR)


def test_a_move_taken_back_gives_the_old_bed_back(goris, coordinator, now):
    one = make_family(goris, coordinator, now, 1)
    place_household(one, rooms=[make_room(goris, 1, "first")], by=coordinator, at=now)
    move(list(Stay.objects.all()), rooms=[make_room(goris, 1, "second")], by=coordinator, at=now + HOUR)
    void_bedding([Bedding.objects.get(kind="moved")], by=coordinator, at=now + 2 * HOUR)
    assert ranges(one) == [("first", now, None)]


def test_leaving_taken_back_ends_the_hold_on_the_same_bed(goris, coordinator, now):
    one = make_family(goris, coordinator, now, 1)
    place_household(one, rooms=[make_room(goris, 1, "14")], by=coordinator, at=now)
    until = now + 9 * HOUR
    keep_beds(list(Stay.objects.all()), until=until, reason="hospital", by=coordinator, at=now + HOUR)
    void_bedding([Bedding.objects.get(kind="left")], by=coordinator, at=now + 2 * HOUR)
    assert beds(one, now + 2 * HOUR) == [("14", 1)]
    assert not Stay.objects.holds().exists()


def test_void_by_a_volunteer_is_not_allowed(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    with pytest.raises(NotAllowed):
        void_bedding([Bedding.objects.first()], by=make_user(Role.VOLUNTEER, goris), at=now + HOUR)


def test_having_left_a_room_where_they_no_longer_slept_ends_nothing(goris, coordinator, now):
    one = make_family(goris, coordinator, now, 1)
    place_household(one, rooms=[make_room(goris, 1, "first")], by=coordinator, at=now)
    end_stays(list(Stay.objects.all()), by=coordinator, at=now + 3 * HOUR)
    second = make_room(goris, 1, "second")
    place_household(one, rooms=[second], happened_anyway="Learnt late.", by=coordinator, at=now + HOUR)
    assert ranges(one) == [("first", now, now + HOUR), ("second", now + HOUR, None)]


def test_an_arrival_corrected_to_minutes_after_the_check_in_keeps_the_bed(goris, sisian, coordinator, now):
    one = make_family(goris, coordinator, now, 1)
    place_household(one, rooms=[make_room(sisian, 1, "14")], by=coordinator, at=now + HOUR)
    void_movement(Movement.objects.get(site=sisian), by=coordinator, at=now + 2 * HOUR)
    assert ranges(one) == []
    arrive(one, site=sisian, by=coordinator, at=now + HOUR + timedelta(minutes=5))
    assert ranges(one) == [("14", now + HOUR + timedelta(minutes=5), None)]


def test_a_check_in_whose_arrival_was_taken_back_gives_no_bed_days_later(goris, sisian, coordinator):
    start = timezone.now() - timedelta(days=3)
    one = make_family(goris, coordinator, start, 1)
    place_household(one, rooms=[make_room(sisian, 1)], by=coordinator, at=start + HOUR)
    void_movement(Movement.objects.get(site=sisian), by=coordinator, at=start + 2 * HOUR)
    arrive(one, site=sisian, by=coordinator, at=start + timedelta(days=2))
    assert ranges(one) == []


def test_a_bed_is_told_of_the_record_addressed_and_counts_as_the_person(goris, coordinator, now):
    one, two = (make_family(goris, coordinator, now, 1) for _ in range(2))
    addressed, person = (Individual.objects.members_of(household).get() for household in (one, two))
    Membership.objects.filter(individual=addressed).update(counted_as=person)
    place_household(one, rooms=[make_room(goris, 1)], by=coordinator, at=now)
    move(list(Stay.objects.all()), rooms=[make_room(goris, 1)], by=coordinator, at=now + HOUR)
    assert set(Bedding.objects.values_list("individual", "counted_as")) == {(addressed.pk, person.pk)}
    assert {stay.individual for stay in Stay.objects.all()} == {person}


def test_shorter_stays_are_cut_in_place_and_others_left_alone(family, goris, coordinator, now):
    place_household(family, rooms=[make_room(goris, 3)], by=coordinator, at=now)
    rows = "SELECT id, xmin::text FROM shelter_stay ORDER BY id"
    with connection.cursor() as cursor:
        before = cursor.execute(rows).fetchall()
        lay_out_stays([p.pk for p in Individual.objects.members_of(family)], Stay.objects.first().began_by.act)
        assert cursor.execute(rows).fetchall() == before


def test_a_hold_of_another_family_is_respected_when_a_bed_is_given_back(goris, coordinator, now):
    room = make_room(goris, 1, "14")
    one, two = (make_family(goris, coordinator, now, 1) for _ in range(2))
    place_household(one, rooms=[room], by=coordinator, at=now)
    end_stays(list(Stay.objects.all()), by=coordinator, at=now + HOUR)
    hold_places(two, rooms=[room], until=now + 5 * HOUR, by=coordinator, at=now + 2 * HOUR)
    void_bedding([Bedding.objects.get(kind="left")], by=coordinator, at=now + 3 * HOUR)
    assert beds(one, now + 4 * HOUR) == [("14", None)]
    assert Stay.objects.holds().get().during.upper == now + 5 * HOUR
