"""Every page that links lead to, in a real Chromium: open to all hands and eyes, narrow and wide, light and dark.

In Armenian, whose words are the longest, and with a name that is longer than any.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import resolve
from playwright.sync_api import Browser, Page

from centre.access import Role
from centre.models import Operation, Site, User
from centre.sessions import SessionStore
from centre.shift import CHOSEN
from registrations.models import Household
from tests.api.world import furnish
from tests.browser.buttons import SETTLED
from tests.browser.touch import far_from_the_thumb, too_small
from tests.build import make_user, person, register_family
from tests.servers import Server

pytestmark = pytest.mark.browser

LONGEST = {"given": "Հովհաննես-Մխիթար-Գրիգորիս", "family": "Տեր-Ղազարյանց-Մելիքսեթբեկյան"}
HEAVIEST_PAGE = 60_000  # bytes of HTML
HEAVIEST_VISIT = 150_000  # bytes of everything, as it comes over the wire, on a first visit
MUST_BE_THERE = {
    "board", "intake", "gate", "count", "families", "family", "depart", "duplicates", "scan", "overview", "plan",
    "distribution", "items", "stock", "rooms", "room", "cases", "case", "days", "day", "settings", "access", "site",
}  # fmt: skip
UPRIGHT = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def everyone(committed_database) -> User:
    """Someone whose roles open every page, where families with all that can happen to them are."""
    site = furnish("goris", households=3).site
    user = make_user(Role.COORDINATOR, language="hy")
    for role in (Role.PROTECTION, Role.ADMINISTRATOR, Role.AUDITOR):
        user.assignments.create(role=role, starts_at=site.opened_at)
    facts = {"name": LONGEST["given"], "code": "GORI", "purpose": "practice", "complaints_to": "0-800-01-234"}
    Operation.objects.create(**facts, opened_at=site.opened_at, opened_by=user)
    for number, row in enumerate(Site.objects.order_by("code")):
        Site.objects.filter(pk=row.pk).update(latitude=39.51 + number / 9, longitude=46.34)
    register_family(site, user, person(LONGEST["given"], LONGEST["family"], fathers_name=LONGEST["given"]))
    return user


@pytest.fixture(scope="module")
def pages(chromium: Browser, server: Server, everyone: User) -> dict[str, str]:
    """An address of every page that can be reached by links from the board, by the name of its view."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}", locale="hy-AM")
    _sign_in(context, server, everyone)
    page = context.new_page()
    found, waiting = {}, ["/"]
    while waiting:
        address = waiting.pop(0)
        name = _name(address)
        if name in found:
            continue
        answer = page.goto(address, wait_until="load")
        assert answer is not None
        assert answer.status == 200, f"{address} {answer.status}"
        page.wait_for_function(SETTLED)
        found[name] = address
        waiting += [link for link in _links(page) if _name(link) not in found]
    context.close()
    return found


def _sign_in(context, server: Server, user: User) -> None:
    """The user's session, in which the site of their shift is chosen: intake has no page without one."""
    session = server.sign_in(user).session
    chosen = SessionStore(session)
    chosen[CHOSEN] = str(Site.objects.get(code="goris").pk)
    chosen.save()
    address = f"http://127.0.0.1:{server.port}"
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def _links(page: Page) -> Iterator[str]:
    here = urlsplit(page.url)
    read = "links => links.map(link => new URL(link.getAttribute('href'), location.href).href)"  # a drawing's too
    for link in page.eval_on_selector_all("a[href]:not([download])", read):
        there = urlsplit(link)
        if there.netloc == here.netloc and not there.path.startswith(("/api/", "/static/")):
            yield there.path + (f"?{there.query}" if there.query else "")


def _name(address: str) -> str:
    match = resolve(urlsplit(address).path)
    return f"{match.app_name}:{match.url_name}"


def test_links_lead_to_every_page(pages):
    assert {name.split(":")[1] for name in pages} >= MUST_BE_THERE


@pytest.mark.parametrize(("size", "scheme"), [(UPRIGHT, "light"), (WIDE, "dark")], ids=["narrow-light", "wide-dark"])
def test_pages_are_open_to_everyone_and_fit(chromium, server, everyone, pages, size, scheme):
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{server.port}", locale="hy-AM", viewport=size, color_scheme=scheme
    )
    _sign_in(context, server, everyone)
    page, wrong = context.new_page(), []
    page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    axe = Axe()
    for name, address in pages.items():
        page.goto(address, wait_until="load")
        for violation in axe.run(page).response["violations"]:
            wrong += [f"{name} {violation['id']}: {node['html'][:150]}" for node in violation["nodes"][:2]]
        width = page.evaluate("document.scrollingElement.scrollWidth")
        if width > size["width"]:
            wrong.append(f"{name} is {width} px wide")
    context.close()
    assert "\n".join(wrong) == ""


def test_pages_are_light_on_the_wire(chromium, server, everyone, pages):
    heavy = []
    for name in [name for name in pages if name.split(":")[1] in MUST_BE_THERE]:
        context = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}", locale="hy-AM")
        _sign_in(context, server, everyone)
        page, bodies = context.new_page(), []
        page.on("requestfinished", lambda request, bodies=bodies: bodies.append(request.sizes()["responseBodySize"]))
        page.goto(pages[name], wait_until="networkidle")
        html, visit = len(page.content().encode()), sum(bodies)
        if html > HEAVIEST_PAGE or visit > HEAVIEST_VISIT:
            heavy.append(f"{name}: {html} bytes of HTML, {visit} in all")
        context.close()
    assert "\n".join(heavy) == ""


def test_a_thumb_hits_every_button_and_link(chromium, server, everyone, pages):
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{server.port}", locale="hy-AM", viewport=UPRIGHT, has_touch=True, is_mobile=True
    )
    _sign_in(context, server, everyone)
    page, wrong = context.new_page(), []
    waiting = Household.objects.latest("number")
    more = {"chosen": f"/shelter/?family={str(waiting).replace(' ', '')}", "opened": "/houses/tonight/?house=goris"}
    for name, address in (pages | more).items():
        page.goto(address, wait_until="load")
        page.wait_for_function(SETTLED)
        wrong += [f"{name} {missed}" for missed in too_small(page)]
        wrong += [f"{name} {hidden}" for hidden in far_from_the_thumb(page)]
    context.close()
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("role", Role.values)
def test_help_prints_on_one_sheet(chromium, server, everyone, role):
    context = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}", locale="hy-AM")
    _sign_in(context, server, everyone)
    page = context.new_page()
    page.goto(f"/help/{role}/", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('img').forEach(img => { img.loading = 'eager'; })")
    page.evaluate("Promise.all([...document.images].map(img => img.decode()))")
    paper = page.pdf(prefer_css_page_size=True)
    context.close()
    sheets = re.findall(rb"/Type\s*/Page\b(?!s)", paper)
    assert len(sheets) == 1
