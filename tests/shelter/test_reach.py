"""Holding in houses of others, as many as they are open for; checking in, moving and rooms stay with the house."""

from datetime import timedelta

import pytest

from centre.access import NotAllowed, Role
from centre.models import Site
from shelter.actions import check_in, end_stays, hold_places, place_household
from shelter.board import read_board
from shelter.errors import OpeningSpent
from shelter.models import Opening, Stay
from shelter.reach import open_to_others
from shelter.sight import reach_of
from tests.build import make_room, make_site, make_user
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
