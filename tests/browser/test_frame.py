"""The header and the menu stand where they stood, whatever page comes next."""

import pytest
from playwright.sync_api import Page

from centre.access import Role
from tests.browser.test_layout import NARROW, WIDE, sit_down
from tests.build import make_site
from tests.servers import Server

pytestmark = pytest.mark.browser

DENSE, ROOMY = "/shelter/", "/houses/"
PARTS = (".bar", ".bar .menu.me > summary", ".ways > ul > li:first-child a", ".ways > ul > li:nth-child(2) a", ".shift")


def frame_of(page: Page) -> list[tuple[float, float, str]]:
    """How far down each part stands, how tall it is, and how large its letters are; the current page's are bolder."""
    parts = [page.locator(part).first for part in PARTS]
    boxes = [part.bounding_box() or {"y": -1, "height": -1} for part in parts]
    letters = [part.evaluate("one => getComputedStyle(one).fontSize") for part in parts]
    return [(box["y"], box["height"], size) for box, size in zip(boxes, letters, strict=True)]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_header_and_menu_have_one_size_on_every_page(committed_database, page: Page, server: Server, size):
    sit_down(page, server, Role.COORDINATOR, size, make_site(f"frame-{size['width']}"))
    page.goto(DENSE)
    assert page.locator("body.board").count() == 1
    dense = frame_of(page)
    page.goto(ROOMY)
    assert page.locator("body.board").count() == 0
    assert frame_of(page) == dense
