"""Every button of every page is pressed, by mouse, keyboard and Enter in a field: what it says is what happens."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from centre.access import Role
from centre.models import Act, Operation, Site, User
from tests.api.world import furnish
from tests.browser import (
    stories_aid,
    stories_away,
    stories_buses,
    stories_cases,
    stories_change,
    stories_desk,
    stories_doors,
    stories_everywhere,
    stories_houses,
    stories_kept,
    stories_plans,
    stories_rooms,
    stories_services,
    stories_shelter,
    stories_turns,
)
from tests.browser.buttons import (
    OPENS,
    STORIES,
    Desk,
    Story,
    clicked_by,
    kind_of,
    kinds_since,
    misled,
    press,
    read_links,
    rows,
    untold,
)
from tests.build import LONG_AGO, make_user
from tests.servers import Server

# Whose buttons are told of
__all__ = [
    "stories_aid",
    "stories_away",
    "stories_buses",
    "stories_cases",
    "stories_change",
    "stories_desk",
    "stories_doors",
    "stories_everywhere",
    "stories_houses",
    "stories_kept",
    "stories_plans",
    "stories_rooms",
    "stories_services",
    "stories_shelter",
    "stories_turns",
]

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
REPLACED = ("htmx:afterRequest", "htmx:sendAbort")  # what a second press asks for takes the place of the first
WORK_AT_A_SITE = (Role.VOLUNTEER, Role.AID_VOLUNTEER, Role.RECEPTIONIST, Role.COORDINATOR)
DRAFTS = """() => new Promise((told) => {
    const request = indexedDB.open("drafts", 1);
    request.onupgradeneeded = () => request.transaction.abort();  // no page has opened it yet
    request.onerror = () => told([]);
    request.onsuccess = () => {
        const listed = request.result.transaction("drafts").objectStore("drafts").getAllKeys();
        listed.onsuccess = () => {
            request.result.close();
            told(listed.result.map(String));
        };
    };
})"""
TOLD = [pytest.param(story, way, id=f"{story.name}-{way}") for story in STORIES for way in story.ways]


@pytest.fixture(scope="module")
def everything(committed_database) -> User:
    """Who made what is there before; and the operation."""
    user = make_user(Role.COORDINATOR)
    for role in (Role.PROTECTION, Role.ADMINISTRATOR):
        user.assignments.create(role=role, starts_at=LONG_AGO)
    facts = {"name": "Goris 2026", "code": "GORI", "purpose": "practice", "complaints_to": "0-800-01-234"}
    Operation.objects.create(**facts, opened_at=LONG_AGO, opened_by=user)
    return user


@pytest.fixture(scope="module")
def window(chromium: Browser, server: Server) -> Iterator[Page]:
    """One browser for all presses; printers are only counted."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}", locale="en-GB", viewport=WIDE)
    context.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    context.set_default_timeout(8_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(window: Page, server: Server, everything: User) -> Iterator[Desk]:
    """A table of its own; any error of the page's scripts or policy fails the test."""
    wrong: list[str] = []

    def fault(error) -> None:
        wrong.append(str(error))

    def said(one) -> None:
        if one.type == "error" and "422" not in one.text and not one.text.startswith(REPLACED):
            wrong.append(one.text)

    window.goto("about:blank")  # what the page before still asks for would be answered to whoever signs in now
    window.on("pageerror", fault)
    window.on("console", said)
    window.set_viewport_size(WIDE)
    yield Desk(window, server, everything)
    window.remove_listener("pageerror", fault)
    window.remove_listener("console", said)
    assert wrong == []


@pytest.mark.parametrize(("story", "way"), TOLD)
def test_a_button_does_what_it_says(desk: Desk, story: Story, way: str):
    desk.on = story.on
    telling = story.tell(desk)
    next(telling)
    assert untold(desk.page) == []
    assert misled(desk.page) == []
    known, before = set(Act.objects.values_list("pk", flat=True)), rows()
    for key in story.keys:
        assert clicked_by(desk, story, key) == ["the button"], key
    press(desk, story, way)
    if story.to == OPENS:
        expect(desk.page.locator("details:has(> [data-pressed])")).to_have_attribute("open", "")
    assert kinds_since(known) == sorted(story.does)
    if not story.does:
        assert rows() == before
    assert list(telling) == []
    assert untold(desk.page) == []


@pytest.mark.parametrize(
    "name", ["one_is_back", "hand_out_a_part", "plan_a_distribution", "add_the_person", "change_what_opens_a_case"]
)
def test_what_was_done_is_said_so_that_its_draft_is_forgotten(desk: Desk, name: str):
    story = next(one for one in STORIES if one.tell.__name__ == name)
    desk.on = story.on
    telling = story.tell(desk)
    next(telling)
    press(desk, story)
    expect(desk.page.locator("[data-saved]").first).to_be_visible()
    telling.close()


@pytest.fixture(scope="module")
def goris(everything: User) -> Site:
    """A site where families are with all that can happen to them."""
    return furnish("goris", households=3).site


@pytest.mark.parametrize("role", Role.values)
def test_every_link_leads_to_a_page_whose_buttons_are_all_told_of(desk: Desk, goris: Site, role: str):
    desk.user = make_user(role, goris if role in WORK_AT_A_SITE else None)
    desk.sign_in()
    desk.page.goto("/")
    before, drafts, waiting, seen, found = rows(), desk.page.evaluate(DRAFTS), ["/"], set(), []
    while waiting:
        address = waiting.pop()
        if kind_of(address) in seen:
            continue
        seen.add(kind_of(address))
        answer = desk.page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        desk.settle()
        found += [*untold(desk.page), *misled(desk.page)]
        waiting += read_links(desk.page)
    assert found == []
    assert rows() == before
    assert desk.page.evaluate(DRAFTS) == drafts  # nobody typed anything
