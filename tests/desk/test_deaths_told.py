"""Until the family was told of a death, every door says *ask* but to those who must know; afterwards it says how."""

import uuid
from typing import Any

import pytest
from django.test import Client

from centre.access import Role
from desk.actions import arrive, record_death
from desk.errors import FamilyNotTold
from desk.lists import families_file
from desk.telling_deaths import take_back_family_told, tell_family_of_death
from desk.voiding import void_movement
from registrations.errors import NotTold, RecordClosed
from registrations.living import require_no_death
from registrations.models import Household, Individual, Movement
from tests.api.conftest import Machine
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

ASK = "ask a protection officer"


class House:
    """A couple in Goris of whom he died; the coordinator who did not record it, and the officer."""

    def __init__(self) -> None:
        self.goris = make_site("goris")
        self.recorder, self.coordinator = make_user(site=self.goris), make_user(site=self.goris)
        self.officer = make_user(Role.PROTECTION)
        husband = person("Suren", sex="M", relationship="spouse")
        self.family = register_family(self.goris, self.officer, person(), husband)
        self.man = Individual.objects.get(given_name="Suren")
        record_death(self.man, site=self.goris, told_of=self.family, by=self.recorder)

    def tell(self) -> None:
        tell_family_of_death(self.man, to_whom="Anna, his wife", how="telephone", by=self.officer)


@pytest.fixture
def house() -> House:
    return House()


def read(user: Any, family: Household, tail: str = "") -> str:
    client = Client()
    client.force_login(user)
    return client.get(f"/families/{str(family).replace(' ', '')}/{tail}", follow=True).content.decode()


def found(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.post("/families/", {"search": "Suren Hakobyan"}, follow=True).content.decode()


def listed(user: Any) -> str:
    rows = families_file(Household.objects.all(), suffix="csv", language="en", why="for a test", by=user)
    return b"".join(rows).decode()


def refusal(user: Any, man: Individual) -> str:
    with pytest.raises((RecordClosed, NotTold)) as refused:
        require_no_death(man.pk, user)
    return str(refused.value)


def says_so(user: Any, house: House) -> list[bool]:
    """Whether the file, the history, the search, the list and a refusal tell the user of the death."""
    return [
        ">Died" in read(user, house.family) or "died</" in read(user, house.family),
        "Died ·" in read(user, house.family, "told/"),
        "Suren, died" in found(user),
        "Suren" not in listed(user),
        "having died" in refusal(user, house.man),
    ]


def test_before_the_family_was_told_only_who_must_know_reads_it(house):
    assert says_so(house.coordinator, house) == [False] * 5
    assert ASK in read(house.coordinator, house.family)
    for user in (house.officer, house.recorder):
        assert says_so(user, house) == [True] * 5


def test_afterwards_all_who_are_told_of_deaths_read_it_and_how(house):
    house.tell()
    assert says_so(house.coordinator, house) == [True] * 5
    for tail in ("", "told/"):
        text = read(house.coordinator, house.family, tail)
        assert "The family was told of the death · by telephone · Anna, his wife" in text
    volunteer = make_user(Role.VOLUNTEER, house.goris)
    assert "his wife" not in read(volunteer, house.family) + read(volunteer, house.family, "told/")
    assert ASK in read(volunteer, house.family)


def test_a_death_that_was_wrong_needs_no_telling(house):
    void_movement(Movement.objects.get(kind="died"), by=house.officer)
    assert "There is no death" in read(house.officer, house.family, "family-told/")
    assert ASK not in read(house.coordinator, house.family)
    answer = Machine(house.officer).post(f"individuals/{house.man.pk}/family-told/", to_whom="Anna", how="letter")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_death")


def test_an_officer_records_it_by_page_and_nobody_else(house):
    address = f"/families/{str(house.family).replace(' ', '')}/"
    data = {"id": str(uuid.uuid4()), "individual": str(house.man.pk), "to_whom": "Anna", "how": "in_person"}
    client = Client()
    client.force_login(house.coordinator)
    assert client.post(f"{address}family-told/", data).status_code == 403
    client.force_login(house.officer)
    assert f"{address}family-told/" in client.get(address).content.decode()
    assert client.post(f"{address}family-told/", data | {"to_whom": ""}).status_code == 422
    assert client.post(f"{address}family-told/", data).status_code == 303
    text = client.get(address).content.decode()
    assert "The family was told of the death · in person · Anna" in text
    assert f"{address}family-told/" not in text


def test_a_telling_that_was_wrong_is_taken_back_alone(house):
    house.tell()
    take_back_family_told(house.man, by=house.officer)
    assert says_so(house.coordinator, house) == [False] * 5
    assert "his wife" not in read(house.coordinator, house.family) + read(house.coordinator, house.family, "told/")
    for user in (house.officer, house.recorder):
        assert says_so(user, house) == [True] * 5
    for tail in ("", "told/"):
        assert "Anna, his wife" in read(house.officer, house.family, tail), "that it was said stays to be read"
    with pytest.raises(FamilyNotTold):
        take_back_family_told(house.man, by=house.officer)
    tell_family_of_death(house.man, to_whom="his brother", how="in_person", by=house.officer)
    assert says_so(house.coordinator, house) == [True] * 5
    assert "his brother" in read(house.coordinator, house.family)


def test_an_officer_takes_it_back_by_page_and_nobody_else(house):
    house.tell()
    back = f"/families/{str(house.family).replace(' ', '')}/family-not-told/{house.man.pk}/"
    assert back in read(house.officer, house.family)
    assert back not in read(house.coordinator, house.family)
    client, data = Client(), {"id": str(uuid.uuid4())}
    client.force_login(house.coordinator)
    assert client.post(back, data).status_code == 403
    client.force_login(house.officer)
    assert client.post(back.replace(str(house.man.pk), str(uuid.uuid4())), data).status_code == 404
    assert client.post(back, data).status_code == 303
    assert client.post(back, data).status_code == 303, "sent twice, it is done once"
    assert client.post(back, {"id": str(uuid.uuid4())}).status_code == 409
    assert back not in read(house.officer, house.family)


def test_nobody_learns_by_the_api_whether_a_family_was_told(house):
    path = f"individuals/{house.man.pk}/family-not-told/"
    assert Machine(house.coordinator).post(path).status_code == 403
    answer = Machine(house.officer).post(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "family_not_told")
    house.tell()
    assert Machine(house.officer).post(path).status_code == 201
    assert says_so(house.coordinator, house) == [False] * 5


def test_who_is_not_told_of_a_death_does_not_take_it_back(house):
    death = Movement.objects.get(kind="died")
    machine = Machine(house.coordinator)
    shown = machine.get("presences/", household=str(house.family.pk)).json()["results"]
    assert [(row["until"] is None, row["ended_by"]) for row in shown if row["individual"] == str(house.man.pk)] == [
        (False, None)
    ]
    assert machine.post(f"movements/{death.pk}/void/").status_code == 404
    client = Client()
    client.force_login(house.coordinator)
    address = f"/families/{str(house.family).replace(' ', '')}/void/"
    client.post(address, {"id": uuid.uuid4(), "movements": str(death.pk)})
    with pytest.raises(NotTold):
        void_movement(death, by=house.coordinator)
    assert not Movement.objects.filter(voids=death).exists()
    house.tell()
    assert [row["ended_by"] for row in machine.get("presences/").json()["results"] if row["until"]] == [str(death.pk)]
    assert machine.post(f"movements/{death.pk}/void/").status_code == 201


def test_what_was_told_at_a_place_that_is_kept_from_one_is_not_theirs_to_take_back(house):
    hidden = make_site("haven", confidential=True)
    wife = Individual.objects.get(given_name="Anna")
    arrive(house.family, site=hidden, members=[wife.pk], by=house.officer)
    arrival = Movement.objects.get(site=hidden)
    assert Machine(house.coordinator).post(f"movements/{arrival.pk}/void/").status_code == 404
    with pytest.raises(NotTold):
        void_movement(arrival, by=house.coordinator)


@pytest.mark.parametrize("here", [Role.VOLUNTEER, Role.COORDINATOR])
def test_who_follows_cases_elsewhere_reads_and_tells_no_death_of_this_site(house, here):
    kapan = make_site("kapan")
    both = make_user(here, house.goris)
    both.assignments.create(site=kapan, role=Role.PROTECTION, starts_at=house.goris.opened_at)
    living = Individual.objects.get(given_name="Anna")
    facts = {"to_whom": "Anna", "how": "letter"}
    assert says_so(both, house) == [False] * 5
    assert ASK in read(both, house.family)
    assert "family-told/" not in read(both, house.family)
    assert "Suren" not in read(both, house.family, "family-told/")
    machine = Machine(both)
    for man in (house.man, living):
        answer = machine.post(f"individuals/{man.pk}/family-told/", **facts)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_death")
    house.tell()
    assert "family-not-told/" not in read(both, house.family)
    answer = machine.post(f"individuals/{house.man.pk}/family-not-told/")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_death")


@pytest.mark.parametrize("goes_on", [False, True])
def test_who_follows_cases_where_the_person_or_the_family_is_reads_and_tells_it(house, goes_on):
    """Also when the family goes on to another site, and to the officer of the site where the person died."""
    kapan = make_site("kapan")
    officers = [make_user(Role.VOLUNTEER, kapan)]
    officers[0].assignments.create(site=house.goris, role=Role.PROTECTION, starts_at=house.goris.opened_at)
    if goes_on:
        arrive(house.family, site=kapan, members=[Individual.objects.get(given_name="Anna").pk], by=house.officer)
        officers.append(make_user(Role.PROTECTION, kapan))
    for officer in officers:
        file, told, *elsewhere = says_so(officer, house)
        assert [file, *elsewhere] == [True] * 4
        assert told is (len(officers) == 1 or officer is officers[1]), "what was told of them goes on with the family"
        assert "family-told/" in read(officer, house.family)
        assert (
            Machine(officer).post(f"individuals/{house.man.pk}/family-told/", to_whom="Anna", how="letter").status_code
            == 201
        )
        assert "family-not-told/" in read(officer, house.family)
        assert Machine(officer).post(f"individuals/{house.man.pk}/family-not-told/").status_code == 201
