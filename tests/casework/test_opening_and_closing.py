"""A case is opened once for a reason, and closed once, by those who follow cases at its site."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.actions import close_case
from casework.errors import AlreadyClosed
from casework.models import Case
from casework.parts import open_cases
from centre.access import NotAllowed, Role
from centre.models import Assignment
from tests.build import make_user


def open_again(case, *people, reason=Case.Reason.CHILD_ALONE, note=""):
    return open_cases(
        people or [case.individual_id],
        site=case.site,
        reason=reason,
        urgent=False,
        act=case.act,
        by=case.opened_by,
        note=note,
    )


def test_open_where_one_is_open_for_the_reason_opens_none(case):
    assert open_again(case) == []
    assert Case.objects.get() == case


def test_open_for_another_reason_opens_one_beside_it(case):
    (other,) = open_again(case, reason=Case.Reason.URGENT_NEED, note="insulin")
    assert set(Case.objects.open()) == {case, other}
    assert (other.note, other.opened_at, other.opened_by) == ("insulin", case.act.at, case.act.by)


def test_open_when_the_first_is_closed_opens_another(case, officer):
    close_case(case, by=officer)
    (other,) = open_again(case)
    assert Case.objects.open().get() == other


def test_open_for_one_named_twice_opens_one(case):
    person = case.individual_id
    assert len(open_again(case, person, person, reason=Case.Reason.URGENT_NEED)) == 1


def test_close_keeps_who_closed_it_and_when(case, officer):
    at = timezone.now()
    close_case(case, by=officer, at=at)
    case.refresh_from_db()
    assert (case.closed_at, case.closed_by) == (at, officer)


def test_close_when_another_was_first_leaves_the_first(case, officer):
    close_case(case, by=officer)
    with pytest.raises(AlreadyClosed):
        close_case(case, by=make_user(Role.PROTECTION))
    assert Case.objects.get().closed_by == officer


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.PROTECTION}))
def test_close_by_a_role_that_follows_no_cases_is_not_allowed(role, case, goris):
    with pytest.raises(NotAllowed):
        close_case(case, by=make_user(role, goris))
    assert Case.objects.open().exists()


def test_close_by_an_officer_of_another_site_is_not_allowed(case, sisian):
    with pytest.raises(NotAllowed):
        close_case(case, by=make_user(Role.PROTECTION, sisian))
    assert Case.objects.open().exists()


def test_close_after_the_role_has_ended_is_not_allowed(case, officer):
    Assignment.objects.filter(user=officer).update(ends_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotAllowed):
        close_case(case, by=officer)
    assert Case.objects.open().exists()
