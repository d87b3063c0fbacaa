"""The census pages: who reads them, what they show, what they shout."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from census.actions import take_snapshots
from centre.access import Role
from centre.models import LogLine
from registrations.models import Presence
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demonstration(settings):
    settings.DEMONSTRATION = True


@pytest.fixture
def goris():
    site = make_site("goris", name_hy="Գորիս", name_en="=Goris")
    register_family(site, make_user(), person(), person("Ani", relationship="daughter"))
    return site


@pytest.fixture
def official(client):
    client.force_login(make_user(Role.OFFICIAL))
    return client


def day_address(suffix: str = "/") -> str:
    return f"/census/{timezone.localdate():%Y-%m-%d}{suffix}"


@pytest.mark.parametrize("address", ["/census/", day_address(), day_address(".csv")])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.VOLUNTEER, 403),
        (Role.AID_VOLUNTEER, 403),
        (Role.PROTECTION, 403),
        (Role.OFFICIAL, 200),
        (Role.AUDITOR, 200),
        (Role.COORDINATOR, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_only_those_who_may_read_the_census(client, address, role, status):
    client.force_login(make_user(role))
    assert client.get(address).status_code == status


def test_today_is_counted_when_nothing_is_frozen(official, goris):
    page = official.get(day_address()).content.decode()
    assert "Not a snapshot yet" in page
    assert "=Goris" in page


def test_a_day_without_a_snapshot_is_not_found(official):
    assert official.get("/census/2021-01-01/").status_code == 404
    assert official.get("/census/2021-13-01/").status_code == 404


def test_a_snapshot_shows_its_balance_and_shouts_a_difference(official, goris):
    now = timezone.now()
    Presence.objects.filter(pk=Presence.objects.first().pk).delete()
    take_snapshots(now, known_at=now + timedelta(seconds=1))
    page = official.get(day_address()).content.decode()
    assert "The census does not add up: -1 people" in page
    assert "differs by -1" in official.get("/census/").content.decode()


def test_the_file_has_codes_beside_names_and_checks_each_sum(official, goris):
    answer = official.get(day_address(".csv"))
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")
    rows = {row["place"]: row for row in csv.DictReader(io.StringIO(text[1:]))}
    assert rows["goris"]["name"] == "'=Goris"
    assert (rows["goris"]["name_hy"], rows["goris"]["marz_code"], rows["goris"]["persons"]) == ("Գորիս", "AM-SU", "2")
    assert (rows["goris"]["F_18-59"], rows["total"]["adds_up"]) == ("2", "yes")
    assert LogLine.objects.filter(verb="exported", by__assignments__role=Role.OFFICIAL).count() == 1


def test_no_name_leaves_with_the_figures(official, goris):
    for address in (day_address(), day_address(".csv")):
        assert "Hakobyan" not in official.get(address).content.decode()


def test_only_some_may_take_a_snapshot(official):
    assert official.post("/census/take/").status_code == 403
