"""The list of families as a file: who may take it out, what stands in it, and that a cut one shows."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from centre.access import Role
from centre.models import LogLine
from desk.actions import record_death
from desk.merging import merge_individuals
from registrations.models import Household, Individual
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

WHY = "For the night without power"


@pytest.fixture
def goris():
    return make_site("goris", name_en="Goris", name_hy="Գորիս")


@pytest.fixture
def family(goris):
    return register_family(
        goris,
        make_user(),
        person("=Անի", "Հակոբյան", fathers_name="Արամ", needs=("SM-CI",)),
        person("Narek", "@Hakobyan", relationship="son"),
        last_residence_district="MTN",
        last_residence_settlement="Չարտար",
        phones=("+37491123456",),
    )


def lines_of(answer, separator=","):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=separator))


def cells_of(answer):
    return (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    )


@pytest.mark.parametrize("address", ["/families/list/", "/api/v1/households.csv", "/api/v1/households.xlsx"])
@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.AID_VOLUNTEER, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_take_no_list_out(client, goris, family, address, role):
    client.force_login(make_user(role, goris))
    asked = {"why": WHY, "language": "en", "suffix": "xlsx"} if "list" in address else {"why": WHY}
    assert client.get(address, asked).status_code == 403
    assert not LogLine.objects.filter(verb="exported").exists()


def test_a_coordinator_takes_out_a_row_a_person(client, goris, family):
    client.force_login(make_user(Role.COORDINATOR, goris, username="coordinator"))
    lines = lines_of(client.get("/api/v1/households.csv", {"why": WHY, "lang": "en"}))
    assert lines[0][:4] == ["Number", "Family name", "Given name", "Father's name"]
    assert lines[1][:5] == [str(family), "Հակոբյան", "'=Անի", "Արամ", "female"]
    assert lines[2][1:3] == ["'@Hakobyan", "Narek"]
    assert lines[1][9] == "Goris"
    assert lines[1][12:] == ["Չարտար", "+37491123456"]
    assert lines[3] == ["End of the list. People: 2", WHY]
    assert len(lines) == 4
    assert "SM-CI" not in str(lines)
    line = LogLine.objects.get(verb="exported")
    assert (line.by.username, line.subject, line.why) == ("coordinator", "household", WHY)


def test_the_list_holds_only_what_the_role_shows(client, goris, family):
    elsewhere = register_family(make_site("kapan"), make_user(), person("Other", "Elsewhere"))
    client.force_login(make_user(Role.COORDINATOR, goris))
    told = str(lines_of(client.get("/families/list/", {"why": WHY, "language": "hy", "suffix": "csv"})))
    assert str(family) in told
    assert str(elsewhere) not in told


def test_a_role_that_only_sees_families_adds_none_to_the_list(client, goris, family):
    kapan = make_site("kapan")
    elsewhere = register_family(kapan, make_user(), person("Other", "Elsewhere"))
    user = make_user(Role.COORDINATOR, goris)
    week = timezone.now() + timedelta(days=7)
    user.assignments.create(role=Role.VOLUNTEER, site=kapan, starts_at=kapan.opened_at, ends_at=week)
    client.force_login(user)
    assert str(elsewhere) in client.get("/families/").content.decode()
    told = str(lines_of(client.get("/api/v1/households.csv", {"why": WHY})))
    assert str(family) in told
    assert str(elsewhere) not in told


def test_a_confidential_site_is_not_named_to_others(client, goris, family):
    home = make_site("home", confidential=True, name_en="Secret home")
    register_family(home, make_user(site=home), person("Hidden", "Child"))
    client.force_login(make_user(Role.COORDINATOR))
    told = str(lines_of(client.get("/api/v1/households.csv", {"why": WHY, "lang": "en"})))
    assert "Secret home" not in told


def test_the_page_narrows_the_list_and_asks_why(client, goris, family):
    client.force_login(make_user(Role.COORDINATOR, goris))
    assert "This list has people" in client.get("/families/list/").content.decode()
    refused = client.get("/families/list/", {"why": "", "language": "en"})
    assert refused.status_code == 422
    asked = {"why": WHY, "language": "en", "suffix": "csv", "state": "pre_registered"}
    counted = client.get("/families/list/", asked)
    assert lines_of(counted)[1:] == [["End of the list. People: 0", WHY]]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_people_are_asked_for_before_an_answer_begins(client, goris, family, suffix):
    client.force_login(make_user(Role.COORDINATOR, goris))
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/api/v1/households.{suffix}", {"why": WHY}).close()
    assert any('FROM "registrations_membership"' in query["sql"] for query in asked)


@pytest.mark.parametrize(
    "asked", [{"why": ""}, {}, {"why": WHY, "lang": "xx"}, {"why": WHY, "going": "moon"}, {"x": "1"}]
)
def test_what_cannot_be_asked_is_named(client, goris, family, asked):
    client.force_login(make_user(Role.COORDINATOR, goris))
    answer = client.get("/api/v1/households.csv", asked)
    assert answer.status_code == 400
    assert set(answer.json()) & {"why", "lang", "going", "x"}


def test_the_list_asks_as_much_of_the_database_for_three_families_as_for_one(
    client, goris, family, django_assert_max_num_queries
):
    for name in ("Anna", "Mane"):
        register_family(goris, make_user(), person(name))
    client.force_login(make_user(Role.COORDINATOR, goris))
    with django_assert_max_num_queries(12):
        assert len(lines_of(client.get("/api/v1/households.csv", {"why": WHY}))) == 6
    with django_assert_max_num_queries(12):
        assert len(cells_of(client.get("/api/v1/households.xlsx", {"why": WHY}))) == 6
    assert Household.objects.count() == 3


def test_the_list_holds_each_living_person_once(client, goris):
    staff = make_user()
    register_family(goris, staff, person("Ani"), person("Aram", relationship="spouse", sex="M"))
    register_family(goris, staff, person("Ani"))
    one, other = Individual.objects.filter(given_name="Ani").order_by("registered_at")
    merge_individuals(other, into=one, reason="the same woman", by=staff)
    aram = Individual.objects.get(given_name="Aram")
    record_death(aram, site=goris, by=staff)
    client.force_login(staff)
    rows = lines_of(client.get("/families/list/", {"why": WHY, "language": "en", "suffix": "csv"}))
    assert [row[2] for row in rows[1:-1]] == ["Ani"]


@pytest.mark.parametrize(
    ("language", "sex", "going"), [("hy", "իգական", "Կացարան է պետք"), ("ru", "женский", "Нужно жильё")]
)
def test_every_row_speaks_the_language_asked_for(client, goris, family, language, sex, going):
    client.force_login(make_user(Role.COORDINATOR, goris, language="en"))
    asked = {"why": WHY, "language": language, "suffix": "csv"}
    rows = lines_of(client.get("/families/list/", asked), separator=";")[1:-1]
    assert {row[4] for row in rows} == {sex}
    assert {row[10] for row in rows} == {going}
