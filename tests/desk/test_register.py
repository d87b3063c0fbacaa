"""Registering, arriving, departing: what is so afterwards."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from casework.models import Case
from centre.access import Role
from centre.models import Act
from centre.refusals import Changed, NotThen
from desk.actions import arrive, complete, depart, pre_register, record_birth, register
from desk.errors import CarerMissing, NotNewborn
from desk.gate import count_gate, void_gate_count
from desk.voiding import void_movement
from registrations.errors import AlreadyHere, AlreadyVoided, NotHere, OneHead
from registrations.facts import Birth, Group, HouseholdFacts
from registrations.models import GateCount, Household, Individual, Movement, Presence
from shelter.actions import place_household
from shelter.models import Stay
from tests.api.conftest import Machine
from tests.build import make_room, make_site, make_user, newborn, person, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(goris):
    return make_user()


def test_register_writes_the_whole_family_and_its_presence(goris, desk):
    household = register_family(goris, desk, person(), person("Narek", relationship="son", sex="M"))
    assert [p.full_name for p in Individual.objects.members_of(household)] == [
        "Hakobyan Anna",
        "Hakobyan Narek",
    ]
    assert Presence.objects.filter(site=goris, during__contains=timezone.now()).count() == 2


def test_register_twice_with_the_same_id_is_stored_once(goris, desk):
    facts = {"members": [person()], "facts": HouseholdFacts(going="shelter")}
    act = uuid.uuid4()
    first = register(goris, **facts, by=desk, id=act)
    second = register(goris, **facts, by=desk, id=act)
    assert first == second
    assert Household.objects.count() == 1
    assert Act.objects.count() == 1


def test_register_with_the_same_id_and_other_facts_is_refused(goris, desk):
    act = uuid.uuid4()
    register(goris, members=[person()], facts=HouseholdFacts(going="shelter"), by=desk, id=act)
    with pytest.raises(Changed):
        register(goris, members=[person("Ani")], facts=HouseholdFacts(going="shelter"), by=desk, id=act)
    assert Household.objects.count() == 1


def test_own_address_ends_the_presence_in_the_same_act(goris, desk):
    household = register_family(goris, desk, going="own_address", destination_marz="AM-KT")
    kinds = Movement.objects.filter(act=household.act).values_list("kind", "destination_marz")
    assert list(kinds) == [("arrived", ""), ("departed", "AM-KT")]
    assert not Presence.objects.exists()


def test_a_child_with_an_aunt_opens_a_case_at_once(goris, desk):
    child = person("Mane", relationship="niece_nephew", birth=Birth(date(2015, 1, 1), "day"), carer_kind="relative")
    register_family(goris, desk, person(), child)
    assert [case.individual_id for case in Case.objects.all()] == [child.id]


def test_a_child_without_an_answer_is_refused_whole(goris, desk):
    child = person("Mane", relationship="niece_nephew", birth=Birth(date(2015, 1, 1), "day"))
    with pytest.raises(CarerMissing):
        register_family(goris, desk, person(), child)
    assert not Household.objects.exists()
    assert not Act.objects.exists()


def test_arriving_elsewhere_ends_the_presence_before(goris, desk):
    sisian = make_site("sisian")
    household = register_family(goris, desk)
    arrive(household, site=sisian, by=desk)
    assert [p.site for p in Presence.objects.filter(during__contains=timezone.now())] == [sisian]


def test_arriving_where_they_are_is_refused(goris, desk):
    household = register_family(goris, desk)
    with pytest.raises(AlreadyHere):
        arrive(household, site=goris, by=desk)


def test_departing_ends_presence_and_stay(goris, desk):
    household = register_family(goris, desk)
    place_household(household, rooms=[make_room(goris)], by=desk)
    depart(household, site=goris, destination="abroad", by=desk)
    now = timezone.now()
    assert not Presence.objects.filter(during__contains=now).exists()
    assert not Stay.objects.at(now).exists()


def test_departing_from_where_they_are_not_is_refused(goris, desk):
    household = register_family(goris, desk)
    with pytest.raises(NotHere):
        depart(household, site=make_site("sisian"), destination="abroad", by=desk)


def test_a_late_arrival_elsewhere_cuts_presence_and_stay(goris, desk):
    sisian = make_site("sisian")
    start = timezone.now() - timedelta(hours=5)
    household = register_family(goris, desk, at=start)
    place_household(household, rooms=[make_room(goris)], by=desk, at=start + timedelta(hours=1))
    arrive(household, site=sisian, beds_become_free=True, by=desk, at=start + timedelta(hours=3))
    depart(household, site=sisian, destination="unknown", by=desk, at=start + timedelta(hours=4))
    arrive_between = start + timedelta(hours=2)
    assert [p.site for p in Presence.objects.filter(during__contains=arrive_between)] == [goris]
    stay = Stay.objects.get()
    assert (stay.during.lower, stay.during.upper) == (start + timedelta(hours=1), start + timedelta(hours=3))


def test_voiding_gives_back_what_was(goris, desk):
    sisian = make_site("sisian")
    household = register_family(goris, desk)
    place_household(household, rooms=[make_room(goris)], by=desk)
    before = list(Presence.objects.values("individual", "site", "during"))
    stays = list(Stay.objects.values("individual", "place", "during"))
    arrive(household, site=sisian, beds_become_free=True, by=desk)
    void_movement(Movement.objects.get(site=sisian), by=desk)
    assert list(Presence.objects.values("individual", "site", "during")) == before
    assert list(Stay.objects.values("individual", "place", "during")) == stays


@pytest.mark.parametrize("hours", [1, -24 * 8])
def test_register_with_an_arrival_after_it_or_too_long_ago_writes_nothing(hours):
    now = timezone.now()
    facts = {"members": [person()], "facts": HouseholdFacts(going="own_address"), "by": make_user()}
    with pytest.raises(NotThen):
        register(make_site(), arrived_at=now + timedelta(hours=hours), at=now, **facts)
    assert not Household.objects.exists()


def test_a_second_head_is_refused_and_writes_nothing(goris, desk):
    two = [person(), person("Vahan")]
    with pytest.raises(OneHead):
        register_family(goris, desk, *two)
    assert not Household.objects.exists()
    counted = pre_register(goris, groups=[Group(2, "F", "18-59")], facts=HouseholdFacts(going="stays"), by=desk)
    card = Household.objects.get(pk=counted.household)
    with pytest.raises(OneHead):
        complete(card, site=goris, members=two, facts=HouseholdFacts(going="stays"), by=desk)
    assert not Individual.objects.filter(registered_at__isnull=False).exists()
    family = register_family(goris, desk)
    with pytest.raises(NotNewborn):
        record_birth(family, site=goris, child=newborn(relationship="head"), by=desk)
    assert family.memberships.count() == 1


def test_void_of_what_took_a_gate_count_back_is_refused(goris, desk):
    counted = count_gate(goris, people=7, by=desk)
    void = void_gate_count(GateCount.objects.get(pk=counted.gate_count), reason="twice", by=desk)
    with pytest.raises(AlreadyVoided):
        void_gate_count(GateCount.objects.get(pk=void.gate_count), reason="twice", by=desk)
    assert GateCount.objects.count() == 2


def test_a_gate_count_is_taken_back_and_a_reason_stays_with_it(goris, desk, client):
    slip = count_gate(goris, people=2100, by=desk).gate_count
    assert Machine(desk).post(f"gate-counts/{slip}/void/").status_code == 201
    assert GateCount.objects.get(voids=slip).reason == ""
    counted = GateCount.objects.get(pk=count_gate(goris, people=2100, by=make_user(Role.COORDINATOR)).gate_count)
    client.force_login(desk)
    client.post("/settings/shift/", {"site": goris.pk})
    page = client.post(f"/intake/count/{counted.pk}/void/", {"id": uuid.uuid4(), "reason": "x" * 201}, follow=True).text
    assert "at most 200" in page
    assert GateCount.objects.standing().count() == 1
    client.post(f"/intake/count/{counted.pk}/void/", {"id": uuid.uuid4(), "reason": "counted twice"})
    assert GateCount.objects.get(voids=counted).reason == "counted twice"
    assert "reason" in Machine(desk).get("gate-counts/").json()["results"][0]
