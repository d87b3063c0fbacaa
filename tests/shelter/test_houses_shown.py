"""The houses of the board: nearest first, narrowed, summed by province; the map; and whether anything was done."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import Marz, Site
from registrations.facts import Birth
from shelter import actions, begun, dividing, inventory, reach, turns
from shelter.board import read_board
from shelter.changed import ACTS_OF_BOARDS, acts_since
from shelter.houses_shown import km_between, pins_of
from shelter.sight import reach_of
from shelter.women import men_among
from tests.build import make_room, make_site, make_user, person, register_family
from tests.promises.test_acts import SHELTER_ACTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def houses():
    """Goris, and hotels at Kornidzor (16 km away), Kapan (33 km), Jermuk in another province, and one nobody knows."""
    rows = {
        "goris": (Marz.SYUNIK, 39.51, 46.34, 2),
        "kapan": (Marz.SYUNIK, 39.21, 46.41, 9),
        "kornidzor": (Marz.SYUNIK, 39.61, 46.53, 3),
        "unknown": (Marz.SYUNIK, None, None, 1),
        "jermuk": (Marz.VAYOTS_DZOR, 39.84, 45.67, 4),
    }
    sites = {}
    for code, (marz, latitude, longitude, places) in rows.items():
        sites[code] = make_site(code, Site.Kind.HOTEL, marz=marz, latitude=latitude, longitude=longitude)
        make_room(sites[code], places, f"{code} 1")
    for site in sites.values():
        site.refresh_from_db()
    return sites


def shown(here, **asked):
    board = read_board(make_user(), timezone.now(), asked, None, here)
    return {province.marz: [house.site.code for house in province.houses] for province in board.provinces}


def test_the_own_house_comes_first_then_the_nearest_of_the_province_then_the_others(houses):
    assert shown(houses["goris"]) == {
        Marz.SYUNIK: ["goris", "kornidzor", "kapan", "unknown"],
        Marz.VAYOTS_DZOR: ["jermuk"],
    }


def test_provinces_say_what_all_their_houses_have(houses):
    board = read_board(make_user(), timezone.now(), {}, None, houses["goris"])
    assert [(province.name, province.places.free) for province in board.provinces] == [
        ("Syunik", 15),
        ("Vayots Dzor", 4),
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"house": "KAPAN"}, ["kapan"]),
        ({"marz": Marz.VAYOTS_DZOR}, ["jermuk"]),
        ({"free": "4"}, ["kapan", "jermuk"]),
        ({"km": "20"}, ["goris", "kornidzor"]),
        ({"step_free": "1"}, []),
        ({"free": "many", "km": "-3"}, ["goris", "kornidzor", "kapan", "unknown", "jermuk"]),
    ],
)
def test_houses_are_narrowed(houses, asked, found):
    assert [code for codes in shown(houses["goris"], **asked).values() for code in codes] == found


def test_kilometres_are_those_of_the_air(houses):
    assert round(km_between(houses["goris"], houses["kornidzor"])) == 20
    assert km_between(houses["goris"], houses["unknown"]) is None


def test_the_map_draws_what_has_coordinates_and_lists_the_rest(houses):
    user, now = make_user(), timezone.now()
    pins, elsewhere = pins_of(list(reach_of(user, now).sites.values()), now)
    places = {pin.house.code: (pin.x, pin.y) for pin in pins}
    assert (places.keys(), elsewhere) == ({"goris", "kapan", "kornidzor", "jermuk"}, [houses["unknown"]])
    assert places["jermuk"][0] < places["goris"][0] < places["kornidzor"][0]  # west to east
    assert places["jermuk"][1] < places["kornidzor"][1] < places["kapan"][1]  # north to south
    assert all(0 <= part <= 100 for place in places.values() for part in place)


def test_the_map_says_who_writes_down_where_a_house_lies(houses):
    client = Client()
    client.force_login(make_user())
    told = "An administrator writes down where a house lies"
    assert told in client.get("/shelter/map/").content.decode()
    Site.objects.filter(latitude=None).update(latitude=39.5, longitude=46.3)
    assert told not in client.get("/shelter/map/").content.decode()


def test_a_house_one_may_not_know_is_on_no_map(houses):
    refuge = make_site("refuge", Site.Kind.CRISIS, confidential=True, latitude=39.5, longitude=46.3)
    make_room(refuge, 5)
    client = Client()
    client.force_login(make_user(site=houses["goris"]))
    assert "Refuge" not in client.get("/shelter/map/").content.decode()


def test_a_volunteer_reads_neither_map_nor_whether_the_board_changed(houses):
    client = Client()
    client.force_login(make_user(Role.VOLUNTEER, houses["goris"]))
    assert [client.get(f"/shelter/{page}/").status_code for page in ("map", "changed")] == [403, 403]


def test_men_are_offered_no_room_for_women(houses):
    by, now = make_user(), timezone.now()
    houses["kapan"].rooms.update(women_only=True)
    couple = register_family(houses["kapan"], by, person(), person("Aram", sex="M", relationship="spouse"))
    mother = register_family(
        houses["kapan"], by, person(), person("Davit", sex="M", relationship="son", birth=Birth.in_year(now.year - 9))
    )

    def offered(family):
        return {site.code for _fit, site in read_board(by, timezone.now(), {}, family, houses["kapan"]).chosen.fits}

    assert "kapan" not in offered(couple)
    assert "kapan" in offered(mother)


def test_houses_near_the_family_are_offered_before_those_that_fit_more_exactly(houses):
    by = make_user()
    full = houses["goris"].rooms.get().places
    full.update(blocked_at=timezone.now(), blocked_by=by, blocked_reason="wet")
    family = register_family(houses["goris"], by, *[person(relationship=one) for one in ("head", "spouse", "parent")])
    board = read_board(by, timezone.now(), {}, family, houses["goris"])
    assert [site.code for _fit, site in board.chosen.fits] == ["kornidzor", "kapan", "jermuk"]


def test_a_house_of_the_province_that_lies_nobody_knows_where_comes_after_the_near_and_before_the_far(houses):
    by = make_user()
    houses["goris"].rooms.get().places.update(blocked_at=timezone.now(), blocked_by=by, blocked_reason="wet")
    make_room(make_site("aram", marz=houses["goris"].marz), 9, "to be divided")
    family = register_family(houses["goris"], by, *[person(relationship=one) for one in ("head", "spouse", "parent")])
    board = read_board(by, timezone.now(), {}, family, houses["goris"])
    assert [site.code for _fit, site in board.chosen.fits] == ["kornidzor", "aram", "kapan"]


def test_whose_sex_and_age_nobody_knows_may_be_a_man(houses):
    by = make_user()
    family = register_family(houses["goris"], by, person(sex=None))
    members = [row.counted_as_id for row in family.memberships.all()]
    assert men_among(members, timezone.now())


def test_an_act_of_another_coordinator_is_seen_by_the_small_question(houses):
    by, now = make_user(), timezone.now()
    family = register_family(houses["goris"], by)
    client = Client()
    client.force_login(make_user(site=houses["goris"]))
    board = client.get("/shelter/").context["board"]

    def asked():
        return client.get("/shelter/changed/", {"since": board.since.isoformat()}).json()["acts"]

    assert asked() == board.acts
    actions.hold_places(family, rooms=[houses["goris"].rooms.get()], until=now + timedelta(hours=6), by=by)
    assert asked() == board.acts + 1
    assert acts_since(timezone.now() + timedelta(hours=1), by) == 0


def test_what_cannot_be_read_as_an_instant_is_answered_so(houses):
    client = Client()
    client.force_login(make_user())
    assert client.get("/shelter/changed/", {"since": "yesterday"}).status_code == 400


def test_every_act_of_the_shelter_is_one_of_boards():
    assert {actions, begun, dividing, inventory, reach, turns}  # whose acts these are
    of_no_board = {"begin_roll_call", "see_people", "take_back_seen"}  # they change neither who waits nor what is free
    assert (set(SHELTER_ACTS) | {"close_site", "swap"}) - of_no_board == ACTS_OF_BOARDS
