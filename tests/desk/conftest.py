"""Two sites, and at the first a volunteer and a coordinator."""

import pytest

from centre.access import Role
from tests.build import make_site, make_user


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def sisian():
    return make_site("sisian")


@pytest.fixture
def volunteer(goris):
    return make_user(Role.VOLUNTEER, goris)


@pytest.fixture
def coordinator(goris):
    return make_user(Role.COORDINATOR, goris)
