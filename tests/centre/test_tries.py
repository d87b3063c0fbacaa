"""Passwords may be tried a few times: by account and address, judged after the password; the broker may be away."""

import pytest
from django.core.cache import cache
from django.test import Client

from centre.access import Role
from centre.models import LogLine
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db

PASSWORD, OWN = "reception-desk-1", "own-apricot-garden-7"
HERE, ELSEWHERE = "10.0.0.1", "10.0.0.2"


@pytest.fixture(autouse=True)
def fresh_count_of_tries():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def anna():
    return make_user(Role.COORDINATOR, make_site("goris"), username="anna")


def sign_in(browser=None, password=PASSWORD, address=HERE, username="anna"):
    form = {"login": username, "password": password}
    return (browser or Client()).post("/accounts/login/", form, REMOTE_ADDR=address).status_code


def guess(times, **where):
    return [sign_in(password=f"guess-{number}", **where) for number in range(times)]


def test_only_wrong_passwords_count(anna):
    assert {sign_in() for _ in range(30)} == {302}


def test_a_few_wrong_passwords_lock_nobody_out(anna):
    guess(10)
    assert sign_in() == 302


def test_a_guesser_locks_out_nobody_at_another_address(anna):
    assert guess(12)[9:] == [200, 429, 429]
    assert sign_in() == 429
    assert sign_in(address=ELSEWHERE) == 302


def test_a_guesser_locks_out_no_other_account_at_the_same_address(anna):
    make_user(Role.COORDINATOR, username="davit")
    guess(12)
    assert sign_in(username="davit") == 302


def test_a_device_where_the_person_has_signed_in_before_is_counted_by_itself(anna):
    known = Client()
    assert sign_in(known) == 302
    known.post("/accounts/logout/")
    guess(12)
    assert sign_in(known) == 302
    known.post("/accounts/logout/")
    assert [sign_in(known, password="guess") for _ in range(11)][9:] == [200, 429]


def test_a_device_is_known_for_whom_it_knows_alone(anna):
    make_user(Role.COORDINATOR, username="davit")
    known = Client()
    sign_in(known, username="davit")
    known.post("/accounts/logout/")
    guess(12)
    assert sign_in(known) == 429


def test_one_password_for_many_accounts_is_stopped_at_its_address(anna):
    answers = [sign_in(username=f"nobody-{number}") for number in range(61)]
    assert answers[59:] == [200, 429]
    assert sign_in() == 429
    assert sign_in(address=ELSEWHERE) == 302


def test_a_flood_from_one_address_is_refused_before_a_password_is_read(anna):
    cache.set(f"tries:all:{HERE}", 300, 60)
    assert sign_in() == 429
    assert not LogLine.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Wait five minutes"), ("hy", "հինգ րոպե"), ("ru", "пять минут")]
)
def test_too_many_tries_are_answered_with_a_sentence_and_a_time(anna, language, words):
    guess(10)
    form = {"login": "anna", "password": "guess"}
    answer = Client(headers={"Accept-Language": language}).post("/accounts/login/", form, REMOTE_ADDR=HERE)
    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert words in answer.content.decode()


def test_the_password_is_not_guessed_in_an_open_session_either(anna):
    browser = Client()
    sign_in(browser)
    form = {"oldpassword": "guess", "password1": OWN, "password2": OWN}
    answers = [browser.post("/accounts/password/change/", form, REMOTE_ADDR=HERE).status_code for _ in range(11)]
    assert answers[9:] == [200, 429]
    right = form | {"oldpassword": PASSWORD}
    assert browser.post("/accounts/password/change/", right, REMOTE_ADDR=HERE).status_code == 429


def test_people_sign_in_while_the_broker_is_away_and_the_log_says_so(anna, settings, caplog):
    broker = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": broker}
    assert sign_in() == 302
    assert guess(12) == [200] * 12
    assert "The cache is away" in caplog.text
