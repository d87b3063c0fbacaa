"""The pages and the API of searches: for who follows the case alone, and never the place that may not be told."""

import re
import uuid

import pytest
from django.utils import timezone

from casework.models import TracingMatch, TracingRequest
from casework.tracing_actions import answer_match, ask_seeker
from centre.access import Role
from centre.models import LogLine
from registrations.facts import Birth
from tests.api.conftest import Machine
from tests.build import make_site, make_user, person
from tests.casework.matching import register_family

PHONE = "+37491123456"


def send(client, address, **facts):
    return client.post(address, {"id": uuid.uuid4()} | facts)


def text(answer):
    return answer.content.decode()


def register_mother(site):
    mother = person("Anahit", "Harutyunyan", birth=Birth.in_year(1980))
    return register_family(site, make_user(Role.VOLUNTEER, site), mother, phones=(PHONE,))


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def search(signed_in, case):
    answer = send(
        signed_in, f"/cases/{case.pk}/trace/", given_name="Անահիտ", family_name="Հարությունյան", birth="1980", sex="F"
    )
    assert answer.status_code == 303
    return TracingRequest.objects.get()


def page_of(client, search):
    return text(client.get(f"/cases/{search.case_id}/found/"))


def test_a_search_is_asked_answered_and_ended_by_buttons(signed_in, search, sisian):
    home = register_mother(sisian)
    match = TracingMatch.objects.get()
    shown = page_of(signed_in, search)
    assert "Harutyunyan Anahit" in shown
    assert str(home) not in shown, "the number of a family elsewhere opens nothing here"
    assert str(sisian) in shown
    assert PHONE not in shown
    assert search.birth == Birth.in_year(1980)
    address = f"/cases/tracing/matches/{match.pk}/answer/"
    for shown, answer in (("", "asked"), ("asked", "agrees")):
        assert send(signed_in, address, shown=shown, answer=answer).status_code == 303
        page = page_of(signed_in, search)
        assert PHONE not in page
        assert ("data-saved" in page, f'name="shown" value="{answer}"' in page) == (True, True)
    refused = send(signed_in, address, shown="agrees", answer="contacted")
    assert (refused.status_code, "only when both agree" in text(refused)) == (422, True)
    send(signed_in, f"/cases/tracing/{search.pk}/consent/", consent="yes")
    assert PHONE in page_of(signed_in, search)
    send(signed_in, address, shown="agrees", answer="contacted")
    send(signed_in, f"/cases/tracing/{search.pk}/end/", outcome="reunited")
    assert TracingRequest.objects.get().outcome == "reunited"
    assert "Search ended – Together again" in text(signed_in.get(f"/cases/{search.case_id}/"))


def test_an_answer_to_what_has_changed_since_it_was_shown_is_refused(signed_in, officer, search, sisian):
    register_mother(sisian)
    match = TracingMatch.objects.get()
    for answer in ("asked", "agrees"):
        answer_match(match, answer=answer, by=officer)
    late = send(signed_in, f"/cases/tracing/matches/{match.pk}/answer/", shown="asked", answer="declines")
    assert (late.status_code, "does not follow from the last answer" in text(late)) == (422, True)
    machine = Machine(officer)
    late = machine.post(f"tracing-matches/{match.pk}/answer/", shown="asked", answer="declines")
    assert (late.status_code, late.json()["code"]) == (409, "answered_otherwise")
    match.refresh_from_db()
    assert match.answer == "agrees"
    assert machine.post(f"tracing-matches/{match.pk}/answer/", shown="agrees", answer="declines").status_code == 201


def test_a_search_does_not_end_without_a_word_how(signed_in, search):
    assert "selected>choose" in page_of(signed_in, search)
    refused = send(signed_in, f"/cases/tracing/{search.pk}/end/", outcome="", words="her aunt has her")
    assert refused.status_code == 422
    assert re.search(r'<details class="rare" open>.*her aunt has her</textarea>', text(refused), re.S)
    assert TracingRequest.objects.get().outcome == ""


def test_the_list_says_how_many_matches_wait(signed_in, search, sisian):
    register_mother(sisian)
    shown = text(signed_in.get("/cases/tracing/"))
    assert "Հարությունյան Անահիտ" in shown
    assert '<span class="mark warn">1</span>' in shown


def test_who_is_at_a_confidential_site_is_known_and_no_more(signed_in, search, officer):
    refuge = make_site("refuge", confidential=True)
    home = register_mother(refuge)
    match = TracingMatch.objects.get()
    ask_seeker(search, consent="yes", by=officer)
    for answer in ("asked", "agrees"):
        answer_match(match, answer=answer, by=officer)
    shown = page_of(signed_in, search)
    assert "Somebody is known who may be them." in shown
    assert all(word not in shown for word in ("Harutyunyan", "Anahit", "Refuge", str(home), PHONE))
    row = Machine(officer).get(f"tracing-matches/{match.pk}/").json()
    assert (row["individual"], row["answer"]) == (None, "agrees")
    signed_in.force_login(make_user(Role.PROTECTION))
    assert "Refuge" in page_of(signed_in, search)


@pytest.mark.parametrize("role", Role.values)
def test_searches_are_shown_to_who_follows_the_case_alone(role, client, search, sisian, goris):
    register_mother(sisian)
    follows = role == Role.PROTECTION
    for site, may in ((goris, follows), (sisian, False)):
        user = make_user(role, site)
        client.force_login(user)
        assert (client.get(f"/cases/{search.case_id}/found/").status_code == 200) is may
        assert ("Հարությունյան" in text(client.get("/cases/tracing/"))) is may
        rows = Machine(user).get("tracing-requests/"), Machine(user).get("tracing-matches/")
        assert [len(answer.json().get("results", ())) for answer in rows] == [int(may)] * 2


def test_each_look_leaves_a_line_with_whom_it_showed(signed_in, search, sisian):
    home = register_mother(sisian)
    page_of(signed_in, search)
    line = LogLine.objects.filter(fields=["searches"]).latest("pk")
    assert set(line.keys) == {search.case.individual_id, home.memberships.get().individual_id}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Write the given name or the family name."),
        ({"given_name": "Anahit", "birth": "500"}, "Write a year such as 1989, or an age."),
    ],
)
def test_a_search_for_nobody_is_not_begun(signed_in, case, said, told):
    answer = send(signed_in, f"/cases/{case.pk}/trace/", **said)
    assert (answer.status_code, told in text(answer)) == (422, True)
    assert not TracingRequest.objects.exists()


def test_a_machine_seeks_answers_and_narrows_down(officer, case, sisian):
    machine = Machine(officer)
    body = {"given_name": "Anahit", "family_name": "Harutyunyan", "age": 46, "relationship": "parent"}
    body["at"] = timezone.now().isoformat()
    sought = machine.post(f"individuals/{case.individual_id}/seek/", **body).json()
    register_mother(sisian)
    (row,) = machine.get("tracing-matches/", waiting="true", request=sought["search"]).json()["results"]
    assert row["individual"] == str(TracingMatch.objects.get().individual_id)
    machine.post(f"tracing-matches/{row['id']}/answer/", answer="not_them")
    assert machine.get("tracing-matches/", waiting="true").json()["results"] == []
    machine.post(f"tracing-requests/{sought['search']}/consent/", consent="no")
    machine.post(f"tracing-requests/{sought['search']}/end/", outcome="withdrawn")
    assert machine.get("tracing-requests/", open="true", case=sought["case"]).json()["results"] == []
    assert len(machine.get("tracing-requests/", open="false", case=sought["case"]).json()["results"]) == 1
