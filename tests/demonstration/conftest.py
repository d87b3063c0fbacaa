"""What the demonstration needs: a setting that says it is one."""

from datetime import timedelta

import pytest


@pytest.fixture
def demonstration(settings):
    """This process and those it starts are a demonstration: acts of days long past are taken."""
    settings.DEMONSTRATION = True
    settings.OLDEST_ACT = timedelta(days=3660)
