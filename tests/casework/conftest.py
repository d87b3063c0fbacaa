"""Goris and Sisian, who follows cases at Goris, and Mane, who came there alone."""

import pytest

from casework.models import Case
from centre.access import Role
from centre.models import Site, User
from registrations.models import Household
from tests.build import child, make_site, make_user, register_family
from tests.races.conftest import committed_database

__all__ = ["committed_database"]


@pytest.fixture
def goris(db: None) -> Site:
    return make_site("goris")


@pytest.fixture
def sisian(db: None) -> Site:
    return make_site("sisian")


@pytest.fixture
def officer(goris: Site) -> User:
    return make_user(Role.PROTECTION, goris)


@pytest.fixture
def alone(goris: Site) -> Household:
    return register_family(goris, make_user(), child("Mane", relationship="other", carer_kind="nobody"))


@pytest.fixture
def case(alone: Household) -> Case:
    return Case.objects.get()
