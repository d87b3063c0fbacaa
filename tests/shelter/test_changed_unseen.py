"""How busy a hidden house is, is nobody's to read from a number: acts there are counted for who may know of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from centre.models import Act, Site
from shelter import inventory
from shelter.actions import check_in, end_stays, hold_places, keep_beds, move
from shelter.changed import acts_since
from shelter.models import Bedding, Stay, WaitingFact
from shelter.reach import open_to_others
from shelter.turns import decline_offer, move_up, void_waiting_fact
from shelter.undoing import undo_beds, void_bedding
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


def latest(kind):
    return Act.objects.filter(kind=kind).latest("recorded_at")


def of_rooms(hidden, inside):
    room = make_room(hidden, 6, "1")
    yield lambda: inventory.add_bed(room, by=inside)
    yield lambda: inventory.set_places(room, places=5, by=inside)
    yield lambda: inventory.change_room(room, name="9", kind="room", by=inside)
    yield lambda: inventory.add_rooms(hidden, names=["20"], places=2, by=inside)
    places = list(room.places.all())[:1]
    yield lambda: inventory.block_places(places, reason="wet", by=inside)
    yield lambda: inventory.open_places(places, by=inside)
    yield lambda: inventory.take_beds_away(places, by=inside)
    yield lambda: open_to_others(hidden, places=2, until=timezone.now() + HOUR, by=inside)


def of_who_waits(hidden, inside):
    family = register_family(hidden, inside)
    yield lambda: move_up(family, reason="a baby", by=inside)
    yield lambda: void_waiting_fact(WaitingFact.objects.get(), reason="a slip", by=inside)
    yield lambda: decline_offer(family, site=hidden, reason="far", by=inside)


def of_beds(hidden, inside):
    family = register_family(hidden, inside)
    room, other = make_room(hidden, 4, "3"), make_room(hidden, 4, "4")
    until = timezone.now() + HOUR
    holds = Stay.objects.filter(kind="hold", given_up_in=None)
    yield lambda: hold_places(family, rooms=[room], until=until, by=inside)
    yield lambda: undo_beds(latest("hold"), by=inside)
    yield lambda: hold_places(family, rooms=[room], until=until, by=inside)
    yield lambda: end_stays(list(holds.all()), by=inside)
    yield lambda: undo_beds(latest("end_stay"), by=inside)
    yield lambda: check_in(list(holds.all()), by=inside)
    yield lambda: undo_beds(latest("check_in"), by=inside)
    yield lambda: check_in(list(holds.all()), by=inside)
    yield lambda: move(list(Stay.objects.filter(kind="stay")), rooms=[other], by=inside)
    yield lambda: keep_beds(list(Stay.objects.filter(kind="stay", room=other)), until=until, reason="ill", by=inside)
    yield lambda: undo_beds(latest("keep_beds"), by=inside)
    yield lambda: end_stays(list(Stay.objects.filter(kind="stay", room=other)), by=inside)
    yield lambda: void_bedding([Bedding.objects.filter(voided_by=None).latest("recorded_at")], by=inside)


@pytest.mark.parametrize("acts", [of_rooms, of_who_waits, of_beds])
def test_no_act_at_a_hidden_house_is_counted_for_who_may_not_know_of_it(acts, since, hidden, inside, outside):
    done, before = 0, None
    for act in acts(hidden, inside):
        before = before or seen(since, inside, outside)
        act()
        done += 1
        assert seen(since, inside, outside) == [before[0] + done, before[1]], f"act {done}"
    assert done > 2


def test_what_is_done_in_the_open_is_counted_for_both(since, inside, outside):
    goris = outside.assignments.get().site
    before = seen(since, inside, outside)
    inventory.add_bed(make_room(goris, 2), by=outside)
    assert seen(since, inside, outside) == [number + 1 for number in before]
