"""Who did not come by the hour until which places were held: at the door, on the board, tonight, and what is done."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.clock import local_day
from houses.bed_nights import read_bed_nights
from houses.tonight import houses_tonight
from registrations.models import Household
from shelter.actions import check_in, end_stays, hold_places, place_household
from shelter.errors import AlreadyHeld, AlreadyHoused, HoldEndsFirst, HoldGone, NotANoShow, OpeningSpent, StayEnded
from shelter.inventory import block_places
from shelter.models import Room, Stay
from shelter.no_shows import hold_again, put_back_no_show, take_off_no_show
from shelter.reach import open_to_others
from shelter.selectors import HoldRow, holds_now
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, person, register_family

HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def room(goris) -> Room:
    return make_room(goris, 2, "7")


def comes(goris, by, at) -> Household:
    return register_family(goris, by, person(), person("Vera", relationship="parent"), at=at)


@pytest.fixture
def missing(goris, coordinator, room, now) -> Household:
    """A family of two for whom room 7 was held until an hour ago."""
    family = comes(goris, coordinator, now - 4 * HOUR)
    hold_places(family, rooms=[room], until=now - HOUR, by=coordinator, at=now - 3 * HOUR)
    return family


def holds() -> list[Stay]:
    return list(Stay.objects.holds().order_by("during", "pk").select_related("room__site"))


def row(site, at) -> HoldRow | None:
    """The one line of who did not come, as it stands."""
    lines = [line for line in holds_now([site.pk], at) if line.no_show and not line.taken_off]
    assert len(lines) < 2
    return lines[0] if lines else None


def became(site, at) -> tuple[int, int, int, int]:
    line = row(site, at)
    assert line is not None
    return line.free, line.given, line.held, line.closed


def test_who_did_not_come_is_named_with_what_became_of_each_place(missing, goris, coordinator, room, now):
    line = row(goris, now)
    assert (line.code, len(line.holds), line.until) == (str(missing), 2, now - HOUR)
    assert (became(goris, now), line.what_became) == ((2, 0, 0, 0), "2 places are free again")
    alone = register_family(goris, coordinator, person("Aram"), at=now - 2 * HOUR)
    hold_places(alone, rooms=[room], until=now + HOUR, by=coordinator)
    assert became(goris, timezone.now()) == (1, 0, 1, 0)
    place_household(alone, rooms=[room], by=coordinator)
    assert became(goris, timezone.now()) == (1, 1, 0, 0)
    block_places(list(room.places.free(timezone.now())), reason="leaks", by=coordinator)
    assert became(goris, timezone.now()) == (0, 1, 0, 1)
    assert row(goris, timezone.now()).what_became == "others sleep on 1 place, 1 place is blocked"


def test_their_places_are_held_again_and_given_back(missing, goris, coordinator, now):
    first = holds()
    hold_again(first, until=now + 2 * HOUR, by=coordinator)
    again = [hold for hold in holds() if hold not in first]
    assert {hold.place_id for hold in again} == {hold.place_id for hold in first}
    assert {hold.during.upper for hold in again} == {now + 2 * HOUR}
    assert row(goris, timezone.now()) is None
    end_stays(again, by=coordinator)
    assert row(goris, timezone.now()).code == str(missing)  # given back: they still did not come
    hold_again(first, until=now + 2 * HOUR, by=coordinator)
    check_in([hold for hold in holds() if hold.during.upper > timezone.now()], by=coordinator)
    assert row(goris, timezone.now()) is None


def test_what_is_held_again_is_free_and_for_nobody_who_has_a_bed(missing, goris, coordinator, room, now):
    first, other = holds(), comes(goris, coordinator, now - HOUR)
    with pytest.raises(HoldEndsFirst):
        hold_again(first, until=now, by=coordinator)
    with pytest.raises(NotAllowed):
        hold_again(first, until=now + HOUR, by=make_user(Role.COORDINATOR, make_site("vayk")))
    place_household(other, rooms=[room], by=coordinator)
    with pytest.raises(HoldGone):
        hold_again(first, until=now + HOUR, by=coordinator)
    end_stays(list(Stay.objects.stays().select_related("room__site")), by=coordinator)
    hold_again(first, until=now + HOUR, by=coordinator)
    with pytest.raises(AlreadyHeld):
        hold_again(first, until=now + HOUR, by=coordinator)
    again = [hold for hold in holds() if hold.during.upper > now]
    end_stays(again, by=coordinator)
    with pytest.raises(StayEnded):
        hold_again(again, until=now + HOUR, by=coordinator)
    place_household(missing, rooms=[make_room(goris, 2)], by=coordinator)
    with pytest.raises(AlreadyHoused):
        hold_again(first, until=now + HOUR, by=coordinator)
    assert Stay.objects.holds().at(timezone.now()).count() == 0


def test_a_blocked_place_is_not_held_again(missing, coordinator, room, now):
    block_places(list(room.places.all()), reason="leaks", by=coordinator)
    with pytest.raises(HoldGone):
        hold_again(holds(), until=now + HOUR, by=coordinator)


def test_elsewhere_as_many_are_held_again_as_the_house_is_open_for(goris, sisian, coordinator, now):
    there = make_user(Role.COORDINATOR, sisian)
    open_to_others(sisian, places=2, until=now + 9 * HOUR, by=there, at=now - 4 * HOUR)
    family = comes(goris, coordinator, now - 4 * HOUR)
    hold_places(family, rooms=[make_room(sisian, 2)], until=now - HOUR, by=coordinator, at=now - 3 * HOUR)
    open_to_others(sisian, places=1, until=now + 9 * HOUR, by=there)
    with pytest.raises(OpeningSpent):
        hold_again(holds(), until=now + HOUR, by=coordinator)
    open_to_others(sisian, places=2, until=now + 9 * HOUR, by=there)
    hold_again(holds(), until=now + HOUR, by=coordinator)
    assert set(Stay.objects.holds().at(timezone.now()).values_list("opening__places", flat=True)) == {2}


def test_who_is_taken_off_is_put_back_and_counted_as_not_come_all_the_while(missing, goris, coordinator, now):
    gone = holds()
    take_off_no_show(gone, by=coordinator)
    assert row(goris, now) is None
    assert [line.taken_off for line in holds_now([goris.pk], now)] == [True]
    with pytest.raises(NotANoShow):
        take_off_no_show(gone, by=coordinator)
    put_back_no_show(gone, by=coordinator)
    assert row(goris, now).code == str(missing)
    with pytest.raises(NotANoShow):
        put_back_no_show(gone, by=coordinator)


def test_a_hold_that_runs_is_taken_off_no_list(missing, goris, coordinator, room, now):
    hold_again(holds(), until=now + HOUR, by=coordinator)
    with pytest.raises(NotANoShow):
        take_off_no_show([hold for hold in holds() if hold.during.upper > now], by=coordinator)


def test_bed_nights_count_who_was_taken_off(goris, coordinator, now):
    evening = now - timedelta(days=2)
    family = comes(goris, coordinator, evening - 2 * HOUR)
    until = evening + timedelta(days=1)
    hold_places(family, rooms=[make_room(goris, 2)], until=until, by=coordinator, at=evening)
    take_off_no_show(holds(), by=coordinator)
    nights = read_bed_nights([goris.pk], local_day(evening), local_day(now), now)
    assert sum(night.no_show for night in nights) >= 2


def test_tonight_names_them_and_says_what_became_of_the_places(client, missing, goris, coordinator, now):
    (house,) = houses_tonight(coordinator, now)
    assert (house.missing, house.promised) == (2, 0)
    client.force_login(coordinator)
    page = client.get("/houses/tonight/").content.decode()
    assert str(missing) in page
    assert "2 places are free again" in page
    assert houses_tonight(make_user(Role.COORDINATOR, make_site("vayk")), now) == []


def test_the_api_does_the_same(missing, coordinator, now):
    machine, (one, two) = Machine(coordinator), holds()
    (line,) = machine.get("tonight/").json()
    assert (line["missing"], line["no_shows"][0]["number"], line["no_shows"][0]["free"]) == (2, str(missing), 2)
    assert set(line["no_shows"][0]["holds"]) == {str(one.pk), str(two.pk)}
    assert machine.post(f"stays/{one.pk}/take-off/", also=[str(two.pk)]).status_code == 201
    assert machine.get(f"stays/{one.pk}/").json()["taken_off"] is True
    assert machine.get("tonight/").json() == []
    assert machine.post(f"stays/{one.pk}/take-off/").json()["code"] == "not_a_no_show"
    assert machine.post(f"stays/{one.pk}/put-back/", also=[str(two.pk)]).status_code == 201
    until = (now + HOUR).isoformat()
    assert machine.post(f"stays/{one.pk}/hold-again/", also=[str(two.pk)], until=until).status_code == 201
    assert Stay.objects.holds().at(timezone.now()).count() == 2
    stranger = Machine(make_user(Role.COORDINATOR, make_site("vayk")))
    assert stranger.post(f"stays/{one.pk}/take-off/").status_code == 404


def test_what_is_done_about_who_did_not_come_keeps_the_board_as_it_was_asked_for(client, missing, goris, coordinator):
    client.force_login(coordinator)
    page = client.get("/shelter/", {"site": goris.pk}).text
    done = re.findall(r'action="(/shelter/(?:again|off)/[^"]*)"', page)
    assert len(done) >= 3
    assert [address for address in done if f"site={goris.pk}" not in address] == []
