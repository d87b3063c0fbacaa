"""The broker or the database does not answer: what goes on, and what is said of what does not."""

import http.client
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from centre.access import Role
from registrations.models import Household
from tests.aid.conftest import Rule, make_distribution, make_item
from tests.api.conftest import intake
from tests.build import make_room, make_site, make_user
from tests.servers import serve

pytestmark = pytest.mark.races

NOBODY = "127.0.0.1:9"  # nothing listens on the port of `discard`


def get(desk, path):
    """The status, the headers and the body."""
    wire = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
    wire.request("GET", path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={desk.session}"})
    answer = wire.getresponse()
    return answer.status, answer.headers, answer.read().decode()


@contextmanager
def _shut() -> Iterator[None]:
    """Nobody is let into the database, and who was in it is out."""
    login = {name: value for name, value in connection.get_connection_params().items() if name != "context"}
    name, login["dbname"] = login["dbname"], "postgres"
    with psycopg.connect(**login, autocommit=True) as outside:
        outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        connection.close()
        outside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_without_a_broker_everything_goes_on_but_what_the_worker_does(committed_database, monkeypatch):
    monkeypatch.setenv("BROKER_URL", f"redis://{NOBODY}/0")
    site, planner = make_site(), make_user()
    running = make_distribution(site, planner, Rule(make_item("Parcel", planner), "person", 1))
    with serve() as server:
        desk, table = server.sign_in(planner), server.sign_in(make_user(Role.AID_VOLUNTEER, site))
        assert desk.post("/api/v1/intakes/", intake(site=site.code), as_json=True).status == 201
        family = Household.objects.get()
        for path in (
            "/",
            "/intake/",
            "/families/",
            f"/families/{str(family).replace(' ', '')}/",
            "/shelter/",
            "/census/",
        ):
            assert get(desk, path)[0] == 200, path
        fields = {"id": uuid.uuid4(), "distribution": running.pk, "shown": str(family), "number": ""}
        assert table.post("/aid/scan/", fields).status == 303
        at = timezone.now().isoformat()
        refused = desk.post("/api/v1/snapshots/take/", {"at": at}, as_json=True)
        assert (refused.status, json.loads(refused.body)["code"]) == (409, "worker_away")
        make_room(site, 5)
        asked = desk.post("/api/v1/plans/", {"id": uuid.uuid4(), "houses": [site.pk]}, as_json=True)
        plan = json.loads(asked.body)["plan"]
        refused = desk.post(f"/api/v1/plans/{plan}/search/", {"id": uuid.uuid4()}, as_json=True)
        assert (refused.status, json.loads(refused.body)["code"]) == (409, "search_away")


def test_without_a_database_it_is_said_and_asked_again(committed_database, monkeypatch):
    with serve() as server:
        desk = server.sign_in(make_user())
        assert get(desk, "/families/")[0] == 200
        with _shut():
            status, headers, page = get(desk, "/families/")
            assert (status, headers["Retry-After"], headers["Refresh"]) == (503, "5", "5")
            assert "The database does not answer" in page
            status, headers, body = get(desk, "/api/v1/households/")
            assert (status, headers["Retry-After"], json.loads(body)["code"]) == (503, "5", "database_away")
        assert get(desk, "/families/")[0] == 200


def test_an_act_whose_connection_is_lost_is_done_once_all_the_same(committed_database):
    site = make_site()
    with serve() as server:
        desk = server.sign_in(make_user())
        assert (
            desk.post("/api/v1/gate-counts/", {"id": uuid.uuid4(), "site": site.code, "people": 1}, as_json=True).status
            == 201
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert (
            desk.post("/api/v1/gate-counts/", {"id": uuid.uuid4(), "site": site.code, "people": 2}, as_json=True).status
            == 201
        )


def count(desk, site, people):
    """Count at the gate; the status of the answer."""
    facts = {"id": uuid.uuid4(), "site": site.code, "people": people}
    return desk.post("/api/v1/gate-counts/", facts, as_json=True).status
