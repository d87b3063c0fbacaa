"""Those counted at the gate get their names: rows are filled, in parts of any size, and what they said is kept."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from census.counting import everyone
from centre.access import Role
from desk.actions import complete, pre_register
from desk.filling import match_nameless
from registrations.corrections import Correction, FormerName
from registrations.errors import AlreadyRegistered, OneHead
from registrations.facts import Group, HouseholdFacts
from registrations.models import Household, Individual, Presence
from tests.build import child, make_site, make_user, person

pytestmark = pytest.mark.django_db

SHELTER = HouseholdFacts(going="shelter")


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def volunteer(goris):
    return make_user(Role.VOLUNTEER, goris)


def count(site, by, *groups):
    return Household.objects.get(pk=pre_register(site, groups=groups, facts=SHELTER, by=by).household)


def name(household, by, *members, facts=SHELTER):
    return complete(household, site=household.site, members=members, facts=facts, by=by)


# Who fills which row


@pytest.mark.parametrize(
    ("rows", "people", "filled"),
    [
        ([("F", "5-11"), ("F", "0-4")], [("F", "0-4"), ("F", "5-11")], {0: 1, 1: 0}),
        ([("M", "0-4")], [("M", "5-11")], {0: 0}),
        ([("M", "60+")], [("M", "18-59")], {0: 0}),
        ([("M", "0-4")], [("M", "12-17")], {}),
        ([("M", "0-4")], [("F", "5-11")], {}),
        ([("M", "5-11")], [("M", "0-4"), ("M", "5-11")], {1: 0}),
        ([("M", "12-17"), ("M", "0-4")], [("M", "5-11"), ("M", "18-59")], {0: 1, 1: 0}),
        ([(None, "5-11"), ("M", "0-4")], [("M", "5-11")], {0: 1}),
        ([(None, "5-11"), (None, "")], [("M", "0-4"), ("M", "5-11")], {1: 0, 0: 1}),
        ([(None, "0-4")], [("M", "5-11")], {0: 0}),
        ([("F", "60+")], [("F", "")], {0: 0}),
        ([("M", "60+")], [("F", "")], {}),
    ],
    ids=[
        "the same", "a group older", "a group younger", "two groups off", "another sex", "the same before a neighbour",
        "nobody takes the only row of another", "a neighbour before what is unknown", "what is unknown",
        "a neighbour of unknown sex", "age unknown", "age unknown and another sex",
    ],
)  # fmt: skip
def test_match_nameless(rows, people, filled):
    assert match_nameless([(place, *row) for place, row in enumerate(rows)], people) == filled


def test_complete_fills_a_row_of_a_neighbouring_group_and_leaves_no_ghost(goris, volunteer):
    family = count(goris, volunteer, Group(1, "F", "18-59"), Group(1, "F", "0-4"))
    assert name(family, volunteer, person(), child()).nameless == 0
    assert Presence.objects.at(timezone.now()).count() == Individual.objects.count() == 2


# What a row said is kept


@pytest.mark.django_db(transaction=True)
def test_complete_changes_nothing_of_a_tally_as_known_before(goris, volunteer):
    family = count(goris, volunteer, Group(1, "F", "18-59"), Group(1, "M", "0-4"), Group(1), Group(1, None, "12-17"))
    at = known_at = timezone.now()
    day = timezone.localdate()
    before = everyone(at, known_at, day)
    members = [person(), child("Narek", sex="M", relationship="son"), person("Aram", sex="M", relationship="spouse")]
    name(family, volunteer, *members, child("Mane"))
    assert sorted(map(str, everyone(at, known_at, day))) == sorted(map(str, before))
    assert everyone(timezone.now(), timezone.now(), day) != before


def test_complete_keeps_what_each_row_said_and_no_name_it_never_had(goris, volunteer):
    family = count(goris, volunteer, Group(1, "F", "18-59"))
    name(family, volunteer, person())
    kept = {one.field: one.was for one in Correction.objects.filter(cause="named")}
    group = {"birth_date": None, "birth_precision": "age_group", "age_group": "18-59"}
    assert kept == {"given_name": "", "family_name": "", "birth": group}
    assert not FormerName.objects.exists()


def test_complete_of_more_people_asks_no_more_of_the_database(goris, volunteer):
    asked = []
    for people in (2, 12):
        family = count(goris, volunteer, Group(people, "F", "18-59"))
        members = [person(), *(person(f"Anna{n}", relationship="sibling") for n in range(people - 1))]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            name(family, volunteer, *members)
        asked.append(len(queries))
    assert asked[0] == asked[1]


# In parts


def test_complete_in_parts_names_everybody_under_the_first_parts_hour(goris, volunteer):
    house = count(goris, volunteer, Group(72, "F", "60+"))
    first = [person(f"First{n}", relationship="not_related" if n else "head") for n in range(40)]
    assert name(house, volunteer, *first).nameless == 32
    house.refresh_from_db()
    registered_at = house.registered_at
    facts = HouseholdFacts(going="own_address", phones=("+37491000000",))
    second = [person(f"Second{n}", relationship="not_related") for n in range(32)]
    assert name(house, volunteer, *second, facts=facts).nameless == 0
    house.refresh_from_db()
    assert (house.registered_at, house.going, house.phones) == (registered_at, "shelter", [])
    assert Individual.objects.exclude(given_name="").count() == Individual.objects.count() == 72
    assert Presence.objects.at(timezone.now() + timedelta(seconds=1)).count() == 72
    with pytest.raises(AlreadyRegistered):
        name(house, volunteer, person("Late", relationship="not_related"))


def test_complete_with_a_second_head_in_a_later_part_writes_nothing(goris, volunteer):
    family = count(goris, volunteer, Group(3, "F", "18-59"))
    name(family, volunteer, person())
    with pytest.raises(OneHead):
        name(family, volunteer, person("Nune"))
    assert family.memberships.nameless().count() == 2
