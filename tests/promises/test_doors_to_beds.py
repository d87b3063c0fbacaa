"""Every door to a bed, with the two rules of a house: rooms for women only, and families kept apart.

A door that gives a bed and is not written here fails in `test_acts.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from centre.models import Site, User
from centre.refusals import Refusal
from desk.hospital import back_from_hospital, send_to_hospital
from plans.confirming import confirm_plan, planned_with_places
from plans.models import How
from registrations.models import Household, Individual, Presence
from registrations.numbers import write_number
from shelter.actions import check_in, hold_places, move, place_household
from shelter.apart import keep_apart
from shelter.dividing import divide_room
from shelter.errors import NotInThisHouse, WomenOnly
from shelter.models import Bedding, Room, Stay
from shelter.no_shows import hold_again
from shelter.swapping import swap
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, person, register_family
from tests.plans.conftest import make_plan
from tests.transport.conftest import make_run
from transport.actions import put_on_bus, send_bus
from transport.rerouting import reroute_bus
from transport.riding import board_bus, get_off_bus

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LEFT_OUT = "left out"
APART, WOMEN = NotInThisHouse.code, WomenOnly.code
MESSAGES = {APART: NotInThisHouse.message, WOMEN: str(WomenOnly("W"))}


@dataclass
class Street:
    """A man who waits at Goris, a house with a room W for him, and another family that sleeps in the house."""

    goris: Site
    house: Site
    hotel: Site
    by: User
    now: datetime

    def __post_init__(self) -> None:
        self.family = self.comes(self.goris, person("Aram", sex="M"))
        self.other = self.comes(self.house, person("Vera"))
        self.elsewhere = make_room(self.house, 2, "elsewhere")
        place_household(self.other, rooms=[self.elsewhere], by=self.by, at=self.now - HOUR)

    def comes(self, site: Site, who: Any) -> Household:
        return register_family(site, self.by, who, at=self.now - 2 * HOUR)

    @property
    def room(self) -> Room:
        return Room.objects.filter(site=self.house, name="W").first() or make_room(self.house, 1, "W")

    @property
    def man(self) -> Individual:
        return Individual.objects.members_of(self.family).get()

    @property
    def how(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.now}

    def held(self, room: Room | None = None) -> list[Stay]:
        """What is held for the man, in W if not said otherwise."""
        until = timezone.now() + 20 * HOUR
        held = hold_places(self.family, rooms=[room or self.room], until=until, by=self.by, at=self.now - HOUR)
        return list(Stay.objects.filter(pk__in=held.stays).select_related("room__site"))

    def asleep(self, household: Household, room: Room | None = None) -> list[Stay]:
        """The beds of the family, which is placed in the room first where one is said."""
        if room:
            place_household(household, rooms=[room], by=self.by, at=self.now - HOUR)
        people = Individual.objects.members_of(household)
        return list(Stay.objects.stays().filter(individual__in=people).select_related("room__site"))

    def rule(self, rule: str) -> None:
        """From now on the room is for women only, or the house not for the man."""
        if rule == WOMEN:
            Room.objects.filter(pk=self.room.pk).update(women_only=True)
        else:
            keep_apart(self.family, other=self.other, reason="a feud", by=self.by, at=self.now)


@pytest.fixture
def street(db: None) -> Street:
    by, now = make_user(), timezone.now() - HOUR
    return Street(make_site("goris"), make_site("sisian"), make_site("vayk"), by, now)


Knock = Callable[..., object]
Door = Callable[[Street], Knock]


def hold(street: Street) -> Knock:
    return lambda: hold_places(street.family, rooms=[street.room], until=timezone.now() + 9 * HOUR, **street.how)


def hold_by_hand(street: Street) -> Knock:
    facts = {"members": [street.man.pk], "seating": [street.room], "until": timezone.now() + 9 * HOUR}
    return lambda: hold_places(street.family, rooms=[street.room], **facts, **street.how)


def hold_them_again(street: Street) -> Knock:
    until = timezone.now() + 9 * HOUR
    first = hold_places(
        street.family, rooms=[street.room], until=street.now - HOUR / 2, by=street.by, at=street.now - HOUR
    )
    gone = list(Stay.objects.filter(pk__in=first.stays).select_related("room__site"))
    return lambda: hold_again(gone, until=until, **street.how)


def place(street: Street) -> Knock:
    return lambda **how: place_household(street.family, rooms=[street.room], **street.how, **how)


def place_by_hand(street: Street) -> Knock:
    facts = {"members": [street.man.pk], "seating": [street.room]}
    return lambda **how: place_household(street.family, rooms=[street.room], **facts, **street.how, **how)


def check_in_a_hold(street: Street) -> Knock:
    holds = street.held()
    return lambda **how: check_in(holds, **street.how, **how)


def move_from_elsewhere(street: Street) -> Knock:
    stays = street.asleep(street.family, make_room(street.hotel, 1))
    return lambda **how: move(stays, rooms=[street.room], **street.how, **how)


def swap_within(street: Street) -> Knock:
    woman = street.comes(street.house, person("Nare"))
    stays = street.asleep(street.family, make_room(street.house, 1))
    others = street.asleep(woman, street.room)
    return lambda **how: swap(stays, others=others, **street.how, **how)


def divide(street: Street) -> Knock:
    hall = make_room(street.house, 2)
    street.asleep(street.family, hall)
    places = list(hall.places.all())

    def knock() -> None:
        Room.objects.filter(name="W").update(name="V")
        divide_room(hall, places=places, name="W", women_only=True, **street.how)

    return knock


def door_page(street: Street) -> Knock:
    desk = Client()
    desk.force_login(street.by)
    data = {"id": "7d8be0a4-7a64-4e0a-9a44-7d5c6f1f0a11", "stays": [hold.pk for hold in street.held()]}

    def knock(**how: str) -> object:
        answer = desk.post(reverse("houses:door_check_in", args=[street.house.code]), data | how)
        if answer.status_code == 303:
            return answer
        assert (answer.status_code, bool(answer.context["anyway"])) == (422, True)
        page = answer.content.decode()
        assert write_number(street.other.number) not in " ".join(answer.context["errors"])
        return next(code for code, message in MESSAGES.items() if str(message) in page)

    return knock


def api(street: Street) -> Knock:
    (hold,) = street.held()
    machine = Machine(street.by)

    def knock(**how: str) -> object:
        answer = machine.post(f"stays/{hold.pk}/check-in/", **how)
        return answer if answer.status_code == 201 else answer.json()["code"]

    return knock


def plan_at_a_house(street: Street, family: Household) -> Knock:
    assert street.room
    plan = make_plan(street.house, by=street.by)

    def knock() -> str:
        rows = [row for row in planned_with_places(plan, How.GREEDY) if row.household == family and row.places.all()]
        assert rows
        until = timezone.now() + 9 * HOUR
        answer = confirm_plan(plan, families=rows, until=until, by=street.by)
        return LEFT_OUT if len(answer.left_out) == 1 else ""

    return knock


def plan(street: Street) -> Knock:
    Room.objects.filter(pk=street.elsewhere.pk).update(families_only=True)
    return plan_at_a_house(street, street.family)


def plan_of_who_is_there(street: Street) -> Knock:
    street.asleep(street.family, make_room(street.hotel, 1))
    street.family = street.comes(street.house, person("Gor", sex="M"))
    return plan(street)


def put_on_a_bus(street: Street) -> Knock:
    street.held()
    run = make_run(street.goris, street.house, by=street.by)
    return lambda: put_on_bus(run, household=street.family, by=street.by)


def get_off_a_bus(street: Street) -> Knock:
    street.held()
    run = make_run(street.goris, street.house, by=street.by)
    put_on_bus(run, household=street.family, by=street.by)
    board_bus(run, household=street.family, by=street.by)
    send_bus(run, by=street.by)
    return lambda **how: get_off_bus(run, household=street.family, site=street.house, by=street.by, **how)


def bus_that_goes_elsewhere(street: Street) -> Knock:
    street.held(make_room(street.hotel, 1))
    Room.objects.filter(pk=street.elsewhere.pk).update(women_only=True)
    assert street.room
    run = make_run(street.goris, street.hotel, by=street.by)
    put_on_bus(run, household=street.family, by=street.by)

    def knock() -> str:
        answer = reroute_bus(run, old=street.hotel, new=street.house, by=street.by)
        said = {str(NotInThisHouse()): APART, str(WomenOnly(street.room.name)): WOMEN}
        return "".join(said.get(why, why) for why in answer.reasons)

    return knock


def back_from_a_hospital(street: Street) -> Knock:
    street.asleep(street.family, street.room)
    facts = {"members": [street.man.pk], "site": street.house}
    hospital = {"hospital": make_site(kind="hospital"), "patient": street.man.pk, "arrived": True}
    kept = {"keep_bed_until": timezone.now() + HOUR, "by": street.by, "at": street.now - HOUR / 2}
    send_to_hospital(street.family, site=street.house, **hospital, **kept)

    def knock() -> str:
        answer = back_from_hospital(street.family, **facts, by=street.by)
        assert Presence.objects.filter(individual=street.man, site=street.house).at(timezone.now()).exists()
        return LEFT_OUT if answer.without_bed else ""

    return knock


BOTH, WOMEN_ALONE = (APART, WOMEN), (WOMEN,)
DOORS: dict[str, tuple[Door, tuple[str, ...]]] = {
    "hold": (hold, BOTH),
    "hold by hand": (hold_by_hand, BOTH),
    "hold_again": (hold_them_again, BOTH),
    "place": (place, BOTH),
    "place by hand": (place_by_hand, BOTH),
    "check_in": (check_in_a_hold, BOTH),
    "check_in at the house's door": (door_page, BOTH),
    "check_in by the API": (api, BOTH),
    "move": (move_from_elsewhere, BOTH),
    "swap": (swap_within, WOMEN_ALONE),  # both sleep in the house already
    "divide_room": (divide, WOMEN_ALONE),
    "plan": (plan, BOTH),
    "plan of who is there": (plan_of_who_is_there, BOTH),
    "put_on_bus": (put_on_a_bus, BOTH),
    "get_off_bus": (get_off_a_bus, BOTH),
    "reroute_bus": (bus_that_goes_elsewhere, BOTH),
    "back_from_hospital": (back_from_a_hospital, BOTH),
}
"""Every door, and the rules it can be refused by."""

SAME_BED = {"keep_beds", "send_to_hospital"}
"""Acts that keep a bed for who has it: nobody comes to one."""

HAPPENS = (
    "place", "place by hand", "check_in", "check_in at the house's door", "check_in by the API", "move", "swap",
    "get_off_bus",
)  # fmt: skip


def pairs(doors: Any) -> list[Any]:
    return [(door, rule) for door in doors for rule in DOORS[door][1]]


def answer_of(knock: Knock) -> object:
    """Why the door stayed shut: the code of its refusal, or that the family is left out."""
    try:
        return knock()
    except Refusal as refusal:
        return refusal.code


def beds(street: Street) -> set[tuple[object, ...]]:
    rows = Stay.objects.filter(individual=street.man).from_(timezone.now())
    return set(rows.values_list("pk", "room__name", "kind", "during"))


@pytest.mark.parametrize(("door", "rule"), pairs(DOORS))
def test_no_door_gives_a_bed_against_a_rule_of_the_house(street, door, rule):
    knock = DOORS[door][0](street)
    street.rule(rule)
    before = beds(street)
    assert answer_of(knock) in (rule, LEFT_OUT)
    after = beds(street)
    assert not {bed for bed in after - before if bed[1] == "W"}
    assert after == before or door in ("reroute_bus", "back_from_hospital")


@pytest.mark.parametrize("door", [door for door in DOORS if door != "divide_room"])
def test_every_door_gives_the_bed_where_no_rule_forbids_it(street, door):
    knock = DOORS[door][0](street)
    assert answer_of(knock) not in (APART, WOMEN, LEFT_OUT)
    assert {bed[1] for bed in beds(street)} & {"W"}


@pytest.mark.parametrize(("door", "rule"), pairs(HAPPENS))
def test_what_happened_anyway_is_recorded_with_the_reason(street, door, rule):
    knock = DOORS[door][0](street)
    street.rule(rule)
    answer = knock(happened_anyway="they came by night")
    assert answer not in (APART, WOMEN)
    assert {(name, kind) for _key, name, kind, _during in beds(street)} == {("W", "stay")}
    told = Bedding.objects.filter(counted_as=street.man).exclude(reason="")
    assert [fact.reason for fact in told] == ["they came by night"]


def test_a_refusal_does_not_say_who_the_other_family_is(street):
    knock = place(street)
    street.rule(APART)
    with pytest.raises(NotInThisHouse) as refused:
        knock()
    for said in (write_number(street.other.number), str(street.other), "Vera"):
        assert said not in str(refused.value)
