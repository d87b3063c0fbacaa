"""Desks of other sites that hold in one house at the same moment hold no more than it is open for.

Seen to hold twice as many without the lock on the opening.
"""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from shelter.models import Stay
from shelter.reach import open_to_others
from tests.build import make_room, make_site, make_user, person, register_family
from tests.servers import at_once, deadlocks, serve

pytestmark = pytest.mark.races

RUNS, DESKS = 10, 4
HOUR = timedelta(hours=1)


def couple(site):
    return register_family(site, make_user(), person(), person("Petros", sex="M", relationship="spouse"))


def test_a_house_is_held_in_for_no_more_than_it_is_open_for(committed_database):
    with serve() as server:
        for _turn in range(RUNS):
            site, house = make_site(), make_site()
            desks = [server.sign_in(make_user(site=site)) for _ in range(DESKS)]
            families = [couple(site) for _ in range(DESKS)]
            rooms = [make_room(house, 2) for _ in range(DESKS)]  # each its own: the opening alone is contended
            until = (timezone.now() + 6 * HOUR).isoformat()
            open_to_others(house, places=3, until=timezone.now() + 9 * HOUR, by=make_user())
            answers = at_once(
                desk.posting(
                    f"/api/v1/households/{family.pk}/hold/",
                    {"id": uuid.uuid4(), "rooms": [room.pk], "until": until},
                    as_json=True,
                )
                for desk, family, room in zip(desks, families, rooms, strict=True)
            )
            assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
            assert Stay.objects.holds().filter(site=house).count() == 2
    assert deadlocks() == 0
