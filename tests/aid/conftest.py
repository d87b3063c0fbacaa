"""A site with a running distribution: a parcel for each person and a soap set for each household."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aid.actions import Rule, add_item, plan_distribution
from aid.models import Distribution, Item
from aid.storing import receive_stock
from centre.access import Role
from registrations.models import Household
from tests.build import make_site, make_user, person, register_family


@pytest.fixture
def goris(db):
    return make_site("goris")


@pytest.fixture
def sisian(db):
    return make_site("sisian")


@pytest.fixture
def planner(goris):
    return make_user(site=goris)


@pytest.fixture
def volunteer(goris):
    return make_user(Role.AID_VOLUNTEER, goris, username="aram")


@pytest.fixture
def parcel(planner):
    return make_item("Food parcel", planner)


@pytest.fixture
def soap(planner):
    return make_item("Soap set", planner)


@pytest.fixture
def round_one(goris, planner, parcel, soap):
    for item in (parcel, soap):
        receive_stock(goris, item=item, quantity=100, by=planner, at=timezone.now() - timedelta(hours=2))
    return make_distribution(goris, planner, Rule(parcel, "person", 1), Rule(soap, "household", 2))


@pytest.fixture
def family(goris):
    return make_family(goris, 3)


def make_item(name, by):
    """An item on the list."""
    return Item.objects.get(pk=add_item(name_en=name, by=by).item)


def make_distribution(site, by, *rules, starts=-1, ends=8, name="Round one"):
    """A distribution that began an hour ago and ends in eight, unless said otherwise in hours from now."""
    now = timezone.now()
    answer = plan_distribution(
        site,
        name=name,
        starts_at=now + timedelta(hours=starts),
        ends_at=None if ends is None else now + timedelta(hours=ends),
        rules=rules,
        by=by,
    )
    return Distribution.objects.get(pk=answer.distribution)


def make_family(site, size, at=None):
    """A registered family of this many people."""
    others = [person(f"Child {number}", relationship="son", sex="M") for number in range(1, size)]
    return Household.objects.get(pk=register_family(site, make_user(), person(), *others, at=at).pk)
