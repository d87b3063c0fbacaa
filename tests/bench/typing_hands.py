"""The measuring itself: a family of five typed in a real browser through a slow wire."""

import time
from collections.abc import Iterator, Sequence

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the setup
from playwright.sync_api import sync_playwright  # noqa: E402

from centre.access import Role  # noqa: E402
from tests.browser.typing_family import type_family  # noqa: E402
from tests.build import make_site, make_user  # noqa: E402
from tests.servers import fresh_database, serve  # noqa: E402
from tests.wire import Wire  # noqa: E402


def rows(delays: Sequence[float], each: float, browser: str) -> Iterator[tuple[float, int, float, float]]:
    """For each delay in seconds: the keys, the seconds of typing, and those from the last key until it is saved."""
    with (
        fresh_database("hands"),
        serve(workers=2, to_browsers=True) as server,
        Wire(server.port) as wire,
        sync_playwright() as playwright,
    ):
        volunteer = make_user(Role.VOLUNTEER, make_site("goris"))
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        address = f"http://127.0.0.1:{wire.port}"
        for delay in delays:
            context = chromium.new_context(base_url=address, locale="en-GB")
            session = server.sign_in(volunteer).session
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
            page = context.new_page()
            page.goto("/intake/")
            page.wait_for_selector("[data-draft-ready]", state="attached")
            wire.delay = delay
            began = time.perf_counter()
            keys = type_family(page, each)
            pressed = time.perf_counter()
            page.wait_for_selector("[data-saved]", timeout=60_000)
            yield delay, keys, pressed - began, time.perf_counter() - pressed
            wire.delay = 0
            context.close()
