"""The log read back: by family, staff, day and act; for whom, and in words."""

import ast
import csv
import html
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from casework.actions import open_case
from casework.models import Case
from centre.access import Role
from centre.log import write_log
from centre.models import LogLine, Site
from desk.log_lines import CASEWORK, KINDS, PARTS
from desk.merging import merge_individuals
from registrations.models import Household
from tests.api.conftest import Machine
from tests.build import LONG_AGO, STAFF, make_site, make_user, person, register_family

pytestmark = pytest.mark.django_db

PAGE = "/settings/log/"
OUR_FILES = [path for path in Path(__file__).parents[2].glob("*/*.py") if path.parent.name != "tests"]


@pytest.fixture
def volunteer(goris):
    return make_user(Role.VOLUNTEER, goris, username="gate")


@pytest.fixture
def family(goris) -> Household:
    return register_family(goris, make_user(), person(), person("Narek", relationship="son"))


@pytest.fixture
def auditor(client):
    user = make_user(Role.AUDITOR)
    client.force_login(user)
    return user


def code(household: Household) -> str:
    return str(household).replace(" ", "")


def rows(answer) -> list[str]:
    """The rows of the page's table as text."""
    assert answer.status_code == 200
    body = answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(html.unescape(re.sub("<[^>]+>", " ", row)).split()) for row in body.split("</tr>")[:-1]]


def literals(place: int) -> set[str]:
    """The words that any call of `write_log` names in this place, as they stand in the code."""
    calls = [
        call
        for path in OUR_FILES
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "write_log"
    ]
    named = [call.args[place] for call in calls if len(call.args) > place]
    lists = [part for one in named for part in (one.elts if isinstance(one, ast.List) else [one])]
    return {part.value for part in lists if isinstance(part, ast.Constant) and part.value}


def test_whatever_is_written_in_the_log_has_a_word():
    assert literals(2) - KINDS.keys() - CASEWORK == set()
    assert literals(3) - PARTS.keys() == set()
    assert len(literals(3)) > 15


@pytest.mark.parametrize(("view", "word"), [("/aid/", "Aid"), ("/cases/", "Cases"), ("/settings/staff/", "Settings")])
def test_a_page_that_was_refused_is_called_as_in_the_menu(client, auditor, goris, view, word):
    client.force_login(make_user(Role.OFFICIAL))
    assert client.get(view).status_code == 403
    client.force_login(auditor)
    assert any(f"refused – {word}" in row for row in rows(client.get(PAGE)))


def test_a_line_is_told_in_words(client, auditor, volunteer, family):
    write_log(volunteer, LogLine.Verb.OPENED, family, ["stays"])
    (row,) = rows(client.get(PAGE, {"by": "gate"}))
    assert "gate opened – families (beds)" in row
    assert str(family) in row


def test_a_list_names_the_first_families_and_counts_the_others(client, auditor, volunteer, goris):
    shown = [register_family(goris, make_user()) for _ in range(5)]
    write_log(volunteer, LogLine.Verb.SEARCHED, "household", ["search"], shown=[one.pk for one in shown])
    (row,) = rows(client.get(PAGE, {"by": "gate"}))
    assert [str(one) in row for one in shown] == [True] * 3 + [False] * 2
    assert "and 2 more" in row


def test_who_was_shown_a_family_is_found_by_its_number(client, auditor, volunteer, family, goris):
    other = register_family(goris, make_user())
    member = family.memberships.last().individual_id
    write_log(volunteer, LogLine.Verb.OPENED, other)
    write_log(volunteer, LogLine.Verb.OPENED, family)
    write_log(volunteer, LogLine.Verb.SEARCHED, "individual", shown=[member])
    write_log(volunteer, LogLine.Verb.OPENED, "case", shown=[other.memberships.get().individual_id])
    assert len(rows(client.get(PAGE, {"number": code(family)}))) == 2
    assert len(rows(client.get(PAGE, {"number": code(other)}))) == 2


def test_who_was_shown_another_record_of_a_person_is_found_too(client, auditor, volunteer, goris):
    one, other = (register_family(goris, make_user()) for _ in range(2))
    people = [family.memberships.get().individual for family in (one, other)]
    merge_individuals(people[0], into=people[1], reason="written twice", by=make_user())
    write_log(volunteer, LogLine.Verb.OPENED, "presence", shown=[people[1].pk])
    assert len(rows(client.get(PAGE, {"number": code(one)}))) == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"verb": "printed"}, 1),
        ({"by": "gate"}, 2),
        ({"by": "gate", "verb": "opened"}, 1),
        ({"day": "today", "by": "gate"}, 2),
        ({"day": "yesterday"}, 0),
        ({"number": "1"}, 0),
        ({"by": "nobody"}, 0),
        ({"day": "soon"}, 0),
    ],
)
def test_the_log_is_narrowed_down(client, auditor, volunteer, family, query, count):
    write_log(volunteer, LogLine.Verb.OPENED, family)
    write_log(volunteer, LogLine.Verb.PRINTED, "card")
    today = timezone.localdate()
    days = {"today": f"{today:%d.%m.%Y}", "yesterday": f"{today - timedelta(days=1):%d.%m.%Y}"}
    asked = {name: days.get(said, said) for name, said in query.items()}
    assert len(rows(client.get(PAGE, asked))) == count


def test_the_api_narrows_the_log_as_the_page_does(auditor, volunteer, family):
    write_log(volunteer, LogLine.Verb.SEARCHED, "household", ["search"], shown=[family.pk])
    machine = Machine(auditor)
    (line,) = machine.get("log/", number=code(family), verb="searched").json()["results"]
    assert (line["by"], line["keys"], line["fields"]) == ("gate", [str(family.pk)], ["search"])
    assert machine.get("log/", number="nonsense").status_code == 400


@pytest.mark.parametrize("role", STAFF)
def test_the_log_is_for_those_who_may_read_it(client, role, volunteer, family):
    reader = make_user(role)
    write_log(volunteer, LogLine.Verb.OPENED, family)
    client.force_login(reader)
    may = role in (Role.AUDITOR, Role.ADMINISTRATOR)
    assert client.get(PAGE).status_code == (200 if may else 404 if role == Role.RECEPTIONIST else 403)
    assert bool(Machine(reader).get("log/", by="gate").json()["results"]) is may
    assert ("/settings/log/" in client.get("/settings/").content.decode()) is may


def test_a_role_at_one_site_reads_the_log_of_its_staff(client, goris, volunteer, family):
    elsewhere = make_user(Role.VOLUNTEER, make_site("sisian"), username="elsewhere")
    for user in (volunteer, elsewhere):
        write_log(user, LogLine.Verb.OPENED, family)
    client.force_login(make_user(Role.AUDITOR, goris))
    told = " ".join(rows(client.get(PAGE)))
    assert "gate opened" in told
    assert "elsewhere" not in told


def test_reading_the_log_leaves_a_line(client, auditor):
    client.get(PAGE, {"verb": "opened"})
    line = LogLine.objects.filter(by=auditor, verb="opened").get()
    assert (line.subject, line.fields) == ("log", ["verb"])


@pytest.mark.parametrize(("role", "may"), [(Role.VOLUNTEER, False), (Role.COORDINATOR, True), (Role.PROTECTION, True)])
def test_the_file_says_who_opened_it_to_those_who_merge(client, goris, volunteer, family, role, may):
    write_log(volunteer, LogLine.Verb.OPENED, family)
    client.force_login(make_user(role, goris))
    page = f"/families/{code(family)}/log/"
    assert (page in client.get(f"/families/{code(family)}/").content.decode()) is may
    answer = client.get(page)
    assert answer.status_code == (200 if may else 403)
    if may:
        assert any("gate opened" in row for row in rows(answer))


def test_who_opened_a_family_names_nobody_of_a_house_that_one_may_not_know(client, goris, volunteer, family):
    """Nor what somebody of both opened of the house itself; who works there, and who is told of all, reads both."""
    haven = make_site("haven", kind=Site.Kind.CRISIS, confidential=True)
    inside = make_user(Role.RECEPTIONIST, haven, username="inside")
    soon = timezone.now() + timedelta(days=1)
    volunteer.assignments.create(site=haven, role=Role.RECEPTIONIST, starts_at=LONG_AGO, ends_at=soon)
    write_log(inside, LogLine.Verb.OPENED, "stay", shown=[family.pk])
    write_log(volunteer, LogLine.Verb.OPENED, "house", ["stays"], key="haven", shown=[family.pk])
    write_log(volunteer, LogLine.Verb.OPENED, family)
    of_both = make_user(Role.COORDINATOR, goris)
    of_both.assignments.create(site=haven, role=Role.COORDINATOR, starts_at=LONG_AGO)
    read = []
    for user in (make_user(Role.COORDINATOR, goris), make_user(), of_both, make_user(Role.PROTECTION)):
        client.force_login(user)
        page = rows(client.get(f"/families/{code(family)}/log/"))
        read.append(tuple(sum(f"{who} opened" in row for row in page) for who in ("inside", "gate")))
    assert read == [(0, 1), (0, 1), (1, 2), (1, 2)]


OF_CASES = sorted(model._meta.model_name for model in apps.get_app_config("casework").get_models())


def a_case_of(family: Household) -> Case:
    """A case of the head of the family, and its individual."""
    open_case(family.memberships.first().individual, kind="medical", urgency="now", by=make_user(Role.PROTECTION))
    return Case.objects.get()


@pytest.mark.parametrize("subject", OF_CASES)
def test_who_opened_a_family_tells_of_its_cases_only_who_follows_them(subject, client, goris, volunteer, family):
    """Who follows cases elsewhere, and runs this site, follows none of these."""
    case = a_case_of(family)
    write_log(volunteer, LogLine.Verb.OPENED, subject, shown=[case.individual_id])
    both = make_user(Role.COORDINATOR, goris)
    both.assignments.create(site=make_site("kapan"), role=Role.PROTECTION, starts_at=LONG_AGO)
    read = {}
    for user in (make_user(Role.COORDINATOR, goris), both, make_user(Role.PROTECTION, goris)):
        client.force_login(user)
        page = rows(client.get(f"/families/{code(family)}/log/"))
        read[user.pk] = any("gate opened" in row and subject not in row.split() for row in page)
    assert list(read.values()) == [False, False, True]


@pytest.mark.parametrize("subject", OF_CASES)
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_the_log_says_whose_data_were_shown_and_not_that_there_is_a_case(role, subject, client, volunteer, family):
    case = a_case_of(family)
    reader, shown = make_user(role), [case.individual_id]
    client.force_login(reader)
    asked = {"by": "gate", "number": code(family)}
    of_file_asked = asked | {"why": "a telephone was stolen", "language": "en", "suffix": "csv"}
    told = []
    for kind, key, fields in ((subject, str(case.pk), ["words"]), ("individual", "", [])):
        with transaction.atomic():
            write_log(volunteer, LogLine.Verb.OPENED, kind, fields, key=key, shown=shown)
            page = re.sub(r"\d\d:\d\d", "", " ".join(rows(client.get(PAGE, asked))))
            line = {} if role == Role.ADMINISTRATOR else Machine(reader).get("log/", **asked).json()["results"][0]
            (row,) = [[*row[:1], *row[3:]] for row in of_file(client.get(f"{PAGE}shown/", of_file_asked))[1:-1]]
            told.append((page, {name: said for name, said in line.items() if name not in ("id", "at")}, row))
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert str(family) in told[0][0]


def test_who_opened_a_family_one_may_not_see_is_not_there(client, family):
    client.force_login(make_user(Role.COORDINATOR, make_site("sisian")))
    assert client.get(f"/families/{code(family)}/log/").status_code == 404


def test_a_page_of_the_log_costs_the_same_for_any_number_of_lines(
    client, auditor, volunteer, goris, django_assert_num_queries
):
    for count in (1, 6):
        for _ in range(count):
            write_log(volunteer, LogLine.Verb.OPENED, register_family(goris, make_user()))
        client.get(PAGE)
        with django_assert_num_queries(10):
            client.get(PAGE)


def a_day() -> str:
    return timezone.localdate().isoformat()


def of_file(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.content
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_for_a_notice_names_each_family_that_was_shown_once(client, auditor, volunteer, family, goris):
    """By household and by person, on lists as on files, and nobody whom other staff or other days showed."""
    other, third = register_family(goris, make_user()), register_family(goris, make_user())
    write_log(volunteer, LogLine.Verb.OPENED, family, ["stays"])
    write_log(volunteer, LogLine.Verb.SEARCHED, "individual", shown=[family.memberships.last().individual_id, other.pk])
    write_log(volunteer, LogLine.Verb.REFUSED, third)
    write_log(make_user(username="second"), LogLine.Verb.OPENED, third)
    asked = {"by": "gate", "day": a_day(), "why": "a telephone was stolen", "language": "en", "suffix": "csv"}
    heads, *rows, last = of_file(client.get(f"{PAGE}shown/", asked))
    assert heads == ["Number", "First shown", "Last shown", "Times", "To whom", "What", "From the address"]
    assert [(row[0], row[3], row[4], row[5]) for row in rows] == sorted(
        [(str(family), "2", "gate", "families, people"), (str(other), "1", "gate", "people")]
    )
    assert last[:2] == ["End of the list. Families: 2; of no family any more: 0", "a telephone was stolen"]
    line = LogLine.objects.get(verb="exported")
    assert (line.by, line.subject, line.why) == (auditor, "log", "a telephone was stolen")
    machine = Machine(auditor).get("log/shown.csv", by="gate", day=a_day(), why="a telephone was stolen", lang="en")
    assert of_file(machine)[1:-1] == rows


def test_the_file_for_a_notice_reaches_over_days(client, auditor, volunteer, family):
    write_log(volunteer, LogLine.Verb.OPENED, family)
    today = timezone.localdate()
    found = []
    for first, last in ((2, 1), (2, 0), (0, None), (None, 1), (None, 0)):
        said = {"day": first, "until": last}
        days = {name: (today - timedelta(days=ago)).isoformat() for name, ago in said.items() if ago is not None}
        asked = days | {"by": "gate", "why": "a telephone was stolen", "language": "en", "suffix": "csv"}
        found.append(len(of_file(client.get(f"{PAGE}shown/", asked))) - 2)
    assert found == [0, 1, 1, 0, 1]


def test_the_file_for_a_notice_needs_a_reason_and_the_right_to_read_the_log(client, auditor, volunteer, family):
    page = client.get(f"{PAGE}shown/", {"why": "?", "language": "en", "suffix": "csv"})
    assert "Write in a few words" in page.content.decode()
    assert Machine(auditor).get("log/shown.csv", nobody="x", why="a telephone was stolen").json().keys() == {"nobody"}
    assert "why" in Machine(auditor).get("log/shown.csv").json()
    assert Machine(volunteer).get("log/shown.csv", why="a telephone was stolen").status_code == 403
    client.force_login(volunteer)
    assert client.get(f"{PAGE}shown/").status_code == 403
    assert not LogLine.objects.filter(verb="exported").exists()
