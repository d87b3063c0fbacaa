"""Cases in numbers: who reads which, that small ones tell of nobody, and the files."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from casework.actions import close_case, take_case
from casework.kinds import Kind
from casework.models import Case
from census.case_actions import take_case_reading
from census.case_numbers import case_numbers, shown
from census.models import CaseReading
from census.profiles import SMALL
from centre.access import Role
from centre.models import LogLine
from desk.merging import merge_individuals
from registrations.facts import Birth
from registrations.models import Individual
from tests.api.conftest import Machine
from tests.build import STAFF, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PAGE, FILE = "/census/cases/", "/census/cases/file/"


@pytest.fixture
def goris():
    return make_site("goris", name_en="Goris")


def wounded(site, sex="M", age=30, **facts):
    birth = Birth.of_age(age, timezone.localdate())
    family = register_family(
        site, make_user(Role.PROTECTION), person("Suren", sex=sex, birth=birth, needs=("SM-CC",)), **facts
    )
    return Case.objects.get(individual__memberships__household=family)


def body_of(answer):
    """What is read in the answer."""
    return re.sub(r"<[^>]*>", "", answer.content.decode("utf-8-sig"))


def counts(user, key):
    cut = next(cut for cut in case_numbers(user, timezone.now()).cuts if cut.key == key)
    return {(kind, group): number for kind, groups in cut.counts.items() for group, number in groups.items()}


def test_an_officer_reads_the_numbers_of_the_cases_they_see(goris):
    officer, sisian = make_user(Role.PROTECTION, goris), make_site("sisian")
    taken, closed = wounded(goris), wounded(goris, sex="F", age=70)
    wounded(sisian)
    take_case(taken, by=officer)
    close_case(closed, outcome="helped", by=officer)
    Case.objects.filter(pk=taken.pk).update(due_at=timezone.now() - timedelta(hours=1))
    assert counts(officer, "state") == {("medical", "overdue"): 1, ("medical", "closed"): 1}
    assert counts(officer, "age") == {("medical", "18-59"): 1, ("medical", "60+"): 1}
    assert counts(officer, "sex") == {("medical", "M"): 1, ("medical", "F"): 1}
    assert counts(officer, "site") == {("medical", str(goris.pk)): 2}
    assert counts(officer, "outcome") == {("medical", "helped"): 1}


def test_a_case_that_goes_on_in_another_is_counted_once(goris):
    first, second = wounded(goris), wounded(goris)
    merge_individuals(second.individual, into=first.individual, reason="one man", by=make_user())
    assert counts(make_user(Role.PROTECTION), "state") == {("medical", "now"): 1}


def test_how_soon_somebody_acted_and_closed(goris):
    officer, case = make_user(Role.PROTECTION), wounded(goris)
    opened = case.opened_at
    close_case(case, outcome="helped", by=officer, at=opened)
    (speed,) = case_numbers(officer, timezone.now()).speeds
    assert (speed.first_action, speed.closing) == (timedelta(), timedelta())
    take_case_reading()
    assert {one.closing for one in case_numbers(make_user(Role.OFFICIAL), timezone.now()).speeds} == {None}


def test_others_read_how_soon_in_hours_and_of_no_few_cases(goris):
    officer = make_user(Role.PROTECTION)
    for _more in range(SMALL):
        case = wounded(goris)
        close_case(case, outcome="helped", by=officer, at=case.opened_at + timedelta(seconds=1))
    take_case_reading()
    speeds = case_numbers(make_user(Role.OFFICIAL), timezone.now()).speeds
    assert [one.closing for one in speeds if one.closing] == [timedelta(hours=1)]
    assert len(speeds) == len(Kind.values)


@pytest.mark.parametrize("role", [Role.PROTECTION, Role.OFFICIAL])
def test_the_page_of_a_kind_of_which_no_case_is_closed(role, client, goris):
    take_case(wounded(goris), by=make_user(Role.PROTECTION))
    client.force_login(make_user(role))
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert '<td class="number">–</td>' in answer.content.decode()


@pytest.mark.parametrize(
    ("people", "told"), [(0, "under 10"), (1, "under 10"), (9, "under 10"), (10, "10"), (19, "10"), (127, "120")]
)
def test_a_reader_who_follows_no_cases_is_told_tens(people, told):
    assert shown(people, hides=True) == told
    assert shown(people, hides=False) == str(people)


@pytest.mark.parametrize("address", [FILE + "?suffix=csv&why=for+the+ministry", "/api/v1/case-numbers/", PAGE])
def test_a_first_case_is_not_told_apart_from_none(address, client, goris):
    client.force_login(make_user(Role.OFFICIAL))
    day = timezone.now()
    take_case_reading(day - DAY)
    before = body_of(client.get(address))
    close_case(wounded(goris, sex="F", age=20), outcome="helped", by=make_user(Role.PROTECTION))
    take_case_reading(day)
    CaseReading.objects.update(at=CaseReading.objects.last().at)  # the page says when it was
    assert body_of(client.get(address)) == before


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OFFICIAL])
def test_what_is_done_in_the_day_shows_in_no_number_of_that_day(role, goris):
    """Or who opens nine of their own would read at the tenth whether that person had one."""
    by, day = make_user(role), timezone.now()
    for _more in range(SMALL - 1):
        wounded(goris)
    take_case_reading(day - DAY)
    last = wounded(goris)
    take_case_reading(day - DAY)
    assert not counts(by, "site")["medical", str(goris.pk)] // SMALL
    take_case_reading(day)
    assert counts(by, "site")["medical", str(goris.pk)] == SMALL
    close_case(last, outcome="helped", by=make_user(Role.PROTECTION))
    Individual.objects.filter(pk=last.individual_id).update(sex="F")
    assert (counts(by, "state"), counts(by, "sex")) == ({("medical", "now"): SMALL}, {("medical", "M"): SMALL})
    assert counts(make_user(Role.PROTECTION), "state") == {("medical", "now"): SMALL - 1, ("medical", "closed"): 1}


def test_cases_at_a_confidential_site_are_in_no_number_of_others(goris):
    house = make_site("safe", confidential=True)
    for _more in range(SMALL):
        wounded(house)
    take_case_reading()
    for by in (make_user(Role.OFFICIAL), make_user(Role.COORDINATOR, house)):
        numbers = case_numbers(by, timezone.now())
        assert not any(counts(by, cut.key) for cut in numbers.cuts)
        assert [key for key, _name in next(cut for cut in numbers.cuts if cut.key == "site").groups] == [str(goris.pk)]
    assert counts(make_user(Role.PROTECTION), "state") == {("medical", "now"): SMALL}


def test_before_the_first_reading_the_page_says_so(client, goris):
    client.force_login(make_user(Role.OFFICIAL))
    assert "not been read yet" in client.get(PAGE).content.decode()
    take_case_reading()
    page = client.get(PAGE).content.decode()
    assert "not been read yet" not in page
    assert "As it stood" in page


@pytest.mark.parametrize("role", STAFF)
def test_who_reads_the_page_and_what(role, client, goris):
    wounded(goris)
    client.force_login(make_user(role))
    answer = client.get(PAGE)
    reads = role in (Role.PROTECTION, Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR)
    assert answer.status_code == (200 if reads else 404 if role == Role.RECEPTIONIST else 403)
    if reads:
        page = answer.content.decode()
        assert ("under 10" in page) is (role != Role.PROTECTION)
        assert "Suren" not in page


def test_a_hidden_site_is_named_to_nobody_else(client, goris):
    house = make_site("safe", name_en="Safe house", confidential=True)
    for site in (goris, house):
        wounded(site)
    take_case_reading()
    client.force_login(make_user(Role.OFFICIAL))
    page = client.get(PAGE).content.decode()
    assert "Goris" in page
    assert "Safe house" not in page


def test_files_have_tags_and_no_sums_and_leave_a_line(client, goris):
    for _more in range(2):
        wounded(goris)
    officer = make_user(Role.PROTECTION)
    client.force_login(officer)
    assert client.get(FILE, {"suffix": "csv", "why": ""}).status_code == 422
    answer = client.get(FILE, {"suffix": "csv", "why": "for the ministry"})
    head, tags, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (head[-1], tags[-1]) == ("Cases", "#affected+cases")
    assert [line for line in lines if line[0] == "sex"] == [["sex", "medical", "Medical", "M", "male", "2"]]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(FILE, {"suffix": "xlsx", "why": "x y z"}).content))
    assert len(book.sheet_names) >= 5
    line = LogLine.objects.filter(by=officer, verb="exported").first()
    assert (line.subject, line.why) == ("case", "for the ministry")


def test_a_file_for_others_holds_no_small_number(client, goris):
    wounded(goris)
    take_case_reading()
    client.force_login(make_user(Role.OFFICIAL))
    text = client.get(FILE, {"suffix": "csv", "why": "for the ministry"}).content.decode("utf-8-sig")
    assert {line[-1] for line in list(csv.reader(io.StringIO(text)))[2:]} == {"under 10"}


def test_machines_read_the_same(goris):
    wounded(goris)
    take_case_reading()
    rows = {role: Machine(make_user(role)).get("case-numbers/") for role in (Role.PROTECTION, Role.OFFICIAL)}
    told = {"cut": "sex", "kind": "medical", "group": "M"}
    assert told | {"cases": "1"} in rows[Role.PROTECTION].json()
    assert told | {"cases": "under 10"} in rows[Role.OFFICIAL].json()
    assert Machine(make_user(Role.VOLUNTEER, goris)).get("case-numbers/").status_code == 403


def test_no_individual_is_named(goris, client):
    case = wounded(goris)
    client.force_login(make_user(Role.PROTECTION))
    text = client.get(FILE, {"suffix": "csv", "why": "for the ministry"}).content.decode()
    assert not any(word in text for word in (str(case.pk), str(Individual.objects.get().pk), "Suren"))
