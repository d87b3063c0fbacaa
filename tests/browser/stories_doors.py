"""What the buttons do at a house's own door: a card is read, those expected come in, and a roll is called."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from centre.access import Role
from desk.actions import depart
from registrations.models import Household
from shelter.actions import check_in, end_stays, hold_places, keep_beds, place_household
from shelter.models import Room, Stay
from shelter.no_shows import take_off_no_show
from shelter.rollcalls import begin_roll_call, see_people
from shelter.rolls import RollCall, RollCallSeen
from tests.browser.buttons import OPENS, SCRIPT, Desk, button, code, held, name_of, sleeping
from tests.build import make_user

HOUSE, SCAN, CHECK_IN = "houses:door", "houses:door_scan", "houses:door_check_in"
TONIGHT, LEAVE = "houses:tonight", "desk:leave_house"
ROLL, BEGIN, SLEEPING = "houses:roll_call", "houses:begin_roll_call", "houses:sleeping"


def soon():
    return timezone.now() + timedelta(hours=3)


def expected(desk: Desk) -> tuple[Household, Room]:
    """A family of two for whom places are held in the house."""
    family, room = desk.family(), desk.room()
    hold_places(family, rooms=[room], until=soon(), by=desk.by)
    return family, room


def asleep(desk: Desk) -> tuple[Household, Room]:
    """A family of two that sleeps in the house."""
    family, room = desk.family(), desk.room()
    place_household(family, rooms=[room], by=desk.by)
    return family, room


def at_the_door(desk: Desk, then: str = "") -> None:
    """The page of the house, or one behind it."""
    desk.open(f"/shelter/house/{desk.site.code}/{then}")


def read_card(desk: Desk, text: str) -> None:
    """The answer to a card that was read at the door."""
    desk.page.locator("[name=card]").fill(text)
    desk.page.locator("[name=card]").press("Enter")
    desk.page.wait_for_url("**/scan/")
    desk.settle()


def show(desk: Desk, family: Household) -> None:
    """The house, or the answer to the family's card, whichever page the story is about."""
    at_the_door(desk)
    if desk.on == SCAN:
        read_card(desk, code(family))


@button("Look up", SCAN, on=[HOUSE, SCAN], enter="[name=card]")
def read_the_card_of_a_family(desk: Desk) -> Iterator[None]:
    family, _room = expected(desk)
    show(desk, family)
    desk.page.locator("[name=card]").fill(code(family))
    yield
    expect(desk.page.locator("section[role=status]")).to_contain_text(str(family))
    desk.page.reload()
    assert name_of(desk.page.url) == HOUSE


@button("Look up", SCAN, on=HOUSE)
def read_no_card(desk: Desk) -> Iterator[None]:
    desk.room()
    at_the_door(desk)
    yield
    expect(desk.page.get_by_role("alert")).to_contain_text("Scan a card")


@button("Check in", CHECK_IN, on=[HOUSE, SCAN], does=["check_in"])
def check_in_at_the_door(desk: Desk) -> Iterator[None]:
    family, room = expected(desk)
    show(desk, family)
    yield
    assert (sleeping(family), held(family)) == ({room.pk: 2}, {})


@button("Check in", CHECK_IN, on=HOUSE, does=["check_in"], within="[aria-labelledby=out]")
def check_in_who_comes_back(desk: Desk) -> Iterator[None]:
    family, room = asleep(desk)
    stays = list(Stay.objects.stays().filter(room=room))
    keep_beds(stays, until=soon(), reason="hospital", by=desk.by)
    at_the_door(desk)
    yield
    assert (sleeping(family), held(family)) == ({room.pk: 2}, {})


@button("Check in", CHECK_IN, on=HOUSE, does=["check_in"])
def check_in_after_a_refusal(desk: Desk) -> Iterator[None]:
    gone, taken = expected(desk)
    family, room = expected(desk)
    at_the_door(desk)
    end_stays(list(Stay.objects.holds().filter(room=taken)), by=desk.by)
    place_household(desk.family(4), rooms=[taken], by=desk.by)
    desk.page.locator(f"form:has-text('{gone}') button").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()
    desk.settle()
    yield
    assert (sleeping(gone), sleeping(family)) == ({}, {room.pk: 2})


# Which room they have, and the way out


@button("Give this room", "houses:give_room", on=HOUSE, does=["give_room"], enter="[name=name]")
def give_a_room_to_who_has_none(desk: Desk) -> Iterator[None]:
    family, room = asleep(desk)
    Room.objects.filter(pk=room.pk).update(kind=Room.Kind.UNDIVIDED)
    at_the_door(desk)
    desk.page.locator("[aria-labelledby=roomless] [name=name]").fill("512")
    yield
    made = Room.objects.get(site=desk.site, name="512")
    assert sleeping(family) == {made.pk: 2}


@button("Record departure", LEAVE, on=LEAVE, does=["depart"], enter="[name=destination]")
def record_who_leaves_the_house(desk: Desk) -> Iterator[None]:
    family, _room = asleep(desk)
    at_the_door(desk, f"leave/{code(family)}/")
    desk.page.locator("[name=destination][value=abroad]").check()
    yield
    assert sleeping(family) == {}


@button("They have not left", "desk:not_left", on=HOUSE, does=["not_left"])
def take_back_that_they_left_the_house(desk: Desk) -> Iterator[None]:
    family, room = asleep(desk)
    at_the_door(desk)  # as somebody, who then sees them out
    depart(family, site=desk.site, destination="abroad", by=desk.user)
    at_the_door(desk)
    assert sleeping(family) == {}
    yield
    assert sleeping(family) == {room.pk: 2}


@button("A child has already left with someone else", OPENS, on=LEAVE)
def say_that_a_child_left_the_house_with_others(desk: Desk) -> Iterator[None]:
    family, _room = asleep(desk)
    at_the_door(desk, f"leave/{code(family)}/")
    yield
    expect(desk.page.locator("[name=happened_anyway]")).to_be_visible()


# Who did not come


def missing(desk: Desk, *, off: bool = False) -> tuple[Household, Room]:
    """A family of two that did not come by the hour until which places were held, at the door or on *Tonight*."""
    began = timezone.now() - timedelta(hours=2)
    family, room = desk.family(at=began), desk.room()
    until = began + timedelta(hours=1)
    hold_places(family, rooms=[room], until=until, by=desk.by, at=began + timedelta(minutes=1))
    if off:
        take_off_no_show(list(Stay.objects.filter(room=room).select_related("room__site")), by=desk.by)
    if desk.on == TONIGHT:
        desk.open("/houses/tonight/")
    else:
        at_the_door(desk)
    return family, room


@button("Hold again", "houses:hold_again", on=[HOUSE, TONIGHT], does=["hold_again"])
def hold_again_at_the_door(desk: Desk) -> Iterator[None]:
    family, room = missing(desk)
    yield
    assert held(family) == {room.pk: 2}


@button("Take off the list", "houses:take_off_no_show", on=[HOUSE, TONIGHT], does=["take_off_no_show"])
def take_off_at_the_door(desk: Desk) -> Iterator[None]:
    _family, room = missing(desk)
    yield
    assert set(Stay.objects.filter(room=room).values_list("taken_off_in__by", flat=True)) == {desk.user.pk}


@button(r"\d+ famil(y|ies) did not come and (is|are) off the list", OPENS, on=HOUSE, stays=True)
def open_who_is_off_the_list_at_the_door(desk: Desk) -> Iterator[None]:
    family, _room = missing(desk, off=True)
    yield
    expect(desk.page.locator("details[open]", has_text=str(family))).to_be_visible()


@button("Put back on the list", "houses:put_back_no_show", on=HOUSE, does=["put_back_no_show"])
def put_back_at_the_door(desk: Desk) -> Iterator[None]:
    _family, room = missing(desk, off=True)
    yield
    assert set(Stay.objects.filter(room=room).values_list("taken_off_in", flat=True)) == {None}


# The roll call


def called(desk: Desk) -> tuple[Household, RollCall]:
    """A roll call of a house in which a family of two sleeps."""
    family, _room = asleep(desk)
    roll = RollCall.objects.get(pk=begin_roll_call(desk.site, by=desk.by).roll_call)
    at_the_door(desk, "roll-call/")
    return family, roll


@button("Begin the roll call", BEGIN, on=ROLL, does=["begin_roll_call"])
def begin_the_roll_call(desk: Desk) -> Iterator[None]:
    asleep(desk)
    at_the_door(desk, "roll-call/")
    yield
    assert RollCall.objects.get(site=desk.site).act.by == desk.user
    expect(desk.page.locator("[aria-labelledby=unseen] li")).to_have_count(2)


@button("Begin another roll call", BEGIN, on=ROLL, does=["begin_roll_call"])
def begin_another_roll_call(desk: Desk) -> Iterator[None]:
    called(desk)
    yield
    assert RollCall.objects.filter(site=desk.site).count() == 2


@button("Look up", ROLL, on=ROLL, enter="[name=card]")
def read_a_card_in_the_roll_call(desk: Desk) -> Iterator[None]:
    family, _roll = called(desk)
    desk.page.locator("[name=card]").fill(code(family))
    yield
    expect(desk.page.locator("section[role=status] [name=family]:checked")).to_have_count(2)
    expect(desk.page.locator("[name=card]")).to_be_focused()


@button("They are here", ROLL, on=ROLL, does=["see_people"])
def say_that_they_are_here(desk: Desk) -> Iterator[None]:
    family, roll = called(desk)
    desk.page.locator("[name=card]").fill(code(family))
    desk.page.get_by_role("button", name="Look up").click()
    desk.page.locator("section[role=status]").wait_for()
    desk.settle()
    yield
    assert RollCallSeen.objects.filter(roll_call=roll).count() == 2


@button("Those ticked were seen", ROLL, on=ROLL, does=["see_people"])
def tick_who_was_seen(desk: Desk) -> Iterator[None]:
    _family, roll = called(desk)
    desk.page.locator("[aria-labelledby=unseen] [name=people]").first.check()
    yield
    assert RollCallSeen.objects.standing().filter(roll_call=roll).count() == 1
    expect(desk.page.locator("[aria-labelledby=unseen] li")).to_have_count(1)


@button("Undo", ROLL, on=ROLL, does=["take_back_seen"])
def take_a_tick_back(desk: Desk) -> Iterator[None]:
    _family, roll = called(desk)
    people = list(Stay.objects.stays().filter(site=desk.site).values_list("individual", flat=True))
    see_people(roll, people=people, by=desk.by)
    at_the_door(desk, "roll-call/")
    yield
    assert RollCallSeen.objects.standing().filter(roll_call=roll).count() == len(people) - 1
    expect(desk.page.locator("[aria-labelledby=unseen] li")).to_have_count(1)


@button("Show", "houses:sleeping", on="houses:sleeping", enter="[name=at]", stays=True)
def look_who_slept_where(desk: Desk) -> Iterator[None]:
    family, _room = asleep(desk)
    at_the_door(desk, "sleeping/")
    desk.page.locator("[name=at]").fill("1.1.2026 23:00")
    yield
    desk.page.wait_for_url("**/sleeping/?**")
    assert code(family) not in desk.page.locator("main").inner_text().replace(" ", "")


@button("Print", SCRIPT, on=SLEEPING, stays=True)
def print_who_sleeps_where(desk: Desk) -> Iterator[None]:
    asleep(desk)
    at_the_door(desk, "sleeping/")
    yield
    assert desk.page.evaluate("printed") == 1


@button("Undo", "houses:undo", on=HOUSE, does=["undo_beds"])
def undo_a_check_in_at_the_door(desk: Desk) -> Iterator[None]:
    family, room = expected(desk)
    desk.user = make_user(Role.RECEPTIONIST, desk.site)
    check_in(list(Stay.objects.holds().filter(room=room)), by=desk.user)
    desk.open(f"/shelter/house/{desk.site.code}/")
    yield
    assert (sleeping(family), held(family)) == ({}, {room.pk: 2})


@button(r"\d+ houses? where nobody more is expected", OPENS, on=TONIGHT, stays=True)
def open_the_houses_that_expect_nobody(desk: Desk) -> Iterator[None]:
    place_household(desk.family(), rooms=[desk.room()], by=desk.by)
    desk.open("/houses/tonight/")
    yield
    expect(desk.page.locator("details[open]", has_text=str(desk.site))).to_be_visible()
