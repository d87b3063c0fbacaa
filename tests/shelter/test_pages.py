"""The board as a coordinator meets it, without JavaScript."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import LogLine, Site
from registrations.models import Individual
from shelter.actions import hold_places, place_household
from shelter.apart import keep_apart
from shelter.inventory import block_places
from shelter.models import Place, Room, Stay, WaitingFact
from shelter.turns import decline_offer
from tests.build import make_room, make_site, make_user
from tests.shelter.conftest import make_family

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(coordinator):
    client = Client()
    client.force_login(coordinator)
    return client


def code(household):
    return str(household).replace(" ", "")


def placing(household, room, members=None):
    members = members or [person.pk for person in Individual.objects.members_of(household)]
    return {"id": uuid.uuid4(), "rooms": [room.pk], "members": members}


def test_two_clicks_place_a_family(desk, family, goris):
    make_room(goris, 9, "hall")
    make_room(goris, 3, "14")
    board = desk.get("/shelter/")
    address = re.search(rf'href="(/shelter/\?[^"]*family={code(family)}[^"]*)"', board.text)[1]
    chosen = desk.get(address.replace("&amp;", "&"))
    form = re.search(r'<form method="post" action="([^"]*place/[^"]*)">(.*?)</form>', chosen.text, re.S)
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', form[2])
    data = {name: [value for key, value in fields if key == name] for name, _ in fields}
    answer = desk.post(form[1].replace("&amp;", "&"), data)
    assert answer.status_code == 303
    assert set(Stay.objects.values_list("room__name", flat=True)) == {"14"}
    assert f"{family} is checked in: Goris, 14." in desk.get(answer.url).text


def test_the_board_shows_numbers_and_initials_and_no_names(desk, family, goris, coordinator, now):
    held = make_family(goris, coordinator, now, 2)
    hold_places(held, rooms=[make_room(goris, 2)], until=timezone.now() + HOUR, by=coordinator)
    for address in ("/shelter/", f"/shelter/?family={code(family)}", f"/shelter/?family={code(held)}"):
        text = desk.get(address).text
        assert str(family) in text
        assert str(held) in text
        assert "A. H." in text
        assert "Hakobyan" not in text
        assert "Anna" not in text


def test_a_place_just_given_is_refused_in_words_on_the_board_of_now(desk, family, goris, coordinator, now):
    room = make_room(goris, 3, "14")
    other = make_family(goris, coordinator, now, 1)
    place_household(other, rooms=[room], by=coordinator)
    answer = desk.post(f"/shelter/family/{code(family)}/place/?family={code(family)}", placing(family, room))
    assert answer.status_code == 422
    assert "2 free places for 3 people. Nobody was moved" in answer.text
    assert re.search(r"<b>14</b>.*2/3", answer.text)
    assert not Stay.objects.filter(individual__in=Individual.objects.members_of(family)).exists()


def test_hold_check_in_move_and_leave_through_the_pages(desk, family, goris, sisian):
    room, other, beside = make_room(sisian, 3, "14"), make_room(sisian, 2, "15"), make_room(sisian, 2, "16")
    until = (timezone.now() + HOUR).isoformat()
    address = f"/shelter/family/{code(family)}/hold/"
    assert desk.post(address, placing(family, room) | {"until": until}).status_code == 303
    holds = list(Stay.objects.holds().values_list("pk", flat=True))
    assert desk.post("/shelter/check-in/", {"id": uuid.uuid4(), "stays": holds}).status_code == 303
    stays = list(Stay.objects.stays().at(timezone.now()).values_list("pk", flat=True))
    moved = {"id": uuid.uuid4(), "stays": stays, "rooms": f"{other.pk},{beside.pk}"}
    assert desk.post("/shelter/move/", moved).status_code == 303
    stays = list(Stay.objects.stays().at(timezone.now()).values_list("pk", flat=True))
    assert {stay.room for stay in Stay.objects.filter(pk__in=stays)} == {other, beside}
    kept = {"id": uuid.uuid4(), "stays": stays[:1], "until": until, "reason": "hospital"}
    assert desk.post("/shelter/keep/", kept).status_code == 303
    assert desk.post("/shelter/end/", {"id": uuid.uuid4(), "stays": stays[1:]}).status_code == 303
    assert [hold.reason for hold in Stay.objects.at(timezone.now())] == ["hospital"]


def test_overflow_is_behind_a_quiet_link_and_needs_a_reason(desk, family, goris):
    room = make_room(goris, 2, "14")
    page = desk.get(f"/shelter/?family={code(family)}&room={room.pk}").text
    assert "1 person without a place" in page
    assert "They are sleeping there already" in page
    address = f"/shelter/family/{code(family)}/place/?family={code(family)}"
    assert desk.post(address, placing(family, room) | {"happened_anyway": " "}).status_code == 422
    assert desk.post(address, placing(family, room) | {"happened_anyway": "A late bus."}).status_code == 303
    assert Stay.objects.get(place=None).happened_anyway_reason == "A late bus."
    assert "1 over capacity" in desk.get("/shelter/").text


def test_the_fragment_alone_is_sent_to_htmx(desk, family, goris):
    answer = desk.get("/shelter/", headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="board"')
    assert "HX-Request" in answer["Vary"]


def test_a_refused_act_keeps_its_address_out_of_the_history(desk, family, goris):
    address = f"/shelter/family/{code(family)}/place/?family={code(family)}"
    answer = desk.post(address, placing(family, make_room(goris, 1)), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Push-Url"]) == (422, "false")


@pytest.mark.parametrize("typed", ["4127", "what", "99999999B", "", "1 A' OR 1=1"])
def test_a_number_that_is_nobodys_is_said_so(desk, family, typed):
    answer = desk.get("/shelter/", {"family": typed})
    assert answer.status_code == 200
    assert ('<p class="notice warn" role="alert">' in answer.text) == bool(typed)


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("place", {"rooms": ["x"], "members": ["y"]}),
        ("place", {}),
        ("place", {"rooms": [uuid.uuid4()], "members": [uuid.uuid4()]}),
        ("hold", {"until": "tomorrow"}),
        ("hold", {"until": "0001-01-01T00:00"}),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(desk, family, goris, address, data):
    make_room(goris, 3)
    answer = desk.post(f"/shelter/family/{code(family)}/{address}/?family={code(family)}", {"id": "?"} | data)
    assert answer.status_code == 422
    assert not Stay.objects.exists()


def test_a_hold_that_would_end_before_it_begins_is_refused_in_words(desk, family, goris):
    address = f"/shelter/family/{code(family)}/hold/?family={code(family)}"
    answer = desk.post(address, placing(family, make_room(goris, 3)) | {"until": "2020-01-01T10:00:00+04:00"})
    assert answer.status_code == 422
    assert "must end later than now" in answer.text


def test_nobody_waits_and_no_rooms_are_said_in_words(desk):
    text = desk.get("/shelter/").text
    assert "Nobody waits." in text
    assert "No rooms yet." in text


def test_each_role_and_the_board(family, goris, sisian):
    here = make_room(goris, 3, "14")
    own = f"/shelter/family/{code(family)}/"
    for role, site, board, room, beds, acts in (
        (Role.COORDINATOR, goris, 200, 200, 200, 303),
        (Role.COORDINATOR, sisian, 200, 404, 404, 404),
        (Role.VOLUNTEER, goris, 403, 403, 200, 403),
        (Role.VOLUNTEER, sisian, 403, 403, 404, 403),
        (Role.AID_VOLUNTEER, goris, 403, 403, 404, 403),
        (Role.PROTECTION, goris, 403, 403, 200, 403),
        (Role.OFFICIAL, None, 403, 403, 404, 403),
        (Role.AUDITOR, None, 403, 403, 404, 403),
        (Role.ADMINISTRATOR, None, 403, 403, 404, 403),
    ):
        desk = Client()
        desk.force_login(make_user(role, site))
        seen = (
            desk.get("/shelter/").status_code,
            desk.get(f"/shelter/rooms/{here.pk}/").status_code,
            desk.get(own).status_code,
            desk.post(f"{own}place/", placing(family, here)).status_code,
        )
        assert seen == (board, room, beds, acts), (role, site)
        Stay.objects.all().delete()


def test_an_anonymous_visitor_is_sent_to_the_door(family):
    for address in ("/shelter/", "/shelter/rooms/", f"/shelter/family/{code(family)}/"):
        assert Client().get(address).status_code == 302


def test_a_volunteer_sees_the_beds_and_changes_nothing(family, goris, coordinator):
    place_household(family, rooms=[make_room(goris, 3, "14")], by=coordinator)
    desk = Client()
    volunteer = make_user(Role.VOLUNTEER, goris)
    desk.force_login(volunteer)
    text = desk.get(f"/shelter/family/{code(family)}/").text
    assert "Goris, 14" in text
    assert "Hakobyan Anna" in text  # a file was opened, so names stand there
    assert "<button" not in text.split('id="family-shelter"')[1]
    stays = list(Stay.objects.values_list("pk", flat=True))
    assert desk.post("/shelter/end/", {"id": uuid.uuid4(), "stays": stays}).status_code == 403
    assert LogLine.objects.filter(by=volunteer, verb="opened", subject_id=str(family.pk), fields=["stays"]).exists()


def test_a_bed_at_a_confidential_site_is_not_told_to_others(family, goris, coordinator):
    crisis = make_site("crisis", Site.Kind.CRISIS, confidential=True)
    mother, *_ = Individual.objects.members_of(family)
    place_household(family, rooms=[make_room(crisis, 1, "blue")], members=[mother.pk], by=make_user(site=crisis))
    volunteer = Client()
    volunteer.force_login(make_user(Role.VOLUNTEER, goris))
    everywhere = Client()
    everywhere.force_login(coordinator)
    for desk in (volunteer, everywhere):
        text = desk.get(f"/shelter/family/{code(family)}/").text
        assert "blue" not in text
        assert "Ask a protection officer" in text
    stays = list(Stay.objects.values_list("pk", flat=True))
    assert everywhere.post("/shelter/end/", {"id": uuid.uuid4(), "stays": stays}).status_code == 422


def test_rooms_are_set_up_on_their_page(desk, goris):
    fields = {"id": uuid.uuid4(), "site": goris.pk, "names": "12-14, hall", "places": 4, "kind": "room", "area": "12.0"}
    assert desk.post("/shelter/rooms/", fields).status_code == 303
    assert sorted(Room.objects.values_list("name", flat=True)) == ["12", "13", "14", "hall"]
    assert Place.objects.count() == 16
    page = desk.get("/shelter/rooms/").text
    assert "rooms: 4, places: 16" in page
    assert '<span class="mark warn">3.0</span>' in page  # less than 3.5 m² each
    again = desk.post("/shelter/rooms/", fields | {"id": uuid.uuid4(), "names": "14, 15"})
    assert again.status_code == 422
    assert "already has a room of this name" in again.text
    assert Room.objects.count() == 4


@pytest.mark.parametrize("names", ["", " , ", "1-999", "7, 7", "x" * 41, "20-10"])
def test_room_names_that_make_no_sense_are_refused_in_words(desk, goris, names):
    fields = {"id": uuid.uuid4(), "site": goris.pk, "names": names, "places": 4, "kind": "room"}
    assert desk.post("/shelter/rooms/", fields).status_code == 422
    assert not Room.objects.exists()


def test_places_are_blocked_and_opened_on_the_rooms_page(desk, goris):
    room = make_room(goris, 3, "14")
    first = room.places.first()
    address = f"/shelter/rooms/{room.pk}/"
    assert desk.post(address, {"id": uuid.uuid4(), "places": [first.pk], "reason": "wet"}).status_code == 303
    assert "wet" in desk.get(address).text
    assert desk.post(address, {"id": uuid.uuid4(), "places": [first.pk], "reason": "wet"}).status_code == 422
    assert desk.post(address, {"id": uuid.uuid4(), "places": [first.pk], "open": "1"}).status_code == 303
    assert Place.objects.usable(timezone.now()).count() == 3


def test_a_block_without_a_tick_or_a_reason_says_so_beside_the_field(desk, goris):
    room = make_room(goris, 3, "14")
    address = f"/shelter/rooms/{room.pk}/"
    answer = desk.post(address, {"id": uuid.uuid4()})
    wrong = {"places": ["Tick at least one place."], "reason": ["Say why the places are blocked."]}
    assert answer.context["form"].errors == wrong
    assert answer.text.count("Tick at least one place.") == answer.text.count("Say why the places are blocked.") == 2
    opened = desk.post(address, {"id": uuid.uuid4(), "open": "1"})
    assert opened.context["form"].errors == {"places": ["Tick at least one place."]}


def test_the_board_costs_the_same_queries_whatever_is_on_it(goris, coordinator, desk, django_assert_max_num_queries):
    for _ in range(3):
        held = make_family(goris, coordinator, timezone.now(), 2)
        hold_places(held, rooms=[make_room(goris, 2)], until=timezone.now() + HOUR, by=coordinator)
        shown = make_family(goris, coordinator, timezone.now(), 4)
        make_room(goris, 4)
    desk.get("/")  # when a session was last used is written once in a while
    with django_assert_max_num_queries(35):
        desk.get(f"/shelter/?family={code(shown)}")


def test_own_house_comes_first_then_its_province_then_those_with_most_places(client, goris):
    goris.marz = "AM-SU"
    goris.save(update_fields=["marz"])
    for code, marz, places in (("kapan", "AM-SU", 2), ("gyumri", "AM-SH", 5), ("vanadzor", "AM-LO", 9)):
        make_room(make_site(code, marz=marz), places)
    make_room(goris, 1)
    client.force_login(make_user(Role.COORDINATOR))
    client.post("/settings/shift/", {"site": goris.pk})
    houses = [house.site.code for house in client.get("/shelter/").context["board"].houses]
    assert houses == ["goris", "kapan", "vanadzor", "gyumri"]


def test_full_and_blocked_rooms_stay_among_the_rooms_of_a_house(desk, family, goris, coordinator):
    make_room(goris, 2, "free")
    full, blocked = make_room(goris, 3, "full room"), make_room(goris, 1, "closed room")
    place_household(family, rooms=[full], by=coordinator)
    block_places(list(blocked.places.all()), reason="no window", by=coordinator)
    page = desk.get("/shelter/?site=goris").text
    assert 'class="full" title="full"' in page
    assert 'class="full" title="blocked"' in page
    assert page.count("</a></li>") >= 3


def test_the_board_is_sent_again_only_when_something_on_it_changed(desk, family, goris):
    make_room(goris, 3)
    mark = desk.get("/shelter/").context["board"].mark
    fragment = {"HX-Request": "true", "X-Shown": mark}
    assert desk.get("/shelter/", headers=fragment).status_code == 204
    make_family(goris, make_user(), timezone.now(), 1)
    assert desk.get("/shelter/", headers=fragment).status_code == 200


@pytest.mark.parametrize(
    ("form", "field"),
    [
        *(("swap/", "other"), ("first", "reason"), ("declined", "reason"), ("turn/taken-back", "reason")),
        *(("keep/", "reason"), ("place", "happened_anyway")),
    ],
)
def test_a_refused_form_of_the_board_stands_open_with_what_was_typed(goris, coordinator, family, now, form, field):
    room = make_room(goris, 2 if form == "place" else 6)
    code = str(family).replace(" ", "")
    client = Client()
    client.force_login(coordinator)
    facts = {"id": uuid.uuid4(), field: "9999 X" if field == "other" else "x" * 201, "site": goris.pk}
    if form == "place":
        facts |= {"rooms": room.pk, "members": [str(one.pk) for one in Individual.objects.all()]}
    if form in ("swap/", "keep/"):
        place_household(family, rooms=[room], by=coordinator, at=now)
        facts["stays"] = [str(key) for key in Stay.objects.values_list("pk", flat=True)]
    if form == "turn/taken-back":
        decline_offer(family, site=goris, reason="too far", by=coordinator)
        facts["fact"] = WaitingFact.objects.get().pk
    address = f"/shelter/{form}" if form in ("swap/", "keep/") else f"/shelter/family/{code}/{form}/"
    answer = client.post(f"{address}?family={code}&room={room.pk}", facts)
    assert answer.status_code == 422
    drawn = re.search(
        rf'<details class="anyway" open>(?:(?!</details>).)*?name="{field}".*?</details>', answer.text, re.S
    )
    assert drawn
    assert f'value="{facts[field]}" aria-invalid="true"' in drawn[0]
    assert '<ul class="error">' in drawn[0]


def test_no_place_at_all_and_none_that_they_can_have_are_two_sentences(desk, family, goris, coordinator, now):
    page = f"/shelter/?family={code(family)}"
    assert "No site of yours has 3 free places." in desk.get(page).text
    make_room(goris, 3)
    other = make_family(goris, coordinator, now, 1)
    place_household(other, rooms=[make_room(goris, 1)], by=coordinator)
    keep_apart(family, other=other, reason="a feud", by=coordinator)
    text = desk.get(page).text
    assert "No site of yours has" not in text
    assert "Places are free, but none that this family can have." in text
