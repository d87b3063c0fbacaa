"""Reception of a house: it sees its house alone; it checks in, sees out, calls the roll, and does nothing else."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import get_resolver
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.errors import EndNeeded
from centre.models import LogLine, Site
from centre.outside import DOOR, there_for_outsiders
from centre.staff_acts import give_role
from desk.actions import arrive, depart
from desk.voiding import void_movements
from registrations.errors import NotHere
from registrations.models import Absence, Individual, Movement
from shelter.actions import check_in, end_stays, hold_places, move, place_household
from shelter.dividing import give_room
from shelter.errors import RoomGiven
from shelter.models import Place, Room, Stay
from shelter.no_shows import hold_again, take_off_no_show
from shelter.rollcalls import begin_roll_call
from shelter.rolls import RollCall, RollCallSeen
from tests.api.conftest import Machine
from tests.api.world import furnish
from tests.build import make_room, make_site, make_user, person, register_family
from tests.centre.test_pages import addresses

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
PAGES = ("", "roll-call/", "sleeping/")


def text(answer):
    return answer.content.decode()


def send(client, address, **facts):
    return client.post(f"/shelter/house/{address}", {"id": uuid.uuid4()} | facts)


@pytest.fixture
def house():
    return make_site("hotel")


@pytest.fixture
def coordinator(db):
    return make_user()


@pytest.fixture
def receptionist(house):
    return make_user(Role.RECEPTIONIST, house)


@pytest.fixture
def desk(client, receptionist):
    client.force_login(receptionist)
    return client


@pytest.fixture
def family(house, coordinator):
    """Two, for whom two places are held in room 5 until tonight, with words of who placed them."""
    came = register_family(make_site("gate"), coordinator, person("Anna"), person("Aram", relationship="spouse"))
    hold_places(
        came, rooms=[make_room(house, 4, "5")], until=timezone.now() + HOUR, reason="wheelchair", by=coordinator
    )
    return came


def holds():
    return list(Stay.objects.holds().select_related("room__site"))


def stays():
    return list(Stay.objects.stays().at(timezone.now()).select_related("room__site"))


def test_sign_in_leads_to_the_door_of_her_house(desk, receptionist, house):
    answer = desk.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == "/shelter/house/hotel/"
    assert [entry.address for entry in answer.context["navigation"].entries] == ["/shelter/house/"]
    other = make_site("guest-house")
    receptionist.assignments.create(
        role=Role.RECEPTIONIST, site=other, starts_at=house.opened_at, ends_at=timezone.now() + HOUR
    )
    assert desk.get("/", follow=True).redirect_chain[-1][0].startswith("/settings/shift/")
    assert (
        desk.post("/settings/shift/", {"site": other.pk}, follow=True).redirect_chain[-1][0].endswith("/guest-house/")
    )


def test_who_comes_is_scanned_checked_in_and_told_room_and_number(desk, family):
    found = text(send(desk, "hotel/scan/", card=str(family)))
    assert "room 5" in found
    assert send(desk, "hotel/check-in/", stays=[hold.pk for hold in holds()]).status_code == 303
    shown = text(desk.get("/shelter/house/hotel/"))
    assert f"{family} is checked in: room 5, 2 people." in shown
    assert ">room 5</th>" in shown
    assert len(stays()) == 2


def test_what_she_is_shown_has_no_names_no_words_and_no_buttons_of_who_places(desk, family, coordinator, client):
    shown = text(desk.get("/shelter/house/hotel/"))
    assert str(family) in shown
    client.force_login(coordinator)
    assert "wheelchair" in text(client.get("/shelter/house/hotel/"))
    for word in ("wheelchair", "Anna", "Hakobyan", "/families/", "/shelter/?", "Search families"):
        assert word not in shown, word


def test_who_did_not_come_is_said_and_held_again_by_others(desk, family, receptionist, house):
    Stay.objects.update(during=(timezone.now() - 2 * HOUR, timezone.now() - HOUR))
    shown = text(desk.get("/shelter/house/hotel/"))
    assert "did not come" in shown
    assert [word for word in ("Hold again", "Take off the list") if word in shown] == []
    for way in ("again", "off", "back"):
        assert send(desk, f"hotel/{way}/", stays=[hold.pk for hold in holds()]).status_code == 403
    with pytest.raises(NotAllowed):
        hold_again(holds(), until=timezone.now() + HOUR, by=receptionist)
    with pytest.raises(NotAllowed):
        take_off_no_show(holds(), by=receptionist)
    with pytest.raises(NotAllowed):
        end_stays(holds(), by=receptionist)
    assert send(desk, "hotel/check-in/", stays=[hold.pk for hold in holds()]).status_code == 303  # they came late
    assert len(stays()) == 2


def test_she_gives_no_places(family, receptionist, house, coordinator):
    other = register_family(house, coordinator, person("Karen"))
    room = house.rooms.get()
    for refused in (
        lambda: hold_places(other, rooms=[room], until=timezone.now() + HOUR, by=receptionist),
        lambda: place_household(other, rooms=[room], by=receptionist),
    ):
        with pytest.raises(NotAllowed):
            refused()
    check_in(holds(), by=receptionist)
    for refused in (
        lambda: move(stays(), rooms=[make_room(house, 4, "6")], by=receptionist),
        lambda: end_stays(stays(), by=receptionist),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_one_of_the_family_leaves_and_says_where_to(desk, family, receptionist):
    check_in(holds(), by=receptionist)
    page = text(desk.get("/shelter/house/hotel/"))
    way = f"/shelter/house/hotel/leave/{str(family).replace(' ', '')}/"
    assert way in page
    form = text(desk.get(way))
    assert "room 5" in form
    assert [word for word in ("Anna", "Aram", "Hakobyan", "/families/") if word in form] == []
    leaves = stays()[0].individual_id
    facts = {"members": [leaves], "destination": "own_address", "destination_marz": "AM-ER"}
    sent = {"id": uuid.uuid4(), **facts}
    assert desk.post(way, sent).url == "/shelter/house/hotel/"
    assert desk.post(way, sent).url == "/shelter/house/hotel/"
    assert f"{family} left." in text(desk.get("/shelter/house/hotel/"))
    assert [stay.individual_id for stay in stays()] != [leaves]
    assert [absence.movement.destination for absence in Absence.objects.filter(individual=leaves)] == ["own_address"]


def test_she_takes_back_for_five_minutes_that_somebody_left(desk, family, receptionist, coordinator, monkeypatch):
    check_in(holds(), by=receptionist)
    slept = {(stay.individual_id, stay.place_id) for stay in stays()}
    going = {"destination": "own_address"}
    gone = depart(family, site=stays()[0].site, **going, by=coordinator)
    told = list(Movement.objects.filter(pk__in=gone.movements))
    with pytest.raises(NotAllowed):
        void_movements(told, by=receptionist)
    refused = Machine(receptionist).post(f"stays/{Stay.objects.stays().first().pk}/not-left/").json()
    assert refused["code"] == "undo_too_late"
    void_movements(told, by=coordinator)
    for way in ("page", "api"):
        depart(family, site=stays()[0].site, **going, by=receptionist)
        left = Stay.objects.stays().order_by("-during").first()
        page = text(desk.get("/shelter/house/hotel/"))
        assert f"Left the house: {family}." in page
        back = re.search(r"/shelter/house/(hotel/leave/[0-9a-f-]+/back/)", page)[1]
        if way == "page":
            assert send(desk, back).status_code == 303
        else:
            assert Machine(receptionist).post(f"stays/{left.pk}/not-left/").status_code == 201
        assert {(stay.individual_id, stay.place_id) for stay in stays()} == slept
        assert not Absence.objects.exists()
        assert "Left the house:" not in text(desk.get("/shelter/house/hotel/"))
    gone = depart(family, site=stays()[0].site, **going, by=receptionist)
    monkeypatch.setattr("shelter.undoing.UNDO_WITHIN", timedelta())
    late = desk.post(f"/shelter/house/{back}", {"id": uuid.uuid4()}, follow=True)
    assert "Only what you did yourself" in text(late)
    with pytest.raises(NotAllowed):
        void_movements(list(Movement.objects.filter(pk__in=gone.movements)), by=receptionist)
    assert stays() == []


def leave(family, receptionist):
    """All of the family are seen out of the house; which stay it was, and where the page takes it back."""
    gone = depart(family, site=stays()[0].site, destination="unknown", by=receptionist)
    act = Movement.objects.filter(pk__in=gone.movements).values_list("act", flat=True)[0]
    return Stay.objects.stays().order_by("-during").first(), f"hotel/leave/{act}/back/"


@pytest.mark.parametrize("way", ["page", "api"])
def test_who_has_not_left_and_whose_bed_was_given_is_said_to_have_none(desk, family, receptionist, coordinator, way):
    check_in(holds(), by=receptionist)
    people = {str(stay.individual_id) for stay in stays()}
    left, back = leave(family, receptionist)
    others = register_family(make_site(), coordinator, person(), person("Lilit", relationship="sibling"))
    place_household(others, rooms=[left.room], happened_anyway="Late.", by=coordinator)
    if way == "page":
        told = text(desk.post(f"/shelter/house/{back}", {"id": uuid.uuid4()}, follow=True))
        assert re.search(r"\d (person has|people have) no bed here any more", told)
    else:
        answer = Machine(receptionist).post(f"stays/{left.pk}/not-left/")
        assert answer.status_code == 201
        bedless = Stay.objects.stays().filter(place=None, individual__in=people).values_list("individual", flat=True)
        assert answer.json()["without_bed"] == sorted(map(str, bedless)) != []


@pytest.mark.django_db(transaction=True)  # what was recorded after what decides
def test_who_was_recorded_elsewhere_since_has_left(desk, family, receptionist, coordinator):
    check_in(holds(), by=receptionist)
    left, back = leave(family, receptionist)
    arrive(family, site=make_site(), by=coordinator)
    assert "They have not left" not in text(desk.get("/shelter/house/hotel/"))
    told = text(desk.post(f"/shelter/house/{back}", {"id": uuid.uuid4()}, follow=True))
    assert "More was recorded of these people since." in told
    assert Machine(receptionist).post(f"stays/{left.pk}/not-left/").json()["code"] == "used_since"
    assert stays() == []


def test_a_tab_of_before_is_told_where_they_are_since_when_at_every_door(desk, family, receptionist, coordinator):
    expected = [str(hold.pk) for hold in holds()]
    check_in(holds(), by=receptionist)
    told = f"They are checked in already: room 5, at {timezone.localtime(stays()[0].during.lower):%H:%M}."
    again = send(desk, "hotel/check-in/", stays=expected)
    assert (again.status_code, told in text(again)) == (422, True)
    first, *others = expected
    api = Machine(receptionist).post(f"stays/{first}/check-in/", also=others)
    assert (api.status_code, api.json()) == (409, {"code": "already_housed", "detail": told})
    desk.force_login(coordinator)
    board = desk.post("/shelter/check-in/", {"id": uuid.uuid4(), "stays": expected})
    assert (board.status_code, told in text(board)) == (422, True)


def test_who_sleeps_elsewhere_is_not_seen_out(desk, house, receptionist, coordinator):
    there = register_family(house, coordinator, person("Karen"))
    way = f"/shelter/house/hotel/leave/{str(there).replace(' ', '')}/"
    assert "Nobody of this family sleeps here." in text(desk.get(way))
    with pytest.raises(NotHere):
        depart(there, site=house, destination="unknown", by=receptionist)
    with pytest.raises(NotAllowed):
        depart(there, site=make_site("elsewhere"), destination="unknown", by=receptionist)


def test_the_roll_is_called(desk, family, receptionist, house):
    check_in(holds(), by=receptionist)
    assert send(desk, "hotel/roll-call/begin/").status_code == 303
    roll = RollCall.objects.get()
    shown = text(desk.get("/shelter/house/hotel/roll-call/"))
    assert "room 5" in shown
    seen = {"people": [stays()[0].individual_id], "roll_call": roll.pk, "tick": "", "card": ""}
    assert send(desk, "hotel/roll-call/", **seen).status_code == 303
    assert RollCallSeen.objects.count() == 1


def test_the_room_of_a_house_to_be_divided_is_given_at_the_door(desk, family, receptionist, house):
    Room.objects.update(kind=Room.Kind.UNDIVIDED, name="to be divided")
    check_in(holds(), by=receptionist)
    assert "Which room do they have?" in text(desk.get("/shelter/house/hotel/"))
    slept = [stay.pk for stay in stays()]
    assert send(desk, "hotel/room/", stays=slept, name="12").status_code == 303
    shown = text(desk.get("/shelter/house/hotel/"))
    assert f"{family} has room 12." in shown
    assert "Which room do they have?" not in shown
    assert [(stay.pk in slept, stay.room.name) for stay in stays()] == [(True, "12")] * 2
    assert Place.objects.filter(room__kind=Room.Kind.UNDIVIDED).count() == 2
    again = send(desk, "hotel/room/", stays=slept, name="13")
    assert (again.status_code, str(RoomGiven().message) in text(again)) == (422, True)
    with pytest.raises(NotAllowed):
        give_room(stays(), name="14", by=make_user(Role.RECEPTIONIST, make_site("other")))


def test_what_is_to_be_divided_is_called_no_room_when_they_are_checked_in(desk, family, coordinator):
    Room.objects.update(kind=Room.Kind.UNDIVIDED, name="to be divided")
    expected = [str(hold.pk) for hold in holds()]
    assert send(desk, "hotel/check-in/", stays=expected).status_code == 303
    assert f"{family} is checked in: 2 people." in text(desk.get("/shelter/house/hotel/"))
    assert "They are checked in already, at " in text(send(desk, "hotel/check-in/", stays=expected))
    other = register_family(Site.objects.get(code="gate"), coordinator, person("Karen"))
    desk.force_login(coordinator)
    sent = {
        "id": uuid.uuid4(),
        "rooms": Room.objects.get().pk,
        "members": Individual.objects.members_of(other).get().pk,
    }
    answer = desk.post(f"/shelter/family/{str(other).replace(' ', '')}/place/", sent, follow=True)
    assert f"{other} is checked in: Hotel." in text(answer)


def test_two_families_share_a_room_only_where_it_is_said(desk, family, receptionist, house, coordinator):
    Room.objects.update(kind=Room.Kind.UNDIVIDED)
    other = register_family(house, coordinator, person("Karen"))
    place_household(other, rooms=[house.rooms.get()], by=coordinator)
    check_in(holds(), by=receptionist)
    slept = [str(stay.pk) for stay in stays()]
    refused = send(desk, "hotel/room/", stays=slept, name="12")
    assert (refused.status_code, "These are more than one family." in text(refused)) == (422, True)
    assert all(text(refused).count(key) > 1 for key in slept)  # each in a form of its own family, and in the one asked
    first, *others = slept
    api = Machine(receptionist).post(f"stays/{first}/give-room/", also=others, name="12")
    assert (api.status_code, api.json()["code"]) == (409, "several_families")
    assert {stay.room.name for stay in stays()} == {"5"}
    assert send(desk, "hotel/room/", stays=slept, name="12", together="on").status_code == 303
    assert {stay.room.name for stay in stays()} == {"12"}


def test_another_house_is_not_there(desk, family, coordinator, house):
    other = make_site("other")
    place_household(
        register_family(other, coordinator, person("Karen")), rooms=[make_room(other, 2, "1")], by=coordinator
    )
    for page in PAGES:
        assert desk.get(f"/shelter/house/hotel/{page}").status_code == 200
        assert desk.get(f"/shelter/house/other/{page}").status_code == 404
    for way, facts in (
        ("scan/", {"card": str(family)}),
        ("check-in/", {"stays": [stay.pk for stay in stays()]}),
        ("room/", {"stays": [stay.pk for stay in stays()], "name": "2"}),
        ("roll-call/begin/", {}),
        ("leave/1000A/", {}),
    ):
        assert send(desk, f"other/{way}", **facts).status_code == 404, way
    taken = [stay.pk for stay in stays()]
    assert send(desk, "hotel/room/", stays=taken, name="2").status_code == 422
    assert not RollCall.objects.exists()


def test_nothing_but_her_door_is_there_for_her(client):
    world = furnish("goris")
    gaps = {name: str(row.pk) for name, row in world.rows.items()}
    user = make_user(Role.RECEPTIONIST, world.site)
    client.force_login(user)
    hers = there_for_outsiders(DOOR)
    assert client.get("/shelter/house/goris/").status_code == 200
    for route in addresses(get_resolver().url_patterns):
        if any(sign in route for sign in "^$(") or f"/{route}".startswith((*hers, "/api/")):
            continue
        first = route.partition("<")[0].strip("/").rpartition("/")[2]
        address = "/" + re.sub(r"<[^>]+>", gaps.get(first, str(uuid.uuid4())), route)
        if address in ("/", "/healthz", "/readyz", "/metrics"):
            continue
        assert client.get(address).status_code == 404, address


def test_the_api_tells_her_of_her_house_alone(family, receptionist, house, coordinator):
    other = make_site("other")
    place_household(
        register_family(other, coordinator, person("Karen")), rooms=[make_room(other, 2, "1")], by=coordinator
    )
    machine = Machine(receptionist)
    door = machine.get("door/", site="hotel").json()
    assert [(row["number"], row["rooms"], len(row["holds"])) for row in door["expected"]] == [(str(family), ["5"], 2)]
    assert (door["did_not_come"], door["away"], door["inside"]) == ([], [], [])
    listed = machine.get("stays/").json()["results"]
    assert {(row["site"], row["reason"]) for row in listed} == {("hotel", "")}
    assert {row["reason"] for row in Machine(coordinator).get("stays/").json()["results"]} == {"wheelchair", ""}
    for refused in ("door/", "sleeping/"):
        assert machine.get(refused, site="other").status_code == 400
    for empty in (
        "households",
        "individuals",
        "presences",
        "rooms",
        "places",
        "overflows",
        "cases",
        "waiting-facts",
        "log",
    ):
        assert machine.get(f"{empty}/").json().get("results", []) == [], empty
    for closed in ("tonight", "call-list", "waiting", "bed-nights", "census", "households-list"):
        assert machine.get(f"{closed}/").status_code in (403, 404), closed


def test_the_api_checks_in_gives_a_room_and_sees_out(family, receptionist):
    Room.objects.update(kind=Room.Kind.UNDIVIDED)
    machine = Machine(receptionist)
    first, *others = machine.get("door/", site="hotel").json()["expected"][0]["holds"]
    assert machine.post(f"stays/{first}/check-in/", also=others).status_code == 201
    inside = machine.get("door/", site="hotel").json()["inside"]
    one, two = (row["stay"] for row in inside)
    assert machine.post(f"stays/{one}/give-room/", also=[two], name="12").status_code == 201
    asleep = machine.get("sleeping/", site="hotel").json()
    assert [(row["number"], row["room"]) for row in asleep] == [(str(family), "12")] * 2
    assert machine.post(f"stays/{one}/move/", rooms=[str(Room.objects.first().pk)]).status_code in (400, 403)
    assert machine.post(f"stays/{one}/end/").status_code == 403
    assert machine.post(f"stays/{one}/depart/", also=[two], destination="unknown").status_code == 201
    assert machine.get("sleeping/", site="hotel").json() == []


def test_a_protection_officer_reads_who_sleeps_where_at_her_sites(client, family, receptionist, house, sisian):
    check_in(holds(), by=receptionist)
    for user, there in (
        (make_user(Role.PROTECTION, house), True),
        (make_user(Role.PROTECTION), True),
        (make_user(Role.PROTECTION, sisian), False),
    ):
        client.force_login(user)
        answer = client.get("/shelter/house/hotel/sleeping/")
        assert (answer.status_code, str(family) in text(answer)) == ((200, True) if there else (404, False))
        told = Machine(user).get("sleeping/", site="hotel")
        assert told.status_code == (200 if there else 400)
        if there:
            assert len(told.json()) == 2
            line = LogLine.objects.filter(by=user, subject="house").latest("pk")
            assert [str(key) for key in line.keys] == [str(family.pk)]
            assert "/shelter/house/hotel/sleeping/" in text(client.get("/sites/hotel/"))
            assert '/shelter/house/hotel/"' not in text(answer)
        for page in ("", "roll-call/"):
            assert client.get(f"/shelter/house/hotel/{page}").status_code == 403
    for role in (Role.VOLUNTEER, Role.AID_VOLUNTEER, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR):
        client.force_login(make_user(role, house))
        assert client.get("/shelter/house/hotel/sleeping/").status_code == 403
    assert Individual.objects.count() == 2


def test_a_confidential_house_is_there_for_its_own_reception(client, family, house, receptionist):
    house.confidential = True
    house.save()
    client.force_login(receptionist)
    assert client.get("/shelter/house/hotel/").status_code == 200
    client.force_login(make_user(Role.COORDINATOR))
    assert client.get("/shelter/house/hotel/").status_code == 404


def test_her_role_ends(client, house):
    with pytest.raises(EndNeeded):
        give_role(make_user(Role.OFFICIAL), role=Role.RECEPTIONIST, site=house, by=make_user(Role.ADMINISTRATOR))


def test_the_roll_of_another_house_is_not_called(receptionist, sisian):
    with pytest.raises(NotAllowed):
        begin_roll_call(sisian, by=receptionist)


def test_a_refusal_stands_beneath_the_card_and_the_answer_before_everything_else(desk, family, receptionist):
    expected = [str(hold.pk) for hold in holds()]
    found = text(send(desk, "hotel/scan/", card=str(family)))
    answer = found[found.index('<section class="card stack" role="status">') : found.index('id="expected"')]
    assert answer.count(str(family)) == 1
    assert 'class="ways"' not in found
    check_in(holds(), by=receptionist)
    refused = text(send(desk, "hotel/check-in/", stays=expected))
    assert refused.index('name="card"') < refused.index('role="alert"') < refused.index(">Look up<")
