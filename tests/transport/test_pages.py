"""The pages of buses: who sees which, two clicks a family, cards at the doors, the driver's list."""

import uuid

import pytest
from django.test import Client

from centre.access import Role
from centre.models import Site, User
from desk.actions import depart
from registrations.models import Household, Individual
from tests.build import make_room, make_site, make_user
from tests.transport.conftest import expected_family, make_run
from transport.actions import put_on_bus, send_bus
from transport.models import Passenger, TransportRun
from transport.riding import board_bus


@pytest.fixture
def desk(client: Client, goris: Site) -> Client:
    client.force_login(make_user(Role.COORDINATOR, goris))
    return client


def code(household: Household) -> str:
    return str(household).replace(" ", "")


def post(desk: Client, run: TransportRun, way: str, **facts):
    return desk.post(f"/buses/{run.pk}/{way}/", {"id": str(uuid.uuid4())} | facts)


def test_a_family_has_seats_in_two_clicks_and_gets_on(desk, run, family):
    page = desk.get(f"/buses/{run.pk}/").content.decode()
    assert str(family) in page
    assert post(desk, run, f"{code(family)}/fill").status_code == 303
    assert Passenger.objects.waiting().count() == 2
    assert post(desk, run, f"{code(family)}/on").status_code == 303
    assert Passenger.objects.aboard().count() == 2
    assert post(desk, run, f"{code(family)}/not-on").status_code == 303
    assert post(desk, run, f"{code(family)}/take-off").status_code == 303
    assert not Passenger.objects.open().exists()


def test_a_number_is_typed_at_the_doors(desk, run, family, by, sisian):
    put_on_bus(run, household=family, by=by)
    assert post(desk, run, "scan/on", card=code(family)).status_code == 303
    send_bus(run, by=by)
    desk.force_login(make_user(Role.COORDINATOR, sisian))
    assert post(desk, run, "scan/off", card=code(family), site=sisian.pk).status_code == 303
    assert Passenger.objects.filter(ended_as="got_off").count() == 2


def test_a_number_of_nobody_on_the_bus_is_refused_beside_the_page(desk, run, family, goris, sisian, by):
    other = expected_family(goris, sisian, by)
    answer = post(desk, run, "scan/on", card=code(other))
    assert answer.status_code == 422
    assert "has no seat on this bus" in answer.content.decode()


def test_what_the_act_refuses_stands_beside_the_card(desk, run, family, by):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    answer = post(desk, run, "scan/on", card=code(family))
    assert answer.status_code == 422
    why = answer.context["scanned"].errors
    assert list(why) == ["card"]
    summary = answer.text[answer.text.index("data-error-summary") :]
    assert summary[: summary.index("</div>")].count(why["card"][0]) == 1


def test_a_card_read_is_answered_beside_its_field_with_the_family_and_how_many(desk, run, family, sisian, by):
    desk.force_login(by)
    put_on_bus(run, household=family, by=by)
    page = desk.get(post(desk, run, "scan/on", card=code(family))["Location"]).text
    form = page[page.index("/scan/on/") :]
    assert f"{family} · 2 people aboard" in form[: form.index("</form>")]
    assert page.count(f"{family} · 2 people aboard") == 1
    send_bus(run, by=by)
    page = desk.get(post(desk, run, "scan/off", card=code(family), site=sisian.pk)["Location"]).text
    form = page[page.index("/scan/off/") :]
    assert f"{family} · 2 people got off" in form[: form.index("</form>")]


def test_what_has_already_happened_is_asked_beside_the_card(desk, goris, sisian, by):
    family = expected_family(goris, sisian, by)
    run = make_run(goris, sisian, by=by)
    put_on_bus(run, household=family, by=by)
    parent = family.memberships.order_by("position").first().counted_as
    depart(family, site=goris, members=[parent.pk], destination="unknown", happened_anyway="ran", by=by)
    page = post(desk, run, "scan/on", card=code(family)).text
    assert page.index("id_it_happened") > page.index("Read a card as they get on")


def test_the_hour_of_a_last_stop_goes_with_the_stop(desk, run, family, sisian, by):
    desk.force_login(by)
    put_on_bus(run, household=family, by=by)
    assert "Should arrive" in desk.get(f"/buses/{run.pk}/").text
    page = desk.get(post(desk, run, "reroute", old=sisian.pk, new=make_site("vayk").pk)["Location"]).text
    assert "The bus goes to Vayk now." in page
    assert "Should arrive" not in page


def test_the_list_for_the_driver_has_numbers_and_no_names(desk, run, family, by):
    put_on_bus(run, household=family, by=by)
    page = desk.get(f"/buses/{run.pk}/list/").content.decode()
    assert str(family) in page
    assert not any(one.given_name in page for one in Individual.objects.all())


def test_a_bus_of_other_sites_is_not_there(client, run):
    client.force_login(make_user(Role.COORDINATOR, make_site("kapan")))
    assert client.get(f"/buses/{run.pk}/").status_code == 404
    assert str(run.pk) not in client.get("/buses/").content.decode()


def test_a_bus_to_a_confidential_site_does_not_name_it(desk, goris, by):
    hidden = make_site("shelter", confidential=True, name_en="Hidden house")
    officer = make_user(Role.COORDINATOR, goris)
    officer.assignments.create(
        role=Role.COORDINATOR, site=hidden, starts_at=goris.opened_at, ends_at=officer.assignments.get().ends_at
    )
    run = make_run(goris, hidden, by=User.objects.get(pk=officer.pk))
    page = desk.get(f"/buses/{run.pk}/").content.decode()
    assert "Hidden house" not in page


def test_who_did_not_arrive_is_named_with_whom_to_ask(desk, run, family, by):
    put_on_bus(run, household=family, by=by)
    board_bus(run, household=family, by=by)
    send_bus(run, by=by)
    TransportRun.objects.update(
        departs_at=run.departs_at.replace(year=2023), arrives_at=run.departs_at.replace(year=2024), driver="Armen"
    )
    page = desk.get(f"/buses/{run.pk}/").content.decode()
    assert "Who did not arrive" in page
    assert "Armen" in page


def test_a_bus_is_planned_and_sent_elsewhere(client, goris, sisian, by, family):
    client.force_login(by)
    client.post("/settings/shift/", {"site": str(goris.pk)})
    run = make_run(goris, sisian, by=by)
    put_on_bus(run, household=family, by=by)
    vayk = make_site("vayk")
    answer = post(client, run, "reroute", old=sisian.pk, new=vayk.pk)
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    assert "no place is held for all of them where they get off" in page
    assert f"{family}: 0 free places for 2 people." in page
    make_room(vayk, 2)
    assert run.stops.filter(given_up_in=None).get().site == vayk


def test_who_has_not_chosen_a_site_is_told_to_choose_one(client, goris):
    make_site("sisian")
    client.force_login(make_user(Role.COORDINATOR))
    page = client.get("/buses/").content.decode()
    assert "Choose your site in the top bar: a bus is planned from there." in page
    assert 'id="plan"' not in page
    client.post("/settings/shift/", {"site": str(goris.pk), "next": "/buses/"})
    page = client.get("/buses/").content.decode()
    assert 'id="plan"' in page
    assert "a bus is planned from there" not in page


def test_a_day_that_the_form_draws_again_is_not_read_twice(desk, sisian):
    facts = {"stop": sisian.pk, "seats": "9", "departs_at": "23.59", "arrives_at": "", "id": str(uuid.uuid4())}
    page = desk.post("/buses/", facts).content.decode()
    assert "23:59" in page
    assert "What you typed is still here." in page
    assert "so that you can copy it" not in page


def test_a_refused_button_says_of_nothing_that_it_was_typed(desk, run, family):
    assert post(desk, run, f"{code(family)}/fill").status_code == 303
    again = post(desk, run, f"{code(family)}/fill")
    assert again.status_code == 422
    assert "data-error-summary" in again.text
    assert "What you typed is still here." not in again.text
