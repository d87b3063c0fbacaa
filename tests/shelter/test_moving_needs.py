"""A family that has a bed needs of another room what it needed of the first."""

from datetime import date, timedelta

import pytest

from centre.access import Role
from registrations.facts import Birth
from shelter.actions import place_household
from shelter.board import read_board
from shelter.needing import needs_of
from tests.build import make_room, make_user, newborn, person, register_family

HOUR = timedelta(hours=1)


@pytest.fixture
def family(goris, coordinator, now):
    """A mother in a wheelchair, her newborn, and a grandfather."""
    old = person("Vardan", sex="M", birth=Birth(date(1940, 5, 1), "day"), relationship="parent")
    return register_family(goris, coordinator, person(needs=("DS",)), newborn(), old, at=now)


@pytest.mark.parametrize("placed", [False, True])
def test_who_moves_is_warned_as_who_is_placed(goris, coordinator, family, now, placed):
    upstairs, other = make_room(goris, 3, "21"), make_room(goris, 3, "22")
    if placed:
        place_household(family, rooms=[other], by=coordinator, at=now)
    (fit, _site), *_best = read_board(coordinator, now + HOUR, {"room": str(upstairs.pk)}, family).chosen.fits
    assert set(fit.doubts) == {"not step-free", "no cot", "not heated"}


def test_needs_of_who_moves_are_told_to_who_may_see_them_alone(goris, sisian, coordinator, family, now):
    people = list(family.memberships.values_list("individual", flat=True))
    told = needs_of(family, people, [goris], coordinator, now)
    assert (told.needs, told.infants, told.elders) == (("DS",), 1, 1)
    stranger = make_user(Role.VOLUNTEER, sisian)
    assert needs_of(family, people, [goris], stranger, now).needs == ()
