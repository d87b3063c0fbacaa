"""A room that shrinks while a family is checked in: each is done whole or refused in words, and nobody loses a bed."""

import pytest

from shelter.actions import place_household
from shelter.inventory import set_places
from shelter.models import Place, Stay
from tests.build import make_room, make_site, make_user
from tests.races.test_beds import families
from tests.races.test_pairs import beside
from tests.servers import at_once, deadlocks

pytestmark = pytest.mark.races

RUNS = 30


def test_a_room_shrinks_while_a_family_is_checked_in(committed_database):
    site, by = make_site(), make_user()
    for family in families(site, by, RUNS, size=3):
        room = make_room(site, 4)
        placing = beside(place_household, family, rooms=[room], by=by)
        answers = at_once([placing, beside(set_places, room, places=1, by=by)])
        assert sorted(answer.status for answer in answers) == [303, 422]
        assert Place.objects.filter(room=room).standing().count() in (1, 4)
    assert not Stay.objects.filter(during__upper_inf=True, place__retired_at__isnull=False).exists()
    assert deadlocks() == 0
