"""The menu of sites: the first, all when it opens; typing narrows it in any language, Enter takes the first."""

from itertools import pairwise

import pytest
from django.conf import settings
from playwright.sync_api import expect

from centre.access import Role
from tests.build import make_site, make_user

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def _sites(committed_database):
    for number in range(40):
        make_site(f"hotel-{number}", name_en=f"Hotel with a long name, number {number}", name_hy=f"Հյուրանոց {number}")
    make_site("kapan", name_en="Kapan school", name_hy="Կապանի դպրոց")


@pytest.fixture
def menu(page, server, _sites):
    address = f"http://127.0.0.1:{server.port}"
    session = server.sign_in(make_user(Role.COORDINATOR)).session
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/help/")
    page.locator("details.shift > summary").click()
    menu = page.locator("details.shift")
    expect(menu.locator("[data-find]")).to_be_focused()  # it opens a moment after the click
    expect(menu.locator("button")).to_have_count(41)  # and the sites that the page does not list come then
    return menu


def test_typing_narrows_the_menu_and_enter_takes_the_first(page, menu):
    page.keyboard.type("կապան")
    expect(menu.locator("button:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(menu.locator("summary .word")).to_have_text("Kapan school")


def test_arrows_go_through_the_menu_and_escape_closes_it(page, menu):
    page.keyboard.press("ArrowDown")
    expect(menu.locator("button").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(menu.locator("[data-find]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.locator("[data-find]")).to_be_hidden()


def test_no_name_lies_on_another(menu):
    boxes = [button.bounding_box() for button in menu.locator("button").all()]
    assert all(upper["y"] + upper["height"] <= lower["y"] + 1 for upper, lower in pairwise(boxes))
    inside = menu.locator("button").evaluate_all("all => all.every(one => one.scrollHeight <= one.clientHeight + 1)")
    assert inside
