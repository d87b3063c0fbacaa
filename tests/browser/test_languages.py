"""Changing the language in the middle of a form."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from centre.access import Role
from tests.build import make_site, make_user

pytestmark = pytest.mark.browser


def test_what_was_typed_stays_when_the_language_changes(page, server):
    volunteer = make_user(Role.VOLUNTEER, make_site("goris", name_hy="Գորիս"))
    address = f"http://127.0.0.1:{server.port}"
    session = server.sign_in(volunteer).session
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page.goto("/intake/")
    page.locator("#id_member-0-family_name").fill("Հակոբյան")
    page.locator(".language summary").click()
    page.locator(".language button[value=hy]").click()
    expect(page.get_by_role("heading", name="Գրանցել ընտանիք", exact=True)).to_be_visible()
    expect(page.locator("#id_member-0-family_name")).to_have_value("Հակոբյան")
    expect(page.locator("[data-draft-notice]")).to_contain_text("Սա Ձեր սևագիրն է")
    volunteer.refresh_from_db()
    assert volunteer.language == "hy"
