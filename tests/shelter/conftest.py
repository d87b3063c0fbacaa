"""Goris, a coordinator, and a family of three that waits."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from centre.models import Site, User
from registrations.models import Household
from tests.build import make_site, make_user, person, register_family


@pytest.fixture
def now() -> datetime:
    """Noon of the story; acts before and after it lie within reach of the server's clock."""
    return timezone.now() - timedelta(hours=12)


@pytest.fixture
def goris(db: None) -> Site:
    return make_site("goris")


@pytest.fixture
def sisian(db: None) -> Site:
    return make_site("sisian")


@pytest.fixture
def coordinator(db: None) -> User:
    return make_user()


@pytest.fixture
def family(goris: Site, coordinator: User, now: datetime) -> Household:
    """Three people, registered at Goris an hour before."""
    return make_family(goris, coordinator, now - timedelta(hours=1), 3)


def make_family(site: Site, by: User, at: datetime, size: int) -> Household:
    """A family of so many people, registered at the site at the instant."""
    others = [person(f"Child{n}", relationship="son") for n in range(size - 1)]
    return register_family(site, by, person(), *others, at=at)
