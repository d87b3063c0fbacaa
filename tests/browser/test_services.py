"""The compose file's services started by hand: healthy, safe to show to the world, and the first family registered."""

import re
import shutil
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.deployment.standing import Standing, free_port, standing, start_proxy, stop, until

pytestmark = pytest.mark.browser

PASSWORD = "seven-dry-apricots"
OPEN = ("--name", "Goris reception 2026", "--code", "GORI", "--complaints-to", "0-800-01-234")
OPEN += ("--administrator", "armine", "--language", "en", "--sites", "docs/sites.csv", "--password-file", "-")


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def stands(port: int) -> Iterator[Standing]:
    with standing(f"127.0.0.1:{port}") as standing_here:
        yield standing_here


@pytest.fixture
def page(chromium: Browser, stands: Standing, port: int) -> Iterator[Page]:
    """A browser that comes through the TLS proxy, whose own authority it does not know."""
    assert shutil.which("caddy"), "The TLS proxy's test needs Caddy: apt-get install caddy"
    proxy = start_proxy(stands.folder, stands.port, port)
    context = chromium.new_context(base_url=f"https://127.0.0.1:{port}", locale="en-GB", ignore_https_errors=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()
    stop(proxy, signal.SIGTERM)


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_a_service_is_healthy_by_its_own_check(stands, service):
    def healthy() -> bool:
        return stands.health(service).returncode == 0

    until(healthy)


def test_it_is_safe_to_show_to_the_world(stands):
    checked = stands.run("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    plain = stands.run("python", "deploy/ask.py", f"http://127.0.0.1:{stands.port}/accounts/login/")
    assert plain.returncode != 0  # it leads to https, where nothing listens


def test_an_operation_is_opened_and_its_first_family_registered(stands, page):
    opened = stands.run("python", "manage.py", "open", *OPEN, told=f"{PASSWORD}\n")
    assert opened.returncode == 0, opened.stderr
    cards = (stands.folder / "state" / "papers" / "cards.html").read_text()
    number, code = re.search(r'<span>([\d ]{11})</span>.*?class="no">(\d+ [A-Z])<', cards, re.DOTALL).group(2, 1)

    sign_in(page, "armine", PASSWORD)
    page.goto("/settings/staff/")
    page.get_by_label("User name").fill("anna.h")
    page.get_by_label("Given name").fill("Anna")
    page.get_by_label("Family name").fill("Hakobyan")
    page.locator("select[name=language]").select_option("en")
    page.locator("select[name=site]").select_option(index=1)
    page.get_by_role("button", name="Add the person").click()
    password = page.locator(".spelt").inner_text()

    page.context.clear_cookies()
    sign_in(page, "anna.h", password)
    page.get_by_label("Password now").fill(password)
    page.get_by_label("New password", exact=True).fill("own-apricot-garden-7")
    page.get_by_label("New password once more").fill("own-apricot-garden-7")
    page.locator("main button.main").click()
    page.goto("/intake/")
    page.locator("[data-card]").fill(f"{number} {code}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A new card")).to_be_visible()
    page.locator("#id_member-0-family_name").fill("Սարգսյան")
    page.locator("#id_member-0-given_name").fill("Մարիամ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1.card-no")).to_have_text(number)
    page.goto("/families/")
    expect(page.get_by_role("link", name=number)).to_be_visible()
    inside = [page.request.get(address).status for address in ("/readyz", "/metrics")]
    assert inside == [404, 404]
    assert "Սարգսյան" not in stands.log("web") + stands.log("worker")


def test_a_database_that_went_away_is_said_and_comes_back(stands):
    stands.stop("database")
    asked = stands.health("web")
    assert asked.returncode != 0
    assert "database" in asked.stderr
    stands.start_database()
    until(lambda: stands.health("web").returncode == 0)


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)
