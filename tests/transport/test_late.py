"""The last card is read as the bus rolls: who got on late is on the way since the hour that is told."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from registrations.errors import NotHere
from registrations.models import Absence, Movement
from registrations.whereabouts import ON_THE_WAY
from tests.build import make_site, make_user
from tests.transport.conftest import make_run
from tests.transport.test_pages import code
from tests.transport.test_riding import members, places_of
from transport.actions import end_bus, put_on_bus, send_bus
from transport.errors import BusArrived, LeftLongBefore, OnABus, TravelsApart
from transport.models import READ_ON_FOR, Passenger, TransportRun
from transport.rerouting import reroute_bus
from transport.riding import board_bus, get_off_bus, void_boarding

MINUTE = timedelta(minutes=1)


def missed_bus(run, family, by):
    """The family has a seat, and the bus left without it."""
    put_on_bus(run, household=family, by=by)
    send_bus(run, by=by)
    run.refresh_from_db()
    return run.went_at


def test_who_gets_on_as_the_bus_leaves_is_on_it_at_the_hour_that_is_told(run, family, by, sisian):
    went = missed_bus(run, family, by)
    assert board_bus(run, household=family, by=by, at=went - MINUTE).seats_left == 8
    assert set(Movement.objects.filter(kind="departed").values_list("happened_at", flat=True)) == {went - MINUTE}
    assert places_of(family) == {(ON_THE_WAY, "sisian")}
    assert TransportRun.objects.with_counts().get().taken == 2
    end_bus(run, site=sisian, by=by)
    assert Passenger.objects.aboard().count() == 2


def test_a_driver_stops_for_a_family_within_half_an_hour(run, family, by):
    now = missed_bus(run, family, by)
    TransportRun.objects.update(went_at=now - READ_ON_FOR - MINUTE)
    with pytest.raises(LeftLongBefore, match="more than 30 minutes"):
        board_bus(run, household=family, by=by, at=now)
    assert not Absence.objects.exists()
    board_bus(run, household=family, by=by, at=now - MINUTE)
    assert places_of(family) == {(ON_THE_WAY, "sisian")}


def test_nobody_is_read_late_onto_a_bus_that_came_or_was_cancelled(run, family, by, sisian):
    went = missed_bus(run, family, by)
    end_bus(run, site=sisian, by=by)
    with pytest.raises(BusArrived):
        board_bus(run, household=family, by=by, at=went)
    assert not Absence.objects.exists()


def test_a_late_boarding_is_taken_back_and_the_bus_left_without_them(run, family, by):
    missed_bus(run, family, by)
    board_bus(run, household=family, by=by)
    void_boarding(run, household=family, by=by)
    assert places_of(family) == {("site", "goris")}
    assert set(Passenger.objects.values_list("ended_as", "boarded_at")) == {("missed", None)}
    TransportRun.objects.update(went_at=run.went_at - READ_ON_FOR)
    with pytest.raises(LeftLongBefore):
        void_boarding(run, household=family, by=by)


def test_who_has_a_seat_on_the_next_bus_is_not_read_onto_the_one_that_left(run, family, by, goris, sisian):
    missed_bus(run, family, by)
    put_on_bus(make_run(goris, sisian, by=by), household=family, by=by)
    with pytest.raises(OnABus):
        board_bus(run, household=family, by=by)
    assert not Absence.objects.exists()


def test_who_went_on_another_bus_since_was_not_on_the_one_that_left_before(run, family, by, goris, sisian):
    went = missed_bus(run, family, by)
    other = make_run(goris, sisian, by=by)
    put_on_bus(other, household=family, by=by)
    board_bus(other, household=family, by=by)
    send_bus(other, by=by)
    get_off_bus(other, household=family, site=sisian, by=by)
    with pytest.raises(NotHere):
        board_bus(run, household=family, by=by, at=went)
    assert places_of(family) == {("site", "sisian")}


def test_who_gets_on_late_is_on_the_way_to_where_the_bus_goes_by_then(run, family, by, sisian):
    missed_bus(run, family, by)
    vayk, tatev = make_site("vayk"), make_site("tatev")
    reroute_bus(run, old=sisian, new=vayk, by=by)
    reroute_bus(run, old=vayk, new=tatev, by=by)
    board_bus(run, household=family, by=by)
    assert places_of(family) == {(ON_THE_WAY, "tatev")}
    assert set(Passenger.objects.values_list("site__code", flat=True)) == {"tatev"}


def test_a_child_is_not_read_late_onto_a_bus_alone(run, family, by):
    missed_bus(run, family, by)
    _mother, girl = members(family)
    with pytest.raises(TravelsApart):
        board_bus(run, household=family, members=[girl.pk], by=by)
    assert set(Passenger.objects.values_list("ended_as", flat=True)) == {"missed"}


def test_the_last_card_is_read_at_the_page_of_the_bus_that_left(client, run, family, by, goris):
    went = missed_bus(run, family, by)
    client.force_login(make_user(Role.COORDINATOR, goris))
    page = client.get(f"/buses/{run.pk}/").content.decode()
    assert f"/buses/{run.pk}/{code(family)}/on/" in page
    told = {"id": str(uuid.uuid4()), "card": code(family), "at": "12.13.2026"}
    refused = client.post(f"/buses/{run.pk}/scan/on/", told)
    assert "Write the day and the time" in refused.content.decode()
    hour = timezone.localtime(went - MINUTE)
    answer = client.post(f"/buses/{run.pk}/scan/on/", told | {"at": f"{hour:%d.%m.%Y %H:%M}"})
    assert answer.status_code == 303
    assert set(Movement.objects.filter(kind="departed").values_list("happened_at", flat=True)) == {
        hour.replace(second=0, microsecond=0)
    }


def test_the_page_offers_nobody_once_half_an_hour_is_over(client, run, family, by, goris):
    went = missed_bus(run, family, by)
    TransportRun.objects.update(went_at=went - READ_ON_FOR - MINUTE)
    client.force_login(make_user(Role.COORDINATOR, goris))
    page = client.get(f"/buses/{run.pk}/").content.decode()
    assert f"/buses/{run.pk}/{code(family)}/on/" not in page
    assert "Who got on as the bus left" in page  # at an hour that is told
