"""A matter of a kind is opened once for a person, and closed once with how it ended, by who follows cases there."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from casework.actions import ask_to_hand_over_child, close_case, do_in_case, open_case, plan, reopen_case, void_step
from casework.errors import (
    AlreadyClosed,
    AlreadyOpen,
    NobodyCares,
    NoDeathRecorded,
    NotAskedByAnother,
    NotClosed,
    PlaceNotNamed,
    StillOpen,
)
from casework.kinds import BEST_INTEREST, Kind, Reason, Topic, Urgency
from casework.models import Case, Step
from casework.parts import open_cases
from casework.referral_actions import refer
from casework.service_actions import add_service
from casework.services import Service
from centre.access import NotAllowed, Role
from centre.models import Assignment
from desk.actions import arrive, record_death
from registrations.models import Individual, Membership
from tests.api.conftest import Machine
from tests.build import child, make_site, make_user, person, register_family, said_in


def open_again(case, *people, reason=Reason.CHILD_LEFT, **facts):
    told = {"site": case.site, "reason": reason, "act": case.act, "by": case.opened_by} | facts
    return open_cases(people or [case.individual_id], **told)


def close(case, by, **facts):
    return close_case(case, by=by, **{"outcome": "helped", "happened_anyway": "she is well"} | facts)


def test_open_where_one_of_the_kind_is_open_joins_the_reason_to_it(case):
    assert open_again(case, words="with a neighbour") == []
    assert Case.objects.get() == case
    assert list(case.steps.values_list("reason", flat=True)) == ["child_alone", "child_left"]
    assert said_in(case) == "with a neighbour"


def test_a_reason_makes_a_case_more_urgent_and_never_less(case):
    (other,) = open_again(case, kind=Kind.MEDICAL, urgency=Urgency.WEEK)
    open_again(other, kind=Kind.MEDICAL, urgency=Urgency.NOW)
    open_again(other, kind=Kind.MEDICAL, urgency=Urgency.TODAY)
    other.refresh_from_db()
    assert (other.urgency, other.steps.count()) == ("now", 3)


def test_open_of_another_kind_opens_one_beside_it(case):
    (other,) = open_again(case, kind=Kind.MEDICAL, words="insulin")
    assert set(Case.objects.open()) == {case, other}
    assert (said_in(other), other.opened_at, other.opened_by) == ("insulin", case.act.at, case.act.by)


def test_open_when_the_first_is_closed_opens_another(case, officer):
    close(case, officer)
    (other,) = open_again(case)
    assert Case.objects.open().get() == other


def test_open_for_one_named_twice_opens_one(case):
    person = case.individual_id
    assert len(open_again(case, person, person, kind=Kind.MEDICAL)) == 1


def test_an_officer_opens_a_case_where_the_person_is_and_a_second_is_refused(case, officer, goris):
    child = case.individual
    opened = Case.objects.get(pk=open_case(child, kind="documents", urgency="week", words="lost them", by=officer).case)
    assert (opened.site, opened.reason, opened.urgency, said_in(opened)) == (goris, "opened", "week", "lost them")
    with pytest.raises(AlreadyOpen):
        open_case(child, kind="documents", urgency="now", by=officer)
    assert opened.steps.count() == 1


def test_a_coordinator_opens_a_case_and_a_volunteer_does_not(case, goris):
    with pytest.raises(NotAllowed):
        open_case(case.individual, kind="other", urgency="now", by=make_user(Role.VOLUNTEER, goris))
    open_case(case.individual, kind="other", urgency="now", by=make_user(Role.COORDINATOR, goris))
    assert Case.objects.filter(kind="other").count() == 1


def test_a_child_whom_nobody_looks_after_is_not_with_its_family_again(case, officer):
    with pytest.raises(NobodyCares):
        close(case, officer, outcome="reunited")
    Membership.objects.filter(counted_as=case.counted_as).update(carer_kind="relative")
    with pytest.raises(NobodyCares):
        close(case, officer, outcome="reunited")
    case.refresh_from_db()
    assert case.closed_at is None


def test_a_child_whose_mother_died_is_not_with_its_family_again(goris, officer):
    family = register_family(goris, make_user(), person(), child())
    mother, girl = Individual.objects.members_of(family)
    open_cases([girl.pk], site=goris, reason=Reason.OPENED, act=family.act, by=officer)
    case = Case.objects.get(counted_as=girl)
    record_death(mother, site=goris, by=make_user())
    with pytest.raises(NobodyCares):
        close(case, officer, outcome="reunited")


def test_what_was_done_is_not_said_to_be_open(case, officer):
    planned = plan(case, words="doctor", due_at=timezone.now() + timedelta(hours=2), by=officer)
    do_in_case(case, fulfils=Step.objects.get(pk=planned.step), by=officer)
    with pytest.raises(StillOpen) as refused:
        close(case, officer, happened_anyway="")
    assert "to do by" not in str(refused.value)


def test_what_is_open_of_a_child_is_said_before_its_case_is_closed(client, case, officer):
    client.force_login(officer)
    due = timezone.now() + timedelta(hours=2)
    clinic = add_service(name="Clinic", offers="medical", by=make_user(Role.PROTECTION)).service
    plan(case, words="doctor", due_at=due, by=officer)
    refer(case, service=Service.objects.get(pk=clinic), words="a cough", by=officer)
    with pytest.raises(StillOpen, match=r"to do by .*; Clinic, ") as refused:
        close(case, officer, happened_anyway="")
    assert "doctor" not in str(refused.value)
    answer = Machine(officer).post(f"cases/{case.pk}/close/", outcome="helped")
    assert (answer.status_code, answer.json()["code"]) == (409, "still_open")
    page = client.post(f"/cases/{case.pk}/close/", {"id": uuid.uuid4(), "outcome": "helped"})
    assert page.status_code == 422
    assert "Clinic" in page.text
    assert 'name="happened_anyway"' in page.text
    assert re.search(r'<a href="#id_close_happened_anyway">Why is it closed [^<]+ – Clinic, [^<;]+</a>', page.text)
    sent = {"id": uuid.uuid4(), "outcome": "helped", "words": "she left", "happened_anyway": "nobody answers there"}
    assert client.post(f"/cases/{case.pk}/close/", sent).status_code == 303
    assert case.steps.get(kind=Step.Kind.CLOSED).said == "she left\nnobody answers there"


def test_what_nobody_looked_at_of_a_child_is_asked_once_before_its_case_is_closed(case, officer):
    with pytest.raises(StillOpen, match=r"not looked at: A safe place for tonight, Spoke") as refused:
        close(case, officer, happened_anyway="")
    assert "to do by" not in str(refused.value)
    for topic in BEST_INTEREST:
        do_in_case(case, topic=topic, words="room 14", by=officer)
    close(case, officer, happened_anyway="")


@pytest.mark.parametrize("outcome", ["died", "mistake"])
def test_of_a_case_that_never_was_or_a_child_who_died_nothing_is_left_to_look_at(case, officer, outcome):
    if outcome == "died":
        record_death(case.individual, site=case.site, by=officer)
    close(case, officer, outcome=outcome, happened_anyway="")
    case.refresh_from_db()
    assert case.closed_at is not None


def test_a_case_does_not_end_by_a_death_that_is_not_recorded(case, officer):
    with pytest.raises(NoDeathRecorded):
        close(case, officer, outcome="died", happened_anyway="she died, they say")
    case.refresh_from_db()
    assert case.closed_at is None


def test_what_was_planned_is_done_as_what_was_planned(case, officer):
    due = timezone.now() + timedelta(hours=2)
    plan(case, words="tonight", due_at=due, topic=Topic.SAFE_PLACE, by=officer)
    planned = case.steps.get(kind=Step.Kind.PLANNED)
    answer = Machine(officer).post(f"cases/{case.pk}/done/", fulfils=str(planned.pk), topic="health", words="fine")
    assert (answer.status_code, answer.json()["code"]) == (409, "about_something_else")
    with pytest.raises(PlaceNotNamed):
        do_in_case(case, fulfils=planned, by=officer)
    do_in_case(case, fulfils=planned, words="room 14", topic=Topic.SAFE_PLACE, by=officer)
    assert case.steps.get(kind=Step.Kind.DONE).topic == Topic.SAFE_PLACE


def test_close_keeps_who_closed_it_when_and_how_it_ended(case, officer):
    at = timezone.now()
    close(case, officer, outcome="other", words="with her aunt", at=at)
    case.refresh_from_db()
    assert (case.closed_at, case.closed_by, case.outcome) == (at, officer, "other")
    assert case.steps.get(kind=Step.Kind.CLOSED).words == "with her aunt\nshe is well"


def test_close_when_another_was_first_leaves_the_first(case, officer):
    close(case, officer)
    with pytest.raises(AlreadyClosed):
        close(case, make_user(Role.PROTECTION), outcome="died")
    case.refresh_from_db()
    assert (case.closed_by, case.outcome) == (officer, "helped")


def test_a_closed_case_goes_on_and_keeps_its_past(case, officer):
    with pytest.raises(NotClosed):
        reopen_case(case, by=officer)
    close(case, officer)
    reopen_case(case, words="she ran away", by=officer)
    case.refresh_from_db()
    assert (case.closed_at, case.closed_by, case.outcome) == (None, None, "")
    assert list(case.steps.values_list("kind", flat=True)) == ["opened", "closed", "reopened"]


def test_a_closed_case_does_not_go_on_beside_an_open_one_of_its_kind(case, officer):
    close(case, officer)
    open_again(case)
    with pytest.raises(AlreadyOpen):
        reopen_case(case, by=officer)


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.PROTECTION}))
def test_close_by_a_role_that_follows_no_cases_is_not_allowed(role, case, goris):
    with pytest.raises(NotAllowed):
        close(case, make_user(role, goris))
    assert Case.objects.open().exists()


def test_close_by_an_officer_of_another_site_is_not_allowed(case, sisian):
    with pytest.raises(NotAllowed):
        close(case, make_user(Role.PROTECTION, sisian))
    assert Case.objects.open().exists()


def test_close_after_the_role_has_ended_is_not_allowed(case, officer):
    Assignment.objects.filter(user=officer).update(ends_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotAllowed):
        close(case, officer)
    assert Case.objects.open().exists()


def test_a_coordinator_who_opens_what_is_open_is_not_told_so_and_joins_it(case, goris):
    coordinator, child = make_user(Role.COORDINATOR, goris), case.individual
    said = {"kind": "child_protection", "urgency": "now", "by": coordinator}
    assert open_case(child, words="she hides", **said).case == ""
    assert (Case.objects.get(), said_in(case)) == (case, "she hides")


def test_a_coordinator_opens_a_case_for_who_is_in_a_hidden_house_as_for_anybody_of_the_family(goris):
    """Otherwise being refused would tell that somebody of the family is there."""
    family = register_family(goris, make_user(), person(), person("Anush", relationship="spouse"))
    _anna, anush = Individual.objects.members_of(family)
    hidden = make_site("refuge", confidential=True)
    arrive(family, site=hidden, members=[anush.pk], by=make_user(Role.PROTECTION))
    asked = {"kind": "medical", "urgency": "today", "by": make_user(Role.COORDINATOR, goris)}
    assert open_case(anush, **asked).case == ""
    assert Case.objects.get().site == hidden


def test_a_matter_that_is_no_childs_is_closed_at_once_whatever_was_planned(case, officer):
    (other,) = open_again(case, kind=Kind.MEDICAL)
    plan(other, words="bandage", due_at=timezone.now() + timedelta(hours=1), by=officer)
    close(other, officer, happened_anyway="")
    assert Case.objects.get(pk=other.pk).closed_at is not None


def test_a_coordinator_is_answered_the_same_before_a_case_was_closed_and_after(case, goris, officer):
    said = {"kind": "child_protection", "urgency": "now", "by": make_user(Role.COORDINATOR, goris)}
    before = open_case(case.individual, **said)
    close(case, officer)
    assert open_case(case.individual, **said) == before
    assert Case.objects.open().exclude(pk=case.pk).exists()


def test_what_a_colleague_asked_before_the_case_went_on_hands_the_child_to_nobody(case, officer, goris):
    colleague = make_user(Role.PROTECTION, goris)
    ask_to_hand_over_child(case, words="the mother", by=colleague)
    close(case, officer, outcome="handed_over")
    reopen_case(case, words="she came back", by=officer)
    with pytest.raises(NotAskedByAnother):
        close(case, officer, outcome="handed_over")
    ask_to_hand_over_child(case, words="the aunt", by=colleague)
    close(case, officer, outcome="handed_over")


def test_what_a_colleague_asked_and_took_back_hands_the_child_to_nobody(case, officer, goris):
    colleague = make_user(Role.PROTECTION, goris)
    asked = ask_to_hand_over_child(case, words="the mother", by=colleague)
    void_step(Step.objects.get(pk=asked.step), words="it was not her", by=colleague)
    with pytest.raises(NotAskedByAnother):
        close(case, officer, outcome="handed_over")
