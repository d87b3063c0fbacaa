"""Confidential sites in the census: by name to those who may know of them, to all others within one line."""

from datetime import timedelta

import pytest
from django.utils import timezone

from census.actions import take_snapshots
from census.sight import CONFIDENTIAL, OTHERS, tally_for
from census.situation import count_situation, read_sites
from centre.access import Role
from centre.models import Site
from registrations.facts import PersonFacts
from tests.api.conftest import Machine
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

READERS = {Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR}
KNOWING = {Role.ADMINISTRATOR}  # of those who read the census at all sites


@pytest.fixture
def world(settings):
    """Three hidden sites with one, two and seven people, an open one with one, and the snapshots of all."""
    settings.DEMONSTRATION = True
    before = timezone.now() - timedelta(minutes=5)
    sites = [
        make_site("goris"),
        make_site("safe-house", kind=Site.Kind.CRISIS, confidential=True, name_hy="Ապաստան"),
        make_site("orphans", kind=Site.Kind.CHILDREN, confidential=True, name_hy="Մանկատուն"),
        make_site("clinic", kind=Site.Kind.HOSPITAL, confidential=True, name_hy="Հիվանդանոց"),
    ]
    for site, people in zip(sites, ([person()], [person()], family_of(2), family_of(7)), strict=True):
        register_family(site, make_user(site=site), *people, at=before)
    take_snapshots(timezone.now(), known_at=timezone.now() + timedelta(seconds=1), sites=sites)
    return sites


def family_of(people: int) -> list[PersonFacts]:
    return [person(), *(person(f"Ani {number}", relationship="sister") for number in range(1, people))]


def day() -> str:
    return f"/census/{timezone.localdate():%Y-%m-%d}/"


@pytest.mark.parametrize("role", sorted(READERS))
def test_the_page_and_the_api_name_hidden_sites_to_whom_they_may(client, world, role):
    user = make_user(role)
    machine = Machine(user)
    client.force_login(user)
    page = client.get(day()).content.decode()
    answer = machine.get("census/").json()["places"]
    whole = machine.get("snapshots/", whole="true").json()["results"][0]["id"]
    frozen = machine.get(f"snapshots/{whole}/").json()["places"]
    of_sites = [row["site"] for row in machine.get("snapshots/").json()["results"]]
    told = role in KNOWING
    assert ("Safe-House" in page, "Confidential sites" in page) == (told, not told)
    for places in (answer, frozen):
        assert ("safe-house" in places, CONFIDENTIAL in places) == (told, not told)
        assert places["goris"]["balance"]["closing"] == 1
        assert places["total"]["balance"]["closing"] == 11
    assert set(of_sites) == {None, "goris"} | ({"safe-house", "orphans", "clinic"} if told else set())


@pytest.mark.parametrize("role", sorted(READERS))
def test_who_is_assigned_at_a_hidden_site_by_name_reads_it_and_no_other(client, world, role):
    user = make_user(role, world[1])
    client.force_login(user)
    page = client.get(day()).content.decode()
    assert ("Safe-House" in page, "Orphans" in page, "Other sites" in page) == (True, False, True)
    asked = {code: Machine(user).get("census/", site=code).status_code for code in ("safe-house", "orphans")}
    assert asked == {"safe-house": 200, "orphans": 400}


@pytest.mark.parametrize("query", [{"site": "safe-house"}, {"site": "safe-house", "known_at": "2026-01-01T00:00:00Z"}])
def test_a_hidden_site_is_asked_for_in_vain(world, query):
    official = Machine(make_user(Role.OFFICIAL))
    hidden, unknown = official.get("census/", **query), official.get("census/", **query | {"site": "nowhere"})
    assert (hidden.status_code, hidden.json()) == (400, unknown.json())


def test_the_line_of_hidden_sites_sums_them_and_the_balance_holds(world):
    snapshot = take_snapshots(timezone.now(), known_at=timezone.now() + timedelta(seconds=1))[0]
    read = tally_for(make_user(Role.OFFICIAL), snapshot.tally)["places"]
    together = read[CONFIDENTIAL]
    assert together["people"] == {"F": {"18-59": 10}}
    assert (together["balance"]["opening"], together["balance"]["closing"], together["balance"]["difference"]) == (
        10,
        10,
        0,
    )
    parts = [place["balance"]["closing"] for key, place in read.items() if key != "total"]
    assert sum(parts) == read["total"]["balance"]["closing"] == 11


def test_the_tally_as_it_is_stored_is_left_as_it_is(world):
    snapshot = take_snapshots(timezone.now(), known_at=timezone.now() + timedelta(seconds=1))[0]
    before = repr(snapshot.tally)
    tally_for(make_user(Role.OFFICIAL), snapshot.tally)
    assert repr(snapshot.tally) == before


@pytest.mark.parametrize(
    ("hidden", "open_sites", "told_apart"), [((4, 3, 3), (9,), {"open-0"}), ((12,), (1, 2, 30), {"open-2"})]
)
def test_the_line_of_hidden_sites_never_speaks_of_a_few(settings, hidden, open_sites, told_apart):
    settings.DEMONSTRATION = True
    sites = [make_site(f"hidden-{number}", confidential=True) for number in range(len(hidden))]
    sites += [make_site(f"open-{number}") for number in range(len(open_sites))]
    for site, people in zip(sites, (*hidden, *open_sites), strict=True):
        register_family(site, make_user(site=site), *family_of(people), at=timezone.now() - timedelta(minutes=5))
    answer = Machine(make_user(Role.OFFICIAL)).get("census/").json()["places"]
    line = OTHERS if OTHERS in answer else CONFIDENTIAL
    assert set(answer) == told_apart | {line, "on_the_way", "total"}
    assert answer[line]["balance"]["closing"] >= 10
    assert sum(place["balance"]["closing"] for key, place in answer.items() if key != "total") == sum(
        (*hidden, *open_sites)
    )
    board = read_sites(count_situation(timezone.now()), make_user(Role.OFFICIAL))
    assert {row.site.code for row in board if row.site} == told_apart
