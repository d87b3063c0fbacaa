"""A closed site takes nobody in; what happened there before is told late as ever."""

import uuid
from collections.abc import Callable

import pytest

from aid.actions import Rule, plan_distribution
from aid.models import Item
from centre.access import Role
from centre.errors import SiteClosed
from centre.models import Site
from centre.staff_acts import add_staff, give_role
from desk.actions import arrive, pre_register, register
from desk.gate import count_gate
from plans.actions import ask_plan
from registrations.facts import Group
from registrations.models import Presence
from shelter.actions import hold_places, place_household
from shelter.models import Room
from tests.api.conftest import Machine, intake
from tests.build import make_room, person
from tests.promises.test_acts import Sent, sent
from tests.promises.world import HOUR, SHELTER, World, change, everything
from transport.actions import plan_bus
from transport.rerouting import reroute_bus
from transport.riding import get_off_bus

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(world: World) -> Room:
    """A room of five at Sisian, which was closed an hour ago."""
    change(world.sisian, closed_at=world.before)
    return make_room(Site.objects.get(pk=world.sisian.pk), 5)


INTO_IT: dict[str, Callable[[World, Room], Sent]] = {
    "pre_register": lambda w, hall: sent(pre_register, w.coordinator, hall.site, groups=[Group(2)], facts=SHELTER),
    "register": lambda w, hall: sent(register, w.coordinator, hall.site, members=[person()], facts=SHELTER),
    "arrive": lambda w, hall: sent(arrive, w.coordinator, w.family, site=hall.site),
    "hold": lambda w, hall: sent(hold_places, w.coordinator, w.family, rooms=[hall], until=w.now + HOUR),
    "place": lambda w, hall: sent(place_household, w.coordinator, w.family, rooms=[hall]),
    "count_gate": lambda w, hall: sent(count_gate, w.coordinator, hall.site, people=3),
    "plan_distribution": lambda w, hall: sent(
        plan_distribution,
        w.coordinator,
        hall.site,
        name="Blankets",
        starts_at=w.now,
        rules=[Rule(Item.objects.first(), "person", 1)],
    ),
    "ask_plan": lambda w, hall: sent(ask_plan, w.coordinator, houses=[hall.site]),
    "plan_bus": lambda w, hall: sent(
        plan_bus,
        w.coordinator,
        w.goris,
        stops=[hall.site],
        seats=9,
        departs_at=w.now + HOUR,
        arrives_at=w.now + 2 * HOUR,
    ),
    "get_off_bus": lambda w, hall: sent(
        get_off_bus, w.coordinator, w.on_the_road, household=w.travellers, site=hall.site
    ),
    "reroute_bus": lambda w, hall: sent(reroute_bus, w.coordinator, w.on_the_road, old=w.vayk, new=hall.site),
    "give_role": lambda w, hall: sent(give_role, w.admin, w.officer, role=Role.OFFICIAL, site=hall.site),
    "add_staff": lambda w, hall: sent(
        add_staff,
        w.admin,
        username="aram",
        first_name="A",
        last_name="B",
        language="hy",
        role=Role.OFFICIAL,
        site=hall.site,
    ),
}


@pytest.mark.parametrize("kind", INTO_IT)
def test_a_closed_site_takes_nobody_in(kind, world, hall):
    act, before = INTO_IT[kind](world, hall), everything()
    with pytest.raises(SiteClosed):
        act(uuid.uuid4())
    assert everything() == before


def test_a_machine_reads_that_the_site_is_closed(world, hall):
    answer = Machine(world.coordinator).post("intakes/", intake(site=hall.site.code))
    assert (answer.status_code, answer.json()["code"]) == (409, "site_closed")


def test_an_arrival_before_the_site_was_closed_is_told_late(world, hall):
    arrive(world.family, site=hall.site, by=world.coordinator, at=world.before - HOUR / 60)
    assert Presence.objects.filter(site=hall.site).count() == 3
