"""The second factor as people have it: an app or a passkey is set up after the first sign-in, and asked for later."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import override_settings
from playwright.sync_api import Page, expect

from centre.access import Role
from tests.build import counter, make_site, make_user
from tests.servers import serve

pytestmark = pytest.mark.browser

PASSWORD = "reception-desk-1"


@pytest.fixture(scope="module")
def server(committed_database):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RECEPTION_SECOND_FACTOR", "1")
        with serve(workers=2, to_browsers=True) as running:
            yield running


@pytest.fixture
def page(chromium, server):
    """A browser that calls the server by a name: a passkey belongs to one, never to an address in numbers."""
    context = chromium.new_context(base_url=f"http://localhost:{server.port}", locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def anna():
    anna = make_user(Role.COORDINATOR, make_site(), username=f"anna-{next(counter)}")
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    ):  # as the server has it
        anna.set_password(PASSWORD)
    anna.save(update_fields=["password"])
    return anna


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()


def set_up(page: Page, username: str, what: str) -> None:
    sign_in(page, username)
    expect(page).to_have_url(re.compile("/accounts/factor/$"))
    page.get_by_role("link", name=what).click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def say_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def test_an_app_is_set_up_and_asked_for(page, anna):
    set_up(page, anna.username, "Set up an app")
    secret = page.locator(".spelt").inner_text()
    expect(page.get_by_role("img", name="QR code for the app")).to_be_visible()
    step = int(time.time()) // 30
    page.get_by_label("Code that the app shows").fill(format_hotp_value(hotp_value(secret, step)))
    page.get_by_role("button", name="Set up this app").click()
    expect(page.locator("li.spelt")).to_have_count(10)
    codes = page.locator("li.spelt").all_inner_texts()
    page.get_by_role("link", name="Go on").click()
    expect(page).to_have_url(re.compile(r"\d/$"))
    sign_out(page)

    app = Authenticator.objects.get(user=anna, type="totp")
    app.data["used"] = 0  # as if it were half a minute later: the code that set it up is used up
    app.save()
    sign_in(page, anna.username)
    say_code(page, "000000")
    expect(page.get_by_text("This code is wrong").first).to_be_visible()
    say_code(page, format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    expect(page).to_have_url(re.compile(r"\d/$"))
    sign_out(page)

    for expected in (r"\d/$", "/accounts/login/code/$"):
        sign_in(page, anna.username)
        say_code(page, codes[0])
        expect(page).to_have_url(re.compile(expected))
        if expected == r"\d/$":
            sign_out(page)


def test_a_passkey_is_added_and_asked_for(page, anna):
    at = page.context.new_cdp_session(page)
    at.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    at.send("WebAuthn.addVirtualAuthenticator", {"options": device | {"hasResidentKey": True}})
    set_up(page, anna.username, "Add a passkey")
    page.get_by_label("What you call it").fill("Anna's phone")
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.locator("li.spelt")).to_have_count(10)
    page.goto("/accounts/factor/")
    expect(page.get_by_text("Anna's phone")).to_be_visible()
    sign_out(page)

    sign_in(page, anna.username)
    expect(page).to_have_url(re.compile("/accounts/login/code/$"))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile(r"\d/$"))

    page.goto("/accounts/factor/")
    page.get_by_role("link", name="Remove this passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Your second factor again")).to_be_visible()
    assert Authenticator.objects.filter(user=anna, type="webauthn").exists()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Remove this passkey").click()
    expect(page).to_have_url(re.compile("/accounts/factor/$"))
    assert not Authenticator.objects.filter(user=anna).exists()
