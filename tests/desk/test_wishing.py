"""A family that said it goes to its own address comes back: the desk is asked whether they want shelter."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from desk.actions import arrive
from desk.correcting import Said, correct
from shelter.waiting import who_waits
from tests.build import child, make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

ASKED = "Do they want shelter now?"


@pytest.fixture
def goris():
    site = make_site("goris")
    make_room(site)
    return site


@pytest.fixture
def desk(client, goris):
    client.user = make_user(Role.VOLUNTEER, goris)
    client.force_login(client.user)
    client.post("/settings/shift/", {"site": goris.pk})
    return client


@pytest.fixture
def family(desk, goris):
    before = timezone.now() - timedelta(hours=9)
    people = (person("Anna"), child("Mane"))
    return register_family(goris, desk.user, *people, going="own_address", destination_marz="AM-SU", at=before)


def at(family, page=""):
    return f"/families/{str(family).replace(' ', '')}/{page}"


def waiting(site, family):
    return who_waits(make_user(Role.COORDINATOR), [site], timezone.now(), household=family.pk)[0]


def test_who_came_back_is_asked_and_waits_from_one_press_on(desk, goris, family):
    assert ASKED not in desk.get(at(family)).text
    page = desk.post(at(family, "arrive/"), {"id": uuid.uuid4()}, follow=True).text
    assert ASKED in page
    assert not waiting(goris, family)
    pressed = timezone.now()
    answer = desk.post(at(family, "shelter/"), {"id": uuid.uuid4()}, follow=True)
    assert "They are on the waiting list from now on." in answer.text
    assert ASKED not in answer.text
    family.refresh_from_db()
    assert (family.going, family.destination_marz, family.waits_since >= pressed) == ("shelter", "", True)
    assert waiting(goris, family)


def test_who_says_while_here_that_they_go_is_not_asked_at_once(desk, goris, family):
    arrive(family, site=goris, by=desk.user)
    own = {"going": "own_address", "destination_marz": ""}
    correct(family, said=[Said("going", own | {"going": "shelter"})], by=desk.user)
    correct(family, said=[Said("going", own)], by=desk.user)
    assert ASKED not in desk.get(at(family)).text


def test_nobody_is_asked_about_who_is_where_the_reader_may_not_know(desk, family):
    hidden = make_site("hidden", confidential=True)
    arrive(family, site=hidden, by=make_user(Role.PROTECTION))
    assert ASKED not in desk.get(at(family)).text
