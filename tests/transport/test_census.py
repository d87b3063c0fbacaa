"""A bus that is on the road over midnight: who is on it is on the way, and the figures balance every hour."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from census.actions import take_snapshots
from census.counting import ON_THE_WAY
from centre.clock import local_day, local_instant
from shelter.actions import hold_places
from tests.build import child, make_room, make_site, make_user, person, register_family
from transport.actions import plan_bus, put_on_bus, send_bus
from transport.models import TransportRun
from transport.rerouting import reroute_bus
from transport.riding import board_bus, get_off_bus

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _demonstration(settings):
    """Facts of this very second are known at once; a real server waits until they have settled."""
    settings.DEMONSTRATION = True


def test_a_bus_over_midnight_is_on_the_way_and_every_hour_balances():
    midnight = local_instant(local_day(timezone.now()) - timedelta(days=1), time.min)
    by, goris, sisian, vayk = make_user(), *(make_site(code) for code in ("goris", "sisian", "vayk"))
    make_room(vayk, 2)
    begins = midnight - 5 * HOUR
    take_snapshots(begins, known_at=timezone.now())
    family = register_family(goris, by, person(), child(), at=begins + HOUR)
    rooms = [make_room(sisian, 2)]
    hold_places(family, rooms=rooms, until=midnight + 12 * HOUR, by=by, at=begins + HOUR)
    said = plan_bus(
        goris,
        stops=[sisian],
        seats=5,
        departs_at=midnight - 2 * HOUR,
        arrives_at=midnight + 2 * HOUR,
        by=by,
        at=begins + HOUR,
    )
    run = TransportRun.objects.get(pk=said.run)
    put_on_bus(run, household=family, by=by, at=begins + 2 * HOUR)
    board_bus(run, household=family, by=by, at=midnight - 2 * HOUR)
    send_bus(run, by=by, at=midnight - 2 * HOUR)
    reroute_bus(run, old=sisian, new=vayk, by=by, at=midnight - HOUR)
    get_off_bus(run, household=family, site=vayk, by=by, at=midnight + 2 * HOUR)
    _get_on_late(goris, sisian, midnight, by)
    on_the_way, present = [], []
    for hours in range(-3, 4):
        (snapshot, *_) = take_snapshots(midnight + hours * HOUR, known_at=timezone.now())
        places = snapshot.tally["places"]
        assert {key: place["balance"]["difference"] for key, place in places.items()} == dict.fromkeys(places, 0)
        on_the_way.append(places[ON_THE_WAY]["balance"]["closing"])
        present.append([places[code]["balance"]["closing"] for code in ("goris", "sisian", "vayk")])
    assert on_the_way == [0, 2, 2, 5, 5, 3, 1]
    assert present == [[5, 0, 0], *[[3, 0, 0]] * 2, *[[0, 0, 0]] * 2, [0, 0, 2], [0, 2, 2]]


def _get_on_late(goris, sisian, midnight, by):
    """Another bus leaves half an hour before midnight; two get on 20 minutes later, one as it rolls, told last.

    The two get off at three; of the third nobody knows.
    """
    pair, one = (
        register_family(goris, by, *people, at=midnight - 4 * HOUR)
        for people in ((person(), child()), (person("Petros", sex="M"),))
    )
    for household, beds in ((pair, 2), (one, 1)):
        room = make_room(sisian, beds)
        hold_places(household, rooms=[room], until=midnight + 12 * HOUR, by=by, at=midnight - 4 * HOUR)
    went = midnight - HOUR / 2
    hours = {"departs_at": went, "arrives_at": midnight + 3 * HOUR, "at": midnight - 4 * HOUR}
    run = TransportRun.objects.get(pk=plan_bus(goris, stops=[sisian], seats=5, by=by, **hours).run)
    for household in (pair, one):
        put_on_bus(run, household=household, by=by, at=midnight - 3 * HOUR)
    send_bus(run, by=by, at=went)
    board_bus(run, household=pair, by=by, at=went + HOUR / 3)
    get_off_bus(run, household=pair, site=sisian, by=by, at=midnight + 3 * HOUR)
    board_bus(run, household=one, by=by, at=went - HOUR / 60)
