"""What tests of the census share: a site, a desk, an hour; and committed rows, where a worker takes part."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from centre.models import Site, User
from tests.build import make_site, make_user
from tests.races.conftest import committed_database

__all__ = ["committed_database"]


@pytest.fixture
def known_at_once(settings) -> None:
    """Facts of this very second are settled."""
    settings.DEMONSTRATION = True


@pytest.fixture
def now() -> datetime:
    """Ten minutes ago, when nothing more is on its way."""
    return timezone.now() - timedelta(minutes=10)


@pytest.fixture
def desk() -> User:
    """A coordinator of all sites."""
    return make_user()


@pytest.fixture
def goris() -> Site:
    """A reception centre."""
    return make_site("goris")
