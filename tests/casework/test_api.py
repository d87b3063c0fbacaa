"""Cases for machines: what a row tells, how rows are narrowed down, the steps and the acts."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from casework.actions import close_case, open_case
from casework.models import Case, Duty, Step
from centre.access import Role
from centre.models import LogLine
from tests.api.conftest import Machine
from tests.build import make_user


@pytest.fixture
def machine(officer):
    return Machine(officer)


@pytest.fixture
def closed(case, officer):
    """Of the same child, a case of another kind, closed again."""
    opened = open_case(case.individual, kind="medical", urgency="week", words="a cough", by=officer)
    one = Case.objects.get(pk=opened.case)
    close_case(one, outcome="helped", happened_anyway="she is well", by=officer)
    return one


def test_a_row_tells_of_whom_where_and_why_and_no_name_and_no_words(machine, case):
    row = machine.get(f"cases/{case.pk}/").json()
    assert row == {
        "id": str(case.pk),
        "individual": str(case.individual_id),
        "counted_as": str(case.individual_id),
        "counted_with": None,
        "household": None,
        "site": "goris",
        "kind": "child_protection",
        "reason": "child_alone",
        "urgency": "now",
        "follower": None,
        "due_at": None,
        "opened_at": row["opened_at"],
        "first_action_at": None,
        "outcome": "",
        "closed_at": None,
    }


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, {"case", "closed"}),
        ({"open": "true"}, {"case"}),
        ({"open": "false"}, {"closed"}),
        ({"urgency": "now"}, {"case"}),
        ({"kind": "medical"}, {"closed"}),
        ({"whose": "nobodys"}, {"case", "closed"}),
        ({"whose": "mine"}, set()),
        ({"overdue": "true"}, set()),
        ({"site": "goris"}, {"case", "closed"}),
        ({"reason": "child_left"}, set()),
    ],
)
def test_cases_are_narrowed_down(machine, case, closed, said, found):
    keys = {str(case.pk): "case", str(closed.pk): "closed"}
    assert {keys[row["id"]] for row in machine.get("cases/", **said).json()["results"]} == found


@pytest.mark.parametrize("said", [{"urgency": "soon"}, {"kind": "hunger"}, {"site": "paris"}, {"words": "insulin"}])
def test_what_nobody_reads_is_refused_and_shows_nothing(machine, case, said):
    answer = machine.get("cases/", **said)
    assert answer.status_code == 400
    assert list(answer.json()) == list(said)


def test_the_acts_of_a_case(machine, case, officer):
    due = (timezone.now() + timedelta(hours=1)).isoformat()
    assert machine.post(f"cases/{case.pk}/take/").status_code == 201
    assert machine.post(f"cases/{case.pk}/note/", words="an aunt").status_code == 201
    planned = machine.post(f"cases/{case.pk}/plan/", words="call", due_at=due).json()["step"]
    assert machine.post(f"cases/{case.pk}/done/", words="called", fulfils=planned).status_code == 201
    assert machine.post(f"cases/{case.pk}/urgency/", urgency="week").status_code == 201
    assert machine.post(f"cases/{case.pk}/hand-over/", to=None).status_code == 201
    assert machine.post(f"cases/{case.pk}/close/", outcome="helped", happened_anyway="she is well").status_code == 201
    assert machine.post(f"cases/{case.pk}/close/", outcome="helped", happened_anyway="she is well").status_code == 409
    assert machine.post(f"cases/{case.pk}/reopen/", words="again").status_code == 201
    said = machine.get("case-steps/").json()["results"]
    assert [row["kind"] for row in said] == [
        "opened", "taken", "known", "planned", "done", "urgency", "taken", "closed", "reopened",
    ]  # fmt: skip
    known = next(row for row in said if row["kind"] == "known")
    assert known["words"] == "an aunt"
    assert machine.post(f"case-steps/{known['id']}/void/", words="an uncle").status_code == 201
    case.refresh_from_db()
    assert (case.urgency, case.follower, case.closed_at) == ("week", None, None)


@pytest.mark.parametrize(
    ("verb", "facts", "field"),
    [
        ("note", {}, "words"),
        ("plan", {"words": "call"}, "due_at"),
        ("close", {"outcome": "vanished"}, "outcome"),
        ("urgency", {"urgency": "soon"}, "urgency"),
        ("hand-over", {"to": "11111111-1111-4111-8111-111111111111"}, "to"),
        ("done", {"fulfils": "11111111-1111-4111-8111-111111111111"}, "fulfils"),
    ],
)
def test_what_is_wrong_is_named(machine, case, verb, facts, field):
    answer = machine.post(f"cases/{case.pk}/{verb}/", **facts)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert case.steps.count() == 1


UNSEEN = "\u200b\u2060 \ufeff"


@pytest.mark.parametrize("verb", ["note/", "plan/", "handing/", "letter/"])
def test_marks_that_nobody_sees_are_no_words(machine, case, verb):
    soon = (timezone.now() + timedelta(hours=1)).isoformat()
    also = {"plan/": {"due_at": soon}, "letter/": {"sheet": base64.b64encode(b"%PDF-1.4 %%EOF").decode()}}
    answer = machine.post(f"cases/{case.pk}/{verb}", words=UNSEEN, **also.get(verb, {}))
    assert answer.status_code == 400
    assert list(answer.json()) == ["words"]


@pytest.mark.parametrize("days", [-9000, -2, 367, 26_000])
def test_what_is_planned_lies_within_a_year(machine, case, days):
    at = timezone.now() + timedelta(days=days)
    answer = machine.post(f"cases/{case.pk}/plan/", words="a visit", due_at=at.isoformat())
    assert answer.status_code == 400
    assert list(answer.json()) == ["due_at"]
    assert not Step.objects.filter(kind="planned").exists()


def test_a_volunteers_machine_tells_and_reads_nothing(case, goris):
    machine = Machine(make_user(Role.VOLUNTEER, goris))
    told = machine.post(f"individuals/{case.individual_id}/observe/", site="goris", sign="wounded")
    assert (told.status_code, told.json()) == (201, {"individual": str(case.individual_id)})
    assert Case.objects.filter(kind="medical").exists()
    assert machine.get("cases/").json()["results"] == []
    assert machine.get("case-steps/").json()["results"] == []
    opened = machine.post(f"individuals/{case.individual_id}/open-case/", kind="other", urgency="now")
    assert opened.status_code == 403


def test_a_case_is_opened_and_somebody_put_on_duty(machine, case):
    opened = machine.post(f"individuals/{case.individual_id}/open-case/", kind="other", urgency="now", words="afraid")
    assert Step.objects.get(case=opened.json()["case"]).words == "afraid"
    begins, hours = timezone.now() + timedelta(hours=1), timedelta(hours=12)
    shift = {"site": "goris", "name": "Sona", "phone": "091 123456", "from_at": begins.isoformat()}
    wrong = machine.post("duties/", **shift, until=(begins - hours).isoformat())
    assert (wrong.status_code, list(wrong.json())) == (400, ["until"])
    assert machine.post("duties/", **shift, until=(begins + hours).isoformat()).status_code == 201
    assert [row["name"] for row in machine.get("duties/").json()["results"]] == ["Sona"]
    assert Duty.objects.get().phone == "+37491123456"


def test_each_look_leaves_a_line_in_the_log(machine, case):
    machine.get("cases/", urgency="now")
    machine.get(f"cases/{case.pk}/")
    machine.get("case-steps/")
    lines = LogLine.objects.filter(by=machine.user).order_by("pk")
    assert list(lines.values_list("verb", "subject", "subject_id", "fields")) == [
        ("searched", "case", "", ["urgency"]),
        ("opened", "case", str(case.pk), []),
        ("searched", "step", "", []),
    ]
