"""A round that was planned by mistake is withdrawn, while nothing stands given in it."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from aid.actions import end_distribution, hand_out, reverse_handout, withdraw_distribution
from aid.errors import AlreadyEnded, AlreadyWithdrawn, GaveSomething, NotRunning
from aid.models import Distribution, Handout
from centre.access import NotAllowed, Role
from tests.api.conftest import Machine
from tests.build import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def withdrawn(round_one, planner):
    withdraw_distribution(round_one, reason="the list of last week", by=planner)
    return Distribution.objects.get()


@pytest.fixture
def office(client, planner):
    client.force_login(planner)
    return client


def text(answer):
    return answer.content.decode()


def test_in_a_withdrawn_round_nothing_is_handed_out(withdrawn, family, volunteer):
    with pytest.raises(NotRunning, match="was withdrawn on"):
        hand_out(withdrawn, family, by=volunteer)
    assert not Handout.objects.exists()


def test_what_was_given_in_a_withdrawn_round_anyway_is_flagged(withdrawn, family, volunteer):
    assert hand_out(withdrawn, family, happened_anyway="no network", by=volunteer).flagged == "not_running"


def test_a_round_that_gave_something_is_not_withdrawn(round_one, family, planner):
    hand_out(round_one, family, by=planner)
    with pytest.raises(GaveSomething):
        withdraw_distribution(round_one, reason="a slip", by=planner)
    reverse_handout(Handout.objects.get(), reason="wrong family", by=planner)
    withdraw_distribution(round_one, reason="a slip", by=planner)
    assert Distribution.objects.get().withdrawn_reason == "a slip"


def test_a_round_that_was_withdrawn_while_the_table_scanned_gives_nothing(round_one, family, planner, volunteer):
    withdraw_distribution(round_one, reason="a slip", by=planner)
    with pytest.raises(NotRunning):
        hand_out(round_one, family, by=volunteer)  # as it was read before
    assert not Handout.objects.exists()


def test_a_withdrawn_round_is_neither_withdrawn_again_nor_ended(withdrawn, planner):
    with pytest.raises(AlreadyWithdrawn):
        withdraw_distribution(withdrawn, reason="again", by=planner)
    with pytest.raises(AlreadyEnded):
        end_distribution(withdrawn, by=planner)


def test_a_round_is_withdrawn_by_those_who_plan_aid_there_alone(round_one, goris, sisian):
    for by in (make_user(Role.AID_VOLUNTEER, goris), make_user(site=sisian)):
        with pytest.raises(NotAllowed):
            withdraw_distribution(round_one, reason="a slip", by=by)


def test_the_database_keeps_what_was_given_out_of_a_withdrawn_round(round_one, family, planner):
    hand_out(round_one, family, by=planner)
    withdrawing = {"withdrawn_at": round_one.starts_at, "withdrawn_by": planner, "withdrawn_reason": "a slip"}
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Distribution.objects.update(**withdrawing)
    reverse_handout(Handout.objects.get(), reason="wrong family", by=planner)
    Distribution.objects.update(**withdrawing)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Distribution.objects.update(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")


def test_the_pages_say_that_it_was_withdrawn_and_scan_for_it_no_more(office, round_one, volunteer):
    page, withdrawing = round_one.get_absolute_url(), reverse("aid:withdraw", args=[round_one.pk])
    assert withdrawing in text(office.get(page))
    assert office.post(withdrawing, {"id": uuid.uuid4(), "reason": ""}).status_code == 422
    assert office.post(withdrawing, {"id": uuid.uuid4(), "reason": "the list of last week"}).status_code == 303
    shown = text(office.get(page))
    assert "the list of last week" in shown
    assert withdrawing not in shown
    assert "End it now" not in shown
    assert '<span class="mark">withdrawn</span>' in text(office.get("/aid/"))
    office.force_login(volunteer)
    assert "Round one" not in text(office.get("/aid/scan/"))


def test_the_page_of_a_round_that_gave_something_does_not_offer_it(office, round_one, family, planner):
    hand_out(round_one, family, by=planner)
    assert reverse("aid:withdraw", args=[round_one.pk]) not in text(office.get(round_one.get_absolute_url()))


def test_the_api_withdraws_a_round_and_says_so(round_one, planner):
    machine, address = Machine(planner), f"distributions/{round_one.pk}/"
    assert machine.post(f"{address}withdraw/", reason="a slip").status_code == 201
    row = machine.get(address).json()
    assert (bool(row["withdrawn_at"]), row["withdrawn_reason"]) == (True, "a slip")
    assert machine.get("distributions/", running="true").json()["results"] == []
    second = machine.post(f"{address}withdraw/", reason="a slip")
    assert (second.status_code, second.json()["code"]) == (409, "already_withdrawn")
