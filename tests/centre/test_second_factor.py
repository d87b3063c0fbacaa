"""The second factor: who is led to it, what proves it, how its secrets are kept, and the way in without it."""

import json
import time
import uuid
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from centre.access import NotAllowed, Role
from centre.errors import AskedAlready, FactorUnreadable, NoFactor, NotOneself, NotTheSecond, RequestGone
from centre.factor_acts import agree_to_remove_factor, ask_to_remove_factor
from centre.lost_factors import ASKED_FOR, LostFactor
from centre.models import LogLine, Session, Token
from centre.tokens import make_token
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "reception-desk-1"
BOARD = "/board/"


@pytest.fixture(autouse=True)
def asked_for(settings):
    settings.SECOND_FACTOR = True
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def anna():
    return make_user(Role.COORDINATOR, make_site("goris"), username="anna")


@pytest.fixture(autouse=True)
def _began():
    """A test that goes on past the half minute still tells the codes of the one it began in from the next."""
    began["step"] = int(time.time()) // 30


began = {}


def code_at(secret, step=0):
    return format_hotp_value(hotp_value(secret, began["step"] + step))


def with_app(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def signed_in(username="anna", **where):
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": username, "password": PASSWORD}, **where)
    assert answer.status_code == 302
    return browser


def say(browser, code, **where):
    return browser.post("/accounts/login/code/", {"code": code}, **where)


def is_in(browser):
    return "_auth_user_id" in browser.session


def token_for(code=None, username="anna"):
    said = {"username": username, "password": PASSWORD, "label": "report", "reads": ["households"]}
    body = json.dumps(said | ({"code": code} if code else {}))
    return Client().post("/api/v1/tokens/", body, content_type="application/json")


@pytest.mark.parametrize("path", ["/", "/families/", "/settings/", "/api/v1/sites/"])
def test_a_role_that_needs_a_factor_reaches_nothing_before_it_is_set_up(anna, path):
    browser = signed_in()
    answer = browser.get(path)
    if path.startswith("/api/"):
        assert (answer.status_code, answer.json()["detail"]) == (403, "Set up a second factor first.")
    else:
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/factor/")
    with_app(anna)
    assert browser.get(path, follow=True).status_code == 200


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.AID_VOLUNTEER, Role.RECEPTIONIST])
def test_a_volunteer_needs_none(role):
    make_user(role, make_site("gate"), username="davit")
    assert signed_in("davit").get("/settings/access/").status_code == 200


def test_where_it_is_not_asked_for_nobody_is_led_to_it(anna, settings):
    settings.SECOND_FACTOR = False
    browser = signed_in()
    assert browser.get("/settings/").status_code == 200
    assert browser.get("/accounts/factor/").status_code == 404
    with_app(anna)
    assert not is_in(signed_in()), "who has one is asked for it all the same"


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_asks_for_the_password_and_shows_the_codes_once(anna):
    browser = signed_in()
    again = browser.get("/accounts/factor/app/")
    assert again.headers["Location"].startswith("/accounts/again/")
    browser.post(again.headers["Location"], {"password": PASSWORD})
    page = browser.get("/accounts/factor/app/")
    secret = page.context["form"].secret
    assert "<svg" in page.content.decode()
    assert browser.post("/accounts/factor/app/", {"code": "000000"}).status_code == 200
    done = browser.post("/accounts/factor/app/", {"code": code_at(secret)}, follow=True)
    codes = done.context["unused_codes"]
    assert len(codes) == 10
    assert all(code in done.content.decode() for code in codes)
    assert codes[0] not in browser.get("/accounts/factor/codes/").content.decode()
    assert LogLine.objects.filter(verb="factor_added", by=anna, fields=["totp"]).count() == 1
    assert browser.get("/settings/").status_code == 200
    again = signed_in()
    say(again, code_at(secret))
    assert not is_in(again), "the code that set it up is used up"
    say(again, codes[0])
    assert is_in(again)


def test_a_password_alone_signs_nobody_in_who_has_a_factor(anna):
    secret = with_app(anna)
    browser = signed_in()
    assert not is_in(browser)
    assert browser.get("/families/").status_code == 302
    assert say(browser, "000000").status_code == 200
    assert not is_in(browser)
    say(browser, code_at(secret))
    assert is_in(browser)
    assert browser.get("/settings/sessions/").status_code == 200


def test_a_code_signs_in_once_also_while_the_broker_forgets(anna):
    secret = with_app(anna)
    code = code_at(secret)
    say(signed_in(), code)
    cache.clear()
    second = signed_in()
    say(second, code)
    assert not is_in(second)
    say(second, code_at(secret, -1))
    assert not is_in(second), "an earlier one is used up with it"
    say(second, code_at(secret, 1))
    assert is_in(second)


def test_a_recovery_code_signs_in_once(anna):
    with_app(anna)
    code = RecoveryCodes.activate(anna).get_unused_codes()[3]
    first, second = signed_in(), signed_in()
    say(first, code)
    say(second, code)
    assert (is_in(first), is_in(second)) == (True, False)


def test_wrong_codes_are_counted_as_wrong_passwords_are_and_logged(anna):
    secret = with_app(anna)
    browser = signed_in(REMOTE_ADDR="10.0.0.1")
    answers = [say(browser, "000000", REMOTE_ADDR="10.0.0.1").status_code for _ in range(11)]
    assert answers[9:] == [200, 429]
    assert say(browser, code_at(secret), REMOTE_ADDR="10.0.0.1").status_code == 429
    assert LogLine.objects.filter(verb="sign_in_failed", fields=["code"]).count() == 11


def test_a_recovery_code_that_came_after_too_many_is_not_used_up(anna):
    with_app(anna)
    code = RecoveryCodes.activate(anna).get_unused_codes()[0]
    browser = signed_in(REMOTE_ADDR="10.0.0.1")
    for _ in range(11):
        say(browser, "000000", REMOTE_ADDR="10.0.0.1")
    assert say(browser, code, REMOTE_ADDR="10.0.0.1").status_code == 429
    cache.clear()  # the five minutes are over
    again = signed_in(REMOTE_ADDR="10.0.0.1")
    say(again, code, REMOTE_ADDR="10.0.0.1")
    assert is_in(again)


def test_wrong_codes_from_many_addresses_are_counted_together(anna):
    secret = with_app(anna)
    for number in range(21):
        say(signed_in(REMOTE_ADDR=f"10.0.1.{number}"), "000000", REMOTE_ADDR=f"10.0.1.{number}")
    assert say(signed_in(REMOTE_ADDR="10.0.2.1"), code_at(secret), REMOTE_ADDR="10.0.2.1").status_code == 429


def test_removing_a_factor_asks_for_the_password_and_the_factor_and_leads_back_to_setting_one_up(anna):
    secret = with_app(anna)
    browser = signed_in()
    say(browser, code_at(secret))
    again = browser.post("/accounts/factor/app/remove/")
    assert again.headers["Location"].startswith("/accounts/again/?")
    and_then = browser.post(again.headers["Location"], {"password": PASSWORD})
    assert and_then.headers["Location"].startswith("/accounts/again/code/?")
    assert "used already" in browser.post(and_then.headers["Location"], {"code": code_at(secret)}).text
    assert Authenticator.objects.filter(user=anna).exists()
    browser.post(and_then.headers["Location"], {"code": code_at(secret, 1)})
    assert not Authenticator.objects.filter(user=anna).exists()
    assert browser.get("/settings/").headers["Location"] == "/accounts/factor/"
    assert LogLine.objects.filter(verb="factor_removed", by=anna).exists()


@pytest.mark.parametrize("page", ["app/", "app/remove/", "codes/", "codes/new/", "passkeys/new/", "passkeys/1/remove/"])
def test_who_has_the_password_and_an_open_screen_changes_no_factor(anna, page):
    secret = with_app(anna)
    browser = signed_in()
    say(browser, code_at(secret))
    browser.post("/accounts/again/?next=/settings/", {"password": PASSWORD})
    for asked in (browser.get, browser.post):
        assert asked(f"/accounts/factor/{page}").headers["Location"].startswith("/accounts/again/code/?")
    kept = list(Authenticator.objects.filter(user=anna).values_list("type", flat=True))
    assert kept == ["totp"]


def test_the_factor_alone_is_no_password(anna):
    secret = with_app(anna)
    browser = signed_in()
    say(browser, code_at(secret))
    browser.post("/accounts/again/code/?next=/settings/", {"code": code_at(secret, 1)})
    assert browser.post("/accounts/factor/app/remove/").headers["Location"].startswith("/accounts/again/?")


def test_a_guessed_code_before_a_change_is_counted(anna):
    with_app(anna)
    browser = Client()
    browser.force_login(anna, "django.contrib.auth.backends.ModelBackend")
    tried = [browser.post("/accounts/again/code/", {"code": "000000"}).status_code for _ in range(11)]
    assert tried[9:] == [200, 429]


def test_a_guessed_password_is_counted_before_a_factor_too(anna):
    browser = signed_in()
    guesses = [browser.post("/accounts/again/", {"password": f"guess-{n}"}).status_code for n in range(11)]
    assert guesses[9:] == [200, 429]


def test_new_recovery_codes_end_the_old_ones(anna, django_capture_on_commit_callbacks):
    secret = with_app(anna)
    old = RecoveryCodes.activate(anna).get_unused_codes()
    browser = signed_in()
    say(browser, code_at(secret))
    browser.post("/accounts/again/?next=/settings/", {"password": PASSWORD})
    browser.post("/accounts/again/code/?next=/settings/", {"code": code_at(secret, 1)})
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post("/accounts/factor/codes/new/", follow=True)
    assert not set(old) & set(done.context["unused_codes"])
    assert LogLine.objects.filter(verb="codes_renewed", by=anna).count() == 1


def test_secrets_lie_sealed_under_the_server_key(anna, settings):
    secret = with_app(anna)
    RecoveryCodes.activate(anna)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert RecoveryCodes.activate(anna).generate_codes()
    of_before, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    with pytest.raises(FactorUnreadable):
        RecoveryCodes.activate(anna).generate_codes()
    settings.SECRET_KEY_FALLBACKS = [of_before]
    assert RecoveryCodes.activate(anna).generate_codes()
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(FactorUnreadable):
        RecoveryCodes.activate(anna).generate_codes()


def test_a_token_needs_a_code_of_who_has_a_factor(anna):
    answer = token_for()
    assert (answer.status_code, answer.json()["detail"]) == (403, "Set up a second factor first.")
    secret = with_app(anna)
    assert [token_for().status_code, token_for("000000").status_code] == [401, 401]
    code = code_at(secret)
    assert [token_for(code).status_code, token_for(code).status_code] == [201, 401], "the code is used up"


def test_a_token_of_before_opens_nothing_without_a_factor(anna):
    token = make_token(anna, "old", timezone.now() + ASKED_FOR)
    machine = Client(headers={"Authorization": f"Bearer {token}"})
    assert machine.get("/api/v1/sites/").status_code == 403
    with_app(anna)
    assert machine.get("/api/v1/sites/").status_code == 200


@pytest.fixture
def admins():
    return [make_user(Role.ADMINISTRATOR) for _ in range(2)]


def test_a_lost_factor_is_removed_by_two_administrators(anna, admins):
    secret = with_app(anna)
    browser = signed_in()
    say(browser, code_at(secret))
    make_token(anna, "machine", timezone.now() + ASKED_FOR)
    ask_to_remove_factor(anna, by=admins[0])
    lost = LostFactor.objects.get()
    with pytest.raises(NotTheSecond):
        agree_to_remove_factor(lost, by=admins[0])
    with pytest.raises(AskedAlready):
        ask_to_remove_factor(anna, by=admins[1])
    assert Authenticator.objects.filter(user=anna).exists()
    agree_to_remove_factor(lost, by=admins[1])
    assert not Authenticator.objects.filter(user=anna).exists()
    assert not Session.objects.filter(user=anna).exists()
    assert not Token.objects.filter(user=anna, revoked_at=None).exists()
    with pytest.raises(RequestGone):
        agree_to_remove_factor(lost, by=admins[1])
    lines = LogLine.objects.filter(subject_id=str(anna.pk), verb__startswith="factor_").order_by("pk")
    assert list(lines.values_list("verb", "by")) == [("factor_lost", admins[0].pk), ("factor_removed", admins[1].pk)]
    assert signed_in().get("/settings/").headers["Location"] == "/accounts/factor/"


def test_nobody_takes_part_in_removing_their_own(anna, admins):
    with_app(admins[0])
    with pytest.raises(NotOneself):
        ask_to_remove_factor(admins[0], by=admins[0])
    ask_to_remove_factor(admins[0], by=admins[1])
    with pytest.raises(NotOneself):
        agree_to_remove_factor(LostFactor.objects.get(), by=admins[0])


def test_what_is_not_there_is_not_removed(anna, admins):
    with pytest.raises(NoFactor):
        ask_to_remove_factor(anna, by=admins[0])


def test_a_request_ends_after_a_day(anna, admins):
    with_app(anna)
    ask_to_remove_factor(anna, by=admins[0])
    LostFactor.objects.update(asked_at=timezone.now() - ASKED_FOR)
    with pytest.raises(RequestGone):
        agree_to_remove_factor(LostFactor.objects.get(), by=admins[1])
    ask_to_remove_factor(anna, by=admins[1])


def test_an_administrator_of_one_site_removes_nothing_of_another(anna):
    with_app(anna)
    with pytest.raises(NotAllowed):
        ask_to_remove_factor(anna, by=make_user(Role.ADMINISTRATOR, make_site("vayk")))


@pytest.mark.parametrize("second", ["the first again", "the person"])
def test_the_database_keeps_two_administrators_apart(anna, admins, second):
    lost = LostFactor.objects.create(user=anna, asked_by=admins[0])
    agreed_by = {"the first again": admins[0], "the person": anna}[second]
    with pytest.raises(IntegrityError, match="factor_removed_by_two"), transaction.atomic():
        LostFactor.objects.filter(pk=lost.pk).update(agreed_at=timezone.now(), agreed_by=agreed_by)


def test_the_database_lets_nobody_ask_for_themselves(anna):
    with pytest.raises(IntegrityError, match="factor_lost_by_word_of_another"), transaction.atomic():
        LostFactor.objects.create(user=anna, asked_by=anna)


def test_pages_lead_two_administrators_through_it(anna, admins):
    with_app(anna)
    page = f"/settings/staff/{anna.pk}/"
    for admin in admins:
        with_app(admin)
    one, other = Client(), Client()
    one.force_login(admins[0])
    other.force_login(admins[1])
    assert one.post(f"{page}factor/lost/", {"id": uuid.uuid4()}).status_code == 303
    lost = LostFactor.objects.get()
    agree = f"{page}factor/lost/{lost.pk}/agree/"
    assert (agree in one.get(page).content.decode(), agree in other.get(page).content.decode()) == (False, True)
    assert page in other.get("/settings/staff/").content.decode().split("</section>")[0]
    assert other.post(agree, {"id": uuid.uuid4()}).status_code == 303
    assert not Authenticator.objects.filter(user=anna).exists()


def test_the_machine_itself_removes_a_factor_and_leaves_a_line(anna):
    with pytest.raises(CommandError):
        call_command("lost_factor", "anna")
    with_app(anna)
    said = StringIO()
    call_command("lost_factor", "anna", stdout=said)
    assert said.getvalue().startswith("anna has no second factor now")
    assert not Authenticator.objects.filter(user=anna).exists()
    assert LogLine.objects.filter(verb="factor_removed", by=None, subject_id=str(anna.pk)).count() == 1
