"""Following a case: one takes it, hands it over, writes what is known and next; no step is ever changed."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from casework.actions import (
    close_case,
    do_in_case,
    hand_over_case,
    note,
    observe,
    plan,
    set_duty,
    set_urgency,
    take_case,
    void_step,
)
from casework.errors import AlreadyClosed, AlreadyTaken, FollowsNoCases, StepStays, StepTakenBack
from casework.kinds import Sign
from casework.laying import READ, lay_out
from casework.models import UNTAKEN, Case, Duty, Step
from centre.access import NotAllowed, Role
from registrations.models import Individual
from tests.build import child, make_user, person, register_family

HOUR = timedelta(hours=1)


def now_of(case):
    return Case.objects.get(pk=case.pk)


def step_of(answer):
    return Step.objects.get(pk=answer.step)


def test_one_takes_it_and_the_other_reads_who(case, officer):
    take_case(case, by=officer)
    with pytest.raises(AlreadyTaken, match=str(officer)):
        take_case(case, by=make_user(Role.PROTECTION))
    assert now_of(case).follower == officer
    assert now_of(case).first_action_at is not None


def test_handed_over_with_a_word_to_who_follows_cases_there(case, officer, goris, sisian):
    colleague, stranger = make_user(Role.PROTECTION, goris), make_user(Role.PROTECTION, sisian)
    take_case(case, by=officer)
    for other in (stranger, make_user(Role.COORDINATOR)):
        with pytest.raises(FollowsNoCases):
            hand_over_case(case, to=other, by=officer)
    given = step_of(hand_over_case(case, to=colleague, words="she knows you", by=officer))
    assert (now_of(case).follower, given.words) == (colleague, "she knows you")
    hand_over_case(case, to=None, by=colleague)
    assert now_of(case).follower is None


def test_what_is_due_first_is_due_until_it_is_done_or_taken_back(case, officer):
    at = timezone.now()
    later = step_of(plan(case, words="visit", due_at=at + 2 * HOUR, by=officer))
    sooner = step_of(plan(case, words="call", due_at=at + HOUR, by=officer))
    assert now_of(case).due_at == at + HOUR
    do_in_case(case, words="called", fulfils=sooner, by=officer)
    assert now_of(case).due_at == at + 2 * HOUR
    void_step(later, words="not needed", by=officer)
    assert now_of(case).due_at is None


def test_a_plan_is_done_once_and_not_when_it_was_taken_back(case, officer):
    planned = step_of(plan(case, words="call", due_at=timezone.now() + HOUR, by=officer))
    do_in_case(case, words="called", fulfils=planned, by=officer)
    for again in (
        lambda: do_in_case(case, words="", fulfils=planned, by=officer),
        lambda: void_step(planned, by=officer),
    ):
        with pytest.raises(StepTakenBack):
            again()


def test_what_was_done_is_taken_back_and_the_plan_stands_again(case, officer):
    planned = step_of(plan(case, words="call", due_at=timezone.now() + HOUR, by=officer))
    done = step_of(do_in_case(case, words="called", fulfils=planned, by=officer))
    void_step(done, words="another one", by=officer)
    assert now_of(case).due_at == planned.due_at
    do_in_case(case, words="called", fulfils=planned, by=officer)


def test_only_what_is_known_planned_or_done_is_taken_back(case, officer):
    taken = step_of(take_case(case, by=officer))
    with pytest.raises(StepStays):
        void_step(taken, by=officer)
    assert now_of(case).follower == officer


def test_a_step_is_never_changed(case, officer):
    said = step_of(note(case, words="an aunt in Vayk", by=officer))
    for change in (lambda: Step.objects.filter(pk=said.pk).update(words="none"), said.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert step_of(note(case, words="", by=officer))
    assert Step.objects.get(pk=said.pk).words == "an aunt in Vayk"


def test_nothing_is_written_into_a_closed_case(case, officer):
    planned = step_of(plan(case, words="call", due_at=timezone.now() + HOUR, by=officer))
    close_case(case, outcome="helped", happened_anyway="she called herself", by=officer)
    steps = case.steps.count()
    for act in (
        lambda: take_case(case, by=officer),
        lambda: note(case, words="x", by=officer),
        lambda: set_urgency(case, urgency="now", by=officer),
        lambda: void_step(planned, by=officer),
        lambda: hand_over_case(case, to=None, by=officer),
    ):
        with pytest.raises(AlreadyClosed):
            act()
    assert case.steps.count() == steps


def test_the_columns_of_a_case_are_how_its_steps_read(case, officer):
    take_case(case, by=officer)
    plan(case, words="call", due_at=timezone.now() + HOUR, by=officer)
    set_urgency(case, urgency="week", by=officer)
    told = {name: getattr(now_of(case), name) for name in READ}
    Case.objects.filter(pk=case.pk).update(follower=None, due_at=None, urgency="now", first_action_at=None)
    lay_out([now_of(case)])
    assert {name: getattr(now_of(case), name) for name in READ} == told


def test_a_matter_of_now_goes_up_when_nobody_takes_it_in_time(case, officer):
    since = now_of(case).urgent_since
    assert not Case.objects.unanswered(since + UNTAKEN - timedelta(seconds=1)).exists()
    assert Case.objects.unanswered(since + UNTAKEN).get() == case
    take_case(case, by=officer)
    assert not Case.objects.unanswered(since + UNTAKEN).exists()


def test_a_matter_waits_from_when_it_was_told_and_not_from_the_hour_that_is_said(goris, officer):
    long_ago = timezone.now() - HOUR
    register_family(goris, make_user(), person("Karen"), person("Vera", relationship="spouse"))
    for given in ("Karen", "Vera"):
        one = Individual.objects.get(given_name=given)
        observe(one, sign="child_unsafe", site=goris, by=make_user(Role.VOLUNTEER, goris), at=long_ago)
    set_urgency(Case.objects.get(individual__given_name="Vera"), urgency="today", by=officer, at=long_ago)
    set_urgency(Case.objects.get(individual__given_name="Vera"), urgency="now", by=officer, at=long_ago)
    assert not Case.objects.unanswered(timezone.now()).exists()
    assert Case.objects.unanswered(timezone.now() + UNTAKEN).count() == 2


def test_who_runs_a_site_reads_that_somebody_waits_and_not_how_many(client, goris, case, officer):
    coordinator = make_user(Role.COORDINATOR, goris)
    boards = {}
    for waiting in (0, 1, 2):
        if waiting == 2:
            register_family(goris, make_user(), child("Ani", relationship="other", carer_kind="nobody"))
        if waiting:
            Case.objects.update(urgent_since=timezone.now() - 2 * UNTAKEN)
        for user in (coordinator, officer):
            client.force_login(user)
            boards[user, waiting] = re.findall(
                r'<li><a id="wait-(.*?)</a>', client.get("/").content.decode(), re.DOTALL
            )
    told = [line for line in boards[coordinator, 1] if line.startswith("unanswered")]
    assert "Somebody needs a protection officer" in told[0]
    assert told == [line for line in boards[coordinator, 2] if line.startswith("unanswered")]
    assert not [line for line in boards[coordinator, 0] if line.startswith("unanswered")]
    assert "<b>2</b> urgent cases are open" in " ".join(boards[officer, 2])


def test_the_queue_is_by_urgency_then_overdue_then_waiting(case, officer, goris):
    at = timezone.now()
    by_name = {}
    for name, urgency, hours, late in (("a", "week", 9, False), ("b", "today", 2, False), ("c", "today", 1, True)):
        columns = {"urgency": urgency, "opened_at": at - hours * HOUR, "due_at": at - HOUR if late else None}
        facts = {"individual": case.individual, "counted_as": case.individual, "site": goris, "kind": name}
        by_name[name] = Case.objects.create(
            **facts, **columns, urgent_since=at, reason="opened", opened_by=officer, act=case.act
        )
    assert list(Case.objects.open().in_order(at)) == [case, by_name["c"], by_name["b"], by_name["a"]]


@pytest.mark.parametrize("sign", Sign.values)
def test_a_volunteer_tells_what_they_see_and_reads_nothing_back(sign, case, goris, officer):
    volunteer = make_user(Role.VOLUNTEER, goris)
    answer = observe(case.individual, sign=sign, site=goris, by=volunteer)
    assert (answer.individual, vars(answer)) == (str(case.individual_id), {"individual": str(case.individual_id)})
    told = Step.objects.filter(act__kind="observe").get()
    private = sign == "private_talk"
    assert (told.sign, told.reason) == (("", "asked") if private else (sign, "seen"))
    assert told.words == ""
    assert not Case.objects.visible_to(volunteer).exists()


def test_nobody_tells_at_a_site_of_which_they_are_not(case, goris, sisian):
    with pytest.raises(NotAllowed):
        observe(case.individual, sign="wounded", site=goris, by=make_user(Role.VOLUNTEER, sisian))


def test_who_comes_on_duty_relieves_who_was_on_duty_then(officer, goris):
    at = timezone.now()
    for name in ("Ani", "Karen"):
        set_duty(goris, name=name, phone="+37491123456", from_at=at, until=at + 8 * HOUR, by=officer)
    assert [duty.name for duty in Duty.objects.at(at)] == ["Karen"]
    assert Duty.objects.count() == 2


def test_who_follows_no_cases_there_says_not_who_is_on_duty(goris, sisian):
    at = timezone.now()
    for by in (make_user(Role.COORDINATOR, goris), make_user(Role.PROTECTION, sisian)):
        with pytest.raises(NotAllowed):
            set_duty(goris, name="Ani", phone="+37491123456", from_at=at, until=at + HOUR, by=by)


def test_what_is_planned_in_another_case_is_not_done_in_this_one(case, officer, goris):
    other = register_family(goris, make_user(), child("Davit", relationship="other", carer_kind="nobody"))
    elsewhere = Case.objects.get(individual__memberships__household=other)
    planned = step_of(plan(elsewhere, words="a bed", due_at=timezone.now() + HOUR, by=officer))
    with pytest.raises(StepTakenBack):
        do_in_case(case, fulfils=planned, by=officer)


def test_what_was_never_planned_is_not_done(case, officer):
    known = step_of(note(case, words="has a cough", by=officer))
    with pytest.raises(StepTakenBack):
        do_in_case(case, fulfils=known, by=officer)
    void_step(known, by=officer)


def test_who_follows_cases_only_now_wrote_nothing_then(goris, case):
    officer, then = make_user(Role.PROTECTION, goris), timezone.now() - timedelta(hours=2)
    officer.assignments.update(starts_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(NotAllowed):
        note(case, words="she was seen", at=then, by=officer)
    note(case, words="she was seen", by=officer)
