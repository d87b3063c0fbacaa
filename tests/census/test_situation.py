"""The situation board: what is counted, who sees which site, what waits for whom."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from census.chart import HEIGHT, bars
from census.situation import FRESH, HOURS, count_situation, hours_until, read_sites, situation
from census.waits import waits_for
from centre.access import Role
from desk.actions import pre_register
from desk.gate import count_gate
from desk.voiding import void_movement
from registrations.facts import Birth, Group, HouseholdFacts
from registrations.models import Movement
from shelter.actions import place_household
from tests.build import STAFF, make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db


def pre_register_family(site, by, *, people, at):
    return pre_register(site, groups=[Group(people)], facts=HouseholdFacts(going="stays"), by=by, at=at)


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    cache.clear()


def test_a_site_shows_who_is_present_what_is_free_and_who_waits_since_the_card():
    site, desk = make_site("goris"), make_user()
    place_household(register_family(site, desk), rooms=[make_room(site, places=3)], by=desk)
    given = timezone.now() - timedelta(hours=2)
    pre_register_family(site, desk, people=4, at=given)
    now = count_situation(timezone.now()).sites[site.pk]
    assert (now.present, now.free, now.waiting, now.arrived) == (5, 2, 4, 5)
    assert now.card_since == given


def test_an_arrival_that_was_taken_back_is_in_no_hour():
    site, desk = make_site("goris"), make_user()
    register_family(site, desk)
    assert count_situation(timezone.now()).sites[site.pk].arrived == 1
    void_movement(Movement.objects.get(), by=desk)
    assert count_situation(timezone.now()).sites[site.pk].arrived == 0


def test_the_hours_end_with_the_one_that_runs():
    at = timezone.now()
    hours = hours_until(at)
    assert len(hours) == HOURS
    assert hours[-1] <= at < hours[-1] + timedelta(hours=1)


def test_the_longest_wait_stands_first():
    desk, at = make_user(), timezone.now()
    quiet, long, short = make_site("a-quiet"), make_site("b-long"), make_site("c-short")
    pre_register_family(short, desk, people=9, at=at - timedelta(hours=1))
    pre_register_family(long, desk, people=1, at=at - timedelta(hours=5))
    rows = read_sites(count_situation(timezone.now()), make_user(Role.OFFICIAL))
    assert [row.site for row in rows] == [long, short, quiet]


def test_confidential_sites_have_no_name_for_others_and_are_counted():
    desk = make_user()
    register_family(make_site("goris"), desk)
    home = make_site("safe-house", kind="crisis", confidential=True)
    register_family(home, make_user(Role.COORDINATOR, home), person(), person("Mane", relationship="daughter"))
    counted = count_situation(timezone.now())
    rows = read_sites(counted, make_user(Role.OFFICIAL))
    assert [(row.site and row.site.code, row.now.present) for row in rows] == [
        (None, 3)
    ]  # two people alone would be told of
    named = read_sites(counted, make_user(Role.COORDINATOR, home))
    assert {row.site.code for row in named if row.site} == {"goris", "safe-house"}


def test_many_sites_with_nobody_stand_in_one_row():
    register_family(make_site("goris"), make_user())
    for _ in range(7):
        make_room(make_site(), places=2)
    rows = read_sites(count_situation(timezone.now()), make_user(Role.OFFICIAL))
    assert [(row.site and row.site.code, row.empty) for row in rows] == [("goris", 0), (None, 7)]
    assert rows[1].now.free == 14


def test_who_reads_no_census_sees_the_sites_of_their_shift_alone(client):
    goris, sisian = make_site("goris"), make_site("sisian", name_en="Sisian school")
    register_family(sisian, make_user())
    client.force_login(make_user(Role.VOLUNTEER, goris))
    page = client.get("/").content.decode()
    assert "Goris" in page
    assert "Sisian school" not in page
    assert 'id="figures"' not in page


@pytest.mark.parametrize("role", STAFF)
def test_the_board_opens_for_every_role(client, role):
    site = make_site("goris")
    client.force_login(make_user(role, site))
    assert client.get("/", follow=True).status_code == 200


def test_what_waits_is_for_those_whose_work_it_is():
    site, desk = make_site("goris"), make_user()
    child = {"birth": Birth(timezone.localdate() - timedelta(days=4000), "day"), "carer_kind": "nobody"}
    register_family(site, desk, person("Mane", **child))
    pre_register_family(site, desk, people=3, at=timezone.now())
    counted = count_situation(timezone.now())

    def keys(role):
        return {line.key: line.people for line in waits_for(make_user(role, site), site, counted)}

    assert keys(Role.PROTECTION)["urgent"] == 1
    assert keys(Role.VOLUNTEER) == {"names": 3}
    assert keys(Role.COORDINATOR)["places"] >= 1
    assert keys(Role.AID_VOLUNTEER) == {}
    assert "urgent" not in keys(Role.OFFICIAL)


def test_the_board_asks_once_however_many_look(client, django_assert_max_num_queries):
    register_family(make_site("goris"), make_user())
    first = situation()
    with django_assert_max_num_queries(0):
        assert situation() is not None
    assert situation().at == first.at


def test_a_count_older_than_a_few_seconds_is_made_anew(monkeypatch):
    site = make_site("goris")
    old = count_situation(timezone.now() - FRESH * 2)
    cache.set("situation", old, 60)
    register_family(site, make_user())
    assert situation().sites[site.pk].present == 1


def test_while_one_counts_the_others_read_the_last():
    old = count_situation(timezone.now() - FRESH * 2)
    cache.set("situation", old, 60)
    cache.add("situation-counting", 1, 10)
    assert situation().at == old.at


def test_an_unchanged_board_is_not_sent_again(client):
    site = make_site("goris")
    client.force_login(make_user(Role.OFFICIAL))
    mark = client.get("/").context["mark"]
    assert client.get(f"/board/now/?mark={mark}").status_code == 204
    count_gate(site, people=5, by=make_user())
    cache.clear()
    changed = client.get(f"/board/now/?mark={mark}")
    assert changed.status_code == 200
    assert 'id="situation"' in changed.content.decode()


def test_the_questions_are_as_many_for_four_sites_as_for_one(client):
    client.force_login(make_user(Role.COORDINATOR))
    asked = []
    for number in (1, 3):
        for _ in range(number):
            register_family(make_site(), make_user())
        client.get("/")
        cache.clear()
        with CaptureQueriesContext(connection) as questions:
            client.get("/")
        asked.append(len(questions))
    assert asked[0] == asked[1] < 52


def test_bars_are_as_tall_as_their_people():
    hours = hours_until(timezone.now())
    drawn = bars(hours, [0] * 22 + [1, 400])
    assert [(bar.y, bar.height) for bar in drawn[-3:]] == [(HEIGHT, 0), (HEIGHT - 2, 2), (0, HEIGHT)]
    assert {bar.height for bar in bars(hours, [0] * HOURS)} == {0}
