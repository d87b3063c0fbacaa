"""What the buttons of rooms do: entered from a list, changed, more or fewer places, divided; and a house begins."""

from collections.abc import Iterator

from playwright.sync_api import expect

from centre.access import Role
from centre.models import Site, User
from shelter.begun import begin_house
from shelter.inventory import change_room
from shelter.models import Place, Room
from tests.browser.buttons import OPENS, Desk, button
from tests.build import make_room, make_user

ROOMS, ROOM, ENTER = "shelter:rooms", "shelter:room", "shelter:enter_rooms"
CHANGE, DIVIDE, BEGIN = "shelter:change_room", "shelter:divide_room", "shelter:begin_house"


def opened(desk: Desk, then: str = "", places: int = 3) -> Room:
    """The page of a room of the site."""
    room = desk.room(places)
    desk.open(f"/shelter/rooms/{room.pk}/{then}")
    return room


def standing(room: Room) -> list[int]:
    """The numbers of the places that the room has."""
    return list(Place.objects.filter(room=room).standing().order_by("number").values_list("number", flat=True))


@button("Show only these", ROOMS, on=ROOMS)
def show_rooms_with_a_feature(desk: Desk) -> Iterator[None]:
    plain, with_cot = desk.room(), make_room(desk.site)
    Room.objects.filter(pk=with_cot.pk).update(cot=True)
    desk.open("/shelter/rooms/").locator("[name=cot]").first.check()
    yield
    expect(desk.page.locator("table.grid")).to_contain_text(with_cot.name)
    expect(desk.page.locator("table.grid").get_by_text(plain.name, exact=True)).to_have_count(0)


@button(
    "Set up these rooms", ENTER, on=ENTER, does=["enter_rooms"], enter="tr:last-child [name=room_name]", scripted=True
)
def enter_a_grid_and_a_sheet(desk: Desk) -> Iterator[None]:
    page = desk.open(f"/shelter/rooms/enter/?site={desk.site.code}")
    page.locator("[name=room_name]").first.fill("12")
    page.locator("[name=room_places]").first.fill("3")
    page.locator("[name=sheet]").fill("14\t2\t1\n15\t4")
    yield
    rooms = Room.objects.filter(site=desk.site).order_by("name")
    entered = [(room.name, room.floor, len(standing(room))) for room in rooms]
    assert entered == [("12", None, 3), ("14", 1, 2), ("15", None, 4)]


@button("Change the room", CHANGE, on=CHANGE, does=["change_room"], enter="[name=name]")
def change_a_room(desk: Desk) -> Iterator[None]:
    room = opened(desk, "change/")
    before = room.name
    desk.page.locator("[name=name]").fill("12a")
    desk.page.locator("[name=heating]").check()
    yield
    room.refresh_from_db()
    assert (room.name, room.heating, room.changes.get().name) == ("12a", True, before)


@button("What it was before", OPENS, on=ROOM)
def look_what_a_room_was(desk: Desk) -> Iterator[None]:
    room = desk.room()
    change_room(room, name="12a", kind=Room.Kind.HALL, by=desk.by)
    desk.open(f"/shelter/rooms/{room.pk}/")
    yield


@button("Take them away", ROOM, on=ROOM, does=["take_beds_away"])
def take_places_away(desk: Desk) -> Iterator[None]:
    room = opened(desk)
    desk.page.locator("[name=places]").nth(1).check()
    yield
    assert standing(room) == [1, 3]


@button("Save how many", "shelter:set_places", on=ROOM, does=["set_places"], enter="#places-now")
def have_more_places(desk: Desk) -> Iterator[None]:
    room = opened(desk)
    desk.page.locator("#places-now").fill("5")
    yield
    assert standing(room) == [1, 2, 3, 4, 5]


@button("Save how many", "shelter:set_places", on=ROOM, does=["set_places"])
def have_fewer_places(desk: Desk) -> Iterator[None]:
    room = opened(desk)
    desk.page.locator("#places-now").fill("2")
    yield
    assert standing(room) == [1, 2]


@button("Bring in a cot or extra bed", "shelter:add_bed", on=ROOM, does=["add_bed"])
def bring_in_a_bed(desk: Desk) -> Iterator[None]:
    room = opened(desk)
    yield
    assert standing(room) == [1, 2, 3, 4]
    assert Place.objects.get(room=room, extra=True).number == 4


@button("Make the room", DIVIDE, on=DIVIDE, does=["divide_room"], enter="[name=name]")
def make_a_room_of_places(desk: Desk) -> Iterator[None]:
    room = opened(desk, "divide/", places=5)
    for number in (0, 1):
        desk.page.locator("[name=places]").nth(number).check()
    desk.page.locator("[name=name]").fill("12")
    yield
    made = Room.objects.get(site=desk.site, name="12")
    assert (len(standing(made)), len(standing(room))) == (2, 3)


@button("Begin the house", BEGIN, on=BEGIN, does=["begin_house"], enter="[name=name]")
def begin_a_house(desk: Desk) -> Iterator[None]:
    page, name = desk.open("/shelter/begin/"), f"Guest house of {desk.site}"
    page.locator("[name=name]").fill(name)
    page.locator("[name=places]").fill("7")
    page.locator("[name=phone]").fill("+374 94 123456")
    page.locator("[name=contact]").fill("Aram")
    yield
    house = Site.objects.get(name_en=name)
    assert (house.marz, len(standing(house.rooms.get()))) == (desk.site.marz, 7)
    assert desk.user.assignments.filter(site=house, role="coordinator").exists()
    assert (house.beginning.phone, house.beginning.contact) == ("+37494123456", "Aram")


@button("Take the house back", "transport:take_back_house", on="shelter:room", does=["take_back_house"])
def take_the_house_back(desk: Desk) -> Iterator[None]:
    desk.user = make_user(Role.COORDINATOR, desk.site)
    begun = begin_house(name=f"Mistake of {desk.site}", kind="hotel", marz=desk.site.marz, places=3, by=desk.user)
    desk.user = User.objects.get(pk=desk.user.pk)  # with the role that beginning it gave
    desk.open(f"/shelter/rooms/{begun.room}/").locator("summary", has_text="by mistake").click()
    yield
    assert Site.objects.get(pk=begun.site).closed_at is not None


@button("This house was begun by mistake", OPENS, on="shelter:room")
def read_that_a_house_was_begun_by_mistake(desk: Desk) -> Iterator[None]:
    desk.user = make_user(Role.COORDINATOR, desk.site)
    begun = begin_house(name=f"Slip of {desk.site}", kind="hotel", marz=desk.site.marz, places=3, by=desk.user)
    desk.user = User.objects.get(pk=desk.user.pk)
    desk.open(f"/shelter/rooms/{begun.room}/")
    yield
    assert Site.objects.get(pk=begun.site).closed_at is None
