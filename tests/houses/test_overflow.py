"""Two more in the room tonight are in sight until they have a place, or have left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from centre.models import LogLine
from desk.actions import depart
from shelter.actions import move, place_household
from shelter.models import Stay
from tests.api.conftest import Machine
from tests.build import make_room, make_user, person, register_family


@pytest.fixture
def family(goris, coordinator):
    """A family of two in a room of one place."""
    at = timezone.now() - timedelta(hours=2)
    family = register_family(goris, coordinator, person(), person("Aram", relationship="spouse"), at=at)
    room = make_room(goris, 1, "12")
    place_household(family, rooms=[room], happened_anyway="a storm", by=coordinator, at=at + timedelta(hours=1))
    return family


def page(client, user):
    client.force_login(user)
    return client.get("/houses/overflow/").content.decode()


def test_who_decided_why_and_since_when_is_in_sight(client, goris, coordinator, family):
    shown = page(client, coordinator)
    for word in (str(family), "12", "a storm", str(coordinator), "1 person sleeps in a full room"):
        assert word in shown
    line = LogLine.objects.latest("pk")
    assert [str(key) for key in line.keys] == [str(Stay.objects.get(place=None).individual_id)]
    (row,) = Machine(coordinator).get("overflows/?site=goris").json()["results"]
    assert (row["place"], row["happened_anyway_reason"]) == (None, "a storm")


def test_who_is_moved_to_a_place_is_solved(client, goris, coordinator, family):
    move([Stay.objects.get(place=None)], rooms=[make_room(goris, 1)], by=coordinator)
    assert "Everybody has a place." in page(client, coordinator)


def test_who_left_is_solved(client, goris, coordinator, family):
    depart(family, site=goris, destination="abroad", by=coordinator)
    assert Machine(coordinator).get("overflows/").json()["results"] == []


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
def test_nobody_else_sees_them(client, goris, sisian, family, role):
    other = make_user(role, goris if role == Role.VOLUNTEER else sisian)
    assert str(family) not in page(client, other)
    machine = Machine(other)
    assert machine.get("overflows/").json()["results"] == []
    assert machine.get(f"overflows/{Stay.objects.get(place=None).pk}/").status_code == 404
