"""How busy a hidden house is, is nobody's to read from a number: acts there are counted for who may know of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from centre.models import Site
from shelter import inventory
from shelter.actions import check_in, end_stays, hold_places, move, void_bedding
from shelter.changed import acts_since
from shelter.models import Bedding, Stay
from shelter.reach import open_to_others
from shelter.turns import move_up
from tests.build import make_room, make_site, make_user, register_family

HOUR = timedelta(hours=1)


@pytest.fixture
def since(db):
    return timezone.now() - HOUR


@pytest.fixture
def hidden(since) -> Site:
    return make_site("secret", confidential=True)


@pytest.fixture
def inside(hidden):
    """Who was assigned there by name."""
    return make_user(Role.COORDINATOR, hidden)


@pytest.fixture
def outside(hidden):
    return make_user(Role.COORDINATOR, make_site("goris"))


def seen(since, *users):
    return [acts_since(since, user) for user in users]


def at_a_hidden_house(hidden, inside):
    """Every kind of act that touches rooms, places, stays, the site, or a family that waits there."""
    family = register_family(hidden, inside)
    yield lambda: move_up(family, reason="a baby", by=inside)
    room, other = make_room(hidden, 4, "1"), make_room(hidden, 4, "2")
    yield lambda: hold_places(family, rooms=[room], until=timezone.now() + HOUR, by=inside)
    yield lambda: check_in(list(Stay.objects.filter(kind="hold")), by=inside)
    yield lambda: move(list(Stay.objects.filter(kind="stay")), rooms=[other], by=inside)
    yield lambda: end_stays(list(Stay.objects.filter(kind="stay", room=other)), by=inside)
    yield lambda: void_bedding(Bedding.objects.latest("recorded_at"), by=inside)
    yield lambda: inventory.add_bed(room, by=inside)
    yield lambda: inventory.set_places(room, places=6, by=inside)
    yield lambda: inventory.change_room(room, name="9", kind="room", by=inside)
    yield lambda: open_to_others(hidden, places=2, until=timezone.now() + HOUR, by=inside)


def test_no_act_at_a_hidden_house_is_counted_for_who_may_not_know_of_it(since, hidden, inside, outside):
    done = 0
    before = seen(since, inside, outside)
    for act in at_a_hidden_house(hidden, inside):
        act()
        done += 1
        assert seen(since, inside, outside) == [before[0] + done, before[1]], f"act {done}"
    assert done > 5


def test_what_is_done_in_the_open_is_counted_for_both(since, inside, outside):
    goris = outside.assignments.get().site
    before = seen(since, inside, outside)
    inventory.add_bed(make_room(goris, 2), by=outside)
    assert seen(since, inside, outside) == [number + 1 for number in before]
