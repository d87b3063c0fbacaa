"""A family does not part so that its child goes with who has died or is elsewhere; and the dead lead none."""

import pytest

from centre.access import Role
from desk.actions import depart, record_death
from desk.belonging import change_household, make_head, split
from desk.correcting import Said, correct
from desk.errors import HeadMissing, NotPlanned
from registrations.models import Individual, Membership
from tests.build import child, make_user, person, register_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_user(Role.COORDINATOR)


@pytest.fixture
def family(goris, desk):
    """A couple and their son of eight."""
    son = child("Hayk", relationship="son")
    return register_family(goris, desk, person(), person("Ara", sex="M", relationship="spouse"), son)


def left(family, mother, desk):
    depart(family, site=family.site, members=[mother.pk], destination="abroad", by=desk)


def died(family, mother, desk):
    record_death(mother, site=family.site, by=desk)


def going_over(family, mother, father, son, desk):
    other = register_family(family.site, desk, person("Zara"))
    boy = child(id=son.pk, relationship="other", carer_kind="member", carer=mother.pk)
    going = [person(id=mother.pk, relationship="sibling"), boy]
    change_household(family, to=other, members=going, head=father.pk, by=desk)


def split_off(family, mother, father, son, desk):
    going = [person(id=mother.pk), child(id=son.pk)]
    split(family, site=family.site, members=going, head=father.pk, by=desk)


def home_of(member):
    return Membership.objects.get(individual=member, left_at=None).household


@pytest.mark.parametrize("part", [going_over, split_off])
def test_a_child_goes_over_with_its_mother(part, family, desk):
    mother, father, son = Individual.objects.members_of(family)
    part(family, mother, father, son, desk)
    assert home_of(son) == home_of(mother) != home_of(father) == family


@pytest.mark.parametrize("part", [going_over, split_off])
@pytest.mark.parametrize("lost", [left, died])
def test_a_child_does_not_go_over_with_who_is_not_there(lost, part, family, desk):
    mother, father, son = Individual.objects.members_of(family)
    lost(family, mother, desk)
    with pytest.raises((NotPlanned, HeadMissing)):
        part(family, mother, father, son, desk)
    assert home_of(son) == family


def test_a_protection_officer_lets_it_go_over_all_the_same(family, goris, desk):
    mother, father, son = Individual.objects.members_of(family)
    left(family, mother, desk)
    officer = make_user(Role.PROTECTION)
    officer.assignments.create(role=Role.COORDINATOR, starts_at=officer.assignments.get().starts_at)
    going_over(family, mother, father, son, officer)
    assert home_of(son) == home_of(mother) != home_of(father) == family


def test_the_dead_lead_no_family(family, goris, desk):
    mother, father, _son = Individual.objects.members_of(family)
    died(family, father, desk)
    for lead in (
        lambda: correct(family, said=[Said("relationship", "head", person=father.pk)], by=desk),
        lambda: make_head(family, head=father.pk, by=desk),
        lambda: split(family, site=goris, members=[person("Ara", id=father.pk)], by=desk),
    ):
        with pytest.raises(HeadMissing):
            lead()
    assert Membership.objects.get(household=family, relationship="head").individual == mother
