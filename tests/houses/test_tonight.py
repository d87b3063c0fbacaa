"""Tonight: promised, told by telephone, on the way and in, house by house."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from centre.models import LogLine
from desk.actions import arrive, depart
from houses.models import Call
from houses.telephone import note_call
from houses.tonight import Sums, houses_tonight, sum_up
from shelter.actions import hold_places, keep_beds, place_household
from shelter.models import Stay
from shelter.reach import open_to_others
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, newborn, person, register_family

HOUR = timedelta(hours=1)
PAGE = "/houses/tonight/"


@pytest.fixture
def hour() -> datetime:
    """An hour ago."""
    return timezone.now() - HOUR


@pytest.fixture
def family(goris, coordinator, hour):
    """A family of two at Goris."""
    return register_family(goris, coordinator, person(), person("Vera", relationship="parent"), at=hour - HOUR)


@pytest.fixture
def other(sisian):
    """Who coordinates at Sisian, which is open for four."""
    other = make_user(Role.COORDINATOR, sisian)
    open_to_others(sisian, places=4, until=timezone.now() + 9 * HOUR, by=other)
    return other


@pytest.fixture
def held(family, sisian, coordinator, other):
    """Places at Sisian that Goris holds for them."""
    hold_places(family, rooms=[make_room(sisian, 3, "7")], until=timezone.now() + 5 * HOUR, by=coordinator)


def numbers(user):
    return [
        (house.site.code, house.promised, house.untold, house.coming, house.inside)
        for house in houses_tonight(user, timezone.now())
    ]


def test_a_family_is_promised_told_of_on_the_way_and_in(family, goris, sisian, coordinator, other, held):
    assert numbers(coordinator) == numbers(other) == [("sisian", 2, 2, 0, 0)]
    note_call(sisian, outcome="no_answer", by=other)
    assert numbers(other) == [("sisian", 2, 2, 0, 0)]
    note_call(sisian, outcome="spoke", by=other)
    assert numbers(coordinator) == [("sisian", 2, 0, 0, 0)]
    depart(family, site=goris, destination="site", destination_site=sisian, by=coordinator)
    assert numbers(other) == [("sisian", 2, 0, 2, 0)]
    arrive(family, site=sisian, by=other)
    place_household(family, rooms=[sisian.rooms.get()], by=other)
    assert numbers(other) == [("sisian", 0, 0, 0, 2)]
    assert numbers(coordinator) == []


def test_a_call_before_the_places_were_held_told_nobody(family, goris, coordinator, hour):
    note_call(goris, outcome="spoke", by=coordinator, at=hour)
    hold_places(family, rooms=[make_room(goris, 2)], until=timezone.now() + HOUR, by=coordinator)
    (house,) = houses_tonight(coordinator, timezone.now())
    assert (house.untold, house.told_at) == (2, None)
    note_call(goris, outcome="spoke", by=coordinator)
    (house,) = houses_tonight(coordinator, timezone.now())
    assert (house.untold, house.told_at) == (0, Call.objects.latest("happened_at").happened_at)


def test_houses_that_were_not_told_come_first_and_all_are_summed(family, goris, sisian, coordinator, held, hour):
    sleeper = register_family(goris, coordinator, person("Aram"), at=hour)
    place_household(sleeper, rooms=[make_room(goris, 1)], by=coordinator, at=hour)
    guest = register_family(goris, coordinator, person("Nare"), at=hour)
    hold_places(guest, rooms=[make_room(goris, 1)], until=timezone.now() + HOUR, by=coordinator)
    note_call(goris, outcome="spoke", by=coordinator)
    assert numbers(coordinator) == [("sisian", 2, 2, 0, 0), ("goris", 1, 0, 0, 1)]
    assert sum_up(houses_tonight(coordinator, timezone.now())) == Sums(
        promised=3, untold=2, coming=0, inside=1, missing=0
    )


def test_beds_kept_for_who_is_away_are_promised_to_nobody(family, goris, coordinator, hour):
    place_household(family, rooms=[make_room(goris, 2)], by=coordinator, at=hour)
    keep_beds(list(Stay.objects.stays()), until=timezone.now() + 5 * HOUR, reason="hospital", by=coordinator)
    assert numbers(coordinator) == []


def test_the_page_opens_one_house_and_the_log_says_whom_it_showed(client, family, coordinator, sisian, held):
    client.force_login(coordinator)
    assert str(family) not in client.get(PAGE).content.decode()
    assert not LogLine.objects.filter(subject="house").exists()
    assert str(family) in client.get(PAGE, {"house": "sisian"}).content.decode()
    line = LogLine.objects.get(subject="house")
    assert (line.subject_id, line.keys) == ("sisian", [family.pk])


def test_the_api_says_the_same_and_a_stranger_reads_nothing(family, coordinator, held, db):
    answer = Machine(coordinator).get("tonight/")
    assert answer.status_code == 200, answer.content
    (line,) = answer.json()
    assert {name: line[name] for name in ("site", "promised", "untold", "coming", "inside")} == {
        "site": "sisian", "promised": 2, "untold": 2, "coming": 0, "inside": 0,
    }  # fmt: skip
    assert [(one["number"], one["people"], one["told_at"]) for one in line["families"]] == [(str(family), 2, None)]
    assert Machine(make_user(Role.COORDINATOR, make_site("vayk"))).get("tonight/").json() == []
    assert Machine(make_user(Role.VOLUNTEER, make_site("ijevan"))).get("tonight/").status_code == 403


def test_a_baby_without_a_place_is_inside_like_everybody(goris, coordinator, hour):
    family = register_family(goris, coordinator, person(), newborn("Levon"), at=hour)
    baby = family.memberships.get(position=1).counted_as_id
    place_household(family, rooms=[make_room(goris, 1)], sharing=[baby], by=coordinator, at=hour)
    assert numbers(coordinator) == [("goris", 0, 0, 0, 2)]


def test_who_is_on_the_way_is_said_to_be_part_of_who_is_promised(
    client, family, goris, sisian, coordinator, other, held
):
    depart(family, site=goris, destination="site", destination_site=sisian, by=coordinator)
    client.force_login(other)
    page = " ".join(client.get(PAGE).content.decode().split())
    assert page.count("of them on the way: 2") == 2  # of the house, and of all
    assert page.count("of them the house was not told of: 2") == 2


def test_houses_where_nobody_more_is_expected_are_one_fold(client, goris, coordinator, hour):
    inside = register_family(goris, coordinator, person(), at=hour)
    place_household(inside, rooms=[make_room(goris, 3, "7")], by=coordinator, at=hour)
    client.force_login(coordinator)
    page = " ".join(client.get(PAGE).content.decode().split())
    assert "1 house where nobody more is expected" in page
    assert "inside 1, free 2" in page
    assert '<li class="card"' not in page


@pytest.mark.parametrize("page", ["/houses/", PAGE, "/shelter/"])
def test_who_may_begin_a_house_finds_it_from_each_page_of_the_evening(client, coordinator, page):
    client.force_login(coordinator)
    assert 'href="/shelter/begin/"' in client.get(page).text
