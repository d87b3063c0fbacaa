"""A search is sent and kept: no address names anybody, and what was asked is there after reload, back and paging."""

import re
from secrets import token_hex

import pytest

from centre.access import Role
from centre.models import Session
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    site = make_site("goris")
    for _family in range(51):
        register_family(site, make_user(), person(given="Ani", family="Hakobyan"))
    client.force_login(make_user(Role.COORDINATOR, site))
    return client


@pytest.mark.parametrize("way", ["get", "post"])
def test_a_search_leads_to_an_address_that_names_nobody(desk, way):
    answer = getattr(desk, way)("/families/", {"search": "Hakobyan Ani"})
    assert answer.status_code == 303
    assert re.fullmatch(r"/families/\?asked=[\w-]{8}", answer["Location"])
    for _reload in range(2):
        assert "50 of 51 families" in desk.get(answer["Location"]).content.decode()
    further = desk.get(f"{answer['Location']}&page=2").content.decode()
    assert further.count('card-no" href="/families/') == 1
    assert "Hakobyan" not in " ".join(re.findall(r'(?:href|action)="([^"]*)"', further))


def test_the_search_of_another_session_is_nobodys(desk, client):
    kept = desk.post("/families/", {"search": "Hakobyan"})["Location"]
    client.logout()
    client.force_login(make_user(Role.COORDINATOR))
    assert "50 of 51 families" not in client.get(kept).content.decode()


def test_the_search_for_staff_names_nobody_in_its_address(client):
    client.force_login(make_user(Role.ADMINISTRATOR))
    make_user(username="aghavni")
    answer = client.post("/settings/staff/", {"search": "aghavni"})
    assert "aghavni" not in answer["Location"]
    assert "aghavni" in client.get(answer["Location"]).content.decode()


def test_what_is_kept_of_a_question_is_small(desk):
    """A session is read with every request."""
    for _question in range(25):
        said = {f"field{number}": ["x" * 999] * 30 for number in range(30)} | {
            "search": token_hex(400_000)
        }  # not to be packed
        assert desk.post("/families/", said).status_code == 303
    assert len(Session.objects.latest("pk").session_data) < 2_000_000
