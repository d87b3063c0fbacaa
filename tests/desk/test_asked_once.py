"""The desk asks once beside the row and never obliges: one key says *so it is*, and the family is saved."""

import re

import pytest

from centre.access import Role
from registrations.models import Household
from tests.build import make_site, make_user
from tests.desk.test_intake_page import intake, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    client.force_login(make_user(Role.VOLUNTEER, make_site("goris")))
    return client


ODD = [
    intake(row(sex="", birth="")),
    intake(row(birth="11", carer="relative")),
    intake(row(), row(relationship="sibling")),
    intake(
        row(),
        row("Mane", "", birth="3", relationship="grandchild", carer="row-3"),
        row("Lilit", birth="9", relationship="daughter"),
    ),
]


def so_it_is(answer, data):
    """The same form, sent again from the page that asked."""
    asked = re.search(r'name="asked" value="([^"]*)"', answer.content.decode())
    assert asked
    return data | {"asked": asked[1]}


@pytest.mark.parametrize("data", ODD, ids=["missing", "young head", "twice", "carer"])
def test_what_is_odd_is_asked_beside_its_row_and_saved_when_so_it_is(page, data):
    answer = page.post("/intake/", data)
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "data-asked" in told
    assert "So it is: register family" in told
    assert not Household.objects.exists()
    assert page.post("/intake/", so_it_is(answer, data)).status_code == 303
    assert Household.objects.count() == 1


def test_what_is_odd_only_after_a_change_is_asked_too(page):
    data = intake(row(sex=""))
    changed = so_it_is(page.post("/intake/", data), data) | {"member-0-birth": ""}
    assert page.post("/intake/", changed).status_code == 422
    assert not Household.objects.exists()


def test_an_ordinary_family_is_saved_at_once(page):
    assert page.post("/intake/", intake(row())).status_code == 303


def test_a_wrong_field_is_said_before_anything_is_asked(page):
    told = page.post("/intake/", intake(row(sex="", birth="31.02.2020"))).content.decode()
    assert "So it is" not in told
    assert "There is no such date." in told


@pytest.mark.parametrize("asked", ["\x00", "1-sex" * 2000, "9-9 ; drop"])
def test_what_was_asked_is_only_a_word_of_ours(page, asked):
    assert page.post("/intake/", intake(row(sex=""), asked=asked)).status_code == 422
