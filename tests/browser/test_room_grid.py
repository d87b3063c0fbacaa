"""Rooms by telephone: the grid grows under the hands, Enter goes on, and what was refused is found and kept."""

import pytest
from playwright.sync_api import Page, expect

from centre.access import Role
from centre.models import Site
from shelter.models import Room
from tests.browser.test_layout import NARROW
from tests.build import make_site, make_user

pytestmark = pytest.mark.browser

ENTER = "/shelter/rooms/enter/"


@pytest.fixture
def house(committed_database) -> Site:
    return make_site()


@pytest.fixture
def grid(page: Page, server, house) -> Page:
    session = server.sign_in(make_user(Role.COORDINATOR, house)).session
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": f"http://127.0.0.1:{server.port}"}])
    page.goto(ENTER)
    page.wait_for_selector("form[data-draft-ready] [name=room_name]", state="attached")
    return page


def cells(page: Page, name: str) -> list[str]:
    return [cell.input_value() for cell in page.locator(f"[name=room_{name}]").all()]


def test_enter_goes_on_and_the_grid_grows_until_an_empty_line_sends(grid, house):
    grid.locator("[name=room_name]").first.focus()
    for number in range(101, 115):
        grid.keyboard.type(str(number))
        grid.keyboard.press("Enter")
        grid.keyboard.type("2")
        grid.keyboard.press("Enter")
    assert not Room.objects.filter(site=house).exists()
    grid.keyboard.press("Enter")
    expect(grid.locator("[data-saved]").first).to_be_visible()
    assert Room.objects.filter(site=house).count() == 14


def test_a_refused_list_longer_than_the_grid_comes_back_whole_after_a_reload(grid):
    lines = [f"{number}\t{'many' if number == 141 else 2}" for number in range(101, 142)]
    grid.locator("[name=sheet]").fill("\n".join(lines))
    grid.get_by_role("button", name="Set up these rooms").click()
    expect(grid.locator("[data-error-summary]")).to_be_visible()
    grid.wait_for_selector("form[data-draft-ready] [name=room_name]", state="attached")
    grid.locator("[name=room_floor]").first.fill("1")
    grid.wait_for_timeout(300)
    grid.reload()
    expect(grid.locator("#room_name_41")).to_have_value("141")
    assert cells(grid, "name")[:41] == [str(number) for number in range(101, 142)]
    expect(grid.get_by_text("This is your draft of")).to_be_visible()


def test_the_list_of_errors_leads_to_the_cell_which_stands_in_sight_on_a_telephone(grid):
    grid.set_viewport_size(NARROW)
    grid.locator("[name=sheet]").fill("101\t2\t1\troom\tgold")
    grid.get_by_role("button", name="Set up these rooms").click()
    cell = grid.locator("#room_features_1")
    expect(grid.locator("[data-error-summary]")).to_be_focused()
    box = cell.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW["width"]
    grid.get_by_role("link", name="Line 1, Features").click()
    expect(cell).to_be_in_viewport()
