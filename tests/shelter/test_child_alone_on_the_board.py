"""A child alone on the board: whom to call is said before anything is pressed, and no room of strangers is offered."""

from datetime import timedelta

import pytest

from casework.actions import do_in_case, set_duty
from casework.kinds import Topic
from casework.models import Case
from centre.access import Role
from shelter.actions import place_household
from shelter.board import read_board
from tests.build import child, make_room, make_user, person, register_family

HOUR = timedelta(hours=1)


@pytest.fixture
def alone(goris, coordinator, now):
    return register_family(goris, coordinator, child("Mane", relationship="other", carer_kind="nobody"), at=now)


@pytest.fixture
def officer(goris):
    return make_user(Role.PROTECTION, goris)


def chosen(by, now, family, **asked):
    return read_board(by, now, asked, family).chosen


def test_who_is_on_duty_is_said_before_anything_is_pressed(client, goris, coordinator, officer, alone, family, now):
    set_duty(goris, name="Gohar", phone="+37477123456", from_at=now, until=now + 24 * HOUR, by=officer)
    room = make_room(goris, 3, "14")
    read = chosen(coordinator, now, alone)
    assert (read.fits, "On duty: Gohar, +37477123456." in read.officer) == ([], True)
    client.force_login(coordinator)
    page = client.get(f"/shelter/?family={str(alone).replace(' ', '')}").content.decode()
    assert ("+37477123456" in page, "Place here" in page, "No free place" in page) == (True, False, False)
    tried = client.get(f"/shelter/?family={str(alone).replace(' ', '')}&room={room.pk}").content.decode()
    assert ("Place here" in tried, "They are sleeping there already" in tried) == (False, True)
    assert chosen(coordinator, now, family).officer == ""
    do_in_case(Case.objects.get(), topic=Topic.SAFE_PLACE, words="room 14", by=officer, at=now)
    said = chosen(coordinator, now, alone)
    assert ([fit.names for fit, _site in said.fits], said.officer) == (["14"], "")


def test_no_room_of_strangers_is_offered_to_a_child_alone(goris, coordinator, officer, alone, family, now):
    make_room(goris, 3, "empty")
    shared = make_room(goris, 6, "shared")
    place_household(family, rooms=[shared], by=coordinator, at=now)
    do_in_case(Case.objects.get(), topic=Topic.SAFE_PLACE, words="room 14", by=officer, at=now)
    read = chosen(coordinator, now + HOUR, alone)
    assert [fit.names for fit, _site in read.fits] == ["empty"]
    tried, _best = (fit for fit, _site in chosen(coordinator, now + HOUR, alone, room=str(shared.pk)).fits)
    assert (tried.barred, tried.doubts[0]) == (True, "a child would sleep beside strangers")


def test_a_child_whose_mother_sleeps_there_is_offered_her_room(goris, coordinator, now):
    family = register_family(goris, coordinator, person(), child(), at=now)
    mother = family.memberships.get(relationship="head").individual_id
    place_household(family, rooms=[make_room(goris, 2, "hers")], members=[mother], by=coordinator, at=now)
    make_room(goris, 1, "alone")
    read = chosen(coordinator, now + HOUR, family)
    assert (sorted(fit.names for fit, _site in read.fits), read.officer) == (["alone", "hers"], "")
