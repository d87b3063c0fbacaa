"""What a person needs begins and ends: said by any desk that has the family in hand, read by those who may."""

import uuid

import pytest

from centre.access import Role
from desk.belonging import never_was
from desk.errors import NeedsHidden
from desk.merging import merge_individuals, unmerge
from desk.needing import change_needs
from registrations.errors import NeverWas
from registrations.models import Individual, Merge, NeedCode, SpecificNeed
from tests.api.conftest import Machine
from tests.build import make_user, person, register_family

pytestmark = pytest.mark.django_db

AT_DESK, OTHER = "SM-CC", "SM-CI"


@pytest.fixture
def family(goris, volunteer):
    return register_family(goris, volunteer, person("Anna", needs=(AT_DESK,)), person("Aram", relationship="spouse"))


@pytest.fixture
def anna(family):
    return Individual.objects.get(given_name="Anna")


def needs(individual):
    return sorted(SpecificNeed.objects.filter(individual=individual, ended_at=None).values_list("code", flat=True))


def page_of(family, individual):
    return f"{family.get_absolute_url()}needs/{individual.pk}/"


def test_change_needs_adds_and_ends(anna, coordinator):
    change_needs(anna, add=[OTHER], end=[AT_DESK], by=coordinator)
    ended = SpecificNeed.objects.exclude(ended_at=None).get()
    assert (needs(anna), ended.code_id, ended.ended_by) == ([OTHER], AT_DESK, coordinator)


def test_change_needs_again_after_it_ended_begins_anew(anna, coordinator):
    change_needs(anna, end=[AT_DESK], by=coordinator)
    change_needs(anna, add=[AT_DESK], by=coordinator)
    assert SpecificNeed.objects.filter(individual=anna, code=AT_DESK).count() == 2
    assert needs(anna) == [AT_DESK]


def test_change_needs_with_one_that_is_known_says_nothing_of_it(anna, volunteer):
    known, new = (Machine(volunteer).post(f"individuals/{anna.pk}/needs/", add=[code]) for code in (AT_DESK, OTHER))
    assert (known.status_code, known.json()) == (new.status_code, new.json()) == (201, {"individual": str(anna.pk)})
    assert needs(anna) == [AT_DESK, OTHER]


def test_a_volunteer_ends_no_need_and_adds_those_of_a_desk(anna, volunteer):
    rare = NeedCode.objects.filter(at_desk=False).first()
    for said in ({"end": [AT_DESK]}, {"add": [rare.pk]}):
        with pytest.raises(NeedsHidden):
            change_needs(anna, **said, by=volunteer)
    assert needs(anna) == [AT_DESK]


def test_change_needs_of_a_merged_person_knows_those_of_both_records(anna, coordinator):
    aram, officer = Individual.objects.get(given_name="Aram"), make_user(Role.PROTECTION)
    merge_individuals(aram, into=anna, reason="one person", by=officer)
    change_needs(aram, add=[AT_DESK, OTHER], by=coordinator)
    assert (needs(anna), needs(aram)) == ([AT_DESK], [OTHER])
    change_needs(anna, end=[OTHER], by=coordinator)
    unmerge(Merge.objects.get(), by=officer)
    assert (needs(anna), needs(aram)) == ([AT_DESK], [])


def test_nobody_who_never_was_needs_anything(family, coordinator):
    aram = Individual.objects.get(given_name="Aram")
    never_was(family, members=[aram.pk], reason="twice", by=coordinator)
    with pytest.raises(NeverWas):
        change_needs(aram, add=[OTHER], by=coordinator)


def test_the_api_refuses_codes_that_do_not_exist_and_nothing_at_all(anna, coordinator):
    for said in ({"add": ["XX"]}, {"end": ["XX"]}, {}):
        assert Machine(coordinator).post(f"individuals/{anna.pk}/needs/", **said).status_code == 400


def test_the_page_shows_and_ends_needs_to_who_sees_them(client, family, anna, coordinator):
    client.force_login(coordinator)
    assert page_of(family, anna) in client.get(family.get_absolute_url()).content.decode()
    assert f'name="end" value="{AT_DESK}"' in client.get(page_of(family, anna)).content.decode()
    form = {"id": uuid.uuid4(), "add": [OTHER], "end": [AT_DESK]}
    for _sent_twice in range(2):
        assert client.post(page_of(family, anna), form).status_code == 303
    assert needs(anna) == [OTHER]


def test_the_page_lets_a_volunteer_add_and_read_nothing(client, family, anna, volunteer):
    client.force_login(volunteer)
    page = client.get(page_of(family, anna)).content.decode()
    assert ('name="end"' in page, f'name="add" value="{AT_DESK}"' in page) == (False, True)
    assert client.post(page_of(family, anna), {"id": uuid.uuid4(), "add": [OTHER]}).status_code == 303
    assert client.post(page_of(family, anna), {"id": uuid.uuid4(), "end": [AT_DESK]}).status_code == 422
    assert client.post(page_of(family, anna), {"id": uuid.uuid4()}).status_code == 422
    assert needs(anna) == [AT_DESK, OTHER]


def test_the_page_of_somebody_of_another_family_is_not_there(client, goris, family, volunteer):
    other = Individual.objects.members_of(register_family(goris, volunteer, person("Karen"))).get()
    client.force_login(volunteer)
    assert client.get(page_of(family, other)).status_code == 404
