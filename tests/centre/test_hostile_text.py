"""What no person types: a NUL, ten thousand letters, a day of another age. A sentence or a 404, never a 500."""

import uuid

import pytest

from centre.access import Role
from tests.build import make_site, make_user
from tests.desk.test_intake_page import intake, row

pytestmark = pytest.mark.django_db

CARDS = ["\x00", "x" * 10_000, "1" * 60, "https://example.org/" + "a" * 300]


@pytest.fixture
def page(client):
    client.raise_request_exception = False
    client.force_login(make_user(Role.COORDINATOR, make_site("goris")))
    return client


@pytest.mark.parametrize("card", CARDS, ids=["nul", "long", "digits", "link"])
def test_a_card_that_is_none_is_answered_in_words(page, card):
    answers = [
        page.post("/intake/", intake(row(), card=card)),
        page.post("/intake/", intake(row(), card=card, step="card")),
        page.post("/intake/matches/", intake(row(), card=card)),
        page.post("/intake/gate/", {"id": str(uuid.uuid4()), "card": card, "F_3": 1, "going": "shelter"}),
        page.post("/aid/scan/card/", {"number": card}),
        page.get("/intake/", {"card": card}),
        page.get("/families/", {"search": card}, follow=True),
        page.get("/shelter/", {"family": card}),
        page.get("/duplicates/", {"one": card, "other": card}),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OFFICIAL])
@pytest.mark.parametrize(
    "address", ["/settings/staff/?search=a%00b", "/census/9999-12-31/", "/census/0001-01-01/", "/families/?page=%00"]
)
def test_an_address_of_nothing_is_not_broken(client, address, role):
    client.raise_request_exception = False
    client.force_login(make_user(role))
    assert client.get(address).status_code < 500
