"""What the buttons do that say whose turn it is, who swaps, and for whom a house is open."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from registrations.models import Household
from shelter.actions import place_household
from shelter.models import Opening, Room, WaitingFact
from shelter.reach import open_to_others
from shelter.turns import move_up
from tests.browser.buttons import OPENS, Desk, button, code, sleeping
from tests.build import make_room

BOARD, OPENING = "shelter:board", "shelter:opening"


def chosen(desk: Desk, family: Household) -> None:
    """The board on which the family is chosen."""
    desk.open(f"/shelter/?family={code(family)}")


def said_of(family: Household) -> list[tuple[str, str]]:
    """What was written down of the family's turn, in its order."""
    return list(WaitingFact.objects.filter(household=family).order_by("recorded_at").values_list("kind", "reason"))


def moved_up(desk: Desk) -> Household:
    """A family that goes first."""
    family = desk.family()
    move_up(family, reason="a baby", by=desk.by)
    return family


@button("Let them go first", OPENS, on=BOARD)
def look_how_they_go_first(desk: Desk) -> Iterator[None]:
    chosen(desk, desk.family())
    yield


@button("Move up", "shelter:move_up", on=BOARD, does=["move_up"], enter="[name=reason]")
def let_them_go_first(desk: Desk) -> Iterator[None]:
    family = desk.family()
    chosen(desk, family)
    desk.page.locator("[name=reason]").first.evaluate("one => { one.value = 'a baby'; }")
    yield
    assert said_of(family) == [("moved_up", "a baby")]


@button("They decline it", OPENS, on=BOARD)
def look_how_they_decline(desk: Desk) -> Iterator[None]:
    desk.room()
    chosen(desk, desk.family())
    yield


@button("Keep it", "shelter:declined", on=BOARD, does=["decline_offer"], enter=".fits [name=reason]")
def keep_that_they_decline(desk: Desk) -> Iterator[None]:
    family, _room = desk.family(), desk.room()
    chosen(desk, family)
    desk.page.locator(".fits [name=reason]").first.evaluate("one => { one.value = 'too far from school'; }")
    yield
    assert said_of(family) == [("declined", "too far from school")]
    assert WaitingFact.objects.get(household=family).site == desk.site
    assert (sleeping(family), desk.site.rooms.get().places.filter(stays=None).count()) == ({}, 4)


@button("Cancel this entry", OPENS, on=BOARD)
def look_how_it_is_taken_back(desk: Desk) -> Iterator[None]:
    chosen(desk, moved_up(desk))
    yield


@button("Cancel this entry", "shelter:void_waiting_fact", on=BOARD, does=["void_waiting_fact"], enter="[name=reason]")
def take_back_that_they_go_first(desk: Desk) -> Iterator[None]:
    family = moved_up(desk)
    chosen(desk, family)
    desk.page.locator("[name=reason]").first.evaluate("one => { one.value = 'another family'; }")
    yield
    assert said_of(family) == [("moved_up", "a baby"), ("voided", "another family")]


def asleep(desk: Desk) -> tuple[Household, Room]:
    """A family of two in a room that is full with it."""
    family, room = desk.family(), desk.room(2)
    place_household(family, rooms=[room], by=desk.by)
    return family, room


@button("Swap with another family", OPENS, on=BOARD)
def look_how_two_families_swap(desk: Desk) -> Iterator[None]:
    family, _room = asleep(desk)
    chosen(desk, family)
    yield


@button("Swap places", "shelter:swap", on=BOARD, does=["swap"], enter="#other")
def swap_places(desk: Desk) -> Iterator[None]:
    (family, room), (other, others) = asleep(desk), asleep(desk)
    chosen(desk, family)
    desk.page.locator("#other").evaluate("(one, number) => { one.value = number; }", code(other))
    yield
    assert (sleeping(family), sleeping(other)) == ({others.pk: 2}, {room.pk: 2})


# Which house


@button("Find a house", OPENS, on=BOARD)
def look_how_a_house_is_found(desk: Desk) -> Iterator[None]:
    desk.room()
    desk.open("/shelter/")
    yield


@button("Show", BOARD, on=BOARD, within="details", enter="#house")
def find_a_house(desk: Desk) -> Iterator[None]:
    other = desk.works_at_another()
    desk.room()
    make_room(other)
    desk.open("/shelter/")
    desk.page.locator("#house").evaluate("(one, name) => { one.value = name; }", other.name_en)
    yield
    expect(desk.page.locator("article.house [aria-expanded]")).to_have_text([other.name_en])
    expect(desk.page.get_by_role("link", name="All houses")).to_be_visible()


@button("Save", OPENING, on=OPENING, does=["open_to_others"], enter="[name=places]")
def open_to_other_sites(desk: Desk) -> Iterator[None]:
    desk.room()
    desk.open(f"/shelter/open/{desk.site.code}/").locator("[name=places]").fill("3")
    yield
    assert Opening.objects.at(timezone.now()).get(site=desk.site).places == 3


@button("Save", OPENING, on=OPENING, does=["open_to_others"], enter="[name=places]")
def close_to_other_sites(desk: Desk) -> Iterator[None]:
    desk.room()
    open_to_others(desk.site, places=3, until=timezone.now() + timedelta(hours=9), by=desk.by)
    desk.open(f"/shelter/open/{desk.site.code}/").locator("[name=places]").fill("0")
    yield
    assert not Opening.objects.at(timezone.now()).filter(site=desk.site).exists()
