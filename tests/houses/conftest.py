"""Goris, a hotel that somebody owns; Sisian, another; who coordinates at Goris, and a night in the past."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from centre.access import Role
from centre.clock import local_instant
from centre.models import Site, User
from houses.actions import add_contract
from houses.models import Contract
from tests.build import make_site, make_user


@pytest.fixture
def goris(db: None) -> Site:
    return make_site("goris", kind=Site.Kind.HOTEL)


@pytest.fixture
def sisian(db: None) -> Site:
    return make_site("sisian", kind=Site.Kind.HOTEL)


@pytest.fixture
def coordinator(goris: Site) -> User:
    return make_user(Role.COORDINATOR, goris)


@pytest.fixture
def day() -> date:
    """The local day before the day before yesterday."""
    return timezone.localdate() - timedelta(days=3)


@pytest.fixture
def hour(day: date) -> Callable[..., datetime]:
    """The instant of an hour of that day, or of so many days after."""
    return lambda at, days=0: local_instant(day + timedelta(days=days), time(at))


def agree(site: Site, by: User, first: date, last: date | None = None, **facts: Any) -> Contract:
    """A contract for 40 places at 9,000 dram."""
    usual: dict[str, Any] = {"contact": "Aram", "phone": "+37494123456", "places": 40, "rate": Decimal(9000)}
    said = add_contract(site, first_night=first, last_night=last, by=by, **usual | facts)
    return Contract.objects.get(pk=said.contract)
