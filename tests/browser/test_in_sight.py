"""What a form says of a lost line is read beside its button on a telephone, in Armenian."""

import pytest
from playwright.sync_api import Page, expect

from centre.access import Role
from centre.models import Site
from registrations.models import Household
from tests.api.world import plan_blankets
from tests.browser.sentences_in_sight import unread
from tests.browser.test_layout import NARROW, sit_down
from tests.build import make_site, make_user, person, register_family
from tests.servers import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def page(page: Page) -> Page:
    """It is offline now and then, which the browser's console calls an error."""
    return page.context.new_page()


@pytest.fixture(scope="module")
def goris(committed_database) -> Site:
    return make_site("goris", name_en="Goris", name_hy="Գորիս")


@pytest.fixture(scope="module")
def family(goris) -> Household:
    others = [person(f"Արամ{n}", "Հակոբյան", relationship="son", sex="M") for n in range(4)]
    return register_family(goris, make_user(), person("Անի", "Հակոբյան"), *others)


@pytest.mark.parametrize(
    "address",
    [
        "/intake/",
        "/intake/gate/",
        "/intake/count/",
        "/families/{}/depart/",
        "/families/{}/hospital/",
        "/families/{}/join/",
        "/shelter/rooms/",
        "/cases/family/{}/tell/",
    ],
)
def test_what_was_not_sent_is_read_beside_its_button(page, server, goris, family, address):
    sit_down(page, server, Role.COORDINATOR, NARROW, goris)
    answer = page.goto(address.format(str(family).replace(" ", "")), wait_until="load")
    assert answer is not None
    assert answer.ok
    hidden, read = unread(page)
    assert hidden == []
    assert read


def test_what_was_not_handed_out_is_read_on_the_panel_of_its_colour(page: Page, server: Server, goris, family):
    plan_blankets(goris, make_user())
    sit_down(page, server, Role.AID_VOLUNTEER, NARROW, goris)
    page.goto("/aid/scan/")
    page.keyboard.type(str(family).replace(" ", ""))
    page.keyboard.press("Enter")
    expect(page.locator(".scan.give")).to_be_visible()
    hidden, read = unread(page)
    assert hidden == []
    assert read
