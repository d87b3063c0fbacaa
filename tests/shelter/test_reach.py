"""Holding in houses of others, as many as they are open for; checking in, moving and rooms stay with the house."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from casework.errors import ChildAmongStrangers
from centre.access import NotAllowed, Role
from centre.bursts import MOST_BARRED, bursts
from centre.models import LogLine, Site
from registrations.models import Individual
from shelter.actions import check_in, end_stays, hold_places, place_household
from shelter.apart import keep_apart
from shelter.board import read_board
from shelter.errors import HoldEndsFirst, HoldTooLong, NoRoomSuits, OpeningSpent
from shelter.models import ApartPair, Opening, Room, Stay
from shelter.reach import open_to_others
from shelter.sight import reach_of
from tests.api.conftest import Machine
from tests.build import child, make_room, make_site, make_user, person, register_family
from tests.shelter.conftest import make_family

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def played(settings):
    """What is told here of hours before counts as if it had been told then."""
    settings.DEMONSTRATION = True


@pytest.fixture
def hotel(db):
    return make_site("hotel", Site.Kind.HOTEL)


@pytest.fixture
def host(hotel):
    return make_user(site=hotel)


@pytest.fixture
def guest(goris):
    """A coordinator of Goris."""
    return make_user(site=goris)


@pytest.fixture
def opened(hotel, host, now):
    """The hotel with two rooms of three, open for four places."""
    rooms = [make_room(hotel, 3, "1"), make_room(hotel, 3, "2")]
    open_to_others(hotel, places=4, until=now + 12 * HOUR, by=host, at=now - HOUR)
    return rows_of_names(rooms)


def rows_of_names(rooms):
    return {room.name: room for room in rooms}


def hold(family, room, by, at, hours=6):
    return hold_places(family, rooms=[room], until=at + hours * HOUR, by=by, at=at)


def test_a_coordinator_holds_in_a_house_that_is_open_and_no_more_than_it_is_open_for(family, goris, guest, opened, now):
    hold(family, opened["1"], guest, now)
    assert Stay.objects.holds().count() == 3
    other = make_family(goris, guest, now, 2)
    with pytest.raises(OpeningSpent, match="1 place more, and 2 people"):
        hold(other, opened["2"], guest, now)
    assert Stay.objects.holds().count() == 3
    hold(make_family(goris, guest, now, 1), opened["2"], guest, now)


def test_a_house_that_is_not_open_takes_nobody_from_elsewhere(family, hotel, guest, now):
    with pytest.raises(OpeningSpent):
        hold(family, make_room(hotel, 3), guest, now)


def test_a_house_that_is_open_takes_its_own_people_beyond_that(family, goris, guest, host, hotel, opened, now):
    hold(family, opened["1"], guest, now)
    own = make_family(hotel, host, now, 2)
    hold(own, opened["2"], host, now)
    assert reach_of(guest, now).left == {hotel.pk: 1}


def test_a_place_given_back_or_run_out_may_be_held_anew_and_one_slept_on_may_not(
    family, goris, guest, host, hotel, opened, now
):
    hold(family, opened["1"], guest, now, hours=2)
    assert reach_of(guest, now).left == {hotel.pk: 1}
    assert reach_of(guest, now + 2 * HOUR).left == {hotel.pk: 4}
    end_stays(list(Stay.objects.holds()), by=guest, at=now + HOUR)
    assert reach_of(guest, now + HOUR).left == {hotel.pk: 4}
    hold(family, opened["1"], guest, now + HOUR)
    check_in(list(Stay.objects.holds().at(now + HOUR)), by=host, at=now + 2 * HOUR)
    assert reach_of(guest, now + 2 * HOUR).left == {hotel.pk: 1}


def test_checking_in_moving_and_placing_stay_with_the_house(family, guest, host, hotel, opened, now):
    hold(family, opened["1"], guest, now)
    with pytest.raises(NotAllowed):
        check_in(list(Stay.objects.holds()), by=guest, at=now)
    with pytest.raises(NotAllowed):
        place_household(family, rooms=[opened["2"]], by=guest, at=now)
    check_in(list(Stay.objects.holds()), by=host, at=now)
    with pytest.raises(NotAllowed):
        end_stays(list(Stay.objects.stays()), by=guest, at=now)


def test_nobody_gives_back_what_is_held_for_people_of_others(family, sisian, guest, opened, now):
    hold(family, opened["1"], guest, now)
    with pytest.raises(NotAllowed):
        end_stays(list(Stay.objects.holds()), by=make_user(site=sisian), at=now)
    stranger, colleague = make_user(site=sisian), make_user(site=family.site)
    assert list(Stay.objects.visible_to(stranger, now)) == []
    assert Stay.objects.visible_to(colleague, now).count() == 3
    end_stays(list(Stay.objects.holds()), by=colleague, at=now)


def test_a_volunteer_holds_nowhere(family, goris, opened, now):
    with pytest.raises(NotAllowed):
        hold(family, opened["1"], make_user(Role.VOLUNTEER, goris), now)


def test_a_confidential_house_is_open_to_nobody_who_may_not_know_of_it(guest, family, now):
    refuge = make_site("refuge", Site.Kind.CRISIS, confidential=True)
    room = make_room(refuge, 4)
    open_to_others(refuge, places=4, until=now + 9 * HOUR, by=make_user(site=refuge), at=now)
    assert refuge.pk not in reach_of(guest, now).sites
    with pytest.raises(NotAllowed):
        hold(family, room, guest, now)


def test_opened_anew_closed_and_by_whom(hotel, host, guest, goris, family, opened, now):
    hold(family, opened["1"], guest, now)
    open_to_others(hotel, places=2, until=now + 9 * HOUR, by=host, at=now + HOUR)
    assert reach_of(guest, now + HOUR).left == {hotel.pk: 2}
    open_to_others(hotel, places=0, until=now + 9 * HOUR, by=host, at=now + 2 * HOUR)
    assert reach_of(guest, now + 2 * HOUR).left == {}
    assert Opening.objects.count() == 2
    with pytest.raises(NotAllowed):
        open_to_others(hotel, places=9, until=now + 9 * HOUR, by=guest, at=now + 3 * HOUR)


def test_the_board_offers_houses_that_are_open_and_shows_of_them_no_names(family, goris, guest, hotel, opened, now):
    board = read_board(guest, now, {}, family, goris)
    fit, site = board.chosen.fits[0]
    assert (fit.names, site, fit.short) == ("1", hotel, 0)
    (house,) = board.houses
    assert (house.site, house.left, house.places.free) == (hotel, 4, 6)
    hold(family, opened["1"], guest, now)
    board = read_board(guest, now, {}, family, goris)
    assert [(row.number, site) for row, site in board.holds] == [(family.number, hotel)]
    assert (board.chosen.beds.awaited_mine, board.chosen.beds.awaited_ours) == (False, True)


def test_places_are_held_for_a_family_that_waits_elsewhere_and_no_name_is_read(
    family, goris, guest, host, hotel, opened, now
):
    board = read_board(host, now, {}, family, hotel)
    assert (board.chosen.seen, {person.initials for person in board.chosen.bedless}) == (False, {"–"})
    hold(family, opened["1"], host, now)
    assert Stay.objects.holds().count() == 3


@pytest.fixture
def feud(family, goris, host, hotel, opened, coordinator, now):
    """A family that sleeps in the hotel, and from which the first is kept apart."""
    other = make_family(hotel, host, now - HOUR, 1)
    place_household(other, rooms=[make_room(hotel, 1)], by=host, at=now)
    return lambda: keep_apart(family, other=other, reason="a feud", by=coordinator, at=now)


def test_of_a_house_of_others_nothing_tells_who_is_kept_apart_and_from_whom(family, guest, opened, feud):
    before = read_board(guest, timezone.now(), {"room": str(opened["1"].pk)}, family).chosen.fits
    feud()
    assert read_board(guest, timezone.now(), {"room": str(opened["1"].pk)}, family).chosen.fits == before


def test_a_hold_there_is_refused_as_to_a_man_among_women_and_both_families_stand_in_the_log(
    goris, family, guest, opened, feud, now
):
    man = register_family(goris, guest, person("Aram", sex="M"), at=now - HOUR)
    pair = ApartPair.objects.get(pk=feud().pair)
    Room.objects.filter(pk=opened["2"].pk).update(women_only=True)
    told = {}
    for household, room in ((family, "1"), (man, "2")):
        with pytest.raises(NoRoomSuits) as refused:
            hold(household, opened[room], guest, now)
        told[household] = (refused.value.code, str(refused.value))
    assert len(set(told.values())) == 1
    (line,) = LogLine.objects.filter(verb="refused")
    assert (line.by, line.fields, set(line.keys)) == (guest, ["barred"], {pair.first_id, pair.second_id})


@pytest.mark.parametrize("hours", [-1, 0, 100])
def test_a_hold_that_is_refused_for_its_hour_tells_of_no_house_that_it_is_barred(
    family, guest, opened, feud, now, hours
):
    feud()
    with pytest.raises(HoldEndsFirst if hours <= 0 else HoldTooLong):
        hold(family, opened["1"], guest, now, hours=hours)
    assert not LogLine.objects.filter(verb="refused").exists()


def test_a_hold_of_a_child_among_strangers_tells_of_no_house_that_it_is_barred(goris, hotel, guest, host, opened, now):
    family = register_family(goris, guest, person(), child("Child1"), child("Child2"), at=now - HOUR)
    other = make_family(hotel, host, now - HOUR, 1)
    place_household(other, rooms=[make_room(hotel, 1)], by=host, at=now)
    place_household(make_family(hotel, host, now - HOUR, 1), rooms=[opened["2"]], by=host, at=now)

    def hold_apart():  # the woman in one room, and her children in the other
        rooms = [opened["1"], opened["2"]]
        found = Individual.objects.members_of(family).order_by("pk")
        seating = [rooms[one.given_name.startswith("Child")] for one in found]
        seats = {"members": [one.pk for one in found], "seating": seating}
        hold_places(family, rooms=rooms, until=now + HOUR, **seats, by=guest, at=now)

    with pytest.raises(ChildAmongStrangers):
        hold_apart()
    keep_apart(family, other=other, reason="a feud", by=make_user(), at=now)
    with pytest.raises(ChildAmongStrangers):
        hold_apart()
    assert not LogLine.objects.filter(verb="refused").exists()


def test_who_seeks_a_family_so_is_said_to_who_supervises(client, goris, family, guest, opened, feud, now):
    feud()
    for _time in range(MOST_BARRED):
        assert bursts(timezone.now()) == []
        with pytest.raises(NoRoomSuits):
            hold(family, opened["1"], guest, now)
    assert [(one.user, one.barred) for one in bursts(timezone.now())] == [(guest, MOST_BARRED)]
    cache.clear()  # of what a test before counted
    client.force_login(make_user(site=goris))
    assert f"tried {MOST_BARRED} times within ten minutes to hold places" in client.get("/").text


def test_a_hold_from_elsewhere_ends_with_the_opening_and_this_is_told_beside_the_hour(
    family, guest, host, hotel, opened, now
):
    ends = Opening.objects.get().during.upper
    assert read_board(guest, now, {}, family).chosen.fits[0][0].open_until == ends
    hold(family, opened["1"], guest, now, hours=24)
    assert set(Stay.objects.values_list("during__endswith", flat=True)) == {ends}
    own = make_family(hotel, host, now, 1)
    hold(own, opened["2"], host, now, hours=24)
    assert Stay.objects.filter(during__endswith=now + 24 * HOUR).count() == 1


def test_a_hold_of_a_house_in_its_own_rooms_is_given_back_where_the_people_are(client, family, goris, hotel, host):
    held = hold(family, make_room(hotel, 3), host, timezone.now())
    ours, theirs = make_user(site=goris), make_user(site=make_site("sisian"))
    assert not Stay.objects.in_hand_of(theirs).exists()
    first, *others = held.stays
    machine = Machine(ours)
    assert {row["id"] for row in machine.get("stays/", household=str(family.pk)).json()["results"]} == set(held.stays)
    assert machine.post(f"stays/{first}/end/", also=others).status_code == 201
    hold(family, make_room(goris, 3), ours, timezone.now())
    client.force_login(host)
    shown = client.get("/houses/tonight/").text
    assert str(family) in shown
    assert f"given back by {ours}" in shown


def test_a_hold_of_a_hidden_house_is_given_back_by_that_house_alone(family, goris, hotel, host, now):
    hotel.confidential = True
    hotel.save()
    hold(family, make_room(hotel, 3), host, now)
    ours = make_user(site=goris)
    assert not Stay.objects.visible_to(ours).exists()
    assert not Stay.objects.in_hand_of(ours).exists()
