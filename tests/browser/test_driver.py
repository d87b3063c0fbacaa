"""The driver's link in a real Chromium, as wide as a telephone: opened by what stands behind its #, and not without."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from centre.access import Role
from tests.build import make_site, make_user
from tests.servers import Server
from tests.transport.conftest import expected_family, make_run
from transport.actions import put_on_bus
from transport.linking import make_driver_link
from transport.links import DriverLink

pytestmark = pytest.mark.browser
UPRIGHT = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def link(committed_database) -> tuple[str, str]:
    """The family's number and the link of its bus."""
    goris, sisian = make_site("goris"), make_site("sisian", kind="hotel")
    by = make_user(Role.COORDINATOR)
    family = expected_family(goris, sisian, by)
    run = make_run(goris, sisian, by=by)
    put_on_bus(run, household=family, by=by, at=timezone.now())
    return str(family), DriverLink.objects.get(pk=make_driver_link(run, by=by).link).address


def test_the_list_opens_from_the_link_and_no_address_holds_what_opens_it(chromium: Browser, server: Server, link):
    number, address = link
    base = f"http://127.0.0.1:{server.port}"
    context = chromium.new_context(base_url=base, viewport=UPRIGHT)
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(page.get_by_text(number)).to_be_visible()
    token = address.partition("#")[2]
    assert page.url == f"{base}/d/"
    assert not any(token in one.partition("#")[0] for one in asked)
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.reload()
    expect(page.get_by_text(number)).to_be_visible()
    context.close()


def test_without_javascript_the_page_says_so(chromium: Browser, server: Server, link):
    number, address = link
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{server.port}", viewport=UPRIGHT, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("runs no JavaScript")).to_be_visible()
    assert number not in page.content()
    context.close()
