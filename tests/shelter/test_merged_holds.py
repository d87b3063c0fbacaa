"""A hold stays with the record it was made for, and is the person's who counts as another record since."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.tokens import make_token
from desk.merging import merge_individuals, unmerge
from registrations.models import Household, Individual, Merge
from shelter.actions import hold_places
from shelter.models import Stay
from shelter.people import read_people
from shelter.reach import open_to_others
from shelter.selectors import holds_now
from shelter.waiting import who_waits
from tests.build import make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def twice(goris):
    """Somebody who was registered twice; for the first record a place is held in a house of others."""
    by, house = make_user(), make_site("house")
    families = [register_family(goris, by, person(), at=timezone.now() - HOUR) for _ in range(2)]
    open_to_others(house, places=2, until=timezone.now() + 9 * HOUR, by=by)
    far = make_user(Role.COORDINATOR, goris)
    hold_places(families[0], rooms=[make_room(house)], until=timezone.now() + HOUR, by=far)
    one, other = (Individual.objects.get(memberships__household=family) for family in families)
    merge_individuals(one, into=other, reason="twice", by=by)
    return families


def waiting(goris) -> list[Household]:
    found, _all = who_waits(make_user(), [goris], timezone.now())
    return [one.household_id for one in found]


def test_whose_other_record_has_a_hold_does_not_wait(goris, twice):
    assert waiting(goris) == []
    unmerge(Merge.objects.get(), by=make_user())
    assert waiting(goris) == [twice[1].pk]


def test_the_hold_is_shown_with_the_person_and_to_whom_the_person_is(goris, twice):
    now, far = timezone.now(), make_user(Role.COORDINATOR, goris)
    for family in twice:
        (one,) = read_people(family, now, make_user())
        assert one.hold == Stay.objects.get()
        by = Client(headers={"authorization": f"Bearer {make_token(make_user(), 'holds', now + HOUR)}"})
        rows = by.get(f"/api/v1/stays/?household={family.pk}").json()["results"]
        assert [row["id"] for row in rows] == [str(one.hold.pk)]
    assert Stay.objects.visible_to(far).get() == Stay.objects.get()
    assert [row.until for row in holds_now([goris.pk], now, [one.hold.site_id])] == [one.hold.during.upper]
