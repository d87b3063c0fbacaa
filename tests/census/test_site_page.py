"""The page of a site: what is so there now, for those who may know of it."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from census.chart import HEIGHT, scale
from census.situation import COUNT
from centre.access import Role
from tests.build import STAFF, make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counted_anew(settings):
    settings.DEMONSTRATION = True
    cache.delete(COUNT)


@pytest.fixture
def goris():
    site = make_site("goris")
    make_room(site, places=7)
    register_family(site, make_user(), person(), person("Ani", relationship="daughter"))
    return site


def values(answer) -> list[str]:
    return [part.split("<")[0] for part in answer.content.decode().split('class="value">')[1:]]


def test_site_page_says_who_is_there_what_is_free_and_who_waits(client, goris):
    client.force_login(make_user(Role.COORDINATOR, goris))
    assert values(client.get("/sites/goris/")) == ["2", "7", "1", "0"]
    client.force_login(make_user(Role.OFFICIAL))
    assert values(client.get("/sites/goris/")) == ["2", "7", "0"]


def test_rows_of_the_board_lead_to_the_site_for_everyone_who_sees_them(client, goris):
    make_site("sisian")
    for role in STAFF:
        if role == Role.RECEPTIONIST:
            continue  # who is led from the board to her door
        client.force_login(make_user(role, goris if role == Role.VOLUNTEER else None))
        rows = [word.split('"')[0] for word in client.get("/").content.decode().split('href="/sites/')[1:]]
        assert [client.get(f"/sites/{row}").status_code for row in rows] == [200] * len(rows)
        assert "goris/" in rows


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR])
def test_a_site_that_is_hidden_from_one_is_as_if_it_were_not(client, role):
    hidden = make_site("shelter", confidential=True)
    client.force_login(make_user(role))
    assert client.get("/sites/shelter/").status_code == client.get("/sites/nowhere/").status_code == 404
    client.force_login(make_user(role, hidden))
    assert client.get("/sites/shelter/").status_code == 200


def test_who_works_at_another_site_does_not_find_it(client, goris):
    client.force_login(make_user(Role.VOLUNTEER, make_site("sisian")))
    assert client.get("/sites/goris/").status_code == 404


def test_site_page_asks_as_much_of_three_sites_as_of_one(client, goris):
    client.force_login(make_user(Role.COORDINATOR))

    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/sites/goris/").status_code == 200
        return len(queries)

    asked()
    first = asked()
    for code in ("sisian", "kapan"):
        register_family(make_site(code), make_user())
    assert asked() == first


@pytest.mark.parametrize(
    ("most", "lines"),
    [(0, [0, 1]), (1, [0, 1]), (4, [0, 1, 2, 3, 4]), (79, [0, 20, 40, 60, 80]), (508, [0, 200, 400, 600])],
)
def test_scale_is_in_round_numbers_and_reaches_to_the_most(most, lines):
    drawn = scale([0, most])
    assert [line.people for line in drawn] == lines
    assert (drawn[0].y, drawn[-1].y) == (HEIGHT, 0)
