"""What a person is signed in to: it ends with the shift, after a while without work, and for good at a word."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from centre.access import Role
from centre.drafts import draft_key
from centre.models import Session, Token, User
from centre.sessions import SessionStore, is_idle, see_at_work
from centre.staff_acts import allow_sign_in, block_sign_in, give_password
from tests.api.conftest import Machine
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db

PASSWORD, OWN = "reception-desk-1", "own-apricot-garden-7"


@pytest.fixture
def goris():
    return make_site("goris")


@pytest.fixture
def anna(goris):
    return make_user(Role.COORDINATOR, goris, username="anna")


def desk_of(user, device="Mozilla/5.0 (Windows NT 10.0) Chrome/126.0"):
    desk = Client(headers={"User-Agent": device})
    assert desk.post("/accounts/login/", {"login": user.username, "password": PASSWORD}).status_code == 302
    return desk


def is_in(desk):
    return desk.get("/settings/").status_code == 200


def left(user, minutes):
    """Nobody has worked in the person's sessions since."""
    Session.objects.filter(user=user).update(seen_at=timezone.now() - timedelta(minutes=minutes))


def block(user):
    block_sign_in(user, by=make_user(Role.ADMINISTRATOR))


def block_and_allow(user):
    block(user)
    allow_sign_in(user, by=make_user(Role.ADMINISTRATOR))


def reset(user):
    give_password(user, by=make_user(Role.ADMINISTRATOR))
    User.objects.filter(pk=user.pk).update(password_given_at=None, password_given_by=None)


def change(user):
    form = {"oldpassword": PASSWORD, "password1": OWN, "password2": OWN}
    assert desk_of(user).post("/accounts/password/change/", form).status_code == 302


@pytest.mark.parametrize("act", [block, block_and_allow, reset, change])
def test_every_session_and_token_ends_for_good(anna, act):
    desk, machine = desk_of(anna), Machine(anna)
    assert is_in(desk)
    assert machine.get("sites/").status_code == 200
    act(anna)
    assert not is_in(desk)
    assert machine.get("sites/").status_code == 401
    assert not Session.objects.filter(pk=desk.session.session_key).exists()
    assert not Token.objects.filter(user=anna, revoked_at=None).exists()


def test_changing_the_password_keeps_the_browser_it_was_changed_in(anna):
    desk = desk_of(anna)
    began = desk.session["began_at"]
    form = {"oldpassword": PASSWORD, "password1": OWN, "password2": OWN}
    assert desk.post("/accounts/password/change/", form).status_code == 302
    assert is_in(desk)
    assert desk.session["began_at"] == began


def test_the_key_of_drafts_is_the_same_after_blocking_and_another_after_a_new_password(anna):
    key = draft_key(anna)
    block_and_allow(anna)
    assert draft_key(User.objects.get(pk=anna.pk)) == key
    reset(anna)
    assert draft_key(User.objects.get(pk=anna.pk)) != key


def test_what_began_while_sign_in_was_being_blocked_ends_when_it_is_allowed(anna):
    block(anna)
    late, machine = Client(), Machine(anna)
    late.force_login(anna)
    allow_sign_in(anna, by=make_user(Role.ADMINISTRATOR))
    assert not is_in(late)
    assert machine.get("sites/").status_code == 401


def test_a_session_ends_after_a_quarter_of_an_hour_without_work_and_says_so(anna):
    desk = desk_of(anna)
    left(anna, 14)
    assert is_in(desk)
    left(anna, 16)
    answer = desk.get("/settings/")
    assert answer["Location"] == "/accounts/login/?next=%2Fsettings%2F&ended=1"
    assert not Session.objects.filter(user=anna).exists()


@pytest.mark.parametrize("key", ["\0abcdefghijk", "éééééééééé", "a b c d e f", "abc"])
def test_a_key_that_no_session_can_have_is_nobodys(key):
    stranger = Client(raise_request_exception=False)
    stranger.cookies[settings.SESSION_COOKIE_NAME] = key
    assert stranger.get("/accounts/login/").status_code == 200
    assert stranger.get("/").status_code == 302


def test_a_press_after_a_quarter_of_an_hour_leads_to_sign_in_and_writes_nothing(anna):
    desk = desk_of(anna)
    left(anna, 16)
    form = {"id": uuid.uuid4()}
    answer = desk.post("/settings/sites/", form, headers={"X-Page-Of": str(anna.pk)})
    assert (answer.status_code, "ended=unsaved" in answer["X-Sign-In"]) == (401, True)
    assert "What you sent last was not done." in desk.get(answer["X-Sign-In"]).content.decode()


def test_a_form_sent_without_scripts_after_the_session_leads_back_to_the_page_it_stood_on(anna):
    desk = desk_of(anna)
    left(anna, 16)
    answer = desk.post("/settings/sites/new/", {}, headers={"Referer": "http://testserver/settings/sites/?search=x"})
    assert answer["Location"] == "/accounts/login/?next=%2Fsettings%2Fsites%2F%3Fsearch%3Dx&ended=unsaved"
    assert "What you sent last" not in desk.get("/accounts/login/?next=%2F&ended=1").content.decode()


def test_a_page_that_renews_itself_keeps_no_session_alive(anna):
    desk = desk_of(anna)
    left(anna, 10)
    before = Session.objects.get(user=anna).seen_at
    desk.get("/board/now/", headers={"X-Renews": "1"})
    assert Session.objects.get(user=anna).seen_at == before
    assert is_in(desk)
    assert Session.objects.get(user=anna).seen_at > before


def test_being_at_work_writes_back_nothing_else_of_the_session(anna):
    desk = desk_of(anna)
    slow, session = SessionStore(desk.session.session_key), desk.session
    slow.load()
    session["shift_site"] = "goris"
    session.save()
    left(anna, 10)
    see_at_work(slow)
    assert desk.session["shift_site"] == "goris"
    assert not is_idle(slow)


@pytest.mark.parametrize("address", ["/", "/shelter/"])
def test_the_boards_say_that_they_renew_themselves(anna, address):
    assert b'"X-Renews": "1"' in desk_of(anna).get(address).content


def test_a_session_ends_with_the_shift_however_much_is_done_in_it(anna):
    desk = desk_of(anna)
    session = desk.session
    session["began_at"] = (timezone.now() - timedelta(hours=11, minutes=59)).isoformat()
    session.save()
    answer = desk.post("/settings/language/", {"language": "ru", "next": "/"})
    assert answer.status_code == 303
    assert is_in(desk)
    ends_at = Session.objects.get(user=anna).expire_date
    assert ends_at < timezone.now() + timedelta(minutes=2)
    Session.objects.update(expire_date=timezone.now())
    assert not is_in(desk)


# The page on which one sees them


def page_of(desk):
    return " ".join(desk.get("/settings/sessions/").content.decode().split())


def test_the_page_lists_and_ends_what_is_signed_in(anna):
    here, there = desk_of(anna), desk_of(anna, "Mozilla/5.0 (Android 14; Mobile) Firefox/128.0")
    machine = Machine(anna)
    page = page_of(here)
    assert "Chrome, Windows" in page
    assert "Firefox, Android" in page
    assert page.count("Sign that device out") == 1
    assert there.session.session_key not in page
    away = Session.objects.get(pk=there.session.session_key)
    token = Token.objects.get(user=anna)
    assert here.post(f"/settings/sessions/{away.mark}/end/").status_code == 303
    assert here.post(f"/settings/sessions/tokens/{token.pk}/end/").status_code == 303
    assert (is_in(here), is_in(there), machine.get("sites/").status_code) == (True, False, 401)
    assert "Firefox" not in page_of(here)


def test_nobody_sees_or_ends_what_another_is_signed_in_to(anna, goris):
    other = make_user(Role.COORDINATOR, goris, username="davit")
    theirs, here = desk_of(other, "Mozilla/5.0 (X11; Linux) Firefox/128.0"), desk_of(anna)
    machine = Machine(other)
    assert "Firefox" not in page_of(here)
    mark = Session.objects.get(user=other).mark
    assert here.post(f"/settings/sessions/{mark}/end/").status_code == 404
    assert here.post(f"/settings/sessions/tokens/{Token.objects.get(user=other).pk}/end/").status_code == 404
    assert is_in(theirs)
    assert machine.get("sites/").status_code == 200


def test_a_session_that_was_left_is_not_listed(anna):
    desk_of(anna, "Mozilla/5.0 (X11; Linux) Firefox/128.0")
    left(anna, 16)
    here = desk_of(anna)
    assert "Firefox" not in page_of(here)
