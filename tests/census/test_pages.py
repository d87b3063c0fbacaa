"""The census pages: who reads them, what they show, what they shout."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from census.actions import take_snapshots
from census.models import Snapshot
from centre.access import Role
from registrations.models import Presence
from tests.browser.stories_everywhere import sent_for
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


@pytest.mark.parametrize("suffix", ["", "/", "/file/"])
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
def test_only_those_who_may_read_the_census(client, suffix, role, status):
    client.force_login(make_user(role))
    assert client.get(day_address(suffix) if suffix else "/census/").status_code == status


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


def test_only_some_may_take_a_snapshot(official):
    assert official.post("/census/take/").status_code == 403


def test_a_snapshot_asked_for_again_after_a_lost_answer_is_one(client, goris):
    client.force_login(make_user(Role.COORDINATOR))
    asked, before = {"id": str(uuid.uuid4())}, sent_for()
    for _time in range(2):
        assert client.post("/census/take/", asked).status_code == 303
        page = client.get("/census/").text
    assert sent_for() == before + 1
    assert "This was saved the first time you sent it." in page
    assert 'name="id"' in page[page.index("/census/take/") :]


def test_snapshot_of_the_early_morning_leads_to_its_local_day():
    """01:30 in Goris is still yesterday in UTC."""
    taken = Snapshot(at=datetime(2023, 9, 25, 21, 30, tzinfo=UTC))
    assert taken.get_absolute_url() == reverse("census:day", args=[date(2023, 9, 26)])
