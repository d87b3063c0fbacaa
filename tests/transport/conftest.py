"""Goris, from which buses leave, Sisian and Yerevan, to which they go, and a family that is expected at Sisian."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centre.models import Site, User
from registrations.models import Household
from shelter.actions import hold_places
from tests.build import child, make_room, make_site, make_user, person, register_family
from transport.actions import plan_bus
from transport.models import TransportRun

HOUR = timedelta(hours=1)


@pytest.fixture
def goris(db: None) -> Site:
    return make_site("goris")


@pytest.fixture
def sisian(db: None) -> Site:
    return make_site("sisian")


@pytest.fixture
def by(goris: Site) -> User:
    return make_user()


def expected_family(goris: Site, at_site: Site, by: User, *members, places: int = 0) -> Household:
    """A family registered at Goris for whom places are held at the other site."""
    members = members or (person(), child())
    household = register_family(goris, by, *members, at=timezone.now() - 2 * HOUR)
    room = make_room(at_site, places or len(members))
    hold_places(household, rooms=[room], until=timezone.now() + 20 * HOUR, by=by)
    return household


def make_run(goris: Site, *stops: Site, by: User, seats: int = 10) -> TransportRun:
    """A bus with so many seats that leaves in an hour."""
    now = timezone.now()
    said = plan_bus(goris, stops=stops, seats=seats, departs_at=now + HOUR, arrives_at=now + 4 * HOUR, by=by)
    return TransportRun.objects.get(pk=said.run)


@pytest.fixture
def family(goris: Site, sisian: Site, by: User) -> Household:
    return expected_family(goris, sisian, by)


@pytest.fixture
def run(goris: Site, sisian: Site, by: User) -> TransportRun:
    return make_run(goris, sisian, by=by)
