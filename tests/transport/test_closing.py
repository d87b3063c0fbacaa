"""A site is closed once nobody comes to it any more: no bus, and nobody who was sent there."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from centre.access import Role
from centre.models import Site
from desk.actions import arrive, depart
from registrations.models import Presence
from shelter.actions import end_stays
from shelter.models import Stay
from tests.build import make_site, make_user, person, register_family
from tests.transport.conftest import make_run
from transport.actions import cancel_bus, end_bus, put_on_bus, send_bus
from transport.closing import close_site
from transport.errors import BusStopsThere, PeopleOnTheWay
from transport.riding import board_bus

HOUR = timedelta(hours=1)


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


def test_who_was_sent_long_ago_and_never_came_keeps_no_site_open(goris, sisian, by, administrator):
    sent = timezone.now() - timedelta(days=3, hours=1)
    family = register_family(goris, by, person(), at=sent)
    depart(family, site=goris, destination="site", destination_site=sisian, by=by, at=sent)
    close_site(sisian, by=administrator)
    assert closed(sisian)
    arrive(family, site=goris, by=by)
    assert Presence.objects.at(timezone.now()).filter(site=goris).exists()


def test_the_page_leads_to_who_is_on_the_way_as_far_as_one_may_see_them(client, goris, sisian, by, administrator):
    family = register_family(goris, by, person(), person("Vera", relationship="parent"), at=timezone.now() - 2 * HOUR)
    address = f"/settings/sites/{sisian.code}/close/"
    client.force_login(administrator)
    assert "on the way here:" not in client.get(address).text
    depart(family, site=goris, destination="site", destination_site=sisian, by=by)
    officer = make_user(Role.PROTECTION)
    officer.assignments.create(role=Role.ADMINISTRATOR, starts_at=goris.opened_at)
    read = []
    for user in (administrator, officer):
        client.force_login(user)
        for page in (client.get(address), client.post(address, {"id": uuid.uuid4()})):
            read.append(("People on the way here: 2." in page.text, family.get_absolute_url() in page.text))
    assert read == [(True, False), (True, False), (True, True), (True, True)]


def test_nobody_is_counted_on_the_way_to_a_site_of_whose_people_the_reader_may_not_know(client, goris, administrator):
    haven, officer = make_site("haven", confidential=True), make_user(Role.PROTECTION)
    family = register_family(goris, officer, person(), at=timezone.now() - timedelta(hours=2))
    depart(family, site=goris, destination="site", destination_site=haven, by=officer)
    client.force_login(administrator)
    assert "on the way here:" not in client.get("/settings/sites/haven/close/").text
