"""Each act through its address: what is so afterwards, and what a repeat answers."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from aid.models import Handout
from census.models import Snapshot
from centre.access import Role
from registrations.models import GateCount, Household, Individual, Movement, Presence
from shelter.models import Stay
from tests.api.conftest import Machine, intake, member
from tests.api.world import plan_blankets
from tests.build import make_room, make_site, make_user


@pytest.fixture
def family(coordinator):
    return coordinator.post("intakes/", intake(member(), member("Narek", relationship="son"))).json()


def present_at(site):
    return Presence.objects.filter(site=site, during__contains=timezone.now()).count()


def test_complete_takes_the_names(volunteer, goris):
    counted = volunteer.post("pre-registrations/", site="goris", going="stays", groups=[{"count": 1}]).json()
    answer = volunteer.post(f"households/{counted['household']}/complete/", intake())
    assert answer.status_code == 201, answer.json()
    assert answer.json()["individuals"] == counted["individuals"]
    assert Individual.objects.get().given_name == "Anna"
    again = volunteer.post(f"households/{counted['household']}/complete/", intake())
    assert (again.status_code, again.json()["code"]) == (409, "already_registered")


def test_depart_and_arrive(coordinator, family, goris):
    address = f"households/{family['household']}/"
    gone = coordinator.post(f"{address}depart/", site="goris", destination="own_address", destination_marz="AM-LO")
    assert (gone.status_code, len(gone.json()["movements"])) == (201, 2)
    assert present_at(goris) == 0


def test_arrive_of_those_who_are_here_is_refused(volunteer, goris):
    household = volunteer.post("intakes/", intake(going="own_address")).json()["household"]
    assert volunteer.post(f"households/{household}/arrive/", site="goris").status_code == 201
    assert present_at(goris) == 1
    answer = volunteer.post(f"households/{household}/arrive/", site="goris")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_here")


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"destination": "site"}, "destination_site"),
        ({"destination": "site", "destination_site": "goris"}, "destination_site"),
        ({"destination": "abroad", "destination_site": "sisian"}, "destination_site"),
        ({"destination": "abroad", "destination_marz": "AM-LO"}, "destination_marz"),
        ({"destination": "moon"}, "destination"),
        ({"destination": "abroad", "members": []}, "members"),
    ],
)
def test_a_departure_that_contradicts_itself(coordinator, family, facts, name):
    make_site("sisian")
    answer = coordinator.post(f"households/{family['household']}/depart/", site="goris", **facts)
    assert (answer.status_code, list(answer.json())) == (400, [name])
    assert not Movement.objects.filter(kind="departed").exists()


def test_one_member_departs(coordinator, family, goris):
    make_site("sisian")
    anna = family["individuals"][0]
    answer = coordinator.post(
        f"households/{family['household']}/depart/",
        site="goris",
        destination="site",
        destination_site="sisian",
        members=[anna],
    )
    assert answer.json()["individuals"] == [anna]
    assert present_at(goris) == 1


def test_hold_check_in_move_and_end(coordinator, family, goris):
    address = f"households/{family['household']}/"
    rooms = [str(make_room(goris).pk)]
    until = (timezone.now() + timedelta(hours=5)).isoformat()
    held = coordinator.post(f"{address}hold/", rooms=rooms, until=until, reason="the bus is late")
    assert held.status_code == 201, held.json()
    first, second = held.json()["stays"]
    checked_in = coordinator.post(f"stays/{first}/check-in/", also=[second])
    assert checked_in.status_code == 201, checked_in.json()
    one, two = checked_in.json()["stays"]
    moved = coordinator.post(f"stays/{one}/move/", also=[two], rooms=[str(make_room(goris, 3).pk)])
    assert moved.status_code == 201, moved.json()
    one, two = moved.json()["stays"]
    assert coordinator.post(f"stays/{one}/end/", also=[two, two]).status_code == 400
    assert coordinator.post(f"stays/{one}/end/", also=[two]).status_code == 201
    assert not Stay.objects.at(timezone.now()).exists()
    again = coordinator.post(f"stays/{one}/end/")
    assert (again.status_code, again.json()["code"]) == (409, "stay_ended")


def test_a_hold_that_ends_before_it_begins_is_refused(coordinator, family, goris):
    rooms = [str(make_room(goris).pk)]
    answer = coordinator.post(f"households/{family['household']}/hold/", rooms=rooms, until="2020-01-01T00:00:00Z")
    assert answer.status_code == 409
    assert not Stay.objects.exists()


def test_place_gives_each_a_place_and_the_next_family_none(coordinator, family, goris):
    room = make_room(goris)
    body = {"id": str(uuid.uuid4()), "rooms": [str(room.pk)]}
    placed = coordinator.post(f"households/{family['household']}/place/", body)
    assert placed.status_code == 201
    assert placed.json() == coordinator.post(f"households/{family['household']}/place/", body).json()
    other = coordinator.post("intakes/", intake(member("Ani"))).json()["household"]
    answer = coordinator.post(f"households/{other}/place/", rooms=[str(room.pk)])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_places")
    assert Stay.objects.count() == 2


def test_rooms_of_two_sites_are_refused(goris):
    everywhere = Machine(make_user(Role.COORDINATOR))
    family = everywhere.post("intakes/", intake()).json()
    rooms = [str(make_room(site).pk) for site in (goris, make_site("sisian"))]
    answer = everywhere.post(f"households/{family['household']}/place/", rooms=rooms)
    assert (answer.status_code, answer.json()["code"]) == (409, "site_differs")


def test_died_ends_the_presence(coordinator, family, goris):
    answer = coordinator.post(f"individuals/{family['individuals'][0]}/died/", site="goris")
    assert answer.status_code == 201
    assert present_at(goris) == 1


def test_a_fact_is_taken_back_once(coordinator, family, goris):
    gone = coordinator.post(f"individuals/{family['individuals'][0]}/died/", site="goris").json()["movements"][0]
    assert coordinator.post(f"movements/{gone}/void/").status_code == 201
    assert present_at(goris) == 2
    again = coordinator.post(f"movements/{gone}/void/")
    assert (again.status_code, again.json()["code"]) == (409, "already_voided")
    void = Movement.objects.get(kind="voided")
    assert coordinator.post(f"movements/{void.pk}/void/").status_code == 201
    assert present_at(goris) == 1


def test_hand_out_once_and_reverse(coordinator, family, goris):
    distribution = plan_blankets(goris, coordinator.user)
    facts = {"distribution": str(distribution.pk), "number": family["number"]}
    given = coordinator.post("handouts/", **facts)
    assert given.status_code == 201, given.json()
    assert (given.json()["people"], given.json()["quantities"]) == (2, [4])
    again = coordinator.post("handouts/", **facts)
    assert (again.status_code, again.json()["code"]) == (409, "already_handed_out")
    undone = coordinator.post(f"handouts/{given.json()['handout']}/reverse/", reason="the wrong family")
    assert undone.status_code == 201
    assert coordinator.post("handouts/", **facts).status_code == 201
    assert Handout.objects.count() == 2


def test_a_gate_count_is_written_once(volunteer):
    body = {"id": str(uuid.uuid4()), "site": "goris", "people": 41, "vehicles": 9}
    first, second = volunteer.post("gate-counts/", body), volunteer.post("gate-counts/", body)
    assert (first.status_code, first.json()) == (201, second.json())
    assert GateCount.objects.get().people == 41


def test_merge_and_undo(coordinator, family):
    other = coordinator.post("intakes/", intake(member("Ana"))).json()["individuals"][0]
    anna = family["individuals"][0]
    merged = coordinator.post("merges/", merged=other, into=anna, reason="one person")
    assert (merged.status_code, merged.json()["counted_as"]) == (201, anna)
    again = coordinator.post("merges/", merged=other, into=anna, reason="one person")
    assert (again.status_code, again.json()["code"]) == (409, "already_merged")
    assert coordinator.post("merges/", merged=anna, into=anna, reason="x").status_code == 400
    assert coordinator.get(f"individuals/{other}/").json()["counted_as"] == anna
    undone = coordinator.post(f"merges/{merged.json()['merge']}/undo/")
    assert undone.status_code == 201
    assert coordinator.get(f"individuals/{other}/").json()["counted_as"] == other


def test_a_settled_instant_is_frozen_once(coordinator, family, goris):
    at = (timezone.now() - timedelta(minutes=10)).isoformat()
    first = coordinator.post("snapshots/take/", {"at": at})
    assert first.status_code == 201, first.json()
    assert coordinator.post("snapshots/take/", {"at": at}).json() == first.json()
    assert Snapshot.objects.filter(at=at).count() == len(first.json()["snapshots"]) == 1  # of their own site
    shown = coordinator.get(f"snapshots/{first.json()['snapshots'][0]}/").json()
    assert "goris" in shown["places"]


def test_an_instant_between_two_snapshots_is_refused(coordinator, goris):
    now = timezone.now()
    for minutes in (60, 10):
        at = (now - timedelta(minutes=minutes)).isoformat()
        assert coordinator.post("snapshots/take/", {"at": at}).status_code == 201
    answer = coordinator.post("snapshots/take/", {"at": (now - timedelta(minutes=30)).isoformat()})
    assert answer.status_code == 409, answer.content[:300]
    assert Snapshot.objects.count() == 4


def test_the_census_of_today_is_counted_and_of_a_snapshot_read(coordinator, family, goris):
    today = coordinator.get("census/")
    assert today.status_code == 200, today.json()
    assert (today.json()["snapshot"], today.json()["figures"]["registered"]) == (None, 2)
    at_goris = coordinator.get("census/", site="goris").json()
    assert at_goris["places"]["goris"]["balance"]["closing"] == 2
    taken_at = timezone.now() - timedelta(minutes=10)
    coordinator.post("snapshots/take/", {"at": taken_at.isoformat()})
    read = coordinator.get("census/", on=timezone.localdate(taken_at).isoformat(), site="goris").json()
    assert read["snapshot"] is not None


@pytest.mark.parametrize(
    "query",
    [{"on": "2999-01-01"}, {"on": "x"}, {"on": "0001-01-01"}, {"site": "nowhere"}, {"known_at": "x"}, {"q": "1"}],
)
def test_a_question_to_the_census_that_makes_no_sense(coordinator, query):
    answer = coordinator.get("census/", **query)
    assert (answer.status_code, list(answer.json())) == (400, list(query))


def test_a_child_does_not_leave_without_its_carer(coordinator, goris):
    niece = member("Mane", relationship="niece_nephew", birth_date="2015-01-01", carer="relative")
    family = coordinator.post("intakes/", intake(member(), niece)).json()
    facts = {"site": "goris", "destination": "unknown", "members": [niece["id"]]}
    address = f"households/{family['household']}/depart/"
    answer = coordinator.post(address, **facts)
    assert (answer.status_code, answer.json()["code"]) == (409, "child_departs")
    assert coordinator.post(address, **facts, happened_anyway="her uncle came").status_code == 201
    assert Household.objects.count() == 1
