"""A real Chromium on a real server, with committed rows and no address outside this machine."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.races.conftest import committed_database
from tests.servers import Server, serve

__all__ = ["committed_database"]

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
# All pages are of one house: a process for each page and one for drawing cost more than the pages themselves
QUIET += ["--renderer-process-limit=1", "--in-process-gpu"]


@pytest.fixture(scope="module")
def server(committed_database: None) -> Iterator[Server]:
    """The web server of one module's tests."""
    with serve(workers=2, to_browsers=True) as running:
        yield running


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium, the one without windows first; the tests fail, and do not skip, where there is none."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    assert path, "Browser tests need Chromium: apt-get install chromium"
    return path


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What drives browsers."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread, beside the database
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver: Playwright, chromium_path: str) -> Iterator[Browser]:
    """A browser without a profile of its own on the disk."""
    browser = driver.chromium.launch(executable_path=chromium_path, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    """A browser of its own, which fails the test on any error of the page's scripts or policy."""
    address = f"http://127.0.0.1:{server.port}"
    context = chromium.new_context(base_url=address, locale="en-GB", timezone_id="Asia/Yerevan")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status in (404, 500) else None)
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(30_000)  # milliseconds
    yield page
    context.close()
    assert [one for one in wrong if "422" not in one and "409" not in one] == []
