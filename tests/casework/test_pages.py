"""The pages of casework: the queue, the file of a case, what is told at a desk; for those who may, and in words."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape

from casework.actions import ask_to_hand_over_child, close_case, do_in_case, note, plan, set_duty, take_case, void_step
from casework.kinds import BEST_INTEREST
from casework.models import Case, CaseRule, Duty, Referral, Service, Step
from casework.referral_actions import accept_referral, refer, say_came
from casework.service_actions import add_service
from centre.access import Role
from centre.models import LogLine, Site
from registrations.models import Individual
from tests.build import STAFF, child, make_user, person, register_family

QUEUE = "/cases/"
ALONE = "Child without a parent here"
HOUR = timedelta(hours=1)

SOON = "soon"  # an hour after the test runs: a fixed one would pass


def send(client, address, **facts):
    return client.post(address, {"id": uuid.uuid4()} | facts)


def at(case, verb=""):
    return f"/cases/{case.pk}/{verb}"


def of_family(household, verb=""):
    return f"/cases/family/{str(household).replace(' ', '')}/{verb}"


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("role", STAFF)
def test_cases_are_shown_to_protection_officers_of_the_site_alone(role, client, goris, sisian, case, alone):
    follows = role == Role.PROTECTION
    for site, shown in ((goris, follows), (sisian, False)):
        client.force_login(make_user(role, site))
        there = 200 if shown else 404
        for address, status in (
            (QUEUE, 200),
            (of_family(alone), there),
            (at(case), there),
            (at(case, "print/"), there),
        ):
            answer = client.get(address)
            nothing = 404 if role == Role.RECEPTIONIST else 403  # whose page is her door alone
            assert answer.status_code == (status if follows else nothing)
            assert ("Mane" in text(answer)) is shown


def test_the_queue_has_the_urgent_first_then_the_oldest(client, goris, officer, case):
    for given, urgency, hours in (("Ani", "week", 5), ("Davit", "now", 2), ("Lusine", "week", 3)):
        register_family(goris, make_user(), child(given, relationship="other", carer_kind="relative"))
        one = Case.objects.filter(individual__given_name=given)
        one.update(urgency=urgency, opened_at=case.opened_at - hours * HOUR)
    client.force_login(officer)
    shown = re.findall(r"<td>Hakobyan (\w+)<", text(client.get(QUEUE)))
    assert shown == ["Davit", "Mane", "Ani", "Lusine"]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("whose=mine", {"mine"}),
        ("whose=nobodys", {"late", "case"}),
        ("urgency=week", {"late"}),
        ("kind=child_protection", {"case", "mine", "late"}),
        ("overdue=true", {"late"}),
    ],
)
def test_the_queue_is_narrowed_down(asked, shown, client, goris, officer, case):
    family = register_family(
        goris, make_user(), *(child(name, relationship="other", carer_kind="nobody") for name in ("Ani", "Lusine"))
    )
    mine, late = (Case.objects.get(individual__given_name=name) for name in ("Ani", "Lusine"))
    take_case(mine, by=officer)
    Case.objects.filter(pk=late.pk).update(urgency="week", due_at=timezone.now() - HOUR)
    client.force_login(officer)
    page = text(client.get(f"{QUEUE}?{asked}"))
    assert {name for name, one in (("case", case), ("mine", mine), ("late", late)) if at(one) in page} == shown
    assert family


def test_a_queue_asked_for_what_there_is_not_says_so_and_is_not_narrowed(client, officer, case):
    client.force_login(officer)
    asked = text(client.get(f"{QUEUE}?kind=hunger"))
    assert at(case) in asked
    assert "hunger is not one of the available choices" in asked


def test_the_queue_is_narrowed_to_a_closed_site_where_a_case_still_is(client, goris, sisian, officer, case):
    Site.objects.filter(pk__in=[goris.pk, sisian.pk]).update(closed_at=timezone.now())
    client.force_login(officer)
    page = text(client.get(f"{QUEUE}?site={goris.pk}"))
    assert at(case) in page
    assert f'<option value="{goris.pk}" selected>' in page
    assert str(sisian.pk) not in page


def test_a_closed_case_is_in_no_queue_and_stays_in_the_familys_file(client, officer, case, alone):
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    client.force_login(officer)
    assert "urgent first" in text(client.get(QUEUE))
    assert "Helped" in text(client.get(of_family(alone)))


def test_the_queue_leads_to_the_case_and_the_family_and_says_whom_to_call(client, officer, case, alone, goris):
    set_duty(goris, name="Sona", phone="+37491123456", from_at=timezone.now(), until=timezone.now() + HOUR, by=officer)
    client.force_login(officer)
    page = text(client.get(QUEUE))
    assert f'href="{at(case)}"' in page
    assert f'href="/families/{str(alone).replace(" ", "")}/">{alone}</a>' in page
    assert 'href="tel:+37491123456"' in page


def test_the_file_says_what_is_next_and_what_was_said_as_it_was_written(client, officer, case):
    note(case, words="<b>insulin</b>", by=officer)
    plan(case, words="call the aunt", due_at=timezone.now() - HOUR, by=officer)
    client.force_login(officer)
    page = text(client.get(at(case)))
    assert "&lt;b&gt;insulin&lt;/b&gt;" in page
    assert "call the aunt" in page
    assert "overdue" in page


def test_a_familys_part_has_its_own_cases_alone(client, goris, officer, case):
    other = register_family(goris, make_user(), person("Karen"))
    client.force_login(officer)
    assert "No case." in text(client.get(of_family(other)))


def test_each_look_leaves_a_line_in_the_log(client, officer, case, alone):
    client.force_login(officer)
    for address in (QUEUE, of_family(alone), at(case), at(case, "print/")):
        client.get(address)
    lines = LogLine.objects.filter(by=officer, verb__in=["opened", "printed"]).order_by("pk")
    assert list(lines.values_list("verb", "subject", "subject_id", "fields")) == [
        ("opened", "case", "", ["list"]),
        ("opened", "household", str(alone.pk), ["cases"]),
        ("opened", "case", str(case.pk), ["words"]),
        ("printed", "case", str(case.pk), ["words"]),
    ]


WRITES = {
    "take/": {},
    "write/": {"what": "known", "words": "an aunt in Vayk"},
    "give-back/": {},
    "urgency/": {"urgency": "week"},
    "close/": {"outcome": "helped", "happened_anyway": "she is well"},
}


@pytest.mark.parametrize("verb", WRITES)
def test_a_button_sent_twice_is_done_once(verb, client, officer, case):
    client.force_login(officer)
    key = uuid.uuid4()
    for _again in range(2):
        assert send(client, at(case, verb), **WRITES[verb] | {"id": key}).status_code == 303
    assert case.steps.exclude(kind="opened").count() == 1


@pytest.mark.parametrize("verb", WRITES)
def test_what_one_may_not_see_is_not_found_and_not_written(verb, client, sisian, case):
    client.force_login(make_user(Role.PROTECTION, sisian))
    assert send(client, at(case, verb), **WRITES[verb]).status_code == 404
    client.force_login(make_user(Role.COORDINATOR))
    assert send(client, at(case, verb), **WRITES[verb]).status_code == 403
    assert case.steps.count() == 1


@pytest.mark.parametrize("verb", [*WRITES, "reopen/"])
def test_looking_writes_nothing(verb, client, officer, case):
    client.force_login(officer)
    assert client.get(at(case, verb)).status_code == 405


@pytest.mark.parametrize(
    ("verb", "facts", "says"),
    [
        ("write/", {"what": "known", "words": ""}, "This field is required."),
        ("write/", {"what": "planned", "words": "call"}, "Write by when."),
        ("write/", {"what": "done", "words": "called", "due_at": SOON}, "Only what is to do has a time."),
        ("close/", {"outcome": ""}, "This field is required."),
        ("hand-over/", {"to": "", "words": "please"}, "This field is required."),
        ("urgency/", {"urgency": "soon"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_kept(verb, facts, says, client, officer, case):
    client.force_login(officer)
    soon = f"{timezone.localtime() + timedelta(hours=1):%d.%m.%Y %H:%M}"
    answer = send(client, at(case, verb), **{name: soon if said == SOON else said for name, said in facts.items()})
    assert answer.status_code == 422
    assert says in text(answer)
    assert facts.get("words", "") in text(answer)
    assert case.steps.count() == 1


def test_a_case_is_handed_over_by_its_page(client, officer, case, goris):
    colleague = make_user(Role.PROTECTION, goris)
    client.force_login(officer)
    answer = send(client, at(case, "hand-over/"), to=colleague.pk, words="she knows you")
    assert (answer.status_code, answer["Location"]) == (303, QUEUE)
    case.refresh_from_db()
    assert case.follower == colleague


def test_where_nobody_else_may_take_a_case_the_page_says_so(client, officer, case, goris):
    client.force_login(officer)
    shown = text(client.get(at(case)))
    assert "nobody can take it over" in shown
    assert "hand-over/" not in shown
    make_user(Role.PROTECTION, goris)
    shown = text(client.get(at(case)))
    assert ("nobody can take it over" in shown, "hand-over/" in shown) == (False, True)


def test_close_after_another_desk_is_refused_in_words(client, officer, case):
    close_case(case, outcome="helped", happened_anyway="she is well", by=make_user(Role.PROTECTION))
    client.force_login(officer)
    refused = send(client, at(case, "close/"), outcome="died")
    assert refused.status_code == 422
    assert "This case was already closed." in text(refused)


def test_take_after_another_says_who(client, officer, case):
    colleague = make_user(Role.PROTECTION, first_name="Sona")
    take_case(case, by=colleague)
    client.force_login(officer)
    refused = send(client, at(case, "take/"))
    assert refused.status_code == 409
    assert "Sona follows this case." in text(refused)


def test_what_was_planned_is_done_or_taken_back_by_its_button(client, officer, case):
    client.force_login(officer)
    for verb, left in (("done", "done"), ("void", "voided")):
        planned = plan(case, words="call", due_at=timezone.now() + HOUR, by=officer).step
        assert send(client, f"/cases/steps/{planned}/{verb}/", words="no answer").status_code == 303
        assert Step.objects.latest("recorded_at", "id").kind == left
    case.refresh_from_db()
    assert case.due_at is None


def test_words_that_have_no_place_any_more_stand_with_why_they_were_refused(client, officer, case):
    client.force_login(officer)
    planned = plan(case, words="call", due_at=timezone.now() + HOUR, by=officer).step
    do_in_case(case, fulfils=Step.objects.get(pk=planned), by=officer)
    handing = {"to": "Nune, her mother", "seen": "passport AN 0123456", "why": "she came for <her>"}
    late = send(client, f"/cases/steps/{planned}/done/", words="nobody's at home")
    assert (late.status_code, "<p>nobody&#x27;s at home</p>" in text(late)) == (422, True)
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    for verb, facts in (("write/", {"what": "known", "words": "an aunt\r\nin Vayk"}), ("handing/", handing)):
        page = text(send(client, at(case, verb), **facts))
        assert "already closed" in page
        assert "so that you can copy it" in page
        said = [facts[name] for name in facts if name != "what"]
        assert [one for one in said if escape(one).replace("\r\n", "<br>") not in page] == []
    assert "so that you can copy it" not in text(send(client, at(case, "reopen/"), words="x" * 2001))


def test_a_place_that_is_too_long_to_keep_can_be_copied(client, officer, case):
    client.force_login(officer)
    long = send(client, at(case, "check/"), topic="safe_place", words="x" * 201)
    assert (long.status_code, f"<p>{'x' * 201}</p>" in text(long)) == (422, True)
    assert "200" in text(long)


def test_a_volunteer_tells_in_two_taps_and_is_not_told_whether_there_was_a_case(client, goris, alone, case):
    client.force_login(make_user(Role.VOLUNTEER, goris))
    page = client.get(of_family(alone, "tell/"))
    assert page.status_code == 200
    mane = Individual.objects.get()
    answer = send(client, of_family(alone, "tell/"), individual=mane.pk, sign="wounded")
    assert (answer.status_code, answer["Location"]) == (303, alone.get_absolute_url())
    assert Case.objects.filter(kind="medical", reason="seen").count() == 1
    assert "Wounded" not in text(client.get(alone.get_absolute_url()))


def test_what_is_looked_at_for_a_child_alone_is_ticked_with_its_day(client, officer, case):
    client.force_login(officer)
    assert "not yet" in text(client.get(at(case)))
    assert send(client, at(case, "check/"), topic="carer_seen").status_code == 303
    step = case.steps.get(kind="done")
    assert (step.topic, step.by) == ("carer_seen", officer)
    assert text(client.get(at(case))).count("not yet") == len(BEST_INTEREST) - 1
    assert send(client, at(case, "check/"), topic="visit").status_code == 422
    unnamed = send(client, at(case, "check/"), topic="safe_place")
    assert (unnamed.status_code, "Write which place is safe for tonight." in text(unnamed)) == (422, True)
    assert send(client, at(case, "check/"), topic="safe_place", words="room 14").status_code == 303
    assert "room 14" in text(client.get(at(case)))


def test_two_hand_a_child_to_a_parent(client, officer, case, goris):
    colleague = make_user(Role.PROTECTION, goris)
    handing = {"to": "Nune, her mother", "seen": "passport AN 0123456", "why": "she came for her"}
    client.force_login(officer)
    alone = send(client, at(case, "close/"), outcome="handed_over")
    assert (alone.status_code, "a colleague must first write" in text(alone)) == (422, True)
    assert send(client, at(case, "handing/"), **handing).status_code == 303
    asker = send(client, at(case, "close/"), outcome="handed_over")
    assert (asker.status_code, "You asked for it yourself" in text(asker)) == (422, True)
    client.force_login(colleague)
    assert "Nune, her mother" in text(client.get(at(case)))
    anyway = {"outcome": "handed_over", "happened_anyway": "her mother waits"}
    assert send(client, at(case, "close/"), **anyway).status_code == 303
    case.refresh_from_db()
    assert (case.outcome, case.closed_by) == ("handed_over", colleague)


def test_a_handing_over_that_was_taken_back_is_agreed_to_by_nobody(client, officer, case, goris):
    asked = ask_to_hand_over_child(case, words="an uncle", by=officer)
    void_step(Step.objects.get(pk=asked.step), words="no papers", by=officer)
    client.force_login(make_user(Role.PROTECTION, goris))
    assert send(client, at(case, "close/"), outcome="handed_over").status_code == 422


def test_a_round_shows_what_is_due_where_one_works_and_is_done_on_the_way(client, officer, case, sisian):
    due = timezone.now() + timedelta(minutes=1)
    planned = plan(case, words="bring insulin", due_at=due, topic="medicine", by=officer)
    plan(case, words="next month", due_at=due + timedelta(days=30), by=officer)
    client.force_login(officer)
    page = text(client.get("/cases/round/"))
    assert "bring insulin" in page
    assert "<strong>Medicine runs out</strong><br>bring insulin</td>" in page
    assert f'data-label="Until">{date_format(timezone.localtime(due), "DAY_HOUR_FORMAT")}' in page
    assert '<span aria-hidden="true">☐</span>' in page
    assert re.search(r"Printed \d[\d., ]+:\d\d\.", page)
    assert "next month" not in page
    answer = send(client, f"/cases/steps/{planned.step}/done/", words="she has it", round="1")
    assert (answer.status_code, answer["Location"]) == (303, "/cases/round/")
    done = case.steps.get(kind="done")
    assert (done.topic, done.words) == ("medicine", "she has it")
    assert "bring insulin" not in text(client.get("/cases/round/"))
    client.force_login(make_user(Role.PROTECTION, sisian))
    plan(case, words="call her aunt", due_at=due, by=officer)
    assert "call her aunt" not in text(client.get("/cases/round/"))
    client.force_login(make_user(Role.COORDINATOR))
    assert client.get("/cases/round/").status_code == 403


def test_a_child_who_is_followed_stands_in_no_list_but_of_those_who_see_the_case(
    client, goris, sisian, officer, case, alone
):
    register_family(goris, make_user(), person("Karen"))
    elsewhere = make_user(Role.COORDINATOR, goris)
    elsewhere.assignments.create(site=sisian, role=Role.PROTECTION, starts_at=goris.opened_at)
    for user, listed in ((officer, True), (make_user(Role.COORDINATOR, goris), False), (elsewhere, False)):
        client.force_login(user)
        answer = client.get("/api/v1/households.csv", {"why": "to call them by name"})
        lines = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert "Karen" in lines
        assert ("Mane" in lines) is listed
        assert ("Not listed, ask a protection officer: 1" in lines) is not listed


def test_a_coordinator_opens_a_case_and_is_shown_none(client, goris, alone, case):
    client.force_login(make_user(Role.COORDINATOR, goris))
    facts = {"individual": Individual.objects.get().pk, "kind": "other", "urgency": "today", "words": "afraid of him"}
    answer = send(client, of_family(alone, "open/"), **facts)
    assert (answer.status_code, answer["Location"]) == (303, alone.get_absolute_url())
    again = send(client, of_family(alone, "open/"), **facts)
    assert (again.status_code, again["Location"]) == (303, alone.get_absolute_url())  # is not told that one was open
    assert Case.objects.filter(kind="other").count() == 1


def test_who_is_on_duty_is_said_by_who_follows_cases_and_read_at_the_desks(client, goris, officer):
    begins = timezone.localtime() + timedelta(hours=1)
    hours = {"from_at": f"{begins:%d.%m.%Y %H:%M}", "until": f"{begins + timedelta(hours=12):%d.%m.%Y %H:%M}"}
    shift = {"name": "Sona", "phone": "091 123456", **hours}
    client.force_login(make_user(Role.VOLUNTEER, goris))
    assert send(client, "/cases/duty/", **shift).status_code == 403
    client.force_login(officer)
    assert (
        send(client, "/cases/duty/", **shift | {"until": f"{begins - timedelta(hours=12):%d.%m.%Y %H:%M}"}).status_code
        == 422
    )
    assert send(client, "/cases/duty/", **shift).status_code == 303
    duty = Duty.objects.get()
    assert (duty.site, duty.phone) == (goris, "+37491123456")


def test_an_administrator_reads_and_changes_which_need_opens_a_case(client, db):
    client.force_login(make_user(Role.ADMINISTRATOR))
    assert "SM-CC" in text(client.get("/settings/cases/"))
    assert send(client, "/settings/cases/", code="DS", kind="disability", urgency="week").status_code == 303
    assert CaseRule.objects.get(pk="DS").kind == "disability"
    client.force_login(make_user(Role.COORDINATOR))
    assert client.get("/settings/cases/").status_code == 403


@pytest.mark.parametrize("typed", ["01.01.2001 10:00", "01.01.2099 10:00"])
def test_what_is_planned_for_no_time_of_ours_is_said_beside_the_field(client, officer, case, typed):
    client.force_login(officer)
    answer = send(client, at(case, "write/"), what="planned", words="visit", due_at=typed)
    assert answer.status_code == 422
    assert "within a year" in text(answer)
    assert not Step.objects.filter(kind="planned").exists()


def test_marks_that_nobody_sees_are_no_words(client, officer, case):
    client.force_login(officer)
    answer = send(client, at(case, "write/"), what="known", words="\u200b\u2060")
    assert answer.status_code == 422
    assert not Step.objects.filter(kind="known").exists()


def test_what_a_case_is_about_is_chosen_by_nobody_before(client, officer, alone):
    client.force_login(officer)
    page = client.get(f"/cases/family/{str(alone).replace(' ', '')}/open/").text
    kinds = re.search(r"<select name=\"kind\".*?</select>", page, re.S)[0]
    assert re.findall(r"<option value=\"(\w*)\" selected", kinds) == [""]


def test_a_round_shows_who_is_expected_at_a_service(client, officer, case):
    by = make_user(Role.PROTECTION)
    clinic = Service.objects.get(pk=add_service(name="Clinic", offers="medical", by=by).service)
    referral = Referral.objects.get(pk=refer(case, service=clinic, words="a cough", by=officer).referral)
    client.force_login(officer)
    assert "Clinic" not in text(client.get("/cases/round/"))
    accept_referral(referral, appointment_at=timezone.now() + timedelta(minutes=5), by=officer)
    assert "<strong>Appointment</strong><br>Clinic</td>" in text(client.get("/cases/round/"))
    say_came(referral, came=True, by=officer)
    assert "Clinic" not in text(client.get("/cases/round/"))


def test_where_nobody_else_may_agree_to_hand_over_a_child_the_page_says_so(client, officer, case, goris):
    client.force_login(officer)
    shown = text(client.get(at(case)))
    assert ("nobody can agree" in shown, "handing/" in shown) == (True, False)
    make_user(Role.PROTECTION, goris)
    shown = text(client.get(at(case)))
    assert ("nobody can agree" in shown, "handing/" in shown) == (False, True)


def test_a_safe_place_that_is_not_named_is_said_in_our_words(client, officer, case):
    client.force_login(officer)
    assert re.search(r"<form [^>]*/check/\" novalidate>", text(client.get(at(case))))
    refused = send(client, at(case, "check/"), topic="safe_place", words="")
    assert (refused.status_code, "Write which place is safe for tonight." in text(refused)) == (422, True)
