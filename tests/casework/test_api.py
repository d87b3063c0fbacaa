"""Cases for machines: what a row tells, how rows are narrowed down, and that nothing is written there."""

import pytest

from casework.actions import close_case
from casework.models import Case
from casework.parts import open_cases
from centre.models import LogLine
from tests.api.conftest import Machine


@pytest.fixture
def machine(officer):
    return Machine(officer)


@pytest.fixture
def closed(case, officer):
    """Of the same child, a case for another reason, closed again."""
    reason = Case.Reason.URGENT_NEED
    (one,) = open_cases(
        [case.individual_id], site=case.site, reason=reason, urgent=False, act=case.act, by=case.opened_by
    )
    close_case(one, by=officer)
    return one


def test_a_row_tells_of_whom_where_and_why_and_no_name_and_no_note(machine, case):
    row = machine.get(f"cases/{case.pk}/").json()
    assert row == {
        "id": str(case.pk),
        "individual": str(case.individual_id),
        "site": "goris",
        "reason": "child_alone",
        "urgent": True,
        "opened_at": row["opened_at"],
        "closed_at": None,
    }


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, {"case", "closed"}),
        ({"open": "true"}, {"case"}),
        ({"open": "false"}, {"closed"}),
        ({"urgent": "true"}, {"case"}),
        ({"reason": "urgent_need"}, {"closed"}),
        ({"site": "goris"}, {"case", "closed"}),
        ({"reason": "child_left"}, set()),
    ],
)
def test_cases_are_narrowed_down(machine, case, closed, said, found):
    keys = {str(case.pk): "case", str(closed.pk): "closed"}
    assert {keys[row["id"]] for row in machine.get("cases/", **said).json()["results"]} == found


@pytest.mark.parametrize("said", [{"urgent": "perhaps"}, {"reason": "hunger"}, {"site": "paris"}, {"note": "insulin"}])
def test_what_nobody_reads_is_refused_and_shows_nothing(machine, case, said):
    answer = machine.get("cases/", **said)
    assert answer.status_code == 400
    assert list(answer.json()) == list(said)


def test_no_case_is_opened_or_changed_here(machine, case):
    for address in ("cases/", f"cases/{case.pk}/", f"cases/{case.pk}/close/"):
        assert machine.post(address, note="insulin").status_code in {404, 405}
    assert Case.objects.get() == case


def test_each_look_leaves_a_line_in_the_log(machine, case):
    machine.get("cases/", urgent="true")
    machine.get(f"cases/{case.pk}/")
    lines = LogLine.objects.filter(by=machine.user).order_by("pk")
    assert list(lines.values_list("verb", "subject", "subject_id", "fields")) == [
        ("searched", "case", "", ["urgent"]),
        ("opened", "case", str(case.pk), []),
    ]
