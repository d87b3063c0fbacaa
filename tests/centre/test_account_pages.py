"""Every address of allauth that is mounted answers everybody with a page of the house, or leads to one."""

import re
import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as PROOFS
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import Resolver404, resolve

from centre import account_urls
from centre.access import Role
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db

PAGES = ["/accounts/" + re.sub(r"<int:pk>", "1", str(page.pattern)) for page in account_urls.urlpatterns]
NOT_OURS = ["signup/", "email/", "password/set/", "password/reset/", "3rdparty/", "sessions/", "login/code/confirm/"]


def volunteer():
    return make_user(Role.VOLUNTEER, make_site())


def without_password():
    user = volunteer()
    user.set_unusable_password()
    user.save()
    return user


def coordinator():
    return make_user(Role.COORDINATOR, make_site())


def coordinator_with_factor():
    user = coordinator()
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def blocked():
    user = volunteer()
    user.is_active = False
    user.save()
    return user


def nobody():
    return None


WHO = [nobody, volunteer, without_password, coordinator, coordinator_with_factor, blocked]


def browser_of(user, proven):
    browser = Client(raise_request_exception=False)
    if user:
        browser.force_login(user)
        session = browser.session
        proofs = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
        session[PROOFS] = [{**proof, "at": time.time(), "reauthenticated": True} for proof in proofs if proven]
        session.save()
    return browser


@pytest.mark.parametrize("factor", [True, False], ids=["with a second factor", "without"])
@pytest.mark.parametrize("proven", [True, False], ids=["proven", "signed in"])
@pytest.mark.parametrize("who", WHO, ids=lambda who: who.__name__)
def test_every_page_of_an_account_answers_with_the_frame_of_the_house(settings, who, proven, factor):
    settings.SECOND_FACTOR = factor
    user, wrong = who(), []
    for page in PAGES:
        for verb in ("get", "post"):
            answer = getattr(browser_of(user, proven), verb)(page)
            text = answer.content.decode()
            framed = "</html>" not in text or "/static/centre/" in text
            leads = answer.get("Location", "/").split("?")[0]
            if answer.status_code >= 500 or not framed or not _is_there(leads):
                wrong.append((verb, page, answer.status_code, leads))
    assert wrong == []


def _is_there(address):
    try:
        return bool(resolve(address))
    except Resolver404:
        return False


@pytest.mark.parametrize("page", NOT_OURS)
def test_what_staff_do_not_use_of_allauth_is_not_there(page):
    assert not _is_there(f"/accounts/{page}")


def test_who_has_no_password_has_none_to_change():
    assert browser_of(without_password(), proven=True).get("/accounts/password/change/").status_code == 404
