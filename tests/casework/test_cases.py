"""Cases: opened once, seen by those who follow them, closed once."""

import uuid
from datetime import date

import pytest

from casework.actions import close_case
from casework.errors import AlreadyClosed
from casework.models import Case
from centre.access import NotAllowed, Role
from registrations.facts import Birth
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

CHILD = Birth(date(2017, 3, 1), "day")


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def sisian():
    return make_site("sisian")


@pytest.fixture
def staff():
    return make_user()


@pytest.fixture
def case(goris, staff):
    register_family(goris, staff, person("Mane", birth=CHILD, carer_kind="nobody"))
    return Case.objects.get()


def test_cases_are_shown_to_protection_officers_of_the_site_alone(client, goris, sisian, case):
    for role, site, status, shown in (
        (Role.PROTECTION, goris, 200, True),
        (Role.PROTECTION, sisian, 200, False),
        (Role.COORDINATOR, goris, 403, False),
        (Role.VOLUNTEER, goris, 403, False),
    ):
        client.force_login(make_user(role, site))
        answer = client.get("/cases/")
        assert answer.status_code == status
        assert ("Child without a parent here" in answer.content.decode()) is shown
        household = case.individual.memberships.get().household
        part = client.get(f"/cases/family/{str(household).replace(' ', '')}/")
        assert part.status_code == status
        assert ("Child without a parent here" in part.content.decode()) is shown


def test_a_case_is_closed_once(client, goris, case):
    client.force_login(make_user(Role.PROTECTION, goris))
    data = {"id": uuid.uuid4()}
    for _again in range(2):
        assert client.post(f"/cases/{case.pk}/close/", data).status_code == 303
    case.refresh_from_db()
    assert case.closed_at
    assert client.post(f"/cases/{case.pk}/close/", {"id": uuid.uuid4()}).status_code == 409
    with pytest.raises(AlreadyClosed):
        close_case(case, by=make_user(Role.PROTECTION))


def test_who_may_not_see_a_case_does_not_close_it(client, goris, sisian, case):
    client.force_login(make_user(Role.PROTECTION, sisian))
    assert client.post(f"/cases/{case.pk}/close/", {"id": uuid.uuid4()}).status_code == 404
    with pytest.raises(NotAllowed):
        close_case(case, by=make_user(Role.COORDINATOR, goris))
    assert Case.objects.open().count() == 1
