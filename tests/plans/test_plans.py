"""A plan asked for, searched for, and confirmed family by family."""

import uuid
from contextlib import closing

import pytest
from django.db import connection
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.models import Act, LogLine
from desk.actions import arrive
from plans.actions import search_plan, stop_plan
from plans.confirming import confirm_plan, planned_with_places
from plans.errors import AlreadySearching, NobodyWaits, NoFreePlace, NotSearching
from plans.evening import Draft
from plans.greedy import plan_greedily
from plans.models import How, Plan, PlanState
from plans.reading import read_evening
from plans.search import plan_by_solver
from plans.searching import SEARCHING, alone, search_for_plan
from registrations.numbers import write_number
from shelter.actions import end_stays, hold_places, place_household
from shelter.apart import end_apart, keep_apart
from shelter.errors import AlreadyApart, NoRoomSuits, NotApart, SameFamily
from shelter.models import ApartPair, Stay
from shelter.reach import open_to_others
from tests.build import child, make_room, make_user, person
from tests.plans.conftest import HOUR, make_plan, waiting

pytestmark = pytest.mark.django_db


def man():
    return person("Aram", sex="M")


def rooms_planned(plan: Plan, how: How = How.GREEDY) -> dict:
    """The names of the rooms by the number of the family; empty for who is left out."""
    rows = planned_with_places(plan, how)
    return {row.household.pk: {place.room.name for place in row.places.all()} for row in rows}


def until():
    return timezone.now() + 12 * HOUR


def confirm(plan: Plan, by, **facts):
    rows = planned_with_places(plan, How.GREEDY)
    return confirm_plan(plan, **{"families": rows, "until": until()} | facts, by=by)


def test_a_plan_puts_the_first_in_turn_first_and_places_nobody(goris, sisian, by):
    early, late = waiting(goris, by), waiting(goris, by)
    room = make_room(sisian, 2)
    plan = make_plan(sisian, by=by)
    assert rooms_planned(plan) == {early.pk: {room.name}, late.pk: set()}
    assert plan.numbers["greedy"]["people"] == 1
    assert [row.left_out for row in planned_with_places(plan, How.GREEDY)] == ["", "no_room"]
    assert not Stay.objects.exists()


def test_a_room_of_women_takes_a_mother_with_a_child_and_no_couple(goris, sisian, by):
    couple = waiting(goris, by, person(), man(), hours=5)
    mother = waiting(goris, by, person(), child("Davit"), hours=2)
    room = make_room(sisian, 2)
    room.women_only = True
    room.save()
    assert rooms_planned(make_plan(sisian, by=by)) == {couple.pk: set(), mother.pk: {room.name}}


def test_a_child_whom_nobody_looks_after_is_left_to_an_officer(goris, sisian, by):
    alone = waiting(goris, by, person("Suren"), child("Ani", relationship="other", carer_kind="nobody"))
    make_room(sisian, 2)
    (row,) = planned_with_places(make_plan(sisian, by=by), How.GREEDY)
    assert (row.household, row.left_out) == (alone, "child_alone")


def test_families_kept_apart_are_in_two_houses(goris, sisian, by):
    one, other = waiting(goris, by, hours=3), waiting(goris, by, hours=2)
    for _ in range(2):
        make_room(sisian, 1)
    pair = ApartPair.objects.get(pk=keep_apart(other, other=one, reason="a feud", by=by).pair)
    assert list(rooms_planned(make_plan(sisian, by=by)).values()).count(set()) == 1
    with pytest.raises(AlreadyApart):
        keep_apart(one, other=other, reason="a feud", by=by)
    hold_places(one, rooms=[make_room(sisian, 1)], until=until(), by=by)
    assert rooms_planned(make_plan(sisian, by=by)) == {other.pk: set()}
    end_apart(pair, by=by)
    assert rooms_planned(make_plan(sisian, by=by))[other.pk]
    with pytest.raises(NotApart):
        end_apart(pair, by=by)


def test_a_family_is_not_kept_apart_from_itself_and_not_by_a_volunteer(goris, by):
    family = waiting(goris, by)
    with pytest.raises(SameFamily):
        keep_apart(family, other=family, reason="a feud", by=by)
    with pytest.raises(NotAllowed):
        keep_apart(family, other=waiting(goris, by), reason="a feud", by=make_user(Role.VOLUNTEER, goris))


def test_nobody_or_nothing_is_not_planned(goris, sisian, by):
    with pytest.raises(NobodyWaits):
        make_plan(sisian, by=by)
    waiting(goris, by)
    with pytest.raises(NoFreePlace):
        make_plan(sisian, by=by)


def test_a_house_of_others_takes_as_many_as_it_is_open_for(goris, sisian, by):
    families = [waiting(goris, by, hours=hours) for hours in (4, 3)]
    for _ in range(2):
        make_room(sisian, 1)
    open_to_others(sisian, places=1, until=until(), by=by)
    ours = make_user(Role.COORDINATOR, goris)
    plan = make_plan(sisian, by=ours)
    assert [bool(rooms) for rooms in rooms_planned(plan).values()] == [True, False]
    assert len(confirm(plan, ours).held) == 1
    assert Plan.objects.visible_to(ours, timezone.now()).get() == plan
    assert not Plan.objects.visible_to(make_user(Role.VOLUNTEER, goris), timezone.now()).exists()
    assert len(families) == 2


def test_confirmed_twice_each_family_has_its_places_once(goris, sisian, by):
    families = [waiting(goris, by, person(), child("Davit")) for _ in range(2)]
    for _ in range(2):
        make_room(sisian, 2)
    plan, later = make_plan(sisian, by=by), until()
    first = confirm(plan, by, until=later)
    assert first.left_out == []
    assert set(first.held) == {write_number(family.number) for family in families}
    assert confirm(plan, by, until=later) == first
    other = confirm(plan, make_user(), until=later)
    assert other.held == []
    assert len(other.left_out) == 2
    assert Stay.objects.holds().count() == 4


def test_places_that_were_given_back_are_given_again_by_the_plan(goris, sisian, by):
    family, later = waiting(goris, by, person(), child("Davit")), until()
    make_room(sisian, 2)
    plan = make_plan(sisian, by=by)
    Act.objects.create(id=uuid.uuid5(plan.pk, str(family.pk)), kind="call_house", at=timezone.now(), by=by)
    for _ in range(2):
        assert confirm(plan, by, until=later).held == [write_number(family.number)]
        assert Stay.objects.holds().from_(timezone.now()).count() == 2
        end_stays(list(Stay.objects.holds().from_(timezone.now())), by=by)


def test_what_changed_meanwhile_is_left_out_and_said(goris, sisian, by):
    placed, squeezed, waits = (waiting(goris, by, person(), man(), hours=hours) for hours in (9, 8, 7))
    rooms = [make_room(sisian, 3), make_room(sisian, 2), make_room(sisian, 2)]
    plan = make_plan(sisian, by=by)
    planned = rooms_planned(plan)
    hall = make_room(goris, 5)
    place_household(placed, rooms=[hall], by=by)
    theirs = next(room for room in rooms if {room.name} == planned[squeezed.pk])
    stranger = waiting(goris, by)
    hold_places(stranger, rooms=[theirs], until=until(), by=by)
    said = confirm(plan, by)
    assert said.held == [write_number(waits.number)]
    assert [line.partition(" – ")[0] for line in said.left_out] == [
        write_number(one.number) for one in (placed, squeezed)
    ]


def test_a_split_family_sleeps_as_it_was_planned(goris, sisian, by):
    family = waiting(goris, by, person("Aram", sex="M"), person("Vera"), child("Davit"), child("Mane"))
    rooms = [make_room(sisian, 3), make_room(sisian, 2)]
    plan = make_plan(sisian, by=by)
    (row,) = planned_with_places(plan, How.GREEDY)
    assert {place.room for place in row.places.all()} == set(rooms)
    assert confirm(plan, by).held == [write_number(family.number)]
    assert {hold.individual_id: hold.room_id for hold in Stay.objects.holds()} == {
        place.individual_id: place.room_id for place in row.places.all()
    }


def test_a_search_is_kept_once_and_is_never_worse(goris, sisian, by, settings):
    settings.PLAN_SECONDS = 2
    four = waiting(goris, by, person(), man(), person(), man(), hours=9)
    pairs = [waiting(goris, by, person(), man(), hours=2) for _ in range(2)]
    for _ in range(2):
        make_room(sisian, 2)
    plan = make_plan(sisian, by=by)
    assert plan.state == PlanState.NOT_SEARCHED
    Plan.objects.filter(pk=plan.pk).update(search_asked_at=timezone.now(), search_asked_by=by)
    for _ in range(2):
        search_for_plan(plan.pk)
    plan.refresh_from_db()
    assert plan.state == PlanState.DONE
    assert plan.numbers["solver"]["people"] >= plan.numbers["greedy"]["people"] == 4
    assert plan.families.filter(how=How.SOLVER).count() == 3
    assert {four.pk, *(pair.pk for pair in pairs)} == set(rooms_planned(plan, How.SOLVER))
    with pytest.raises(AlreadySearching):
        search_plan(plan, by=by)
    with pytest.raises(NotSearching):
        stop_plan(plan, by=by)


def test_a_search_of_an_evening_that_is_another_by_now_keeps_the_plan_made_at_once(goris, sisian, by, settings):
    settings.PLAN_SECONDS = 1
    waiting(goris, by)
    make_room(sisian, 1)
    plan = make_plan(sisian, by=by)
    Plan.objects.filter(pk=plan.pk).update(
        search_asked_at=timezone.now(), search_asked_by=by, numbers={"greedy": plan.numbers["greedy"] | {"people": 9}}
    )
    search_for_plan(plan.pk)
    plan.refresh_from_db()
    assert plan.numbers["solver"] == plan.numbers["greedy"]
    assert rooms_planned(plan, How.SOLVER) == rooms_planned(plan)


def test_a_search_that_fails_may_be_asked_for_again(goris, sisian, by, settings):
    settings.PLAN_SECONDS = "soon"
    waiting(goris, by)
    make_room(sisian, 1)
    plan = make_plan(sisian, by=by)
    Plan.objects.filter(pk=plan.pk).update(search_asked_at=timezone.now(), search_asked_by=by)
    with pytest.raises(TypeError):
        search_for_plan(plan.pk)
    plan.refresh_from_db()
    assert plan.state == PlanState.NOT_SEARCHED


def test_who_asks_for_another_search_ends_the_one_before(goris, sisian, by, settings):
    waiting(goris, by)
    make_room(sisian, 1)
    plans = [make_plan(sisian, by=by) for _ in range(2)]
    first = Plan.objects.filter(pk=plans[0].pk)
    first.update(search_asked_at=timezone.now(), search_asked_by=by)
    search_plan(plans[1], by=by)
    assert first.get().stopped_at is not None


def test_one_worker_searches_at_a_time(db):
    other = connection.copy("default")
    with closing(other), other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [SEARCHING])
        with alone() as first:
            assert not first
        cursor.execute("SELECT pg_advisory_unlock(%s)", [SEARCHING])
        with alone() as first:
            assert first
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [SEARCHING])
            assert cursor.fetchone() == (False,)


def test_a_plan_that_nobody_asked_to_search_is_left_alone(goris, sisian, by):
    waiting(goris, by)
    make_room(sisian, 1)
    plan = make_plan(sisian, by=by)
    search_for_plan(plan.pk)
    search_for_plan(uuid.uuid4())
    plan.refresh_from_db()
    assert plan.state == PlanState.NOT_SEARCHED


def test_who_is_at_the_house_already_gets_its_bed_and_the_others_a_hold(goris, sisian, by):
    there, comes = waiting(sisian, by, person(), man(), hours=9), waiting(goris, by, hours=2)
    room, other = make_room(sisian, 2), make_room(sisian, 1)
    plan, later = make_plan(sisian, by=by), until()
    said = confirm(plan, by, until=later)
    assert (said.placed, said.held) == ([write_number(there.number)], [write_number(comes.number)])
    assert set(Stay.objects.stays().values_list("room", flat=True)) == {room.pk}
    assert Stay.objects.holds().get().room == other
    assert confirm(plan, by, until=later) == said
    assert Stay.objects.count() == 3


def test_who_went_elsewhere_meanwhile_is_left_out(goris, sisian, by):
    family = waiting(sisian, by)
    make_room(sisian, 1)
    plan = make_plan(sisian, by=by)
    arrive(family, site=goris, by=by)
    said = confirm(plan, by)
    assert (said.placed, said.held, len(said.left_out)) == ([], [], 1)


def test_who_may_only_hold_in_the_house_holds_for_those_who_are_there(goris, sisian, by):
    family = waiting(sisian, by)
    make_room(sisian, 1)
    open_to_others(sisian, places=1, until=until(), by=by)
    ours = make_user(Role.COORDINATOR, goris)
    assert confirm(make_plan(sisian, by=ours), ours).held == [write_number(family.number)]


@pytest.mark.parametrize("both_wait", [True, False])
def test_no_plan_over_a_house_of_others_tells_who_is_kept_apart_there(goris, sisian, by, both_wait):
    one, other = waiting(goris, by, hours=3), waiting(goris, by, hours=2)
    rooms = [make_room(sisian, 1) for _ in range(2)]
    if not both_wait:
        place_household(other, rooms=[make_room(sisian, 1)], by=by)
    open_to_others(sisian, places=2, until=until(), by=by)
    ours = make_user(Role.COORDINATOR, goris)

    def drafts() -> list:
        evening = read_evening(ours, [sisian], timezone.now())
        greedy = plan_greedily(evening)
        solved = plan_by_solver(evening, Draft((), greedy.left_out), seconds=2)
        seated = [{who.family.number: set(who.rooms) for who in draft.planned} for draft in (greedy, solved)]
        return [(len(seats), set.union(*seats.values()) <= {room.pk for room in rooms}) for seats in seated]

    before = drafts()
    keep_apart(one, other=other, reason="a feud", by=by)
    assert drafts() == before == [(1 + both_wait, True)] * 2
    done = confirm(make_plan(sisian, by=ours), ours)
    assert (len(done.held), [line.partition(" – ")[2] for line in done.left_out]) == (both_wait, [NoRoomSuits.message])
    assert LogLine.objects.filter(verb="refused", by=ours, fields=["barred"]).count() == 1
