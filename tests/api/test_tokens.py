"""Tokens for machines: made for a password, gone when they expire or are revoked; guessing is throttled."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from centre.access import BY_PAGES_ALONE, Role
from centre.models import LogLine, Token
from centre.tokens import DOORS
from reception.api_urls import router
from tests.api.conftest import API, Machine, intake
from tests.build import make_user

PASSWORD = "reception-desk-1"


@pytest.fixture(autouse=True)
def fresh_count_of_tries():
    cache.clear()
    yield
    cache.clear()


def ask(client, **facts):
    said = {"username": "anna", "password": PASSWORD, "label": "replay", "hours": 24, "reads": ["sites"]} | facts
    return client.post(f"{API}tokens/", said, "application/json")


def test_a_token_is_made_used_and_revoked(client, goris):
    make_user(username="anna", site=goris)
    answer = ask(client)
    assert answer.status_code == 201, answer.json()
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert client.get(f"{API}sites/", headers=headers).status_code == 200
    assert LogLine.objects.filter(verb="signed_in", subject="token").exists()
    assert client.delete(f"{API}tokens/current/", headers=headers).status_code == 204
    assert client.get(f"{API}sites/", headers=headers).status_code == 401


def test_a_token_is_kept_as_its_digest(client, goris):
    make_user(username="anna", site=goris)
    assert ask(client).json()["token"] not in str(Token.objects.values().get())


def test_a_token_is_for_a_shift_unless_another_time_is_asked_for(client, goris):
    make_user(username="anna", site=goris)
    said = {"username": "anna", "password": PASSWORD, "label": "replay", "reads": ["sites"]}
    assert client.post(f"{API}tokens/", said, "application/json").status_code == 201
    token = Token.objects.get()
    assert token.expires_at - token.made_at < timedelta(hours=12, minutes=1)


@pytest.mark.parametrize("role", Role)
def test_a_token_is_made_for_a_role_whose_work_a_machine_may_do(client, goris, role):
    user = make_user(role, username="anna", site=goris)
    assert ask(client).status_code == (403 if role in BY_PAGES_ALONE else 201)
    user.assignments.update(ends_at=timezone.now())
    assert ask(client).status_code == 403


def test_an_expired_token_holds_no_more(goris):
    machine = Machine(make_user(site=goris))
    Token.objects.update(made_at=timezone.now() - timedelta(hours=2), expires_at=timezone.now() - timedelta(hours=1))
    answer = machine.get("sites/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"hours": 0}, "hours"),
        ({"hours": 73}, "hours"),
        ({"hours": "24"}, "hours"),
        ({"label": ""}, "label"),
        ({"reads": []}, "reads"),
        ({"reads": ["cattle"]}, "reads[0]"),
        ({"writes": "sites"}, "writes"),
        ({"label": "x" * 61}, "label"),
        ({"username": "an\u0000na"}, "username"),
        ({"username": None}, "username"),
        ({"password": 7}, "password"),
        ({"password": "x" * 10_000}, "password"),
    ],
)
def test_what_a_token_cannot_be(client, goris, facts, name):
    make_user(username="anna", site=goris)
    answer = ask(client, **facts)
    assert (answer.status_code, list(answer.json())) == (400, [name])
    assert not Token.objects.exists()


def test_guessing_is_logged_and_stopped(client, goris):
    make_user(username="anna", site=goris)
    answers = [ask(client, password=f"guess-{number}") for number in range(11)]
    assert [answer.status_code for answer in answers[:10]] == [401] * 10
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"
    assert (answers[10].status_code, answers[10].headers["Retry-After"]) == (429, "300")
    assert "Too many tries" in answers[10].json()["detail"]
    assert ask(client).status_code == 429  # the right one too: who guesses learns nothing
    assert LogLine.objects.filter(verb="sign_in_failed").count() == 11


def test_an_unknown_name_is_answered_like_a_wrong_password(client, goris):
    make_user(username="anna", site=goris)
    assert ask(client, username="nobody").json() == ask(client, password="wrong").json()


def test_an_ended_account_gets_none(client, goris):
    user = make_user(username="anna", site=goris)
    user.is_active = False
    user.save()
    assert ask(client).status_code == 401


def test_a_session_needs_the_csrf_token_to_act(goris):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user(site=goris))
    assert browser.get(f"{API}sites/").status_code == 200
    answer = browser.post(f"{API}intakes/", intake(), "application/json")
    assert answer.status_code == 403
    browser.get("/accounts/password/change/")
    csrf = browser.cookies["csrftoken"].value if "csrftoken" in browser.cookies else ""
    answer = browser.post(f"{API}intakes/", intake(), "application/json", headers={"X-CSRFToken": csrf})
    assert answer.status_code == 201
    assert browser.delete(f"{API}tokens/current/", headers={"X-CSRFToken": csrf}).status_code == 404


def test_a_huge_form_under_a_session_is_not_read(goris):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user(site=goris))
    browser.get("/accounts/password/change/")
    answer = browser.post(f"{API}intakes/", "a=" + "x" * 10_000_000, "application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_the_command_makes_a_token(client, goris):
    make_user(username="anna", site=goris)
    out = StringIO()
    call_command("token", "anna", "--label", "replay", "--hours", "2", "--reads", "sites", stdout=out)
    headers = {"Authorization": f"Bearer {out.getvalue().strip()}"}
    assert client.get(f"{API}sites/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        ["nobody", "--label", "x", "--reads", "census"],
        ["anna", "--label", "x", "--reads", "census", "--hours", "73"],
        ["admin", "--label", "x", "--reads", "census"],
        ["anna", "--label", "x"],
    ],
)
def test_the_command_says_what_is_wrong(goris, words):
    make_user(username="anna", site=goris)
    make_user(Role.ADMINISTRATOR, username="admin")
    with pytest.raises(CommandError):
        call_command("token", *words)
    assert not Token.objects.exists()


def test_a_token_reads_and_writes_where_it_says_and_nowhere_else(client, goris):
    make_user(username="anna", site=goris)
    told = ask(client, reads=["sites"], writes=["intakes"]).json()
    headers = {"Authorization": f"Bearer {told['token']}"}
    for address in ("households/", "households.csv?why=statistics", "individuals/"):
        refused = client.get(f"{API}{address}", headers=headers)
        assert (refused.status_code, "does not open" in refused.json()["detail"]) == (403, True)
    assert client.post(f"{API}gate-counts/", {}, "application/json", headers=headers).status_code == 403
    assert client.get(f"{API}intakes/", headers=headers).status_code == 403
    assert LogLine.objects.filter(verb="refused", by__username="anna").count() == 5
    assert client.get(f"{API}sites/", headers=headers).status_code == 200
    assert client.post(f"{API}intakes/", intake(), "application/json", headers=headers).status_code == 201
    assert client.get(f"{API}nothing/", headers=headers).status_code == 404


def test_every_address_is_a_door_that_a_token_can_name():
    assert {prefix for prefix, *_ in router.registry} == {*DOORS, "tokens"}


def test_a_token_that_names_no_address_opens_all_that_its_person_may(client, goris):
    make_user(Role.VOLUNTEER, username="anna", site=goris)
    said = {"username": "anna", "password": PASSWORD, "label": "case", "hours": 2}
    answer = client.post(f"{API}tokens/", said, "application/json")
    assert answer.status_code == 201, answer.json()
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    asked = [client.get(f"{API}{door}/", headers=headers).status_code for door in ("households", "distributions")]
    assert asked == [200, 200]
