"""The boards renew themselves: what a desk does is seen on them within seconds, and nobody at work is disturbed."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from census.situation import COUNT
from centre.access import Role
from shelter.models import Stay
from tests.build import child, make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.browser


def sign_in(page, server, user):
    address = f"http://127.0.0.1:{server.port}"
    session = server.sign_in(user).session
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def test_an_open_board_shows_what_a_desk_just_did(page, server, committed_database):
    cache.delete(COUNT)
    site = make_site("goris", name_en="Goris theatre")
    desk = make_user()
    register_family(site, desk)
    sign_in(page, server, make_user(Role.OFFICIAL))
    page.goto("/")
    row = page.get_by_role("row", name="Goris theatre")
    expect(row.get_by_role("cell").first).to_have_text("1")
    register_family(site, desk, person("Narek", sex="M"), person("Mane", relationship="daughter"))
    expect(row.get_by_role("cell").first).to_have_text("3", timeout=12_000)


def test_an_open_shelter_board_shows_who_came_and_leaves_alone_who_is_placing(page, server, committed_database):
    site = make_site("sisian")
    make_room(site, 4)
    desk, coordinator = make_user(), make_user(Role.COORDINATOR, site)
    first = register_family(site, desk)
    sign_in(page, server, coordinator)
    page.goto("/shelter/")
    families = page.locator(".families li")
    expect(families).to_have_count(1)
    register_family(site, desk, person("Narek", sex="M"))
    expect(families).to_have_count(2, timeout=40_000)
    families.filter(has_text=str(first)).get_by_role("link").click()
    expect(page.locator(".chosen")).to_be_visible()
    register_family(site, desk, person("Mane"))
    expect(page.locator("[data-changed]")).to_be_visible(timeout=40_000)
    expect(page.locator(".chosen")).to_be_visible()
    expect(families).to_have_count(2)


def test_on_a_telephone_the_family_that_was_chosen_comes_first_with_its_best_rooms(page, server, committed_database):
    site = make_site("vayk")
    make_room(make_site("vayk-1", kind="hotel"), 4, "14")
    family = register_family(site, make_user(), person("Narek", sex="M"), child())
    sign_in(page, server, make_user(Role.COORDINATOR, language="hy"))
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"/shelter/?family={family}".replace(" ", ""))
    chosen, hold = page.locator(".chosen"), page.locator(".fits button").first
    assert chosen.bounding_box()["y"] < page.locator("#family").bounding_box()["y"]
    assert hold.bounding_box()["y"] < 700
    links = page.locator("nav", has=page.locator("[href='/buses/']")).last
    expect(links).to_be_hidden()
    page.locator(".beds > details > summary").click()
    expect(links).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_enter_in_the_field_of_an_hour_presses_the_button_beside_it(chromium, server, committed_database, script):
    site = make_site("masis" if script else "echmiadzin")
    make_room(site, 4, "14")
    family = register_family(site, make_user(), person("Narek", sex="M"))
    context = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}", java_script_enabled=script)
    page = context.new_page()
    sign_in(page, server, make_user(Role.COORDINATOR, site))
    page.goto(f"/shelter/?family={family}".replace(" ", ""))
    page.locator(".fits summary", has_text="Hold instead").click()
    field = page.locator(".fits .until-field").first
    field.fill(f"{timezone.localtime() + timedelta(hours=2):%d.%m.%Y %H:%M}")
    field.press("Enter")
    expect(page.locator(".holds li")).to_have_count(1)
    context.close()
    assert [hold.kind for hold in Stay.objects.filter(room__site=site)] == [Stay.Kind.HOLD]
