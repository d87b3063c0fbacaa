"""A child with whom nobody is who looks after it gets no bed without an officer, whatever a desk says of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from casework.actions import close_case, do_in_case, observe, open_case, reopen_case
from casework.errors import OfficerFirst
from casework.kinds import Sign, Topic
from casework.models import Case, Step
from centre.access import Role
from desk.actions import arrive, depart, pre_register, record_death
from desk.belonging import join
from desk.correcting import Said, correct, told_birth
from desk.hospital import send_to_hospital
from registrations.facts import Birth, Group, HouseholdFacts, years_before
from registrations.models import Household, Individual
from shelter.actions import hold_places, place_household
from shelter.models import Bedding, Stay
from shelter.reach import open_to_others
from tests.build import child, make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db(transaction=True)  # what was recorded after what decides

HOUR = timedelta(hours=1)
ANYWAY = "A neighbour took the child in."


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def desk():
    return make_user(Role.COORDINATOR)


@pytest.fixture
def officer(goris):
    return make_user(Role.PROTECTION)


@pytest.fixture
def family(goris, desk):
    """A mother and her daughter, here since five hours."""
    return register_family(goris, desk, person(), child(), at=timezone.now() - 5 * HOUR)


@pytest.fixture
def alone(goris, desk):
    """A boy who came with nobody."""
    return register_family(goris, desk, child("Davit", relationship="other", carer_kind="nobody"))


def people_of(household):
    return list(Individual.objects.members_of(household))


def the_mother_died(family, goris, desk):
    record_death(people_of(family)[0], site=goris, by=desk)


def the_mother_left(family, goris, desk):
    mother = people_of(family)[0]
    depart(family, site=goris, members=[mother.pk], destination="abroad", happened_anyway=ANYWAY, by=desk)


def the_mother_is_in_hospital(family, goris, desk):
    mother, hospital = people_of(family)[0], make_site("hospital", kind="hospital")
    send_to_hospital(family, site=goris, hospital=hospital, patient=mother.pk, happened_anyway=ANYWAY, by=desk)


LOST = [the_mother_died, the_mother_left, the_mother_is_in_hospital]


@pytest.mark.parametrize("lost", LOST)
def test_a_child_whose_carer_is_dead_or_elsewhere_gets_no_bed_without_an_officer(lost, family, goris, desk, officer):
    lost(family, goris, desk)
    girl = people_of(family)[-1]
    room = make_room(goris)
    with pytest.raises(OfficerFirst):
        place_household(family, rooms=[room], members=[girl.pk], by=desk)
    with pytest.raises(OfficerFirst):
        hold_places(family, rooms=[room], members=[girl.pk], until=timezone.now() + HOUR, by=desk)
    do_in_case(Case.objects.get(kind="child_protection"), topic=Topic.SAFE_PLACE, words="room 14", by=officer)
    place_household(family, rooms=[room], members=[girl.pk], by=desk)
    assert Stay.objects.get().individual_id == girl.pk


def test_a_place_is_held_at_an_open_house_for_a_child_whose_place_is_safe(family, goris, desk, officer):
    the_mother_died(family, goris, desk)
    house, girl = make_site("house"), people_of(family)[-1]
    open_to_others(house, places=2, until=timezone.now() + 9 * HOUR, by=desk)
    far = make_user(Role.COORDINATOR, goris)
    do_in_case(Case.objects.get(kind="child_protection"), topic=Topic.SAFE_PLACE, words="room 14", by=officer)
    hold_places(family, rooms=[make_room(house)], members=[girl.pk], until=timezone.now() + HOUR, by=far)
    assert Stay.objects.get().opening_id is not None


def test_a_child_whose_mother_is_back_is_placed_with_her_by_anybody(family, goris, desk):
    the_mother_left(family, goris, desk)
    mother, girl = people_of(family)
    arrive(family, site=goris, members=[mother.pk], by=desk)
    place_household(family, rooms=[make_room(goris)], by=desk)
    assert set(Stay.objects.values_list("individual", flat=True)) == {mother.pk, girl.pk}


def test_a_child_elsewhere_comes_to_the_site_of_its_mother(family, goris, desk):
    mother, girl = people_of(family)
    depart(family, site=goris, members=[girl.pk], destination="abroad", happened_anyway=ANYWAY, by=desk)
    place_household(family, rooms=[make_room(goris)], members=[mother.pk], by=desk)
    place_household(family, rooms=[make_room(goris)], members=[girl.pk], by=desk)
    assert Stay.objects.count() == 2


def grown_up(household, desk):
    (boy,) = people_of(household)
    born = Said("birth", told_birth(Birth(years_before(timezone.localdate(), 24), "day")), person=boy.pk)
    correct(household, said=[born], reason="It was a wrong year.", by=desk)


def looked_after_by_a_man_who_joined(household, desk):
    (boy,) = people_of(household)
    join(household, site=household.site, person=person("Ashot", relationship="other"), by=desk)
    man = next(one for one in people_of(household) if one.pk != boy.pk)
    now = {"carer_kind": "member", "carer_id": str(man.pk)}
    correct(household, said=[Said("carer", now, person=boy.pk)], by=desk)


@pytest.mark.parametrize("say", [grown_up, looked_after_by_a_man_who_joined])
def test_what_a_desk_says_of_a_child_alone_gives_it_no_bed(say, goris, desk, alone):
    (boy,) = people_of(alone)
    say(alone, desk)
    with pytest.raises(OfficerFirst):
        place_household(alone, rooms=[make_room(goris, 3)], members=[boy.pk], by=desk)
    with pytest.raises(OfficerFirst):
        place_household(alone, rooms=[make_room(goris, 3)], by=desk)


def test_a_man_of_its_list_looks_after_a_child_alone_when_an_officer_says_so(goris, desk, officer):
    boy = child("Davit", relationship="other", carer_kind="nobody")
    household = register_family(goris, desk, person("Ashot"), boy)
    man, boy = people_of(household)
    correct(household, said=[Said("carer", {"carer_kind": "member", "carer_id": str(man.pk)}, person=boy.pk)], by=desk)
    with pytest.raises(OfficerFirst):
        place_household(household, rooms=[make_room(goris, 3)], by=desk)
    close_case(Case.objects.get(), outcome="helped", happened_anyway="she is well", by=officer)
    place_household(household, rooms=[make_room(goris, 3)], by=desk)
    assert Stay.objects.count() == 2


def test_a_man_who_joins_an_orphan_is_not_who_looked_after_it(family, goris, desk):
    the_mother_died(family, goris, desk)
    join(family, site=goris, person=person("Ashot", relationship="other"), by=desk)
    with pytest.raises(OfficerFirst):
        place_household(family, rooms=[make_room(goris, 3)], by=desk)


def test_what_was_agreed_is_spent_after_a_day_and_when_the_case_was_closed(goris, desk, officer, alone):
    case = Case.objects.get()
    do_in_case(case, topic=Topic.SAFE_PLACE, words="room 14", by=officer, at=timezone.now() - timedelta(hours=25))
    with pytest.raises(OfficerFirst):
        place_household(alone, rooms=[make_room(goris)], by=desk)
    do_in_case(case, topic=Topic.SAFE_PLACE, words="room 14", by=officer)
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    reopen_case(case, words="He ran away again.", by=officer)
    with pytest.raises(OfficerFirst):
        place_household(alone, rooms=[make_room(goris)], by=desk)


def test_what_an_officer_says_in_a_matter_of_health_is_no_word_about_the_bed(goris, desk, officer, alone):
    (boy,) = people_of(alone)
    wounds = open_case(boy, kind="medical", urgency="today", by=officer)
    do_in_case(Case.objects.get(pk=wounds.case), topic=Topic.SAFE_PLACE, words="room 14", by=officer)
    with pytest.raises(OfficerFirst):
        place_household(alone, rooms=[make_room(goris)], by=desk)


def test_a_child_followed_for_something_else_gets_a_bed_with_its_mother_whatever_is_corrected(family, goris, desk):
    girl = people_of(family)[1]
    observe(girl, sign=Sign.CHILD_UNSAFE, site=goris, by=desk)
    born = Said("birth", told_birth(Birth(years_before(timezone.localdate(), 5), "day")), person=girl.pk)
    correct(family, said=[born], reason="It was a wrong year.", by=desk)
    place_household(family, rooms=[make_room(goris)], by=desk)
    assert Stay.objects.count() == 2


def test_who_was_counted_at_the_gate_without_an_age_looks_after_nobody(goris, desk):
    counted = pre_register(
        goris, groups=[Group(1, "M", "5-11"), Group(1, "F")], facts=HouseholdFacts(going="shelter"), by=desk
    )
    household = Household.objects.get(pk=counted.household)
    with pytest.raises(OfficerFirst):
        place_household(household, rooms=[make_room(goris)], by=desk)


def test_a_man_of_the_family_becomes_a_carer_by_a_correction_and_not_enough(goris, desk):
    mother, girl = person(), child(relationship="other", carer_kind="member")
    family = register_family(goris, desk, mother, replace(girl, carer=mother.id), person("Ashot", relationship="other"))
    mother, girl, man = people_of(family)
    record_death(mother, site=goris, by=desk)
    now = {"carer_kind": "member", "carer_id": str(man.pk)}
    correct(family, said=[Said("carer", now, person=girl.pk)], by=desk)
    with pytest.raises(OfficerFirst):
        place_household(family, rooms=[make_room(goris, 3)], by=desk)


def test_a_mother_on_the_way_is_not_there_yet(family, goris, desk):
    sisian, (mother, girl) = make_site("sisian"), people_of(family)
    on = {"destination": "site", "destination_site": sisian, "happened_anyway": ANYWAY}
    depart(family, site=goris, members=[mother.pk], by=desk, **on)
    with pytest.raises(OfficerFirst):
        hold_places(family, rooms=[make_room(sisian)], members=[girl.pk], until=timezone.now() + HOUR, by=desk)


def test_what_happened_anyway_to_a_child_is_told_once_and_stands_in_its_case_alone(goris, desk, alone):
    room = make_room(goris, 1)
    place_household(register_family(goris, desk, person()), rooms=[room], by=desk)
    place_household(alone, rooms=[room], happened_anyway=ANYWAY, by=desk)
    told = Step.objects.filter(kind=Step.Kind.OPENED, act__kind="place")
    assert [step.words for step in told] == [ANYWAY]
    assert not Bedding.objects.exclude(reason="").exists()


def test_what_is_said_of_a_child_taken_from_its_mother_stands_in_its_case_alone(family, desk):
    _mother, girl = people_of(family)
    room = make_room(make_site("sisian"))
    place_household(family, rooms=[room], members=[girl.pk], happened_anyway=ANYWAY, by=desk)
    assert Step.objects.get(kind=Step.Kind.OPENED).words == ANYWAY
    assert not Bedding.objects.exclude(reason="").exists()
