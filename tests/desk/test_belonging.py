"""Families that change: somebody joins, leaves, is the head now, or never was; and all of it can be taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.models import Case
from census.selectors import Tally
from centre.access import Role
from centre.models import Act
from desk.actions import arrive, complete, pre_register, record_birth, record_death
from desk.belonging import change_household, join, make_head, never_was, split, undo
from desk.carers import Carer
from desk.correcting import Said, correct
from desk.errors import AskCoordinator, CarerMissing, HeadMissing, HeadNameless, NothingToUndo, NotPlanned
from desk.voiding import void_movement
from registrations.corrections import Correction
from registrations.errors import OneHead, SaidOtherwise
from registrations.facts import Birth, Group, HouseholdFacts, PersonFacts, years_before
from registrations.models import Household, Individual, Membership, Movement, Presence
from tests.api.conftest import Machine
from tests.build import child, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(goris, volunteer):
    husband = person("Aram", sex="M", relationship="spouse")
    return register_family(goris, volunteer, person("Anna"), husband, child("Mane"))


def rows(household):
    today = household.memberships.today().order_by("position").select_related("individual")
    return [(row.individual.given_name, row.relationship) for row in today]


def key_of(name):
    return Individual.objects.get(given_name=name).pk


def last_act(kind):
    return Act.objects.filter(kind=kind).latest("recorded_at")


def registered_now():
    now = timezone.now()
    return Tally(at=now, known_at=now).figures.registered


def test_a_father_who_comes_a_day_later_joins_his_family(family, goris, volunteer):
    father = person("Hayk", sex="M", relationship="parent")
    answer = join(family, site=goris, person=father, by=volunteer)
    assert rows(family)[-1] == ("Hayk", "parent")
    assert Presence.objects.get(individual=answer.individuals[0]).site == goris
    assert Movement.objects.get(individual=answer.individuals[0]).kind == "arrived"


def test_a_child_who_joins_is_asked_for_a_carer(family, goris, volunteer):
    with pytest.raises(CarerMissing):
        join(family, site=goris, person=child("Lilit", relationship="cousin"), by=volunteer)


def test_nobody_joins_as_a_second_head(family, goris, volunteer):
    with pytest.raises(OneHead):
        join(family, site=goris, person=person("Hayk"), by=volunteer)
    assert len(rows(family)) == 3


def test_a_join_is_undone_as_if_nobody_had_come(family, goris, volunteer):
    before = registered_now()
    join(family, site=goris, person=person("Hayk", relationship="parent"), by=volunteer)
    assert registered_now() == before + 1
    undo(last_act("join"), by=volunteer)
    assert len(rows(family)) == 3
    assert registered_now() == before
    assert not Presence.objects.filter(individual__given_name="Hayk").exists()
    with pytest.raises(NothingToUndo):
        undo(last_act("join"), by=volunteer)


def test_another_is_head_when_the_head_died(family, goris, volunteer):
    record_death(Individual.objects.get(given_name="Anna"), site=goris, by=volunteer)
    make_head(family, head=key_of("Aram"), by=volunteer)
    assert rows(family) == [("Anna", "spouse"), ("Aram", "head"), ("Mane", "daughter")]


def test_the_dead_are_no_head(family, goris, volunteer):
    record_death(Individual.objects.get(given_name="Aram"), site=goris, by=volunteer)
    with pytest.raises(HeadMissing):
        make_head(family, head=key_of("Aram"), by=volunteer)


def test_a_new_head_is_undone(family, volunteer):
    before = rows(family)
    make_head(family, head=key_of("Aram"), by=volunteer)
    undo(last_act("make_head"), by=volunteer)
    assert rows(family) == before


def test_split_makes_a_household_with_a_number_of_its_own(family, goris, volunteer):
    answer = split(family, site=goris, members=[PersonFacts(id=key_of("Aram"), relationship="head")], by=volunteer)
    new = Household.objects.get(pk=answer.households[1])
    assert rows(family) == [("Anna", "head"), ("Mane", "daughter")]
    assert rows(new) == [("Aram", "head")]
    assert new.number != family.number
    assert Presence.objects.filter(individual=key_of("Aram"), during__upper_inf=True).count() == 1


def test_split_without_a_head_on_either_side_is_refused(family, goris, volunteer):
    with pytest.raises(HeadMissing):
        split(family, site=goris, members=[PersonFacts(id=key_of("Aram"), relationship="spouse")], by=volunteer)
    with pytest.raises(HeadMissing):
        split(family, site=goris, members=[PersonFacts(id=key_of("Anna"), relationship="head")], by=volunteer)
    assert len(rows(family)) == 3
    assert Household.objects.count() == 1


def test_split_with_a_new_head_for_those_who_stay(family, goris, volunteer):
    going = [PersonFacts(id=key_of("Anna"), relationship="head")]
    split(family, site=goris, members=going, head=key_of("Aram"), by=volunteer)
    assert rows(family) == [("Aram", "head"), ("Mane", "daughter")]


def test_a_split_is_undone(family, goris, volunteer):
    before = rows(family)
    answer = split(family, site=goris, members=[PersonFacts(id=key_of("Aram"), relationship="head")], by=volunteer)
    undo(last_act("split"), by=volunteer)
    assert rows(family) == before
    assert rows(Household.objects.get(pk=answer.households[1])) == []


def test_a_child_does_not_leave_its_carers_but_by_a_protection_officer(family, goris, volunteer):
    other = register_family(goris, volunteer, person("Vera"))
    going = [PersonFacts(id=key_of("Mane"), relationship="niece_nephew", carer_kind="member", carer=key_of("Vera"))]
    with pytest.raises(NotPlanned):
        change_household(family, to=other, members=going, by=volunteer)
    change_household(family, to=other, members=going, by=make_user(Role.PROTECTION, goris))
    assert rows(other) == [("Vera", "head"), ("Mane", "niece_nephew")]


def test_a_child_is_not_left_behind_without_an_adult(family, goris, volunteer):
    other = register_family(goris, volunteer, person("Vera"))
    going = [PersonFacts(id=key_of(name), relationship="sibling") for name in ("Anna", "Aram")]
    with pytest.raises(NotPlanned):
        change_household(family, to=other, members=going, by=volunteer)


def test_two_households_become_one(family, goris, volunteer):
    other = register_family(goris, volunteer, person("Vera"))
    change_household(other, to=family, members=[PersonFacts(id=key_of("Vera"), relationship="sibling")], by=volunteer)
    assert rows(family)[-1] == ("Vera", "sibling")
    assert rows(other) == []


def test_a_person_is_in_one_household_at_a_time(family, goris, volunteer):
    other = register_family(goris, volunteer, person("Vera"))
    change_household(other, to=family, members=[PersonFacts(id=key_of("Vera"), relationship="sibling")], by=volunteer)
    assert Membership.objects.today().filter(individual=key_of("Vera")).count() == 1


def test_who_never_was_is_in_no_figure(family, goris, volunteer):
    before = registered_now()
    never_was(family, members=[key_of("Mane")], reason="typed twice", by=volunteer)
    assert registered_now() == before - 1
    assert not Presence.objects.filter(individual__given_name="Mane").exists()
    undo(last_act("never_was"), by=volunteer)
    assert registered_now() == before
    assert Presence.objects.filter(individual__given_name="Mane").exists()


def test_a_family_registered_by_mistake_never_was(family, goris, volunteer):
    before = registered_now()
    never_was(family, members=[key_of(n) for n in ("Anna", "Aram", "Mane")], reason="a test", by=volunteer)
    assert (registered_now(), rows(family)) == (before - 3, [])


def test_what_another_desk_wrote_is_taken_out_by_a_coordinator(family, goris, coordinator):
    with pytest.raises(AskCoordinator):
        never_was(family, members=[key_of("Mane")], reason="x", by=make_user(Role.VOLUNTEER, make_site("sisian")))
    never_was(family, members=[key_of("Mane")], reason="typed twice", by=coordinator)


def test_the_birth_of_a_wrong_mother_taken_back_leaves_her_family_as_it_was(family, goris, coordinator):
    newborn = person("Ani", relationship="daughter", birth=Birth(timezone.localdate(), "day"))
    record_birth(family, site=goris, child=newborn, by=coordinator)
    void_movement(Movement.objects.get(kind="born"), by=coordinator)
    assert len(rows(family)) == 3
    assert Individual.objects.get(given_name="Ani").never_was


def test_undo_after_a_minute_is_for_who_supervises(family, goris, volunteer, coordinator, monkeypatch):
    make_head(family, head=key_of("Aram"), by=volunteer)
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    with pytest.raises(AskCoordinator):
        undo(last_act("make_head"), by=volunteer)
    undo(last_act("make_head"), by=coordinator)


def test_undo_of_what_was_said_anew_since_is_refused(family, volunteer):
    make_head(family, head=key_of("Aram"), by=volunteer)
    first = last_act("make_head")
    make_head(family, head=key_of("Anna"), by=volunteer)
    with pytest.raises(SaidOtherwise):
        undo(first, by=volunteer)


def test_everything_of_a_membership_is_kept(family, goris, volunteer):
    split(family, site=goris, members=[PersonFacts(id=key_of("Aram"), relationship="head")], by=volunteer)
    (ended,) = Correction.objects.filter(field="left_at")
    assert (ended.was, ended.membership.household_id, ended.act.by) == (None, family.pk, volunteer)


def test_families_change_by_the_api(family, goris, coordinator):
    machine = Machine(coordinator)
    at = timezone.now().isoformat()
    newcomer = {"given_name": "Hayk", "family_name": "Hakobyan", "sex": "M", "relationship": "parent", "age": 60}
    joined = machine.post(f"households/{family.pk}/join/", site="goris", at=at, person=newcomer)
    assert joined.status_code == 201, joined.json()
    headed = machine.post(f"households/{family.pk}/head/", head=str(key_of("Aram")))
    assert headed.status_code == 201, headed.json()
    going = [{"individual": str(key_of("Hayk")), "relationship": "head"}]
    parted = machine.post(f"households/{family.pk}/split/", site="goris", members=going)
    assert parted.status_code == 201, parted.json()
    back = machine.post(f"acts/{last_act('split').pk}/undo/")
    assert back.status_code == 201, back.json()
    gone = machine.post(f"households/{family.pk}/never-was/", members=[str(key_of("Hayk"))], reason="twice")
    assert gone.status_code == 201, gone.json()
    assert rows(family) == [("Anna", "spouse"), ("Aram", "head"), ("Mane", "daughter")]


@pytest.mark.parametrize(
    ("address", "facts", "field"),
    [
        ("head/", {}, "head"),
        ("split/", {"members": []}, "members"),
        ("change-household/", {"members": []}, "members"),
        ("never-was/", {"members": ["00000000-0000-4000-8000-000000000000"], "reason": "x"}, "members[0]"),
        ("never-was/", {"members": []}, "reason"),
    ],
)
def test_what_cannot_be_read_is_named(family, coordinator, address, facts, field):
    answer = Machine(coordinator).post(f"households/{family.pk}/{address}", **facts)
    assert answer.status_code == 400
    assert field in answer.json()


def test_grown_children_become_siblings_of_the_new_head(goris, volunteer):
    grown = Birth(years_before(timezone.localdate(), 30), "day")
    people = [person("Anna"), *(child(name, birth=grown) for name in ("Mane", "Nare"))]
    family = register_family(goris, volunteer, *people)
    make_head(family, head=key_of("Mane"), by=volunteer)
    assert rows(family) == [("Anna", "parent"), ("Mane", "head"), ("Nare", "sibling")]


@pytest.fixture
def widow(goris, volunteer):
    """A mother, who is the head, her son of seven and her own mother."""
    boy = child("Davit", relationship="son", sex="M", birth=Birth(years_before(timezone.localdate(), 7), "day"))
    return register_family(goris, volunteer, person("Anna"), boy, person("Vera", relationship="parent"))


def looks_after(name):
    row = Membership.objects.today().get(individual=key_of(name))
    return row.carer_kind, row.carer and row.carer.given_name


def test_who_looks_after_a_child_is_said_with_the_new_head(widow, volunteer):
    with pytest.raises(CarerMissing) as asked:
        make_head(widow, head=key_of("Vera"), by=volunteer)
    assert asked.value.children == [key_of("Davit")]
    carers = [Carer(key_of("Davit"), "member", key_of("Vera"))]
    make_head(widow, head=key_of("Vera"), carers=carers, by=volunteer)
    assert (rows(widow)[1:], looks_after("Davit")) == ([("Davit", ""), ("Vera", "head")], ("member", "Vera"))
    undo(last_act("make_head"), by=volunteer)
    assert looks_after("Davit") == ("", None)


def test_neither_the_dead_nor_who_never_was_looks_after_a_child(widow, goris, volunteer):
    carers = [Carer(key_of("Davit"), "member", key_of("Anna"))]
    with pytest.raises(CarerMissing):
        never_was(widow, members=[key_of("Anna")], head=key_of("Vera"), carers=carers, reason="twice", by=volunteer)
    record_death(Individual.objects.get(given_name="Anna"), site=goris, by=volunteer)
    with pytest.raises(CarerMissing):
        make_head(widow, head=key_of("Vera"), carers=carers, by=volunteer)


def test_a_carer_whose_death_is_kept_is_answered_of_as_one_who_is_hidden(goris, volunteer):
    by, officer = make_user(site=goris), make_user(Role.PROTECTION)
    haven = make_site("haven", confidential=True)
    boy = {"relationship": "son", "sex": "M", "birth": Birth(years_before(timezone.localdate(), 7), "day")}
    answers = []
    for is_dead in (True, False):
        people = [person("Anna"), child("Davit", **boy), person("Vera", relationship="parent")]
        family = register_family(goris, volunteer, *people)
        anna, davit, vera = (row.individual for row in family.memberships.order_by("position"))
        if is_dead:
            record_death(anna, site=goris, told_of=family, by=officer)
        else:
            arrive(family, site=haven, members=[anna.pk], by=officer)
        facts = {"head": str(vera.pk), "carers": [{"individual": str(davit.pk), "carer": str(anna.pk)}]}
        answer = Machine(by).post(f"households/{family.pk}/head/", **facts)
        said = answer.text.replace(str(family.pk), "").replace(str(family), "").replace(str(vera.pk), "")
        row = family.memberships.today().get(individual=davit)
        answers.append((answer.status_code, said.replace(str(davit.pk), ""), row.carer_kind, row.carer_id == anna.pk))
    assert answers[0] == answers[1]
    assert answers[0][0] == 201


def test_a_child_whom_nobody_is_said_to_look_after_has_a_case(widow, volunteer):
    carers = [Carer(key_of("Davit"), "nobody")]
    never_was(widow, members=[key_of("Anna")], head=key_of("Vera"), carers=carers, reason="twice", by=volunteer)
    assert Case.objects.filter(individual=key_of("Davit"), reason="child_alone").count() == 1


def test_a_child_who_goes_along_as_something_else_is_asked_about(widow, goris, volunteer):
    going = [
        PersonFacts(id=key_of("Anna"), relationship="head"),
        PersonFacts(id=key_of("Davit"), relationship="grandchild"),
    ]
    facts = {"site": goris, "members": going, "head": key_of("Vera"), "by": volunteer}
    with pytest.raises(CarerMissing) as asked:
        split(widow, **facts)
    assert asked.value.children == [key_of("Davit")]
    with pytest.raises(CarerMissing):
        split(widow, **facts, carers=[Carer(key_of("Davit"), "member", key_of("Vera"))])  # she stays
    split(widow, **facts, carers=[Carer(key_of("Davit"), "member", key_of("Anna"))])
    assert looks_after("Davit") == ("member", "Anna")


def test_a_child_who_goes_is_not_asked_about_for_those_who_stay(widow, goris, volunteer):
    going = [PersonFacts(id=key_of("Anna"), relationship="head"), PersonFacts(id=key_of("Davit"), relationship="son")]
    split(widow, site=goris, members=going, head=key_of("Vera"), by=volunteer)
    assert rows(widow) == [("Vera", "head")]


def test_a_child_whom_nobody_looks_after_where_it_goes_has_a_case(family, goris, volunteer):
    other = register_family(goris, volunteer, person("Vera"))
    going = [PersonFacts(id=key_of("Mane"), relationship="niece_nephew", carer_kind="nobody")]
    change_household(family, to=other, members=going, by=make_user(Role.PROTECTION, goris))
    assert Case.objects.filter(individual=key_of("Mane"), reason="child_alone").exists()


def test_machines_read_who_is_asked_about_and_say_who_looks_after_them(widow, coordinator):
    machine = Machine(coordinator)
    asked = machine.post(f"households/{widow.pk}/head/", head=str(key_of("Vera")))
    assert (asked.status_code, asked.json()["code"]) == (409, "carer_missing")
    assert asked.json()["individuals"] == [str(key_of("Davit"))]
    carers = [{"individual": str(key_of("Davit")), "carer": str(key_of("Vera"))}]
    told = machine.post(f"households/{widow.pk}/head/", head=str(key_of("Vera")), carers=carers)
    assert told.status_code == 201, told.json()
    assert looks_after("Davit") == ("member", "Vera")
    wrong = [{"individual": str(key_of("Davit")), "carer": "me"}]
    assert (
        "carers[0].carer" in machine.post(f"households/{widow.pk}/head/", head=str(key_of("Anna")), carers=wrong).json()
    )


def test_a_correction_that_seats_another_head_takes_who_looks_after_the_children(widow, coordinator):
    machine = Machine(coordinator)
    address = f"individuals/{key_of('Vera')}/correct/"
    assert machine.post(address, relationship="head").json()["code"] == "carer_missing"
    carers = [{"individual": str(key_of("Davit")), "carer": "relative"}]
    assert machine.post(address, relationship="head", carers=carers).status_code == 201
    assert looks_after("Davit") == ("relative", None)


def test_who_has_no_name_is_no_head_where_another_has_one(goris, volunteer, coordinator):
    counted = count(goris, volunteer)
    complete(counted, site=goris, members=[person("Anna")], facts=HouseholdFacts(going="shelter"), by=volunteer)
    nameless = counted.memberships.nameless().get().individual
    with pytest.raises(HeadNameless):
        make_head(counted, head=nameless.pk, by=volunteer)
    answer = Machine(coordinator).post(f"individuals/{nameless.pk}/correct/", relationship="head")
    assert answer.json()["code"] == "head_nameless"
    never_was(counted, members=[key_of("Anna")], head=nameless.pk, reason="twice", by=volunteer)
    assert [relation for _name, relation in rows(counted)] == ["head"]


def test_nobody_has_a_name_and_one_is_the_head(goris, volunteer):
    counted = count(goris, volunteer)
    make_head(counted, head=counted.memberships.today().first().individual_id, by=volunteer)
    assert "head" in [relation for _name, relation in rows(counted)]


def test_the_dead_are_made_head_by_no_correction(family, goris, volunteer):
    record_death(Individual.objects.get(given_name="Aram"), site=goris, by=volunteer)
    with pytest.raises(HeadMissing):
        correct(family, said=[Said("relationship", "head", person=key_of("Aram"))], by=volunteer)


def count(site, by):
    """A family of two who were counted at the gate."""
    done = pre_register(
        site, groups=[Group(1, "F", "18-59"), Group(1, "M", "60+")], facts=HouseholdFacts("shelter"), by=by
    )
    return Household.objects.get(pk=done.household)


def test_a_family_of_whom_nobody_is_left_says_so_when_it_is_said_to_arrive(family):
    coordinator = make_user(Role.COORDINATOR)
    people = list(family.memberships.today().values_list("individual", flat=True))
    never_was(family, members=people, reason="twice", by=coordinator)
    answer = Machine(coordinator).post(f"households/{family.pk}/arrive/", site="goris")
    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_belongs")
