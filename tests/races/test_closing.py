"""A site is closed, or somebody comes to it: at the same instant one of the two is refused.

Seen with a hold, a family and a bus at a closed site while `lock_open` did not lock the site.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from centre.access import Role
from centre.models import Site
from desk.actions import depart, register
from registrations.facts import HouseholdFacts
from registrations.models import Absence, Presence
from shelter.actions import hold_places, place_household
from shelter.begun import begin_house
from shelter.models import Room, Stay
from shelter.rollcalls import begin_roll_call
from shelter.rolls import RollCall
from tests.build import make_room, make_site, make_user, person, register_family
from tests.races.test_pairs import beside
from tests.servers import at_once, deadlocks
from transport.actions import plan_bus
from transport.closing import close_site, take_back_house
from transport.models import TransportRun

pytestmark = pytest.mark.races

RUNS, DESKS = 20, 3
HOUR = timedelta(hours=1)


def test_nothing_is_held_at_a_site_that_is_closed_in_the_same_instant(server):
    site, administrator = make_site(), server.sign_in(make_user(Role.ADMINISTRATOR))
    desks = [server.sign_in(make_user()) for _ in range(DESKS)]
    for _turn in range(RUNS):
        house, until = make_site(), (timezone.now() + 6 * HOUR).isoformat()
        rooms, families = [make_room(house) for _ in desks], [register_family(site, make_user()) for _ in desks]
        holding = [
            desk.posting(
                f"/api/v1/households/{family.pk}/hold/",
                {"id": uuid.uuid4(), "rooms": [room.pk], "until": until},
                as_json=True,
            )
            for desk, family, room in zip(desks, families, rooms, strict=True)
        ]
        closing = administrator.posting(f"/settings/sites/{house.code}/close/", {"id": uuid.uuid4()})
        *held, shut = [answer.status for answer in at_once([*holding, closing])]
        house.refresh_from_db()
        assert (shut == 303) == (house.closed_at is not None)
        assert Stay.objects.filter(site=house).count() == held.count(201)
        assert held == [409] * DESKS or house.closed_at is None
    assert deadlocks() == 0


def holding(site, by, family):
    return hold_places, family, {"rooms": [Room.objects.get(site=site)], "until": timezone.now() + HOUR, "by": by}


def placing(site, by, family):
    return place_household, family, {"rooms": [Room.objects.get(site=site)], "by": by}


def registering(site, by, _family):
    return register, site, {"members": [person()], "facts": HouseholdFacts(going="shelter"), "by": by}


def sending_there(site, by, family):
    there = {"destination": "site", "destination_site": site}
    return depart, family, {"site": family.site, **there, "by": by}


def calling_the_roll(site, by, _family):
    return begin_roll_call, site, {"by": by}


def planning_a_bus(site, by, family):
    now = timezone.now()
    times = {"departs_at": now + HOUR, "arrives_at": now + 2 * HOUR}
    return plan_bus, Site.objects.get(pk=family.site_id), {"stops": [site], "seats": 9, "by": by, **times}


def what_is_there(site):
    return [
        Stay.objects.filter(site=site).exists(),
        Presence.objects.filter(site=site).exists(),
        RollCall.objects.filter(site=site).exists(),
        TransportRun.objects.filter(stops__site=site).exists(),
        Absence.objects.filter(movement__destination_site=site).exists(),
    ]


@pytest.mark.parametrize("coming", [holding, placing, registering, calling_the_roll, planning_a_bus, sending_there])
def test_who_comes_to_a_site_that_is_being_closed_waits_and_is_refused(committed_database, coming):
    site, by = make_site(), make_user()
    make_room(site)
    act, subject, facts = coming(Site.objects.get(pk=site.pk), by, register_family(make_site(), by))
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            close_site(site, by=make_user(Role.ADMINISTRATOR))
            answer = desks.submit(beside(act, subject, **facts))
            wait([answer], timeout=1)  # for a second that does not wait
        assert answer.result().status == 422
    assert not any(what_is_there(site))


@pytest.mark.parametrize("coming", [holding, placing, sending_there])
def test_who_comes_to_a_house_that_is_being_taken_back_waits_and_is_refused(committed_database, coming):
    by = make_user()
    begun = begin_house(name="Aram", kind="hotel", marz="AM-SU", places=4, another=True, by=by)
    site = Site.objects.get(pk=begun.site)
    act, subject, facts = coming(site, by, register_family(make_site(), by))
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            take_back_house(site, by=by)
            answer = desks.submit(beside(act, subject, **facts))
            wait([answer], timeout=1)
        assert answer.result().status == 422
    assert not any(what_is_there(site))


@pytest.mark.parametrize("coming", [holding, placing, sending_there])
def test_a_house_to_which_somebody_is_just_coming_is_not_taken_back(committed_database, coming):
    by = make_user()
    begun = begin_house(name="Aram", kind="hotel", marz="AM-SU", places=4, another=True, by=by)
    site = Site.objects.get(pk=begun.site)
    act, subject, facts = coming(site, by, register_family(make_site(), by))
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            act(subject, **facts)
            answer = desks.submit(beside(take_back_house, site, by=by))
            wait([answer], timeout=1)
        assert answer.result().status == 422
    site.refresh_from_db()
    assert site.closed_at is None


@pytest.mark.parametrize("coming", [holding, placing, registering, planning_a_bus, sending_there])
def test_a_site_to_which_somebody_is_just_coming_is_closed_after_them_and_refused(committed_database, coming):
    site, by, administrator = make_site(), make_user(), make_user(Role.ADMINISTRATOR)
    make_room(site)
    act, subject, facts = coming(Site.objects.get(pk=site.pk), by, register_family(make_site(), by))
    with ThreadPoolExecutor() as desks:
        with transaction.atomic():
            act(subject, **facts)
            answer = desks.submit(beside(close_site, site, by=administrator))
            wait([answer], timeout=1)
        assert answer.result().status == 422
    site.refresh_from_db()
    assert site.closed_at is None
