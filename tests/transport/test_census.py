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
    on_the_way, present = [], []
    for hours in range(-3, 4):
        (snapshot, *_) = take_snapshots(midnight + hours * HOUR, known_at=timezone.now())
        places = snapshot.tally["places"]
        assert {key: place["balance"]["difference"] for key, place in places.items()} == dict.fromkeys(places, 0)
        on_the_way.append(places[ON_THE_WAY]["balance"]["closing"])
        present.append([places[code]["balance"]["closing"] for code in ("goris", "sisian", "vayk")])
    assert on_the_way == [0, 2, 2, 2, 2, 0, 0]
    assert present == [[2, 0, 0], *[[0, 0, 0]] * 4, *[[0, 0, 2]] * 2]
