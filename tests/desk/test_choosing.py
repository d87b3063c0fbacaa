"""People as they are chosen: who has no name is told apart, and who is no longer listed is said to be."""

import uuid

import pytest

from centre.access import Role
from desk.actions import complete, pre_register, record_death
from desk.belonging import never_was
from registrations.facts import Group, HouseholdFacts
from registrations.models import Household
from tests.build import make_site, make_user, person

pytestmark = pytest.mark.django_db

SHELTER = HouseholdFacts(going="shelter")
GONE = "This was already recorded; read the file again."


@pytest.fixture
def goris():
    make_site("hospital", kind="hospital")
    return make_site("goris")


@pytest.fixture
def officer(goris):
    return make_user(Role.PROTECTION)


@pytest.fixture
def desk(client, officer, goris):
    client.force_login(officer)
    client.post("/settings/shift/", {"site": goris.pk})
    return client


@pytest.fixture
def family(goris, officer):
    """One with a name; a woman and an old man who were counted with her have none."""
    groups = [Group(2, "F", "18-59"), Group(1, "M", "60+")]
    done = pre_register(goris, groups=groups, facts=SHELTER, by=officer)
    household = Household.objects.get(pk=done.household)
    complete(household, site=goris, members=[person("Anna")], facts=SHELTER, by=officer)
    return household


def at(family, page=""):
    return f"/families/{str(family).replace(' ', '')}/{page}"


@pytest.mark.parametrize("page", ["died/", "head/", "part/", "never-was/", "depart/", "hospital/"])
def test_who_has_no_name_is_told_apart_wherever_people_are_chosen(desk, family, page):
    said = desk.get(at(family, page)).text
    assert "name still missing · female · 18-59" in said
    assert "name still missing · male · 60+" in said


@pytest.mark.parametrize("page", ["tell", "open"])
def test_who_has_no_name_is_told_apart_in_casework(desk, family, page):
    said = desk.get(f"/cases/family/{str(family).replace(' ', '')}/{page}/").text
    assert "name still missing · male · 60+" in said


@pytest.mark.parametrize(
    ("page", "field", "more"),
    [
        ("died/", "individual", {}),
        ("head/", "head", {}),
        ("never-was/", "members", {"reason": "twice"}),
        ("depart/", "members", {"destination": "abroad"}),
        ("hospital/", "patient", {}),
        ("missing/", "members", {}),
    ],
)
def test_who_is_no_longer_listed_was_recorded_already(desk, family, officer, page, field, more):
    gone = family.memberships.nameless().first().individual_id
    never_was(family, members=[gone], reason="twice", by=officer)
    answer = desk.post(at(family, page), {"id": uuid.uuid4(), field: str(gone), **more}, follow=True)
    assert GONE in answer.text
    assert str(gone) not in answer.text.replace(f'value="{gone}"', "")


def test_ticking_nobody_as_counted_by_mistake_says_what_to_tick(desk, family):
    answer = desk.post(at(family, "missing/"), {"id": uuid.uuid4()})
    assert answer.status_code == 422
    assert answer.context["missing"].errors["members"] == ["Tick who was counted by mistake."]
    legend, sentence = answer.text.index("Nobody is missing?"), answer.text.rindex("Tick who was counted by mistake.")
    assert legend < sentence < answer.text.index("Remove from the family")


def test_the_dead_are_no_longer_listed_among_those_who_may_die(desk, family, goris, officer):
    anna = family.memberships.today().get(individual__given_name="Anna").individual
    record_death(anna, site=goris, by=officer)
    answer = desk.post(at(family, "died/"), {"id": uuid.uuid4(), "individual": str(anna.pk)})
    assert answer.context["form"].errors["individual"] == [GONE]
