"""A site is closed once nobody comes to it any more: no bus, and nobody who was sent there."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from centre.models import Site
from desk.actions import arrive, depart
from shelter.actions import end_stays
from shelter.models import Stay
from tests.build import make_site, make_user, person, register_family
from tests.transport.conftest import make_run
from transport.actions import cancel_bus, end_bus, put_on_bus, send_bus
from transport.closing import close_site
from transport.errors import BusStopsThere, PeopleOnTheWay
from transport.riding import board_bus


@pytest.fixture
def administrator(db):
    return make_user(Role.ADMINISTRATOR)


def closed(site):
    site.refresh_from_db()
    return site.closed_at is not None


def test_a_site_at_which_a_bus_is_to_stop_is_closed_once_the_bus_is_cancelled(goris, sisian, by, administrator):
    run = make_run(goris, sisian, by=by)
    with pytest.raises(BusStopsThere):
        close_site(sisian, by=administrator)
    assert not closed(sisian)
    cancel_bus(run, by=by)
    close_site(sisian, by=administrator)
    assert closed(sisian)


def test_a_site_is_not_closed_over_a_bus_that_leaves_from_it(goris, sisian, by, administrator):
    make_run(sisian, goris, by=by)
    with pytest.raises(BusStopsThere):
        close_site(sisian, by=administrator)
    assert not closed(sisian)


def test_a_site_to_which_people_are_on_the_way_is_closed_once_they_arrived_anywhere(
    goris, sisian, family, by, administrator
):
    run = make_run(goris, sisian, by=by)
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    send_bus(run, by=by)
    end_bus(run, site=sisian, by=by)  # the bus has come, and nobody was seen getting off
    end_stays(list(Stay.objects.holds().filter(site=sisian)), by=by)
    with pytest.raises(PeopleOnTheWay) as refused:
        close_site(sisian, by=administrator)
    assert str(refused.value).startswith("2 people are on the way here.")
    assert not closed(sisian)
    arrive(family, site=goris, by=by)
    close_site(sisian, by=administrator)
    assert closed(sisian)


def test_the_page_says_that_people_are_on_the_way_and_keeps_the_site_open(client, goris, sisian, by, administrator):
    family = register_family(goris, by, person(), at=timezone.now() - timedelta(hours=2))
    depart(family, site=goris, destination="site", destination_site=sisian, by=by)
    client.force_login(administrator)
    answer = client.post(f"/settings/sites/{sisian.code}/close/", {"id": uuid.uuid4()})
    assert answer.status_code == 422
    assert "1 person is on the way here." in answer.text
    assert not closed(sisian)


def test_the_buses_are_narrowed_to_a_closed_site_that_they_left_from_or_came_to(client, goris, sisian, by):
    never = make_site("never")
    run = make_run(goris, sisian, by=by)
    Site.objects.update(closed_at=timezone.now())
    client.force_login(by)
    for site in (goris, sisian):
        page = client.get("/buses/", {"site": site.pk}).text
        assert f'<option value="{site.pk}" selected>' in page
        assert str(run.pk) in page
    assert str(never.pk) not in page
