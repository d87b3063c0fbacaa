"""For whom a bus that goes elsewhere finds no place there is named with the reason that a door would say."""

import pytest
from django.utils import timezone

from casework.actions import do_in_case, open_case
from casework.errors import OfficerFirst
from casework.kinds import Topic
from casework.models import Case
from centre.access import Role
from registrations.models import Individual
from shelter.actions import hold_places, place_household
from shelter.apart import keep_apart
from shelter.errors import NotEnoughPlaces, NotInThisHouse, WomenOnly
from shelter.models import Room, Stay
from tests.build import child, make_room, make_site, make_user, person, register_family
from tests.transport.conftest import HOUR, expected_family
from transport.actions import put_on_bus
from transport.rerouting import reroute_bus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vayk(db):
    return make_site("vayk")


def elsewhere(run, sisian, vayk, family, by):
    """Why the family, which is on the bus's list, has no place at the new stop; empty when it has."""
    put_on_bus(run, household=family, by=by)
    return reroute_bus(run, old=sisian, new=vayk, by=by).reasons


def test_too_few_places_are_counted(run, family, by, sisian, vayk):
    make_room(vayk, 1)
    assert elsewhere(run, sisian, vayk, family, by) == [str(NotEnoughPlaces(1, 2))]


def test_no_man_is_put_into_the_room_of_women(run, goris, by, sisian, vayk):
    man = expected_family(goris, sisian, by, person("Aram", sex="M"))
    room = make_room(vayk, 2, "W")
    Room.objects.filter(pk=room.pk).update(women_only=True)
    assert elsewhere(run, sisian, vayk, man, by) == [str(WomenOnly("W"))]


def test_whom_the_house_is_not_for_reads_no_more_than_that(run, family, by, sisian, vayk):
    other = register_family(vayk, by, person("Lida"), at=timezone.now() - HOUR)
    place_household(other, rooms=[make_room(vayk, 1)], by=by)
    keep_apart(family, other=other, reason="a feud", by=by)
    make_room(vayk, 2)
    assert elsewhere(run, sisian, vayk, family, by) == [str(NotInThisHouse())]


@pytest.fixture
def officer(db):
    officer = make_user(Role.PROTECTION)
    officer.assignments.create(role=Role.COORDINATOR, starts_at=timezone.now() - HOUR)
    return officer


@pytest.fixture
def alone(run, goris, sisian, officer):
    """A boy who came with nobody; an officer holds a place for him at Sisian, and puts him on the bus."""
    facts = {"relationship": "other", "carer_kind": "nobody"}
    boy = register_family(goris, make_user(Role.COORDINATOR), child("Davit", **facts))
    hold_places(boy, rooms=[make_room(sisian, 1)], until=timezone.now() + 9 * HOUR, by=officer)
    put_on_bus(run, household=boy, by=officer)
    return boy


def test_for_a_child_alone_an_officer_is_named_until_one_said_that_the_place_is_safe(
    run, alone, by, officer, sisian, vayk
):
    make_room(vayk, 3)
    assert reroute_bus(run, old=sisian, new=vayk, by=by).reasons == [str(OfficerFirst())]
    do_in_case(Case.objects.get(), topic=Topic.SAFE_PLACE, words="room 14", by=officer)
    assert reroute_bus(run, old=vayk, new=sisian, by=by).reasons == []
    assert Stay.objects.holds().at(timezone.now()).get().individual_id == Individual.objects.members_of(alone).get().pk


def test_a_child_that_is_followed_and_has_its_mother_with_it_has_its_place(run, family, by, officer, sisian, vayk):
    make_room(vayk, 2)
    for one in Individual.objects.members_of(family):
        open_case(one, kind="child_protection", urgency="today", words="School.", by=officer)
    assert elsewhere(run, sisian, vayk, family, by) == []
