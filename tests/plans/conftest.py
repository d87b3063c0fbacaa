"""Goris, where families wait, Sisian with rooms, and who coordinates both."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from centre.models import Site, User
from plans.actions import ask_plan
from plans.models import Plan
from registrations.facts import PersonFacts
from registrations.models import Household
from tests.build import make_site, make_user, person, register_family

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


def waiting(goris: Site, by: User, *members: PersonFacts, hours: int = 2) -> Household:
    """A family registered at Goris so many hours ago."""
    head, *others = members or (person(),)
    others = [replace(one, relationship="sibling") if one.relationship == "head" else one for one in others]
    return register_family(goris, by, head, *others, at=timezone.now() - hours * HOUR)


def make_plan(*houses: Site, by: User) -> Plan:
    return Plan.objects.get(pk=ask_plan(list(houses), by=by).plan)
