"""Those counted at the gate get their names: rows are filled, in parts of any size, and what they said is kept."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.models import Case
from census.counting import everyone
from census.situation import count_situation
from census.waits import waits_for
from centre.access import Role
from desk.actions import complete, depart, pre_register
from desk.filling import match_nameless
from registrations.corrections import Correction, FormerName
from registrations.errors import AlreadyRegistered, OneHead
from registrations.facts import Group, HouseholdFacts
from registrations.models import Household, Individual, Presence
from tests.api.conftest import Machine, member
from tests.api.conftest import intake as body
from tests.build import child, make_site, make_user, person
from tests.desk.test_intake_page import intake, row

pytestmark = pytest.mark.django_db

SHELTER = HouseholdFacts(going="shelter")


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


@pytest.mark.parametrize("door", ["complete", "intakes"])
def test_complete_of_a_child_that_comes_without_its_adults_opens_a_case_where_it_is(goris, volunteer, door):
    sisian = make_site("sisian")
    family = count(goris, make_user(), Group(1, "F", "18-59"), Group(1, "F", "60+"), Group(1, "F", "5-11"))
    name(family, make_user(), person())
    machine = Machine(make_user())
    facts = body(member("Mane", relationship="daughter", birth_date=None, age=8), site=sisian.code)
    address = f"households/{family.pk}/complete/" if door == "complete" else "intakes/"
    answer = machine.post(address, facts | ({} if door == "complete" else {"card": str(family)}))
    assert (answer.status_code, answer.json()["nameless"]) == (201, 1)
    girl = Individual.objects.get(given_name="Mane")
    case = Case.objects.get()
    assert (case.individual, case.site, case.urgency) == (girl, sisian, "now")


def test_complete_where_the_family_is_opens_no_case(goris, volunteer):
    family = count(goris, volunteer, Group(1, "F", "18-59"), Group(2, "F", "5-11"))
    name(family, volunteer, person())
    name(family, volunteer, child())
    assert not Case.objects.exists()


# The doors


def test_the_api_takes_later_parts_without_a_head_and_says_how_many_are_left(goris, volunteer):
    machine = Machine(volunteer)
    family = count(goris, volunteer, Group(2, "F", "18-59"), Group(2, "F", "5-11"))
    address = f"households/{family.pk}/complete/"
    first = machine.post(address, body(member(id=str(uuid.uuid4()))))
    assert (first.status_code, first.json()["nameless"]) == (201, 3)
    head = first.json()["individuals"][0]
    second = body(member("Nune", relationship="sibling"))
    assert machine.post(address, second).json()["nameless"] == 2
    assert machine.post(address, second).json()["nameless"] == 2
    refused = machine.post(address, body(member("Shushan")))
    assert (refused.status_code, refused.json()["code"]) == (409, "one_head")
    niece = {"relationship": "niece_nephew", "birth_date": None, "age": 8}
    third = body(member("Ani", **niece, carer=head), member("Mane", **niece, carer=head), card=str(family))
    assert machine.post("intakes/", third).json()["nameless"] == 0
    assert machine.post("intakes/", third).json()["nameless"] == 0
    assert {str(row.carer_id) for row in family.memberships.filter(carer_kind="member")} == {head}
    assert Individual.objects.count() == 4
    late = machine.post(address, body(member("Late")))
    assert (late.status_code, late.json()["code"]) == (409, "already_registered")


def test_the_api_asks_for_a_head_with_the_first_names(goris, volunteer):
    family = count(goris, volunteer, Group(2, "F", "18-59"))
    answer = Machine(volunteer).post(f"households/{family.pk}/complete/", body(member(relationship="sibling")))
    assert (answer.status_code, list(answer.json())) == (400, ["members"])


def test_the_page_names_who_is_left_over_under_their_head(client, goris, volunteer):
    family = count(goris, volunteer, Group(1, "F", "18-59"), Group(1, "M", "5-11"), Group(1, "M", "60+"))
    name(family, volunteer, person())
    client.force_login(volunteer)
    shown = client.get("/intake/", {"card": str(family)}).content.decode()
    assert "Without a name yet: 2." in shown
    assert 'name="phone"' not in shown
    head = client.post("/intake/", intake(row("Nune", relationship="head"), card=str(family)))
    assert (head.status_code, family.memberships.nameless().count()) == (422, 2)
    nephew = row(
        "Narek", sex="M", birth="8", relationship="niece_nephew", carer=str(Individual.objects.get(sex="F").pk)
    )
    form = intake(nephew, row("Aram", sex="M", birth="71", relationship="parent"), card=str(family))
    first, again = client.post("/intake/", form), client.post("/intake/", form)
    assert (first.status_code, first["Location"]) == (303, again["Location"])
    said = family.memberships.values_list("individual__given_name", "relationship", "carer__given_name")
    assert set(said) == {("Anna", "head", None), ("Narek", "niece_nephew", "Anna"), ("Aram", "parent", None)}


def test_the_rows_typed_before_the_card_was_looked_up_have_no_head(client, goris, volunteer):
    family = count(goris, volunteer, Group(2, "F", "18-59"))
    name(family, volunteer, person())
    client.force_login(volunteer)
    typed = intake(row("Nune", relationship="head"), card=str(family), step="card")
    assert '<option value="head" selected>' not in client.post("/intake/", typed).content.decode()


@pytest.mark.parametrize("door", ["/intake/", "/api/v1/intakes/"])
def test_who_shows_no_card_names_nobody_of_a_family_that_is_named_already(client, goris, volunteer, door):
    family = count(goris, volunteer, Group(2, "F", "18-59"))
    name(family, volunteer, person())
    stranger = make_user(Role.VOLUNTEER, make_site("sisian"))
    client.force_login(stranger)
    if door == "/intake/":
        answer = client.post(door, intake(row("Nune", relationship="sibling"), card=str(family)))
    else:
        machine = Machine(stranger)
        answer = machine.post("intakes/", body(member("Nune", relationship="sibling"), card=str(family), site="sisian"))
        assert answer.json()["code"] == "card_not_seen"
    assert "Without a name" not in answer.content.decode()
    assert family.memberships.nameless().count() == 1


# Who is missing?


@pytest.fixture
def left_over(goris, volunteer):
    """Counted as four, of whom two have names: a man and a boy are left."""
    family = count(goris, volunteer, Group(1, "F", "18-59"), Group(1, "M", "60+"), Group(1, "M", "5-11"), Group(1, "F"))
    name(family, volunteer, person(), child())
    return family


def address(family, what=""):
    return f"/families/{str(family).replace(' ', '')}/{what}"


@pytest.mark.parametrize("page", ["file", "done"])
def test_it_is_asked_who_is_missing_until_nobody_is(client, left_over, volunteer, page):
    client.force_login(volunteer)
    where = address(left_over) if page == "file" else f"/intake/done/{str(left_over).replace(' ', '')}/"
    shown = client.get(where).content.decode()
    assert "Counted at the gate: 4. Without a name yet: 2." in shown
    assert "male · 60+" in shown
    for given, age in (("Aram", "71"), ("Narek", "8")):
        client.post("/intake/", intake(row(given, sex="M", birth=age, relationship="son"), card=str(left_over)))
    assert "Who is missing?" not in client.get(where).content.decode()


def test_before_the_first_names_nobody_is_missing(client, goris, volunteer):
    family = count(goris, volunteer, Group(2))
    client.force_login(volunteer)
    assert "Who is missing?" not in client.get(address(family)).content.decode()


def test_who_was_counted_by_mistake_never_was(client, left_over, volunteer):
    client.force_login(volunteer)
    ghost = Individual.objects.get(age_group="60+", registered_at=None)
    form = {"id": str(uuid.uuid4()), "members": [str(ghost.pk)]}
    shown = client.post(address(left_over, "missing/"), form, follow=True).content.decode()
    assert "Counted at the gate: 3. Without a name yet: 1." in shown
    ghost.refresh_from_db()
    assert ghost.never_was
    assert Presence.objects.at(timezone.now()).count() == 3
    reasons = {one.reason_in_words for one in Correction.objects.filter(individual=ghost)}
    assert reasons == {"counted by mistake at the gate"}


def test_nobody_who_has_a_name_is_taken_for_counted_by_mistake(client, left_over, volunteer):
    client.force_login(volunteer)
    form = {"id": str(uuid.uuid4()), "members": [str(Individual.objects.get(given_name="Anna").pk)]}
    client.post(address(left_over, "missing/"), form)
    assert not Individual.objects.filter(never_was=True).exists()


def test_another_days_count_is_a_coordinators(client, goris, volunteer, settings):
    settings.DEMONSTRATION = True  # it plays its past as if that were now
    earlier = timezone.now() - timedelta(days=2)
    answer = pre_register(goris, groups=[Group(2, "F", "18-59")], facts=SHELTER, by=volunteer, at=earlier)
    family = Household.objects.get(pk=answer.household)
    name(family, volunteer, person())
    (ghost,) = family.memberships.nameless()
    for user, left in ((volunteer, 1), (make_user(Role.COORDINATOR, goris), 0)):
        client.force_login(user)
        client.post(address(family, "missing/"), {"id": str(uuid.uuid4()), "members": [str(ghost.individual_id)]})
        assert family.memberships.nameless().count() == left


def test_the_boards_line_leads_to_the_families_whose_people_it_counts(client, left_over, goris, volunteer):
    count(make_site("sisian"), make_user(), Group(1))
    gone = count(goris, volunteer, Group(2, "F", "18-59"))
    name(gone, volunteer, person())
    nameless = [row.individual_id for row in gone.memberships.nameless()]
    depart(gone, site=goris, destination="abroad", members=nameless, happened_anyway="seen", by=volunteer)
    counted = count_situation(timezone.now() + timedelta(seconds=1))
    (line,) = [line for line in waits_for(volunteer, goris, counted) if line.key == "names"]
    client.force_login(volunteer)
    shown = client.get(line.address, follow=True).context["rows"]
    assert line.people == 2
    assert [(one.household, one.nameless) for one in shown] == [(left_over, True)]


def test_one_name_more_than_were_counted_says_that_nobody_is_left(goris, volunteer):
    household = count(goris, volunteer, Group(1))
    machine, address = Machine(volunteer), f"households/{household.pk}/complete/"
    facts = {"site": "goris", "at": timezone.now().isoformat(), "going": "shelter"}
    assert machine.post(address, **facts, members=[member("Anna")]).status_code == 201
    answer = machine.post(address, **facts, members=[member("Vera", relationship="sibling")])
    assert (answer.status_code, answer.json()["code"]) == (409, "already_registered")
    assert "nobody is left to be named" in answer.json()["detail"]
