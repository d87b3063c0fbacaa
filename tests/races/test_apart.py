"""Two families that are kept apart come to the same house at the same instant, at two desks: one of them gets in.

The pair is locked, last of all. Without it the second desk does not see the first one's beds, and both get in.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from centre.models import Site, User
from registrations.models import Household
from shelter.actions import hold_places, move, place_household
from shelter.apart import keep_apart
from shelter.models import Stay
from tests.build import make_room, make_site, make_user
from tests.races.test_beds import families
from tests.races.test_pairs import beside
from tests.servers import at_once, deadlocks

pytestmark = pytest.mark.races

RUNS = 30
Desk = tuple[Callable[..., Any], Any, dict[str, Any]]


def feud(site: Site, by: User) -> list[Household]:
    """Two families that are kept apart."""
    one, other = families(site, by, 2, size=2)
    keep_apart(one, other=other, reason="a feud", by=by)
    return [one, other]


def placing(family: Household, house: Site, by: User) -> Desk:
    return place_household, family, {"rooms": [make_room(house, 2)], "by": by}


def holding(family: Household, house: Site, by: User) -> Desk:
    return hold_places, family, {"rooms": [make_room(house, 2)], "until": timezone.now() + timedelta(hours=9), "by": by}


def moving(family: Household, house: Site, by: User) -> Desk:
    slept = place_household(family, rooms=[make_room(make_site(), 2)], by=by)
    return move, list(Stay.objects.filter(pk__in=slept.stays)), {"rooms": [make_room(house, 2)], "by": by}


WAYS = (placing, holding, moving)


def inside(house: Site) -> int:
    """How many of the two families have beds or holds there."""
    stays = Stay.objects.filter(site=house).from_(timezone.now())
    return stays.values("individual__counted_memberships__household").distinct().count()


def test_of_two_families_kept_apart_one_comes_into_the_house(committed_database):
    waits, by = make_site(), make_user()
    for run in range(RUNS):
        house, pair = make_site(), feud(waits, by)
        ways = WAYS[run % 3], WAYS[run // 3 % 3]
        desks = [way(family, house, by) for way, family in zip(ways, pair, strict=True)]
        answers = at_once(beside(act, subject, **facts) for act, subject, facts in desks)
        assert sorted(answer.status for answer in answers) == [303, 422]
        assert inside(house) == 1
    assert deadlocks() == 0


@pytest.mark.parametrize("second", WAYS)
@pytest.mark.parametrize("first", WAYS)
def test_the_second_desk_waits_and_is_refused(committed_database, first, second):
    waits, by, house = make_site(), make_user(), make_site()
    one, other = feud(waits, by)
    (act, subject, facts), (then, about, others) = first(one, house, by), second(other, house, by)
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            act(subject, **facts)
            answer = desks.submit(beside(then, about, **others))
            wait([answer], timeout=1)  # for a second that does not wait
        assert answer.result().status == 422
    assert inside(house) == 1
