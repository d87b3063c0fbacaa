"""Desks that fill one bus at the same moment: the last seats are sold once, and a family has them on one bus.

The last seats were seen to be sold three times without the lock on the run. Without the lock on the family the other
two still hold: the database's constraints, on_one_bus and family_on_one_bus, refuse the second.
"""

import uuid
from datetime import timedelta

import pytest
from django.db.models import Count
from django.utils import timezone

from shelter.actions import hold_places
from shelter.models import Stay
from tests.build import make_room, make_site, make_user, person, register_family
from tests.servers import at_once, deadlocks, serve
from transport.actions import plan_bus, put_on_bus
from transport.models import Passenger, TransportRun

pytestmark = pytest.mark.races

RUNS, DESKS = 10, 4
HOUR = timedelta(hours=1)


class Stage:
    """A bus with three seats, another one, and families of two for whom places are held at its stop."""

    def __init__(self) -> None:
        self.by, self.start, self.stop = make_user(), make_site(), make_site()
        self.families = [self.expected() for _ in range(DESKS)]
        self.run, self.other = self.plan(), self.plan()

    def expected(self):
        members = person(), person("Petros", sex="M", relationship="spouse")
        family = register_family(self.start, self.by, *members, at=timezone.now() - HOUR)
        hold_places(family, rooms=[make_room(self.stop, 2)], until=timezone.now() + HOUR, by=self.by)
        return family

    def plan(self) -> TransportRun:
        hours = {"departs_at": timezone.now() + HOUR, "arrives_at": timezone.now() + 3 * HOUR}
        return TransportRun.objects.get(pk=plan_bus(self.start, stops=[self.stop], seats=3, **hours, by=self.by).run)


def race(server, asked):
    desks = [server.sign_in(make_user()) for _ in asked]
    return sorted(
        answer.status
        for answer in at_once(
            desk.posting(f"/api/v1/{address}", {"id": uuid.uuid4(), **facts}, as_json=True)
            for desk, (address, facts) in zip(desks, asked, strict=True)
        )
    )


def test_the_last_seats_are_sold_once(committed_database):
    with serve() as server:
        for _turn in range(RUNS):
            stage = Stage()
            fill = f"transport-runs/{stage.run.pk}/fill/"
            answers = race(server, [(fill, {"household": family.pk}) for family in stage.families])
            assert answers == [201, 409, 409, 409]
            assert Passenger.objects.open().filter(run=stage.run).count() == 2
    assert deadlocks() == 0


def test_a_family_has_seats_on_one_bus(committed_database):
    with serve() as server:
        for _turn in range(RUNS):
            stage = Stage()
            family = {"household": stage.families[0].pk}
            asked = [(f"transport-runs/{run.pk}/fill/", family) for run in (stage.run, stage.other)]
            assert race(server, asked) == [201, 409]
            assert Passenger.objects.open().filter(household=stage.families[0]).count() == 2
    assert deadlocks() == 0


def test_a_bus_is_sent_elsewhere_as_the_last_places_there_are_held(committed_database):
    with serve() as server:
        for _turn in range(RUNS):
            stage, new = Stage(), make_site()
            rooms = [make_room(new, 2)]
            put_on_bus(stage.run, household=stage.families[0], by=stage.by)
            other = register_family(stage.start, stage.by, person(), person("Vera", relationship="sibling"))
            asked = [
                (f"transport-runs/{stage.run.pk}/reroute/", {"old": stage.stop.code, "new": new.code}),
                (
                    f"households/{other.pk}/hold/",
                    {"rooms": [rooms[0].pk], "until": (timezone.now() + HOUR).isoformat()},
                ),
            ]
            assert race(server, asked) in ([201, 201], [201, 409])
            held = Stay.objects.holds().at(timezone.now()).filter(site=new)
            assert held.count() == 2
            assert not held.values("place").annotate(held=Count("pk")).filter(held__gt=1).exists()
    assert deadlocks() == 0
