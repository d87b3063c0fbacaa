"""Aid that was handed out by a list on paper and is typed later: at the hour on the paper, by whose hand it was."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from aid.actions import reverse_handout
from aid.models import Handout
from centre.access import Role
from centre.models import Assignment
from desk.actions import depart
from tests.aid.conftest import Rule, make_distribution, make_family, make_user
from tests.api.conftest import Machine

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
HAND = "Aram Petrosyan"


@pytest.fixture
def at():
    """Three hours ago, at a whole minute."""
    return (timezone.now() - 3 * HOUR).replace(second=0, microsecond=0)


@pytest.fixture
def family(goris, at):
    return make_family(goris, 3, at=at - HOUR)


@pytest.fixture
def morning(goris, planner, parcel, soap):
    """A round of this morning that is over."""
    return make_distribution(goris, planner, Rule(parcel, "person", 1), Rule(soap, "household", 2), starts=-6, ends=-1)


@pytest.fixture
def desk(client, volunteer):
    """An aid volunteer whose role began after what the paper tells."""
    Assignment.objects.filter(user=volunteer).update(starts_at=timezone.now() - HOUR)
    client.force_login(volunteer)
    return client


def line(family, at, **fields):
    local = timezone.localtime(at)
    said = {"paper_day": f"{local:%d.%m.%Y}", "paper_hour": f"{local:%H:%M}", "written_by": HAND}
    return {"id": str(uuid.uuid4()), "number": str(family)} | said | fields


def address(round_):
    return f"/aid/distributions/{round_.pk}/paper/"


def test_a_line_of_the_list_is_given_at_its_hour_and_the_next_one_follows(desk, morning, family, at):
    answer = desk.post(address(morning), line(family, at), follow=True)
    text = answer.content.decode()
    assert f"Written down: {family}, 3 Food parcel, 2 Soap set." in text
    assert HAND in text
    assert f"{timezone.localtime(at):%H:%M}" in text
    given = Handout.objects.get()
    assert (given.happened_at, given.act.written_by, given.people, given.card_read) == (at, HAND, 3, False)
    assert set(given.stock_movements.values_list("happened_at", flat=True)) == {at}


def test_a_line_sent_twice_is_given_once(desk, morning, family, at):
    twice = line(family, at)
    assert [desk.post(address(morning), twice).status_code for _ in range(2)] == [303, 303]
    assert Handout.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"paper_hour": ""}, "Enter this as on the paper."),
        ({"written_by": ""}, "Enter this as on the paper."),
        ({"number": "999 Z"}, "number"),
        ({"number": ""}, "required"),
    ],
)
def test_what_is_missing_is_said_beside_it_and_nothing_is_given(desk, morning, family, at, fields, says):
    answer = desk.post(address(morning), line(family, at, **fields))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Handout.objects.exists()


def test_what_breaks_a_rule_is_refused_and_written_down_with_a_reason(desk, morning, family, at):
    desk.post(address(morning), line(family, at))
    again = desk.post(address(morning), line(family, at + HOUR / 2))
    assert again.status_code == 422
    assert "already used" in again.content.decode()
    assert "why was it given all the same" in again.content.decode()
    told = desk.post(address(morning), line(family, at + HOUR / 2, happened_anyway="The list says so."))
    assert told.status_code == 303
    assert Handout.objects.filter(happened_anyway_reason="The list says so.").count() == 1


def test_it_is_judged_by_where_the_family_was_at_that_hour(desk, goris, planner, morning, family, at):
    depart(family, site=goris, destination="abroad", by=planner, at=at + HOUR)
    assert desk.post(address(morning), line(family, at)).status_code == 303
    assert desk.post(address(morning), line(family, at + 3 * HOUR / 2)).status_code == 422


def test_paper_older_than_seven_days_is_for_a_coordinator(goris, planner, volunteer, parcel):
    old = make_distribution(goris, planner, Rule(parcel, "person", 1), starts=-240, ends=-200)
    at = timezone.now() - timedelta(days=9)
    family = make_family(goris, 2)
    said = {"distribution": str(old.pk), "number": str(family), "at": at.isoformat(), "written_by": HAND}
    said["happened_anyway"] = "The list says so."  # nobody of them is known to have been there
    answer = Machine(volunteer).post("handouts/", **said)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_then")
    assert Machine(planner).post("handouts/", **said).status_code == 201
    assert Handout.objects.get().happened_at == at


def test_who_typed_it_takes_it_back_for_a_minute(desk, volunteer, morning, family, at):
    desk.post(address(morning), line(family, at))
    reverse_handout(Handout.objects.get(), reason="the line above", by=volunteer)
    assert desk.post(address(morning), line(family, at)).status_code == 303


def test_who_hands_out_nothing_there_finds_no_such_page(client, sisian, morning):
    client.force_login(make_user(Role.AID_VOLUNTEER, sisian))
    assert client.get(address(morning)).status_code == 404
    client.force_login(make_user(Role.VOLUNTEER, sisian))
    assert client.get(address(morning)).status_code == 403
