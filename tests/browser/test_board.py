"""The situation board renews itself: what a desk does is seen on it within seconds."""

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import expect

from census.situation import COUNT
from centre.access import Role
from tests.build import make_site, make_user, person, register_family

pytestmark = pytest.mark.browser


def test_an_open_board_shows_what_a_desk_just_did(page, server, committed_database):
    cache.delete(COUNT)
    site = make_site("goris", name_en="Goris theatre")
    desk, official = make_user(), make_user(Role.OFFICIAL)
    register_family(site, desk)
    address = f"http://127.0.0.1:{server.port}"
    session = server.sign_in(official).session
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page.goto("/")
    row = page.get_by_role("row", name="Goris theatre")
    expect(row.get_by_role("cell").first).to_have_text("1")
    register_family(site, desk, person("Narek", sex="M"), person("Mane", relationship="daughter"))
    expect(row.get_by_role("cell").first).to_have_text("3", timeout=12_000)
