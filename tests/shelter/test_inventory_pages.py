"""The pages of the inventory, as a coordinator presses them."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import Site
from shelter.actions import place_household
from shelter.inventory import block_places
from shelter.models import Place, Room
from tests.build import make_room, make_site, make_user


@pytest.fixture
def desk(coordinator):
    client = Client()
    client.force_login(coordinator)
    return client


def send(desk, address, **facts):
    return desk.post(address, {"id": uuid.uuid4(), **facts})


def test_a_room_gets_a_new_name_and_features(desk, goris):
    room = make_room(goris, 3, "12")
    address = f"/shelter/rooms/{room.pk}/change/"
    assert send(desk, address, name="12a", kind="hall", floor="0", cot="on").status_code == 303
    page = desk.get(f"/shelter/rooms/{room.pk}/").text
    assert "ground floor" in page
    assert "12, until" in page
    make_room(goris, 1, "14")
    assert send(desk, address, name="14", kind="hall").status_code == 422
    assert send(desk, address, name="", kind="hall").status_code == 422


def test_places_and_a_bed_more_and_a_refusal_in_words(desk, goris, coordinator, family):
    room = make_room(goris, 3)
    address = f"/shelter/rooms/{room.pk}/"
    send(desk, f"{address}bed/")
    assert room.places.standing().filter(extra=True).count() == 1
    send(desk, f"{address}places/", places="6")
    assert room.places.standing().count() == 6
    place_household(family, rooms=[room], by=coordinator)
    refused = send(desk, f"{address}places/", places="2")
    assert refused.status_code == 422
    assert "3 sleep here: the room can have no fewer than 3." in refused.text
    assert send(desk, address, places=[room.places.get(number=6).pk], away="1").status_code == 303
    assert room.places.standing().count() == 5


def test_a_block_says_until_when_on_every_page(desk, goris):
    room = make_room(goris, 2)
    until = timezone.now() + timedelta(days=2)
    facts = {"places": [room.places.first().pk], "reason": "painted", "until": until.isoformat()}
    assert send(desk, f"/shelter/rooms/{room.pk}/", **facts).status_code == 303
    assert Place.objects.get(blocked_reason="painted").blocked_until == until
    for address in (f"/shelter/rooms/{room.pk}/", "/shelter/rooms/?site=goris", "/shelter/blocked/"):
        assert "painted" in desk.get(address).text


def test_the_hour_until_which_places_are_blocked_is_typed(desk, goris):
    room = make_room(goris, 2)
    until = timezone.localtime(timezone.now() + timedelta(hours=3)).replace(second=0, microsecond=0)
    facts = {"places": [room.places.first().pk], "reason": "painted"}
    refused = send(desk, f"/shelter/rooms/{room.pk}/", **facts, until="after lunch")
    assert (refused.status_code, 'value="after lunch"' in refused.text) == (422, True)
    assert send(desk, f"/shelter/rooms/{room.pk}/", **facts, until=f"{until:%H:%M}").status_code == 303
    assert Place.objects.get(blocked_reason="painted").blocked_until == until


def test_a_block_that_is_refused_keeps_the_places_that_were_ticked(desk, goris):
    room = make_room(goris, 3)
    first, _second, third = room.places.order_by("number")
    facts = {"places": [first.pk, third.pk], "reason": "painted", "until": "25:00"}
    refused = send(desk, f"/shelter/rooms/{room.pk}/", **facts)
    assert refused.status_code == 422
    ticked = re.findall(r'name="places" value="([0-9a-f-]+)" checked', refused.text)
    assert ticked == [str(first.pk), str(third.pk)]


def test_blocked_places_of_other_sites_are_not_shown(goris, coordinator):
    other = make_site("sisian")
    block_places(list(make_room(other, 1).places.all()), reason="the roof leaks", by=coordinator)
    client = Client()
    client.force_login(make_user(Role.COORDINATOR, goris))
    assert "the roof leaks" not in client.get("/shelter/blocked/").text


def test_rooms_are_narrowed_down_by_what_they_have(desk, goris):
    warm, cold = make_room(goris, 2, "warm"), make_room(goris, 2, "cold")
    Room.objects.filter(pk=warm.pk).update(heating=True, floor=0)
    Room.objects.filter(pk=cold.pk).update(floor=3)
    for query in ("heating=true", "ground_floor=true", "heating=true&ground_floor=true"):
        page = desk.get(f"/shelter/rooms/?site=goris&{query}").text
        assert f"/shelter/rooms/{warm.pk}/" in page
        assert f"/shelter/rooms/{cold.pk}/" not in page


def test_a_house_begins_on_a_page_and_is_divided_on_another(goris):
    client = Client()
    client.force_login(make_user(Role.COORDINATOR, goris))
    facts = {"name": "Mirhav", "kind": "guest_house", "marz": "AM-SU", "places": "12"}
    answer = send(client, "/shelter/begin/", **facts)
    room = Room.objects.get(kind="undivided")
    assert answer["Location"] == f"/shelter/rooms/{room.pk}/"
    assert "to be divided" in client.get(answer["Location"]).text
    assert Site.objects.get(pk=room.site_id).kind == "guest_house"
    address = f"/shelter/rooms/{room.pk}/divide/"
    chosen = [place.pk for place in room.places.order_by("number")[:4]]
    assert send(client, address, places=chosen, name="214", kind="room").status_code == 303
    assert Room.objects.get(name="214").places.count() == 4
    assert send(client, address, places=chosen[:1], name="215", kind="room").status_code == 422
    assert send(client, "/shelter/begin/", **facts | {"marz": "AM-LO"}).status_code == 422


@pytest.mark.parametrize("page", ["", "change/", "places/", "bed/", "divide/"])
def test_a_room_of_another_site_is_not_there(goris, page):
    room = make_room(make_site("sisian"))
    client = Client()
    client.force_login(make_user(Role.COORDINATOR, goris))
    assert send(client, f"/shelter/rooms/{room.pk}/{page}", places="1").status_code == 404


@pytest.mark.parametrize("places", ["501", "many", ""])
def test_a_number_of_places_that_is_wrong_stands_where_it_was_typed(desk, goris, places):
    room = make_room(goris, 3)
    answer = send(desk, f"/shelter/rooms/{room.pk}/places/", places=places)
    assert answer.status_code == 422
    assert 'id="places-now" name="places"' in answer.text
    assert f'class="find" value="{places}"' in answer.text
    assert '<ul class="error" id="places-now_error">' in answer.text
    assert '<a href="#places-now">' in answer.text


def test_no_bed_comes_into_a_room_that_has_as_many_as_a_room_may_have(desk, goris):
    room = make_room(goris, 500)
    answer = send(desk, f"/shelter/rooms/{room.pk}/bed/")
    assert answer.status_code == 422
    assert "A room has at most 500 places. No bed was brought in." in answer.text
    assert room.places.count() == 500


def test_a_house_of_a_name_that_is_open_is_begun_once_it_is_said_to_be_another(desk, goris):
    facts = {"name": goris.name_en, "kind": "hotel", "marz": goris.marz, "places": "5"}
    assert 'name="another"' not in desk.get("/shelter/begin/").text
    asked = send(desk, "/shelter/begin/", **facts)
    assert asked.status_code == 422
    assert "One of this name is open already: Goris. Begin another one?" in asked.text
    assert 'name="another"' in asked.text
    assert send(desk, "/shelter/begin/", another="on", **facts).status_code == 303
    assert Site.objects.filter(name_en="Goris").count() == 2


def test_a_site_without_rooms_shows_no_rooms_of_another(desk, goris, sisian):
    make_room(goris, 3, "Zorats")
    assert "Zorats" in desk.get("/shelter/rooms/").text
    page = desk.get("/shelter/rooms/?site=sisian")
    assert "Zorats" not in page.text
    assert "No rooms yet." in page.text
    assert page.context["form"]["site"].value() == sisian.pk
