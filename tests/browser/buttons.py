"""What every button says, and what must have happened in the database when it was pressed.

A story makes data of its own, opens a page, yields to have its button pressed, and then looks at the rows:

    @button("Record death", "desk:died", on="desk:died", does=["died"])
    def record_death(desk: Desk) -> Iterator[None]:
        ...
        desk.open(f"/families/{code(family)}/died/")
        yield
        assert ...

Stories stand in the files named stories_…; together they are the table of all buttons. A button of which no story
tells fails the test that meets it; a story whose button is nowhere fails itself.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qs, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import ElementHandle, Page

from centre.access import Role
from centre.models import Act, Site, User
from centre.sessions import SessionStore
from centre.shift import CHOSEN
from registrations.models import Household
from shelter.models import Room, Stay
from tests.build import make_room, make_site, make_user, person, register_family
from tests.servers import Server

APPS = (
    "centre", "registrations", "casework", "shelter", "plans", "transport", "houses", "aid", "desk", "census",
)  # fmt: skip
ANYWHERE = "*"
SCRIPT = "script"  # where a button sends nothing
OPENS = "details"  # a summary
PRESSED = "[data-pressed]"

# Each button of the page: what it says without signs and shortcuts, and where it is sent.
READ = """() => [...document.querySelectorAll("button, input[type=submit], input[type=image], summary")].map((one) => {
  const said = one.cloneNode(true);
  for (const sign of said.querySelectorAll("svg, kbd, [aria-hidden]")) sign.remove();
  const sends = one.form && one.type !== "button" && one.type !== "reset";
  const address = one.getAttribute("formaction") || one.form?.getAttribute("action") || location.href;
  return {
    words: (said.textContent || one.value || "").trim().replace(/\\s+/g, " "),
    to: one.matches("summary") ? "details" : sends ? new URL(address, location.href).pathname : "script",
    outside: Boolean(one.form) && !one.form.contains(one),
  };
})"""
# Each field to type into between the buttons of two acts: without a script Enter presses the first, not its own.
MISLED = """() => [...document.querySelectorAll("form")].flatMap((form) => {
  const buttons = [...form.elements].filter((one) => one.matches("button:not([type=button], [type=reset])"));
  const typed = [...form.elements].filter((one) => one.matches(
    "input:not([type=hidden], [type=checkbox], [type=radio], [type=submit], [type=button], [type=file])"));
  const after = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  const first = buttons[0];
  if (first?.matches("[aria-hidden=true]")) return [];  // put there to be the one that Enter presses
  return typed.filter((one) => first && after(first, one)
    && buttons.some((other) => after(one, other) && other.formAction !== first.formAction))
    .map((one) => `${one.name}: ${first.textContent.trim()}`);
})"""
SETTLED = """() => !document.querySelector("[hx-trigger=load], .htmx-request, [data-busy]")
  && !document.querySelector("form[data-draft]:not([data-draft-ready])")"""

# What the next click of this page clicks, which then does nothing more: a key presses a button by clicking it.
CAUGHT = """() => {
  window.caught = [];
  window.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    window.caught.push(event.target.closest("[data-pressed]") ? "the button" : event.target.outerHTML);
  }, { capture: true, signal: (window.catching = new AbortController()).signal });
}"""
LET_GO = """() => {
  window.catching.abort();
  return window.caught;
}"""

MEANT = "(one, [within, thumb]) => (thumb || one.tabIndex >= 0) && (!within || Boolean(one.closest(within)))"
# The outermost closed fold around the element, by its summary.
FOLD = """(one) => {
  let fold = null;
  for (let at = one.matches("summary") ? one.parentElement.parentElement : one; at; at = at.parentElement) {
    if (at.matches("details:not([open])")) fold = at;
  }
  return fold?.querySelector("summary");
}"""


@dataclass(frozen=True)
class Key:
    """A button as a person meets it: on which page, what it says, and where it is sent."""

    page: str
    words: str
    to: str


@dataclass(frozen=True)
class Story:
    """One press of one button: what is there before, and what must be there after."""

    tell: Callable[["Desk"], Iterator[None]]
    words: str
    to: str
    on: str
    does: Sequence[str]
    enter: str
    pick: str
    within: str
    stays: bool
    thumb: bool
    key: str
    scripted: bool
    elsewhere: bool  # whether the same is told of another page

    @property
    def name(self) -> str:
        """How the test is called."""
        return self.tell.__name__ if self.on == ANYWHERE else f"{self.tell.__name__}-{self.on}"

    @property
    def keys(self) -> list[str]:
        """How a key clicks it: neither a fold, nor what stands on another page already."""
        by_key = not (self.thumb or self.elsewhere or self.to == OPENS)
        return [*(["keyboard"] if by_key else []), *(["enter"] if self.enter and not self.scripted else [])]

    @property
    def ways(self) -> list[str]:
        """How it is pressed with all that comes of it."""
        return ["mouse", *(["enter"] if self.scripted else [])]

    def tells_of(self, key: Key) -> bool:
        """Whether this story is about the button."""
        return self.on in (ANYWHERE, key.page) and self.to == key.to and bool(re.fullmatch(self.words, key.words))


STORIES: list[Story] = []


def button(
    words: str,
    to: str,
    *,
    on: str | Sequence[str] = ANYWHERE,
    does: Sequence[str] = (),
    enter: str = "",
    pick: str = "",
    within: str = "",
    stays: bool = False,
    thumb: bool = False,
    key: str = "Enter",
    scripted: bool = False,
) -> Callable[[Callable[["Desk"], Iterator[None]]], Callable[["Desk"], Iterator[None]]]:
    """Tell of a button: its words as a pattern, the view it is sent to, the pages it stands on, the acts it does.

    `enter` names a field in which Enter does the same; `pick` and `within` say which of several is pressed; `stays`
    is a button that is there afterwards; `thumb` one that no key reaches; `key` the one that presses it; `scripted` one
    that Enter in the field does not click: another does the same.
    """

    def told(tell: Callable[["Desk"], Iterator[None]]) -> Callable[["Desk"], Iterator[None]]:
        for number, page in enumerate([on] if isinstance(on, str) else on):
            told_of = (tell, words, to, page, does, enter, pick, within, stays, thumb, key, scripted)
            STORIES.append(Story(*told_of, elsewhere=number > 0))
        return tell

    return told


@dataclass
class Desk:
    """One table: a site of its own, somebody who is signed in, and their page."""

    page: Page
    server: Server
    by: User  # coordinates all sites, and made everything that was there before
    on: str = ANYWHERE
    site: Site = field(default_factory=make_site)
    user: User = field(init=False)
    session: str = ""

    def open(self, address: str, role: str = Role.COORDINATOR, *, everywhere: bool = False) -> Page:
        """The page as somebody with this role sees it, whole."""
        if not hasattr(self, "user"):
            self.user = make_user(role, None if everywhere else self.site)
        if not self.session:
            self.sign_in()
        self.page.goto(address, wait_until="load")
        self.settle()
        return self.page

    def sign_in(self) -> None:
        """Nobody's traces, and the user's session, in which the site is chosen."""
        self.session = self.server.sign_in(self.user).session
        session = SessionStore(self.session)
        session[CHOSEN] = str(self.site.pk)
        session.save()
        here = f"http://127.0.0.1:{self.server.port}"
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": self.session, "url": here}])

    def settle(self) -> None:
        """Nothing is under way any more."""
        self.page.wait_for_function(SETTLED)

    def family(self, size: int = 2, **facts) -> Household:
        """A family at the site, which waits for shelter."""
        others = [person(f"Child{n}", relationship="son", sex="M") for n in range(size - 1)]
        return register_family(self.site, self.by, person(), *others, **facts)

    def works_at_another(self) -> Site:
        """Another site, where the user is a coordinator as at this one."""
        other, role = make_site(), Role.COORDINATOR
        self.user = make_user(role, self.site)
        self.user.assignments.create(role=role, site=other, starts_at=other.opened_at, ends_at=other.closed_at)
        return other

    def room(self, places: int = 4) -> Room:
        """A free room of the site."""
        return make_room(self.site, places)


def code(household: Household) -> str:
    """The number as it stands in addresses."""
    return str(household).replace(" ", "")


def sleeping(household: Household) -> Counter:
    """How many of the family sleep in which room now."""
    return _beds(household, Stay.Kind.STAY)


def held(household: Household) -> Counter:
    """How many places are held for the family in which room now."""
    return _beds(household, Stay.Kind.HOLD)


def _beds(household: Household, kind: str) -> Counter:
    stays = Stay.objects.filter(kind=kind, individual__memberships__household=household).at(timezone.now())
    return Counter(stays.values_list("room", flat=True))


# Reading and pressing


@cache
def name_of(address: str) -> str:
    """The view of an address."""
    match = resolve(urlsplit(address).path)
    return f"{match.app_name}:{match.url_name}".removeprefix(":")


def read_keys(page: Page) -> list[Key]:
    """The buttons of the page, in their order."""
    here, found = name_of(page.evaluate("location.href")), page.evaluate(READ)  # page.url may be a moment behind
    assert not [one["words"] for one in found if one["outside"]], "A button stands outside its form."
    return [Key(here, one["words"], one["to"] if one["to"] in (SCRIPT, OPENS) else name_of(one["to"])) for one in found]


def untold(page: Page) -> list[Key]:
    """The buttons of the page that no story tells of."""
    return [key for key in read_keys(page) if not any(story.tells_of(key) for story in STORIES)]


def misled(page: Page) -> list[str]:
    """The fields of the page in which Enter would press a button that is not theirs, by name and that button."""
    return page.evaluate(MISLED)


def rows() -> dict[str, int]:
    """How many rows there are of everything; the log is written by looking, sessions by signing in and out."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    tables = {model.__name__: model._meta.db_table for model in models if model.__name__ not in {"LogLine", "Session"}}
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f'(SELECT count(*) FROM "{table}")' for table in tables.values()))
        return dict(zip(tables, cursor.fetchone(), strict=True))


def kinds_since(known: set) -> list[str]:
    """The kinds of the acts that are not among those known."""
    return sorted(Act.objects.exclude(pk__in=known).values_list("kind", flat=True))


def press(desk: Desk, story: Story, way: str = "mouse") -> None:
    """Press the story's button, twice at once where a mouse does it, and wait for what it brings."""
    page, one = desk.page, _made_ready(desk.page, story, way)
    if way == "enter":
        page.keyboard.press("Enter")
    elif story.stays or story.to == OPENS:
        one.click()
    else:
        one.dblclick()
    if not story.stays and story.to != OPENS:
        page.wait_for_function(f"() => !document.querySelector('{PRESSED}')")
    desk.settle()


def clicked_by(desk: Desk, story: Story, way: str) -> list[str]:
    """What the key clicks; the click goes no further, so that the page is as it was."""
    _made_ready(desk.page, story, way)
    desk.page.evaluate(CAUGHT)
    desk.page.keyboard.press("Enter" if way == "enter" else story.key)
    desk.settle()
    return desk.page.evaluate(LET_GO)


def _made_ready(page: Page, story: Story, way: str) -> ElementHandle:
    """The story's button, in sight and marked; what a key would be pressed in has the focus."""
    one = _find(page, story)
    _reveal(page, one, way)
    one.evaluate("one => { one.dataset.pressed = ''; }")
    if way == "enter":
        page.locator(story.enter).locator("visible=true").first.focus()
    elif way == "keyboard":
        one.focus()
    return one


def _find(page: Page, story: Story) -> ElementHandle:
    """The button of the story: one that can be reached by keyboard, unless it is for thumbs."""
    handles = page.query_selector_all("button, input[type=submit], input[type=image], summary")
    for handle, key in zip(handles, read_keys(page), strict=True):
        there = story.tells_of(key) and re.fullmatch(story.pick or ".*", key.words)
        if there and handle.evaluate(MEANT, [story.within, story.thumb]):
            return handle
    raise AssertionError(f"No button {story.pick or story.words!r} → {story.to} on {page.url}")


def _reveal(page: Page, one: ElementHandle, way: str) -> None:
    """Open what the button is folded away in, as a hand would."""
    while True:
        around = one.evaluate_handle(FOLD).as_element()
        if around is None:
            return
        if way == "mouse":
            around.click()
        else:
            around.focus()
            page.keyboard.press("Enter")
        page.wait_for_function("one => one.parentElement.open", arg=around)


# Links


def kind_of(address: str) -> tuple[str, tuple[str, ...]]:
    """What an address leads to: its view, and what is asked of it."""
    return name_of(address), tuple(sorted(parse_qs(urlsplit(address).query)))


def read_links(page: Page) -> list[str]:
    """The addresses within the house that the page links to."""
    here = urlsplit(page.url).netloc
    links = page.eval_on_selector_all("a[href]:not([download])", "links => links.map((link) => link.href)")
    parts = [urlsplit(link) for link in links]
    return [
        f"{part.path}?{part.query}".removesuffix("?")
        for part in parts
        if part.netloc == here and not part.path.startswith(("/api/", "/static/"))
    ]
