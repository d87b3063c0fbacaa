"""A birth is of these days, at every door; the mother looks after the child."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from desk.actions import record_birth
from desk.errors import NotNewborn, NotTheMother
from desk.newborn import CHILDS, NO_CHILDS, is_of_these_days
from registrations.facts import Birth
from registrations.models import Individual, Movement, Relationship
from tests.api.conftest import Machine
from tests.build import child, make_user, newborn, person, register_family

DAY = date(2026, 3, 4)
MAN = {"given_name": "Hayk", "family_name": "Hakobyan", "sex": "M", "relationship": "son"}


@pytest.fixture
def volunteer(client, goris):
    user = make_user("volunteer", goris)
    client.force_login(user)
    return user


@pytest.fixture
def family(goris, volunteer):
    girl = child("Mane")
    return register_family(goris, volunteer, person(), girl, child("Ani", birth=Birth(date(2010, 1, 1), "day")))


def born(household):
    return f"/families/{str(household).replace(' ', '')}/born/"


@pytest.mark.parametrize(
    ("birth", "fits"),
    [
        (Birth(DAY, "day"), True),
        (Birth(DAY - timedelta(days=7), "day"), True),
        (Birth(DAY - timedelta(days=8), "day"), False),
        (Birth(DAY + timedelta(days=1), "day"), False),
        (Birth(date(2026, 2, 1), "month"), True),
        (Birth(date(2026, 1, 1), "month"), False),
        (Birth(date(2026, 1, 1), "year"), True),
        (Birth(date(2025, 1, 1), "year"), False),
        (Birth.of_age(0, DAY), True),
        (Birth.of_age(1, DAY), False),
        (Birth.of_months(0, DAY), True),
        (Birth.of_months(1, DAY), False),
        (Birth(precision="age_group", age_group="0-4"), False),
        (Birth(), False),
    ],
)
def test_a_birth_as_said_is_of_these_days_or_not(birth, fits):
    assert is_of_these_days(birth, DAY) is fits


def test_every_relationship_is_a_childs_or_is_none():
    assert {choice for choice, _label in CHILDS} | NO_CHILDS == set(Relationship.values)
    assert {"son", "daughter", "grandchild"} <= {choice for choice, _label in CHILDS}


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"birth": Birth(date(1980, 1, 1), "day")}, {"relationship": "spouse"}])
def test_a_birth_of_no_newborn_writes_nothing(goris, volunteer, family, wrong):
    with pytest.raises(NotNewborn):
        record_birth(family, site=goris, child=newborn(**wrong), by=volunteer)
    assert (family.memberships.count(), Movement.objects.filter(kind="born").count()) == (3, 0)


@pytest.mark.django_db
def test_a_birth_is_of_the_days_before_it_was_told(goris, volunteer, family):
    week = timezone.now() - timedelta(days=6)
    baby = newborn(birth=Birth(timezone.localdate(), "day"))
    with pytest.raises(NotNewborn):
        record_birth(family, site=goris, child=baby, by=volunteer, at=week)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"birth": "1980"}, "birth"), ({"birth": ""}, "birth"), ({"relationship": "spouse"}, "relationship")],
)
def test_a_page_says_beside_the_field_why_it_is_no_birth(client, volunteer, family, wrong, field):
    answer = client.post(born(family), {"id": str(uuid.uuid4()), **MAN, "birth": "0"} | wrong)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Movement.objects.filter(kind="born").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"birth_date": "1980-01-01"}, "birth_date"),
        ({"birth_year": 1980}, "birth_year"),
        ({"age": 46}, "age"),
        ({}, "birth_date"),
        ({"age": 0, "relationship": "spouse"}, "relationship"),
    ],
)
def test_the_api_says_beside_the_field_why_it_is_no_birth(volunteer, goris, family, wrong, field):
    body = {"id": str(uuid.uuid4()), "site": "goris", "at": timezone.now().isoformat(), "child": MAN | wrong}
    answer = Machine(volunteer).post(f"households/{family.pk}/born/", body)
    assert answer.status_code == 400, answer.json()
    assert list(answer.json()) == [f"child.{field}"]


# The mother


def key_of(given):
    return str(Individual.objects.get(given_name=given).pk)


@pytest.mark.django_db
def test_the_mother_is_a_woman_of_the_family_and_looks_after_the_child(client, volunteer, family):
    page = client.get(born(family)).content.decode()
    assert [given for given in ("Anna", "Mane", "Ani") if f'value="{key_of(given)}"' in page] == ["Anna", "Ani"]
    data = {"id": str(uuid.uuid4()), **MAN, "birth": "0", "mother": key_of("Anna")}
    assert client.post(born(family), data | {"mother": key_of("Mane")}).status_code == 422
    assert client.post(born(family), data).status_code == 303
    baby = family.memberships.get(individual__given_name="Hayk")
    assert (baby.carer_kind, str(baby.carer_id)) == ("member", key_of("Anna"))


@pytest.mark.django_db
def test_the_api_takes_the_mother_by_her_id_and_nobody_else(volunteer, goris, family):
    stranger = register_family(goris, volunteer, person("Nune")).memberships.get().individual_id
    body = {"id": str(uuid.uuid4()), "site": "goris", "at": timezone.now().isoformat(), "child": MAN | {"age": 0}}
    caller = Machine(volunteer)
    answer = caller.post(f"households/{family.pk}/born/", body | {"mother": str(stranger)})
    assert (answer.status_code, list(answer.json())) == (400, ["mother"])
    answer = caller.post(f"households/{family.pk}/born/", body | {"mother": key_of("Anna")})
    assert answer.status_code == 201
    assert str(family.memberships.get(individual__given_name="Hayk").carer_id) == key_of("Anna")


@pytest.mark.django_db
def test_a_mother_of_another_family_is_refused(goris, volunteer, family):
    stranger = register_family(goris, volunteer, person("Nune")).memberships.get().individual_id
    with pytest.raises(NotTheMother):
        record_birth(family, site=goris, child=newborn(), mother=stranger, by=volunteer)
