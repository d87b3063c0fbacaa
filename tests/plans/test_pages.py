"""The pages of plans and their API: asked, seen by whom, confirmed, and families kept apart."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.models import LogLine
from plans.models import How, Plan
from registrations.models import Household
from shelter.actions import hold_places
from shelter.models import ApartPair, Stay
from shelter.reach import open_to_others
from tests.build import child, make_room, make_site, make_user, person
from tests.plans.conftest import HOUR, make_plan, waiting


@pytest.fixture
def desk(client: Client, by) -> Client:
    client.force_login(by)
    return client


def ask(desk: Client, *houses):
    return desk.post("/plans/", {"id": str(uuid.uuid4()), "houses": [str(house.pk) for house in houses]})


def confirm(desk: Client, plan: Plan, how: str = "greedy", **facts):
    rows = [str(row.pk) for row in plan.families.filter(how=how)]
    until = (timezone.now() + 8 * HOUR).isoformat()
    return desk.post(f"/plans/{plan.pk}/confirm/", {"how": how, "families": rows, "until": until} | facts, follow=True)


def test_an_evening_is_planned_read_and_confirmed(desk, goris, sisian, by):
    placed, left = waiting(goris, by, person(), child("Davit")), waiting(goris, by)
    room = make_room(sisian, 2)
    assert "2 families wait." in desk.get("/plans/").content.decode()
    assert ask(desk, sisian).status_code == 303
    plan = Plan.objects.get()
    page = desk.get(plan.get_absolute_url()).content.decode()
    for words in (str(placed), str(left), room.name, "all together", "No room is left that takes them."):
        assert words in page
    page = confirm(desk, plan).content.decode()
    assert "Places are held for 1 family." in page
    assert f"{left} – The plan has no room for them." in page
    assert Stay.objects.holds().count() == 2
    assert "Places are held for 0 families." in confirm(desk, plan).content.decode()
    assert Stay.objects.holds().count() == 2


def test_who_has_the_places_by_now_is_ticked_no_more_and_read_until_when(desk, goris, sisian, by):
    waiting(goris, by, person(), child("Davit"))
    make_room(sisian, 2)
    ask(desk, sisian)
    plan = Plan.objects.get()
    page = desk.get(plan.get_absolute_url()).content.decode()
    assert " checked>" in page
    assert "Their places are held until" not in page
    page = confirm(desk, plan).content.decode()
    assert " checked>" not in page
    assert "Their places are held until" in page


def test_what_was_not_ticked_is_not_ticked_again(desk, goris, sisian, by):
    first, second = waiting(goris, by, hours=9), waiting(goris, by)
    for _ in range(2):
        make_room(sisian, 1)
    ask(desk, sisian)
    plan = Plan.objects.get()
    keys = {row.household_id: str(row.pk) for row in plan.families.all()}
    address, ticked = plan.get_absolute_url(), 'value="{}" checked>'.format
    page = desk.get(address).content.decode()
    assert all(ticked(key) in page for key in keys.values())
    refused = confirm(desk, plan, families=[keys[first.pk]], until=(timezone.now() - HOUR).isoformat())
    assert ticked(keys[first.pk]) in refused.content.decode()
    assert ticked(keys[second.pk]) not in refused.content.decode()
    assert " checked>" not in confirm(desk, plan, families=[keys[first.pk]]).content.decode()
    page = desk.get(f"{address}?how=greedy&ticked=all").content.decode()
    assert ticked(keys[second.pk]) in page
    assert ticked(keys[first.pk]) not in page


def test_who_has_places_elsewhere_by_now_is_ticked_no_more(desk, goris, sisian, by):
    family = waiting(goris, by, person(), child("Davit"))
    make_room(sisian, 2)
    ask(desk, sisian)
    hold_places(family, rooms=[make_room(goris, 2)], until=timezone.now() + HOUR, by=by)
    page = desk.get(Plan.objects.get().get_absolute_url()).content.decode()
    assert " checked>" not in page
    assert "They have places elsewhere by now." in page


def test_a_hold_that_the_house_cuts_short_is_said_with_its_hour_and_pressed_twice_too(client, goris, sisian, by):
    family = waiting(goris, by)
    make_room(sisian, 1)
    ends = timezone.now() + 2 * HOUR
    open_to_others(sisian, places=1, until=ends, by=by)
    client.force_login(make_user(Role.COORDINATOR, goris))
    ask(client, sisian)
    told = f"{family}: only until {timezone.localtime(ends):%d.%m, %H:%M}, so long the house is open to others."
    facts = {"until": (timezone.now() + 8 * HOUR).isoformat()}
    for _ in range(2):
        page = confirm(client, Plan.objects.get(), **facts).content.decode()
        assert told in page
        assert "Places are held for 1 family." in page


def test_who_may_have_left_is_said_to_be_in_no_plan(desk, goris, sisian, by):
    gone = waiting(goris, by, hours=9)
    type(goris).objects.filter(pk=goris.pk).update(presumed_left_after=6, kind="registration_point")
    make_room(sisian, 2)
    page = desk.get("/plans/").content.decode()
    assert "1 of them may have left, and is in no plan: look for it first." in page
    assert str(gone) in page
    line = LogLine.objects.get(by=by, subject="plan")
    assert (line.verb, line.fields, line.keys) == ("opened", ["list"], [gone.pk])


def test_nothing_ticked_is_said_and_a_hold_in_the_past_too(desk, goris, sisian, by):
    waiting(goris, by)
    make_room(sisian, 2)
    assert ask(desk).status_code == 422
    ask(desk, sisian)
    plan = Plan.objects.get()
    assert "Tick at least one family." in confirm(desk, plan, families=[]).content.decode()
    assert "later than now" in confirm(desk, plan, until=(timezone.now() - HOUR).isoformat()).content.decode()
    assert confirm(desk, plan, how="solver", families=[str(plan.families.get().pk)]).status_code == 422
    assert not Stay.objects.exists()


def test_a_search_is_asked_for_with_the_plan_and_stopped(desk, goris, sisian, by):
    waiting(goris, by)
    make_room(sisian, 1)
    ask(desk, sisian)
    plan = Plan.objects.get()
    if not plan.searching:  # no broker here: the search is asked for by hand
        Plan.objects.update(search_asked_at=timezone.now(), search_asked_by=by)
    press = {"id": str(uuid.uuid4())}
    assert desk.post(f"/plans/{plan.pk}/search/", press).status_code == 422
    assert desk.post(f"/plans/{plan.pk}/stop/", {"id": str(uuid.uuid4())}).status_code == 303
    plan.refresh_from_db()
    assert plan.stopped_by == by


def test_a_plan_over_houses_out_of_reach_is_not_found(desk, goris, sisian, by):
    waiting(goris, by)
    make_room(sisian, 1)
    secret = make_site("secret", confidential=True)
    ours = make_user(Role.COORDINATOR, secret)
    make_room(secret, 1)
    plan = make_plan(secret, by=ours)
    assert desk.get(f"/plans/{plan.pk}/").status_code == 404
    assert desk.get(f"/api/v1/plans/{plan.pk}/").status_code == 404
    desk.force_login(make_user(Role.VOLUNTEER, goris))
    assert desk.get("/plans/").status_code == 403


def test_a_plan_for_families_of_a_confidential_site_is_not_found(desk, goris, sisian):
    secret = make_site("secret", confidential=True)
    ours = make_user(Role.COORDINATOR, secret)
    everywhere = make_user(Role.COORDINATOR, secret)
    waiting(secret, ours)
    make_room(secret, 1)
    plan = make_plan(secret, by=ours)
    everywhere_there = Plan.objects.visible_to(everywhere, timezone.now())
    assert everywhere_there.get() == plan
    assert desk.get(f"/plans/{plan.pk}/").status_code == 404


def test_families_are_kept_apart_by_their_numbers_and_why_is_read_by_who_supervises_both(desk, goris, by):
    one, other = waiting(goris, by), waiting(goris, by)
    facts = {"household": str(one), "other": str(other), "reason": "a feud"}
    assert desk.post("/plans/apart/", {"id": str(uuid.uuid4())} | facts).status_code == 303
    assert "a feud" in desk.get("/plans/apart/").content.decode()
    desk.force_login(make_user(Role.VOLUNTEER, goris))
    assert desk.get("/plans/apart/").status_code == 403
    desk.force_login(make_user(Role.COORDINATOR, make_site("kapan")))
    assert "a feud" not in desk.get("/plans/apart/").content.decode()
    assert desk.post("/plans/apart/", {"id": str(uuid.uuid4())} | facts).status_code == 422
    pair = ApartPair.objects.get()
    assert desk.post(f"/plans/apart/{pair.pk}/end/", {"id": str(uuid.uuid4())}).status_code == 404
    desk.force_login(by)
    assert desk.post(f"/plans/apart/{pair.pk}/end/", {"id": str(uuid.uuid4())}).status_code == 303
    assert not ApartPair.objects.standing().exists()


def send(desk: Client, path: str, **body):
    facts = {"id": str(uuid.uuid4())} | body
    return desk.post(f"/api/v1/{path}", facts, content_type="application/json")


def test_the_api_does_what_the_pages_do(desk, goris, sisian, by):
    family = waiting(goris, by, person(), child("Davit"))
    room = make_room(sisian, 2)
    said = send(desk, "plans/", houses=[str(sisian.pk)]).json()
    row = desk.get(f"/api/v1/plans/{said['plan']}/").json()
    assert (row["houses"], row["state"], row["numbers"]["greedy"]["people"]) == (["sisian"], "not_searched", 2)
    (line,) = desk.get(f"/api/v1/planned-families/?plan={said['plan']}&how=greedy").json()["results"]
    assert set(line["places"].values()) == {str(room.pk)}
    body = {"how": How.GREEDY, "families": [str(family.pk)], "until": (timezone.now() + HOUR).isoformat()}
    assert send(desk, f"plans/{said['plan']}/confirm/", **body).json() == {
        "held": [str(family)],
        "placed": [],
        "shortened": [],
        "left_out": [],
    }
    assert Stay.objects.holds().count() == 2
    unknown = body | {"families": [str(uuid.uuid4())]}
    assert send(desk, f"plans/{said['plan']}/confirm/", **unknown).status_code == 400


def test_the_api_keeps_families_apart(desk, goris, by):
    one, other = waiting(goris, by), waiting(goris, by)
    said = send(desk, "kept-apart/", household=[str(one.pk)], other=[str(other.pk)], reason="a feud").json()
    (row,) = desk.get("/api/v1/kept-apart/").json()["results"]
    assert {row["first"], row["second"]} == {str(key) for key in Household.objects.values_list("pk", flat=True)}
    assert send(desk, f"kept-apart/{said['pair']}/end/").status_code == 201
