"""A house begins with a telephone call, and its one room is divided when people arrive."""

import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone, translation

from casework.errors import ChildAmongStrangers
from centre.access import NotAllowed, Permission, Role
from centre.errors import SiteClosed
from centre.limits import HOUSES
from centre.models import LogLine, Site, User
from desk.actions import depart
from shelter.actions import check_in, end_stays, hold_places, place_household
from shelter.begun import begin_house, marzes_to_begin, may_take_back
from shelter.dividing import divide_room
from shelter.errors import HouseOfThatName, HouseWasUsed, PlaceGone, RoomNameTaken, TooFewPlaces
from shelter.inventory import RoomFacts, add_rooms, enter_rooms
from shelter.models import Place, Room, Stay
from shelter.reach import open_to_others
from tests.api.conftest import Machine
from tests.build import LONG_AGO, child, make_room, make_site, make_user, person, register_family
from tests.shelter.conftest import make_family
from tests.transport.conftest import make_run
from transport.actions import cancel_bus
from transport.closing import take_back_house

HOUR = timedelta(hours=1)
HOTEL = {"name": "Mirhav", "kind": "hotel", "marz": "AM-SU", "places": 40, "room": "to be divided"}


def again(user):
    """The user, as the next request reads them."""
    return User.objects.get(pk=user.pk)


def on(room):
    return list(Place.objects.filter(room=room).standing().order_by("number"))


def test_a_coordinator_begins_a_house_and_holds_places_there_at_once(goris, family, now):
    by = make_user(Role.COORDINATOR, goris)
    begun = begin_house(**HOTEL, by=by, at=now)
    site, room = Site.objects.get(pk=begun.site), Room.objects.get(pk=begun.room)
    assert (site.name_en, site.kind, site.marz, site.confidential) == ("Mirhav", "hotel", "AM-SU", False)
    assert (room.kind, len(on(room))) == ("undivided", 40)
    assert site.code.startswith("mirhav-")
    hold_places(family, rooms=[room], until=now + HOUR, by=again(by), at=now)
    assert Stay.objects.filter(site=site).count() == 3


def test_who_begins_a_house_gets_no_more_there_than_they_are(goris, now):
    by = make_user(Role.COORDINATOR, goris)
    own = by.assignments.get()
    begun = begin_house(**HOTEL, by=by, at=now)
    given = by.assignments.exclude(pk=own.pk).get()
    assert (given.role, str(given.site_id), given.ends_at) == (Role.COORDINATOR, begun.site, own.ends_at)
    assert LogLine.objects.filter(verb=LogLine.Verb.ROLE_GIVEN, by=by, subject_id=str(by.pk)).exists()


def test_who_coordinates_all_sites_needs_no_role_more(coordinator, now):
    begin_house(**HOTEL | {"marz": "AM-LO"}, by=coordinator, at=now)
    assert coordinator.assignments.count() == 1


@pytest.mark.parametrize("facts", [{"marz": "AM-LO"}, {"kind": "crisis"}, {"kind": "hospital"}, {"kind": "children"}])
def test_no_house_begins_elsewhere_or_of_another_kind(goris, now, facts):
    by = make_user(Role.COORDINATOR, goris)
    assert marzes_to_begin(by, now) == ["AM-SU"]
    with pytest.raises(NotAllowed):
        begin_house(**HOTEL | facts, by=by, at=now)
    assert Site.objects.count() == 1


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.PROTECTION, Role.ADMINISTRATOR, Role.OFFICIAL])
def test_no_other_role_begins_a_house(goris, now, role):
    with pytest.raises(NotAllowed):
        begin_house(**HOTEL, by=make_user(role, goris), at=now)


@pytest.mark.parametrize(
    ("name", "column", "code"),
    [("Հյուրանոց Միրհավ", "name_hy", "iuranoc"), ("Гостиница", "name_ru", "kostinica"), ("★", "name_en", "hotel")],
)
def test_the_code_comes_from_the_name_in_any_letters(coordinator, now, name, column, code):
    begun = begin_house(**HOTEL | {"name": name}, by=coordinator, at=now)
    site = Site.objects.get(pk=begun.site)
    assert getattr(site, column) == name
    assert site.code.isascii()
    assert site.code.startswith(code)


def test_a_code_tells_of_no_hidden_site(coordinator, now):
    make_site("mirhav", confidential=True)
    one, other = (begin_house(**HOTEL, another=True, by=coordinator, at=now).code for _ in range(2))
    assert one[:-4] == other[:-4] == "mirhav-"


def test_a_room_is_divided_with_who_sleeps_there_and_who_is_awaited(goris, coordinator, family, now):
    room = make_room(goris, 10)
    awaited = make_family(goris, coordinator, now, 2)
    place_household(family, rooms=[room], by=coordinator, at=now)
    hold_places(awaited, rooms=[room], until=now + 5 * HOUR, by=coordinator, at=now)
    theirs = [stay.place for stay in Stay.objects.stays()]
    made = Room.objects.get(
        pk=divide_room(room, places=theirs, name="214", floor=2, by=coordinator, at=now + HOUR).room
    )
    assert (made.site, made.name, made.floor) == (goris, "214", 2)
    assert {place.pk for place in on(made)} == {place.pk for place in theirs}
    assert [place.number for place in on(made)] == [1, 2, 3]
    assert set(Stay.objects.stays().values_list("room", flat=True)) == {made.pk}
    held = [hold.place for hold in Stay.objects.holds()]
    other = Room.objects.get(pk=divide_room(room, places=held, name="215", by=coordinator, at=now + HOUR).room)
    check_in(list(Stay.objects.holds()), by=coordinator, at=now + 2 * HOUR)
    assert Stay.objects.stays().filter(room=other).count() == 2
    end_stays(list(Stay.objects.stays().filter(room=made)), by=coordinator, at=now + 3 * HOUR)
    assert not Stay.objects.at(now + 4 * HOUR).filter(room=made).exists()
    assert len(on(room)) == 5


def test_what_is_divided_is_refused_whole(goris, coordinator, family, now):
    room, other = make_room(goris, 4), make_room(goris, 2, "214")
    with pytest.raises(RoomNameTaken):
        divide_room(room, places=on(room)[:2], name="214", by=coordinator, at=now)
    with pytest.raises(PlaceGone):
        divide_room(room, places=[*on(room)[:1], *on(other)], name="215", by=coordinator, at=now)
    assert (len(on(room)), len(on(other)), Room.objects.count()) == (4, 2, 2)


def test_no_child_is_divided_from_who_looks_after_it_into_a_room_with_strangers(goris, coordinator, now):
    room = make_room(goris, 10)
    other = make_family(goris, coordinator, now, 1)
    family = register_family(goris, coordinator, person(), child(), at=now)
    place_household(family, rooms=[room], by=coordinator, at=now)
    place_household(other, rooms=[room], by=coordinator, at=now)
    daughter = Stay.objects.get(individual__memberships__household=family, individual__memberships__position=1)
    stranger = Stay.objects.get(individual__memberships__household=other)
    with pytest.raises(ChildAmongStrangers):
        divide_room(room, places=[daughter.place, stranger.place], name="1", by=coordinator, at=now + HOUR)
    assert Room.objects.count() == 1


def begun_of(places, by, at):
    """A house with one room to be divided, of so many places."""
    begun = begin_house(**HOTEL | {"places": places}, by=by, at=at)
    return Site.objects.get(pk=begun.site), Room.objects.get(pk=begun.room)


def test_rooms_that_are_entered_come_out_of_the_room_to_be_divided(coordinator, now):
    house, undivided = begun_of(10, coordinator, now)
    enter_rooms(house, rooms=[RoomFacts("1", 2), RoomFacts("2", 4)], by=coordinator, at=now + HOUR)
    assert [place.number for place in on(undivided)] == [1, 2, 3, 4]
    add_rooms(house, names=["3", "4"], places=1, by=coordinator, at=now + HOUR)
    assert len(on(undivided)) == 2
    enter_rooms(house, rooms=[RoomFacts("5", 5)], by=coordinator, at=now + HOUR)
    assert (on(undivided), Place.objects.filter(room__site=house).standing().count()) == ([], 13)


def test_rooms_that_come_besides_leave_the_room_to_be_divided_as_it_is(coordinator, now):
    house, undivided = begun_of(10, coordinator, now)
    enter_rooms(house, rooms=[RoomFacts("1", 2)], besides=True, by=coordinator, at=now + HOUR)
    enter_rooms(house, rooms=[RoomFacts("loft", 5, kind="undivided")], by=coordinator, at=now + HOUR)
    assert len(on(undivided)) == 10


def test_no_place_that_is_held_or_slept_on_is_taken_out_for_rooms_that_are_entered(coordinator, family, now):
    house, undivided = begun_of(6, coordinator, now)
    hold_places(family, rooms=[undivided], until=now + 5 * HOUR, by=coordinator, at=now)
    with pytest.raises(TooFewPlaces, match="for 3 a place is held: the room can have no fewer than 3"):
        enter_rooms(house, rooms=[RoomFacts("1", 4)], by=coordinator, at=now + HOUR)
    assert (len(on(undivided)), Room.objects.filter(site=house).count()) == (6, 1)
    enter_rooms(house, rooms=[RoomFacts("1", 3)], by=coordinator, at=now + HOUR)
    assert {stay.place for stay in Stay.objects.all()} == set(on(undivided))


@pytest.mark.parametrize("name", ["Mirhav", " mirhav ", "Միրհավ"])
def test_a_house_whose_name_is_open_in_the_marz_is_asked_about_first(goris, now, name):
    make_site("hotel", name_en="Mirhav", name_hy="Միրհավ")
    by = make_user(Role.COORDINATOR, goris)
    with pytest.raises(HouseOfThatName, match="One of this name is open already: Mirhav"):
        begin_house(**HOTEL | {"name": name}, by=by, at=now)
    begin_house(**HOTEL | {"name": name}, another=True, by=by, at=now)
    assert Site.objects.count() == 3


@pytest.mark.parametrize("columns", [{"confidential": True}, {"marz": "AM-LO"}, {"closed_at": LONG_AGO + HOUR}])
def test_of_a_house_that_is_hidden_elsewhere_or_closed_nobody_is_told(goris, now, columns):
    make_site("hotel", name_en="Mirhav", **columns)
    begin_house(**HOTEL, by=make_user(Role.COORDINATOR, goris), at=now)
    assert Site.objects.filter(name_en="Mirhav").count() == 2


def test_nobody_begins_more_houses_in_an_hour_than_a_telephone_brings(client, goris):
    cache.clear()
    by = make_user(Role.COORDINATOR, goris)
    client.force_login(by)
    for turn in range(HOUSES.most):
        body = HOTEL | {"id": str(uuid.uuid4()), "name": f"Mirhav {turn}"}
        assert Machine(by).post("sites/begin/", **body).status_code == 201
    body = HOTEL | {"id": str(uuid.uuid4()), "name": "One more"}
    answer = Machine(by).post("sites/begin/", **body)
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert client.post("/shelter/begin/", body).status_code == 429
    assert Site.objects.exclude(pk=goris.pk).count() == HOUSES.most
    assert client.get("/shelter/begin/").status_code == 200
    cache.clear()


CALLED = {"phone": "+374 94 123456", "contact": "Aram", "town": "Verishen"}


def test_whom_to_call_stands_on_the_page_of_the_house_and_on_the_list_of_the_evening(client, goris):
    by = make_user(Role.COORDINATOR, goris)
    client.force_login(by)
    body = HOTEL | CALLED | {"id": str(uuid.uuid4())}
    assert client.post("/shelter/begin/", body).status_code == 303
    site = Site.objects.get(name_en="Mirhav")
    page = client.get(f"/houses/sites/{site.code}/").content.decode()
    assert 'Aram, <a class="tel" href="tel:+37494123456">' in page
    assert "Verishen" in page
    assert "tel:+37494123456" in client.get("/houses/").content.decode()
    (line,) = [row for row in Machine(by).get("call-list/").json() if row["site"] == site.code]
    assert (line["contact"], line["phone"], line["town"]) == ("Aram", "+37494123456", "Verishen")


@pytest.mark.parametrize(("said", "field"), [({"phone": "12"}, "phone"), ({"contact": "Aram"}, "phone")])
def test_telephone_that_nobody_can_call_is_asked_back_at_page_and_api(client, goris, said, field):
    by = make_user(Role.COORDINATOR, goris)
    client.force_login(by)
    body = HOTEL | said | {"id": str(uuid.uuid4())}
    page = client.post("/shelter/begin/", body)
    assert (page.status_code, f'id="id_{field}_error"' in page.content.decode()) == (422, True)
    answer = Machine(by).post("sites/begin/", **body)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert Site.objects.count() == 1


def test_the_room_to_be_divided_is_called_so_in_the_language_of_who_reads(client, goris):
    by = make_user(Role.COORDINATOR, goris)
    client.force_login(by)
    body = {name: said for name, said in HOTEL.items() if name != "room"} | {"id": str(uuid.uuid4())}
    client.post("/shelter/begin/", body, headers={"Accept-Language": "hy"})
    room = Room.objects.get(kind="undivided")
    assert room.name == "to be divided"
    said = {}
    for language in ("en", "hy", "ru"):
        with translation.override(language):
            said[language] = str(room)
    assert said == {"en": "to be divided", "hy": "դեռ չբաժանված", "ru": "к разделению"}


def test_a_house_begun_by_mistake_is_taken_back_by_who_began_it_and_nothing_stands_there(client, goris, family):
    by, other = make_user(Role.COORDINATOR, goris), make_user(Role.COORDINATOR)
    now = timezone.now() - HOUR
    begun = begin_house(**HOTEL, by=by, at=now)
    site, room = Site.objects.get(pk=begun.site), Room.objects.get(pk=begun.room)
    with pytest.raises(NotAllowed):
        take_back_house(site, by=other)
    client.force_login(other)
    assert client.post(f"/shelter/houses/{site.code}/take-back/", {"id": str(uuid.uuid4())}).status_code == 404
    assert "Take the house back" not in client.get(f"/shelter/rooms/{room.pk}/").content.decode()
    client.force_login(again(by))
    assert "Take the house back" in client.get(f"/shelter/rooms/{room.pk}/").content.decode()
    assert client.post(f"/shelter/houses/{site.code}/take-back/", {"id": str(uuid.uuid4())}).status_code == 303
    site.refresh_from_db()
    assert site.closed_at is not None
    assert again(by).reach(Permission.PLACE) == {goris.pk}
    assert "Mirhav" not in client.get("/shelter/?houses=1").content.decode()
    assert "Mirhav" not in client.get("/houses/").content.decode()
    with pytest.raises(SiteClosed):
        hold_places(family, rooms=[room], until=timezone.now() + HOUR, by=again(by))
    with pytest.raises(SiteClosed):
        take_back_house(site, by=again(by))
    assert client.post(f"/shelter/houses/{site.code}/take-back/", {"id": str(uuid.uuid4())}).status_code == 404


def test_a_house_where_a_place_was_ever_held_is_not_taken_back(client, goris, family):
    by = make_user(Role.COORDINATOR, goris)
    now = timezone.now() - HOUR
    begun = begin_house(**HOTEL, by=by, at=now)
    site, room = Site.objects.get(pk=begun.site), Room.objects.get(pk=begun.room)
    hold_places(family, rooms=[room], until=now + HOUR / 2, by=again(by), at=now)
    with pytest.raises(HouseWasUsed):
        take_back_house(site, by=again(by))
    answer = Machine(again(by)).post(f"sites/{site.pk}/take-back/", id=str(uuid.uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (409, "house_was_used")
    client.force_login(again(by))
    assert "Take the house back" not in client.get(f"/shelter/rooms/{room.pk}/").content.decode()
    page = client.post(f"/shelter/houses/{site.code}/take-back/", {"id": str(uuid.uuid4())})
    assert (page.status_code, "It is not taken back" in page.content.decode()) == (422, True)
    site.refresh_from_db()
    assert site.closed_at is None


def test_a_house_that_others_coordinate_too_or_may_hold_in_is_not_taken_back(goris):
    by, now = make_user(Role.COORDINATOR, goris), timezone.now() - HOUR
    given, opened, left = (
        Site.objects.get(pk=begin_house(**HOTEL | {"name": name}, by=again(by), at=now).site)
        for name in ("Mirhav", "Aram", "Lotus")
    )
    make_user(Role.COORDINATOR, given)
    open_to_others(opened, places=2, until=timezone.now() + HOUR, by=again(by))
    for site in (given, opened):
        with pytest.raises(HouseWasUsed):
            take_back_house(site, by=again(by))
        assert not may_take_back(site, again(by), timezone.now())
    by.assignments.filter(site=left).update(ends_at=timezone.now())
    with pytest.raises(NotAllowed):
        take_back_house(left, by=again(by))


def test_a_house_to_which_a_bus_is_to_come_is_not_taken_back(client, goris):
    by, now = make_user(), timezone.now()
    site = Site.objects.get(pk=begin_house(**HOTEL, by=by, at=now - HOUR).site)
    run = make_run(goris, site, by=by)
    leaves = f"A bus of {timezone.localtime(run.departs_at):%d.%m, %H:%M} comes here or leaves from here."
    client.force_login(by)
    page = client.post(f"/shelter/houses/{site.code}/take-back/", {"id": str(uuid.uuid4())})
    assert (page.status_code, leaves in page.text) == (422, True)
    api = Machine(by).post(f"sites/{site.pk}/take-back/", id=str(uuid.uuid4()))
    assert (api.status_code, api.json()["code"]) == (409, "bus_stops_there")
    cancel_bus(run, by=by)
    take_back_house(site, by=by)
    site.refresh_from_db()
    assert site.closed_at is not None


def test_a_house_to_which_people_are_on_the_way_is_not_taken_back(goris, family, now):
    by = make_user(Role.COORDINATOR, goris)
    site = Site.objects.get(pk=begin_house(**HOTEL, by=by, at=now).site)
    depart(family, site=goris, destination="site", destination_site=site, by=by)
    assert not may_take_back(site, again(by), timezone.now())
    with pytest.raises(HouseWasUsed):
        take_back_house(site, by=again(by))


def test_nobody_is_sent_to_a_house_that_was_taken_back(goris, family, now):
    by = make_user(Role.COORDINATOR, goris)
    site = Site.objects.get(pk=begin_house(**HOTEL, by=by, at=now).site)
    take_back_house(site, by=again(by))
    with pytest.raises(SiteClosed):
        depart(family, site=goris, destination="site", destination_site=site, by=by)
