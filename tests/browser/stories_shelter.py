"""What the buttons of shelter do."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from centre.access import Role
from registrations.models import Household, Presence
from shelter.actions import hold_places, place_household
from shelter.inventory import block_places
from shelter.models import Place, Room, Stay
from shelter.no_shows import take_off_no_show
from tests.browser.buttons import OPENS, Desk, button, code, held, name_of, sleeping
from tests.build import make_room, make_user

BOARD, FILE = "shelter:board", "desk:family"
BEDS = (BOARD, FILE, "shelter:family")


def soon():
    return timezone.now() + timedelta(hours=3)


def show(desk: Desk, family: Household, **who) -> None:
    """The family's beds, on the page the story is about."""
    number = code(family)
    addresses = {FILE: f"/families/{number}/", "shelter:family": f"/shelter/family/{number}/"}
    desk.open(addresses.get(desk.on, f"/shelter/?family={number}"), **who)


def is_where_it_was(desk: Desk) -> bool:
    """Whether the page has the address at which the button was pressed: it can be loaded again."""
    return name_of(desk.page.url) == desk.on


def placed(desk: Desk) -> tuple[Household, Room]:
    """A family of two that sleeps in a room."""
    family, room = desk.family(), desk.room()
    place_household(family, rooms=[room], by=desk.by)
    return family, room


def expected(desk: Desk, at=None) -> tuple[Household, Room]:
    """A family of two for whom places are held."""
    family, room = desk.family(at=at), desk.room()
    until = at + timedelta(hours=1) if at else soon()
    hold_places(family, rooms=[room], until=until, by=desk.by, at=at and at + timedelta(minutes=1))
    return family, room


@button("Place here", "shelter:place", on=BOARD, does=["place"])
def place_here(desk: Desk) -> Iterator[None]:
    family, room = desk.family(), desk.room()
    show(desk, family)
    yield
    assert (sleeping(family), held(family)) == ({room.pk: 2}, {})


@button("Hold", "shelter:hold", on=BOARD, does=["hold"], enter=".fits .until-field")
def hold_instead(desk: Desk) -> Iterator[None]:
    family, room = desk.family(), desk.room()
    show(desk, family)
    yield
    assert (sleeping(family), held(family)) == ({}, {room.pk: 2})


@button("They are there: check in", "shelter:place", on=BOARD, does=["place"])
def check_in_where_they_are(desk: Desk) -> Iterator[None]:
    family, elsewhere = desk.family(), desk.works_at_another()
    room = make_room(elsewhere)
    show(desk, family)
    yield
    assert (sleeping(family), held(family)) == ({room.pk: 2}, {})
    assert Presence.objects.filter(site=elsewhere, during__upper_inf=True).count() == 2


@button("Hold", "shelter:hold", on=BOARD, does=["hold"])
def hold_elsewhere(desk: Desk) -> Iterator[None]:
    family, elsewhere = desk.family(), desk.works_at_another()
    room = make_room(elsewhere)
    show(desk, family)
    yield
    assert (sleeping(family), held(family)) == ({}, {room.pk: 2})
    assert not Presence.objects.filter(site=elsewhere).exists()


@button("Record it", "shelter:place", on=BOARD, does=["place"], enter="[name=happened_anyway]")
def record_that_they_sleep_there(desk: Desk) -> Iterator[None]:
    family, room = desk.family(3), desk.room(2)
    show(desk, family)
    desk.page.goto(f"/shelter/?family={code(family)}&room={room.pk}")
    desk.page.locator("[name=happened_anyway]").first.evaluate("one => { one.value = 'put there at night'; }")
    yield
    assert sleeping(family) == {room.pk: 3}
    assert Stay.objects.filter(room=room, place=None).count() == 1


@button("Move here", "shelter:move", on=BOARD, does=["move"], enter="[name=stays]")
def move_here(desk: Desk) -> Iterator[None]:
    family, old = placed(desk)
    new = desk.room()
    Place.objects.filter(room=old, stays=None).delete()
    show(desk, family)
    yield
    assert (sleeping(family), held(family)) == ({new.pk: 2}, {})
    assert Stay.objects.filter(room=old, during__upper_inf=True).count() == 0


@button("They left the room", "shelter:end", on=BEDS, does=["end_stay"])
def they_left_the_room(desk: Desk) -> Iterator[None]:
    family, room = placed(desk)
    show(desk, family)
    yield
    assert is_where_it_was(desk)
    assert (sleeping(family), held(family)) == ({}, {})
    assert Stay.objects.filter(room=room, kind=Stay.Kind.STAY).count() == 2
    assert Presence.objects.filter(site=desk.site, during__upper_inf=True).count() == 2


@button("Keep the beds", "shelter:keep", on=BEDS, does=["keep_beds"], enter="[name=reason]")
def keep_the_beds(desk: Desk) -> Iterator[None]:
    family, room = placed(desk)
    show(desk, family)
    desk.page.locator("[name=reason]").evaluate("one => { one.value = 'hospital'; }")
    yield
    assert is_where_it_was(desk)
    assert (sleeping(family), held(family)) == ({}, {room.pk: 2})


@button("Check in", "shelter:check_in", on=BEDS, does=["check_in"], enter="[name=stays]:not([type=hidden])")
def check_in_those_expected(desk: Desk) -> Iterator[None]:
    family, room = expected(desk)
    show(desk, family)
    yield
    assert is_where_it_was(desk)
    assert (sleeping(family), held(family)) == ({room.pk: 2}, {})


@button("Release the places", "shelter:end", on=BEDS, does=["end_stay"])
def release_the_places(desk: Desk) -> Iterator[None]:
    family, kept = placed(desk)
    other, _room = expected(desk)
    show(desk, other)
    yield
    assert is_where_it_was(desk)
    assert (sleeping(other), held(other), sleeping(family)) == ({}, {}, {kept.pk: 2})


@button("Check in", "shelter:check_in", on=BOARD, does=["check_in"], within=".holds")
def check_in_from_the_list_of_holds(desk: Desk) -> Iterator[None]:
    family, room = expected(desk)
    desk.open("/shelter/")
    yield
    assert (sleeping(family), held(family)) == ({room.pk: 2}, {})


@button("Check in", "shelter:check_in", on=BOARD, does=["check_in"], within=".holds")
def check_in_after_a_hold_ran_out(desk: Desk) -> Iterator[None]:
    family, room = expected(desk, at=timezone.now() - timedelta(hours=2))
    desk.open("/shelter/")
    assert held(family) == {}
    yield
    assert sleeping(family) == {room.pk: 2}


def missing(desk: Desk) -> tuple[Household, Room]:
    """A family of two that did not come by the hour until which places were held, on the board."""
    family, room = expected(desk, at=timezone.now() - timedelta(hours=2))
    desk.open("/shelter/")
    return family, room


@button("Hold again", "shelter:hold_again", on=BOARD, does=["hold_again"], within=".holds", enter=".holds .until-field")
def hold_again_who_did_not_come(desk: Desk) -> Iterator[None]:
    family, room = missing(desk)
    assert held(family) == {}
    yield
    assert held(family) == {room.pk: 2}


@button("Take off the list", "shelter:take_off_no_show", on=BOARD, does=["take_off_no_show"], within=".holds")
def take_off_who_did_not_come(desk: Desk) -> Iterator[None]:
    _family, room = missing(desk)
    yield
    assert set(Stay.objects.filter(room=room).values_list("taken_off_in__by", flat=True)) == {desk.user.pk}


@button(r"\d+ famil(y|ies) did not come and (is|are) off the list", OPENS, on=BOARD, stays=True)
def open_who_is_off_the_list(desk: Desk) -> Iterator[None]:
    family, room = expected(desk, at=timezone.now() - timedelta(hours=2))
    take_off_no_show(list(Stay.objects.filter(room=room).select_related("room__site")), by=desk.by)
    desk.open("/shelter/")
    yield
    expect(desk.page.locator(".holds", has_text=str(family)).last).to_be_visible()


@button("Put back on the list", "shelter:put_back_no_show", on=BOARD, does=["put_back_no_show"])
def put_back_who_did_not_come(desk: Desk) -> Iterator[None]:
    _family, room = expected(desk, at=timezone.now() - timedelta(hours=2))
    take_off_no_show(list(Stay.objects.filter(room=room).select_related("room__site")), by=desk.by)
    desk.open("/shelter/")
    yield
    assert set(Stay.objects.filter(room=room).values_list("taken_off_in", flat=True)) == {None}


@button("Release", "shelter:end", on=BOARD, does=["end_stay"], within=".holds")
def release_from_the_list_of_holds(desk: Desk) -> Iterator[None]:
    family, _room = expected(desk)
    desk.open("/shelter/")
    yield
    assert (sleeping(family), held(family)) == ({}, {})


@button("Show", "shelter:board", on=BOARD, enter="#family")
def show_a_family(desk: Desk) -> Iterator[None]:
    family, _room = placed(desk)
    desk.open("/shelter/").locator("#family").fill(code(family))
    yield
    expect(desk.page.locator("#chosen")).to_contain_text(str(family))


@button("Block the places", "shelter:room", on="shelter:room", does=["block"], enter="#reason")
def block_the_places(desk: Desk) -> Iterator[None]:
    room = desk.room(2)
    page = desk.open(f"/shelter/rooms/{room.pk}/")
    page.locator("[name=places]").first.check()
    page.locator("#reason").fill("the roof leaks")
    yield
    assert Counter(room.places.values_list("blocked_reason", flat=True)) == {"the roof leaks": 1, "": 1}


@button("Open them again", "shelter:room", on="shelter:room", does=["open"])
def open_the_places(desk: Desk) -> Iterator[None]:
    room = desk.room(2)
    block_places(list(room.places.all()), reason="the roof leaks", by=desk.by)
    desk.open(f"/shelter/rooms/{room.pk}/").locator("[name=places]").first.check()
    yield
    assert Counter(room.places.values_list("blocked_reason", flat=True)) == {"": 1, "the roof leaks": 1}


@button("Add rooms", "shelter:rooms", on="shelter:rooms", does=["add_rooms"], enter="[name=names]")
def add_rooms(desk: Desk) -> Iterator[None]:
    page = desk.open("/shelter/rooms/")
    page.locator("[name=site]").evaluate("(one, site) => { one.value = site; }", str(desk.site.pk))
    page.locator("[name=names]").evaluate("one => { one.value = '12-14'; }")
    yield
    assert sorted(Room.objects.filter(site=desk.site).values_list("name", flat=True)) == ["12", "13", "14"]
    assert Place.objects.filter(room__site=desk.site).count() == 12


@button("Close this site", "transport:close_site", on="transport:close_site", does=["close_site"])
def close_this_site(desk: Desk) -> Iterator[None]:
    desk.open(f"/settings/sites/{desk.site.code}/close/", Role.ADMINISTRATOR, everywhere=True)
    yield
    desk.site.refresh_from_db()
    assert desk.site.closed_at is not None


# What only opens


@button("They left the room, or are away for a while", OPENS, on=BOARD)
def what_else_happened(desk: Desk) -> Iterator[None]:
    family, _old = placed(desk)
    desk.room()
    show(desk, family)
    yield


@button("Away for a while", OPENS, on=BEDS)
def away_for_a_while(desk: Desk) -> Iterator[None]:
    family, _room = placed(desk)
    show(desk, family)
    yield


@button("They are sleeping there already", OPENS, on=BOARD)
def they_sleep_there_already(desk: Desk) -> Iterator[None]:
    family, room = desk.family(3), desk.room(2)
    show(desk, family)
    desk.page.goto(f"/shelter/?family={code(family)}&room={room.pk}")
    yield


@button("This evening", OPENS, on=BOARD)
def open_the_pages_of_the_evening(desk: Desk) -> Iterator[None]:
    family, _room = desk.family(), desk.room()
    show(desk, family)
    yield
    expect(desk.page.locator(".beds > details nav")).to_be_visible()


@button("Hold instead", OPENS, on=BOARD)
def how_long_to_hold(desk: Desk) -> Iterator[None]:
    family, _room = desk.family(), desk.room()
    show(desk, family)
    yield


@button("Choose another site", OPENS, on="shelter:rooms")
def choose_another_site(desk: Desk) -> Iterator[None]:
    desk.room()
    make_room(desk.works_at_another())
    desk.open("/shelter/rooms/")
    yield


@button("Add rooms", OPENS, on="shelter:rooms")
def form_for_rooms(desk: Desk) -> Iterator[None]:
    desk.room()
    desk.open("/shelter/rooms/")
    yield


@button("Undo", "shelter:undo", on=BOARD, does=["undo_beds"])
def undo_what_was_done_with_beds(desk: Desk) -> Iterator[None]:
    family, room = desk.family(), desk.room()
    desk.user = make_user(Role.COORDINATOR, desk.site)
    hold_places(family, rooms=[room], until=timezone.now() + timedelta(hours=3), by=desk.user)
    desk.open("/shelter/")
    yield
    assert held(family) == {}
    assert desk.page.get_by_text("Undone: everything is as it was before.").is_visible()
