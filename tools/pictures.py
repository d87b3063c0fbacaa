"""`make pictures`: takes the pictures of the help pages, in each language, and of the README from a demonstration."""

import base64
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "centre" / "static" / "centre" / "help"
OF_README = ROOT / "docs" / "pictures" / "shelter.webp"
LANGUAGES = ("hy", "ru", "en")
SIZE = ViewportSize(width=1000, height=625)
WINDOW = ViewportSize(width=1280, height=800)  # of the picture in the README
SHOWN = 0.9  # of the size on the screen
# What the page is for: neither the bar nor the menu around it, in the shape the help pages show.
WITHIN = """() => {
    const x = document.querySelector("main").getBoundingClientRect().left;
    const y = window.scrollY + document.querySelector(".bar").getBoundingClientRect().bottom;
    return { x, y, width: window.innerWidth - x, height: (window.innerWidth - x) * 0.625 };
}"""
QUALITY = 55
PASSWORD = "reception-2023"
PATIENCE = 300  # seconds for the demonstration day to load


def type_a_family(page: Page) -> None:
    """Two people in the rows of the intake."""
    page.locator("#id_member-0-family_name").fill("Սարգսյան")
    page.locator("#id_member-0-given_name").fill("Նարինե")
    page.locator("#id_member-1-family_name").fill("Սարգսյան")
    page.locator("#id_member-1-given_name").fill("Դավիթ")
    page.locator("#people").evaluate("section => window.scrollTo(0, section.offsetTop - 80)")


def open_first_family(page: Page) -> None:
    """The file of the first family of the list."""
    page.locator("main a.card-no").first.click()
    page.wait_for_load_state("networkidle")


def open_first_case(page: Page) -> None:
    """The file of the case that comes first."""
    page.locator("main tbody th a").first.click()
    page.wait_for_load_state("networkidle")


def choose_first_waiting(page: Page) -> None:
    """The family at the top of the waiting list, with the rooms that fit it."""
    page.locator("main a[href*='family=']").first.click()
    page.wait_for_url(lambda url: "family=" in url)
    page.wait_for_load_state("networkidle")


def plan_an_evening(page: Page) -> None:
    """A plan over a few houses, as it stands at once."""
    for box in page.locator("main [name=houses]").all()[:4]:
        box.check()
    page.locator("main button.main").first.click()
    page.wait_for_url(lambda url: not url.endswith("/plans/"))


def open_first_bus(page: Page) -> None:
    """The first bus of the day with its stops and seats."""
    page.locator("main tbody a[href^='/buses/']").first.click()
    page.wait_for_url("**/buses/*/")
    page.wait_for_load_state("networkidle")


def open_first_door(page: Page) -> None:
    """The house's own page, of the first that expects somebody."""
    page.locator("main h2 a").first.click()
    page.wait_for_url("**/shelter/house/*/")
    page.wait_for_load_state("networkidle")


def scan_until(verdict: str) -> Callable[[Page], None]:
    """A card that the scan page answers so: give, or stop."""

    def scan(page: Page) -> None:
        if page.locator("#id_number").count() == 0:
            page.locator("main form button").first.click()
        for number in NUMBERS:
            page.goto(f"/aid/scan/?number={number}")
            if page.locator(f"#scan.{verdict}").count():
                return
        raise LookupError(f"No card of the demonstration is answered with {verdict}.")

    return scan


NUMBERS: list[str] = []  # of families, as a coordinator reads them

SCENES: dict[str, tuple[str, str, Callable[[Page], None] | None]] = {
    "intake": ("volunteer", "/intake/", None),
    "family-typed": ("volunteer", "/intake/", type_a_family),
    "gate": ("volunteer", "/intake/gate/", None),
    "scan": ("aid_volunteer", "/aid/scan/", None),
    "scan-give": ("aid_volunteer", "/aid/scan/", scan_until("give")),
    "scan-stop": ("aid_volunteer", "/aid/scan/", scan_until("stop")),
    "shelter": ("coordinator", "/shelter/", None),
    "shelter-family": ("coordinator", "/shelter/", choose_first_waiting),
    "plan": ("coordinator", "/plans/", plan_an_evening),
    "bus": ("coordinator", "/buses/", open_first_bus),
    "tonight": ("coordinator", "/houses/tonight/", None),
    "door": ("coordinator", "/houses/tonight/", open_first_door),
    "family": ("coordinator", "/families/", open_first_family),
    "cases": ("protection", "/cases/", None),
    "case": ("protection", "/cases/?kind=child_protection", open_first_case),
    "board": ("official", "/", None),
    "census": ("official", "/census/", None),
    "access": ("auditor", "/settings/access/", None),
    "settings": ("administrator", "/settings/", None),
}


def main() -> None:
    """Start a demonstration on a scratch folder, and take every picture in every language, or those that are named."""
    asked = sys.argv[1:] or list(SCENES)
    with demonstration() as address, sync_playwright() as playwright:
        names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
        path = next(filter(None, map(shutil.which, names)), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with signed_in(browser, address, "coordinator") as page:
            page.goto("/families/")
            links = page.eval_on_selector_all("main a[href^='/families/']", "all => all.map(one => one.pathname)")
            NUMBERS.extend(link.split("/")[2] for link in links if link.split("/")[2][0].isdigit())
        for role in dict.fromkeys(SCENES[name][0] for name in asked):
            with signed_in(browser, address, role) as page:
                for language in LANGUAGES:
                    take_all(page, role, language, asked)
        if not sys.argv[1:]:
            with signed_in(browser, address, "coordinator") as page:
                take_for_readme(page)
        browser.close()


def take_all(page: Page, role: str, language: str, asked: Collection[str]) -> None:
    """The pictures of one role in one language, as far as they are asked for."""
    speak(page, language)
    if role in ("volunteer", "aid_volunteer"):
        begin_shift(page)
    for name, (of_role, path, prepare) in SCENES.items():
        if of_role == role and name in asked:
            page.goto(path, wait_until="networkidle")
            if prepare:
                prepare(page)
            take(page, FOLDER / language / f"{name}.webp", page.evaluate(WITHIN) | {"scale": SHOWN})


def take_for_readme(page: Page) -> None:
    """The shelter board with a family and the rooms that fit it, as a coordinator sees the whole window."""
    page.set_viewport_size(WINDOW)
    speak(page, "en")
    begin_shift(page, "Goris, drama theatre")
    page.goto("/shelter/", wait_until="networkidle")
    choose_first_waiting(page)
    page.goto(page.url.partition("#")[0], wait_until="networkidle")  # from its top
    take(page, OF_README, {**WINDOW, "x": 0, "y": 0, "scale": 1})


def speak(page: Page, language: str) -> None:
    """Every page from now on in this language."""
    page.goto("/")
    page.evaluate("document.querySelector('details.language').open = true")
    page.locator(f".language button[value={language}]").click()
    page.wait_for_load_state("networkidle")


def begin_shift(page: Page, site: str = "") -> None:
    """The shift begins at the first site that is offered, or at the one with this name."""
    page.goto("/settings/shift/")
    page.locator("main form button", has_text=site).first.click()
    page.wait_for_url(lambda url: "/settings/shift/" not in url)


def take(page: Page, path: Path, clip: Mapping[str, object]) -> None:
    """A picture of this part of the page, as WebP, which Playwright itself cannot write."""
    path.parent.mkdir(parents=True, exist_ok=True)
    session = page.context.new_cdp_session(page)
    how = {"format": "webp", "quality": QUALITY, "clip": clip}
    path.write_bytes(base64.b64decode(session.send("Page.captureScreenshot", how)["data"]))


@contextmanager
def signed_in(browser: Browser, address: str, username: str) -> Iterator[Page]:
    """A browser in which the demonstration's user of this name is signed in."""
    context = browser.new_context(base_url=address, viewport=SIZE, timezone_id="Asia/Yerevan", locale="en-GB")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    yield page
    context.close()


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of a demonstration that runs until the end."""
    with tempfile.TemporaryDirectory(prefix="reception-pictures-") as var, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        command = [sys.executable, "manage.py", "serve", "--demo", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"RECEPTION_VAR": var})
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/accounts/login/", server)
            yield address
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return once the address answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise TimeoutError("The demonstration did not start.")


if __name__ == "__main__":
    main()
