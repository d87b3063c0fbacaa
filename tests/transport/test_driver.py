"""The driver's link: numbers and heads without an account, for a day, and nothing of whom nobody may know."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.models import Act, LogLine
from houses.actions import add_contract
from registrations.models import Individual
from tests.build import make_site, make_user
from tests.transport.conftest import expected_family, make_run
from transport.actions import cancel_bus, end_bus, put_on_bus, send_bus
from transport.driver_views import WRONG
from transport.errors import BusArrived, BusCancelled, NoDriverLink
from transport.linking import make_driver_link, withdraw_driver_link
from transport.links import AFTER_ARRIVAL, VALID_FOR, DriverLink, token_of

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _nobody_guessed(db):
    cache.clear()


def linked(run, by):
    """The address of a new link."""
    return DriverLink.objects.get(pk=make_driver_link(run, by=by).link).address


def opened(address, **headers):
    """What somebody without an account is answered there, as the page's script sends the end of the link."""
    page, _sharp, token = address.partition("#")
    client = Client(headers=headers)
    answer = client.post(page, {"token": token})
    return client.get(answer["Location"]) if answer.status_code == 303 else answer


def test_the_driver_reads_numbers_and_heads_and_no_names(run, family, by):
    put_on_bus(run, household=family, by=by)
    answer = opened(linked(run, by))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert str(family) in page
    assert "2 people" in page
    assert not any(one.given_name in page or one.family_name in page for one in Individual.objects.all())
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    line = LogLine.objects.get(subject="driverlink")
    assert (line.by, line.keys) == (None, [family.pk])


def test_the_driver_is_told_whom_to_call_at_the_house(run, by, sisian):
    terms = {"contact": "Արամ", "phone": "+37494123456", "places": 40, "rate": 9000}
    sisian.latitude, sisian.longitude = Decimal("39.52"), Decimal("46.03")
    sisian.save(update_fields=["latitude", "longitude"])
    add_contract(sisian, first_night=timezone.localdate(), by=by, **terms)
    page = opened(linked(run, by)).content.decode()
    assert "tel:+37494123456" in page
    assert "geo:39.52000,46.03000" in page
    assert "Արամ" not in page


@pytest.mark.parametrize("language", ["hy", "ru"])
def test_a_map_reads_where_a_house_is_in_every_language(run, by, sisian, language):
    sisian.latitude, sisian.longitude = Decimal("39.52"), Decimal("46.03")
    sisian.save(update_fields=["latitude", "longitude"])
    answer = opened(linked(run, by), **{"Accept-Language": language})
    assert "geo:39.52000,46.03000" in answer.content.decode()


def test_what_opens_the_list_stands_in_no_address_and_in_a_cookie_of_that_page_alone(run, by):
    page, _sharp, token = linked(run, by).partition("#")
    client = Client(enforce_csrf_checks=True)
    blank = client.get(page)
    assert (blank.status_code, bool(blank.cookies)) == (200, False)
    assert "runs no JavaScript" in blank.content.decode()
    assert Client().get(f"{page}{token}/").status_code in (302, 404)
    answer = client.post(page, {"token": token})
    assert (answer.status_code, answer["Location"], page) == (303, "/d/", "/d/")
    kept = answer.cookies["driver"]
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Strict", "/d/")
    assert kept["expires"]
    assert client.get(page).status_code == 200
    assert token not in client.get(page).content.decode()
    withdraw_driver_link(run, by=by)
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("hidden", ["start", "stop"])
def test_nothing_is_said_of_a_confidential_site_or_of_who_goes_there(goris, sisian, hidden):
    officer = make_user(Role.COORDINATOR)
    secret = make_site("secret", confidential=True, name_en="Hidden house")
    for site in (secret, goris):
        officer.assignments.create(
            role=Role.COORDINATOR, site=site, starts_at=goris.opened_at, ends_at=timezone.now() + 90 * HOUR
        )
    officer = type(officer).objects.get(pk=officer.pk)
    start, stop = (secret, sisian) if hidden == "start" else (goris, secret)
    family = expected_family(start, stop, officer)
    run = make_run(start, stop, by=officer)
    put_on_bus(run, household=family, by=officer)
    add_contract(
        stop, first_night=timezone.localdate(), by=officer, contact="A", phone="+37494123456", places=4, rate=1
    )
    page = opened(linked(run, officer)).content.decode()
    assert "a confidential site" in page
    assert "2 people" in page
    for word in ("Hidden house", "secret", str(family)):
        assert word not in page
    assert ("+37494123456" in page) == (hidden == "start")


def test_what_is_kept_opens_nothing(run, by):
    address = linked(run, by)
    token = address.partition("#")[2]
    kept = (
        str(list(DriverLink.objects.values())) + str(list(Act.objects.values())) + str(list(LogLine.objects.values()))
    )
    assert token not in kept
    assert opened(address.replace(token, DriverLink.objects.get().digest.removeprefix("2:"))).status_code == 404


def test_a_new_link_ends_the_one_before(run, by):
    first, second = linked(run, by), linked(run, by)
    assert [opened(address).status_code for address in (first, second)] == [404, 200]
    assert "This link has ended" in opened(first).content.decode()
    withdraw_driver_link(run, by=by)
    assert opened(second).status_code == 404
    with pytest.raises(NoDriverLink):
        withdraw_driver_link(run, by=by)


def test_a_link_is_made_once_however_often_it_is_sent(run, by):
    act = uuid.uuid4()
    assert make_driver_link(run, by=by, id=act) == make_driver_link(run, by=by, id=act)
    assert DriverLink.objects.count() == 1
    another = Act.objects.filter(driver_link=None).first()
    with pytest.raises(IntegrityError, match="one_driver_link_a_run"):
        DriverLink.objects.create(
            run=run, digest="x", act=another, made_at=timezone.now(), expires_at=timezone.now() + HOUR
        )


def test_a_link_of_a_bus_that_is_cancelled_leads_nowhere(run, by):
    address = linked(run, by)
    cancel_bus(run, by=by)
    assert opened(address).status_code == 404
    assert DriverLink.objects.get().withdrawn_by == by
    with pytest.raises(BusCancelled):
        make_driver_link(run, by=by)


def test_a_link_ends_some_hours_after_the_bus_came(run, by, sisian):
    address = linked(run, by)
    send_bus(run, by=by)
    end_bus(run, site=sisian, by=by)
    assert opened(address).status_code == 200
    type(run).objects.update(arrived_at=timezone.now() - AFTER_ARRIVAL)
    assert opened(address).status_code == 404
    with pytest.raises(BusArrived):
        make_driver_link(run, by=by)


def test_a_link_ends_after_a_day(run, by):
    address = linked(run, by)
    DriverLink.objects.update(made_at=timezone.now() - VALID_FOR, expires_at=timezone.now() - timedelta(seconds=1))
    assert opened(address).status_code == 404


@pytest.mark.parametrize("how", ["role ended", "role at another site", "sign-in blocked"])
def test_a_link_ends_with_the_role_of_who_made_it(run, how):
    maker = make_user(Role.COORDINATOR, run.site)
    address = linked(run, maker)
    assert opened(address).status_code == 200
    if how == "role ended":
        maker.assignments.update(ends_at=timezone.now())
    elif how == "role at another site":
        maker.assignments.update(site=make_site("kapan"))
    else:
        type(maker).objects.filter(pk=maker.pk).update(is_active=False)
    assert opened(address).status_code == 404


def test_who_places_elsewhere_makes_none(run):
    with pytest.raises(NotAllowed):
        make_driver_link(run, by=make_user(Role.COORDINATOR, make_site("kapan")))
    with pytest.raises(NotAllowed):
        withdraw_driver_link(run, by=make_user(Role.VOLUNTEER, run.site))


def test_who_guesses_waits_and_shuts_out_no_driver_behind_the_same_address(run, by):
    address, guess = linked(run, by), "/d/#AAAAAAAAAAAAAAAAAAAA"
    for _try in range(WRONG):
        assert opened(guess).status_code == 404
    answer = opened(guess)
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert not answer.cookies
    assert opened(address).status_code == 200


def test_the_link_is_shown_to_who_made_it_and_not_again(client, run, goris):
    client.force_login(make_user(Role.COORDINATOR, goris))
    made = client.post(f"/buses/{run.pk}/link/", {"id": str(uuid.uuid4())})
    assert made.status_code == 303
    page = client.get(made["Location"])
    link = DriverLink.objects.get()
    assert f"http://testserver{link.address}" in page.content.decode()
    assert "<svg" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "New link" in client.get(f"/buses/{run.pk}/").content.decode()
    other = Client()
    other.force_login(make_user(Role.COORDINATOR, goris))
    assert other.get(made["Location"]).status_code == 409
    client.post(f"/buses/{run.pk}/link/withdraw/", {"id": str(uuid.uuid4())})
    refused = client.get(made["Location"])
    assert refused.status_code == 409
    assert token_of(link.act_id) not in refused.content.decode()


def test_a_link_is_not_shown_to_its_maker_who_places_elsewhere_by_now(client, run, goris):
    maker = make_user(Role.COORDINATOR, goris)
    client.force_login(maker)
    made = client.post(f"/buses/{run.pk}/link/", {"id": str(uuid.uuid4())})
    maker.assignments.update(site=make_site("kapan"))
    assert client.get(made["Location"]).status_code == 404


def test_a_link_that_is_not_new_is_shown_to_nobody(client, run, goris, monkeypatch):
    client.force_login(make_user(Role.COORDINATOR, goris))
    made = client.post(f"/buses/{run.pk}/link/", {"id": str(uuid.uuid4())})
    monkeypatch.setattr("transport.links.SHOWN_FOR", timedelta(0))
    assert client.get(made["Location"]).status_code == 409
