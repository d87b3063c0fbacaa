"""Somebody is in a hospital: at board, census, lists and files only who may know of the hospital reads its name."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.utils import timezone

from centre.access import Role
from centre.clock import local_day
from centre.models import Site
from centre.sight import sight_of
from desk.lists import families_file
from registrations.models import Household
from tests.api.conftest import Machine
from tests.build import STAFF, make_user
from tests.desk.test_hospital import DAY, HOUR, NAME, Camp, camp

__all__ = ["camp"]
pytestmark = pytest.mark.django_db

OF_PEOPLE = ("famil", "households", "presences", "movements", "individuals", "stays", "cases", "seen")
MAY_READ = {HTTPStatus.OK, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


@pytest.fixture(params=[True, False], ids=["arrived", "on the way"])
def patient(camp: Camp, request: pytest.FixtureRequest) -> Camp:
    """The man is in the hospital since yesterday, or on his way there; his bed is kept."""
    away = {"arrived": request.param, "at": timezone.now() - DAY - HOUR, "keep_bed_until": timezone.now() + DAY}
    camp.send(**away)
    return camp


def addresses(camp: Camp) -> list[str]:
    """The pages and files in which places are counted or people listed."""
    day, number = local_day(timezone.now()), str(camp.family).replace(" ", "")
    yesterday = day - timedelta(days=1)
    return [
        "/", "/board/now/", "/sites/goris/", "/sites/burns/", "/census/", f"/census/{day}/", f"/census/{yesterday}/",
        "/shelter/", f"/shelter/?family={number}", f"/families/{number}/", f"/families/{number}/told/", "/families/",
        "/seen/", "/census/cases/", "/cases/",
    ]  # fmt: skip


def files(camp: Camp) -> list[str]:
    """What a machine takes."""
    day = local_day(timezone.now())
    return [
        f"census/{day}/", f"census/{day}.csv?why=test", f"census/{day - timedelta(days=1)}.csv?why=test",
        "households.csv?why=test", "presences/", "movements/", "households/", "stays/", "sites/", "individuals/",
    ]  # fmt: skip


def read_all(client, user, camp: Camp) -> dict[str, str]:
    """All that the user reads of these, by address."""
    client.force_login(user)
    read = {}
    for address in addresses(camp):
        answer = client.get(address, follow=True)
        assert answer.status_code in MAY_READ, address
        read[address] = answer.content.decode()
    for path in files(camp):
        answer = Machine(user).get(path)
        assert answer.status_code in MAY_READ, path
        read[path] = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    return read


@pytest.mark.parametrize("everywhere", [False, True], ids=["at goris", "everywhere"])
@pytest.mark.parametrize("role", STAFF)
def test_a_hospital_is_named_to_who_may_know_of_it_alone(client, patient, role, everywhere):
    user = make_user(role, None if everywhere else patient.goris)
    knows_the_house = Site.objects.visible_to(user).filter(pk=patient.hospital.pk).exists()
    knows_who = sight_of(user, timezone.now()).is_told(patient.hospital)
    read = read_all(client, user, patient)
    named = {address for address, text in read.items() if NAME in text.replace("/sites/burns/", "")}
    named |= {address for address, text in read.items() if '"burns"' in text}
    assert bool(named) == (knows_the_house or knows_who), named
    of_people = {address for address in named if any(word in address for word in OF_PEOPLE)}
    assert knows_who or not of_people, "who knows the house need not know who is in it"


def test_who_works_in_the_hospital_reads_it(client, patient):
    nurse = make_user(Role.COORDINATOR, patient.hospital)
    read = read_all(client, nurse, patient)
    assert NAME in read["/sites/burns/"]


def listed(user) -> str:
    rows = families_file(Household.objects.all(), suffix="csv", language="en", why="for a test", by=user)
    return b"".join(rows).decode()


def test_the_list_of_families_has_the_patient_and_says_no_more_than_may_be_known(patient):
    theirs, officers = listed(patient.coordinator), listed(patient.officer)
    (row,) = [line for line in theirs.splitlines() if "Suren" in line] or [""]
    assert NAME not in theirs
    assert "burns" not in theirs
    assert "Suren" in officers
    assert len(theirs.splitlines()) == len(officers.splitlines()), row
