"""What is typed is kept: every row, through reload, back, a session that ended, a crashed tab and a restarted server.

It belongs to its tab and to who typed it, names nobody on the disk, and is gone after sign-out.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from aid.models import Item
from casework.actions import plan
from casework.models import Case
from centre.access import Role
from centre.models import Session, Site, User
from registrations.models import Household
from tests.browser.conftest import QUIET
from tests.browser.test_main_job import PASSWORD, sign_in
from tests.build import child, make_room, make_site, make_user, person, register_family
from tests.servers import Server, serve
from tests.wire import Wire

pytestmark = pytest.mark.browser

NAME = "Գաղտնանունյան"

BUSY_TELEPHONE = """const ask = navigator.locks.request.bind(navigator.locks);
    navigator.locks.request = async (...asked) => {
        await new Promise((later) => setTimeout(later, 1500));
        return ask(...asked);
    };"""


@pytest.fixture(scope="module")
def goris(committed_database) -> Site:
    make_site("kornidzor", name_en="Kornidzor")
    return make_site("goris", name_en="Goris")


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


@pytest.fixture
def context(chromium: Browser, wire: Wire) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=f"http://127.0.0.1:{wire.port}", locale="en-GB")
    context.set_default_timeout(15_000)
    yield context
    context.close()


def open_for(context: BrowserContext, server: Server, wire: Wire, user: User) -> Page:
    session = server.sign_in(user).session
    address = f"http://127.0.0.1:{wire.port}"
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return context.new_page()


@pytest.fixture
def coordinator(context, server, wire, goris) -> Page:
    return open_for(context, server, wire, make_user(Role.COORDINATOR, goris))


def ready(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("[data-draft-ready]", state="attached")


def type_people(page: Page, count: int, family: str = NAME) -> None:
    for row in range(count):
        page.locator(f"#id_member-{row}-family_name").fill(family)
        page.locator(f"#id_member-{row}-given_name").fill(f"Մարդ{chr(0x561 + row)}")
    page.wait_for_timeout(200)


def people_of(page: Page, count: int) -> list[str]:
    return [page.locator(f"#id_member-{row}-given_name").input_value() for row in range(count)]


SEVEN = [f"Մարդ{chr(0x561 + row)}" for row in range(7)]


def test_every_row_comes_back_after_a_reload_and_on_the_way_back(coordinator):
    ready(coordinator, "/intake/")
    type_people(coordinator, 7)
    coordinator.reload()
    expect(coordinator.locator("[data-draft-notice]")).to_be_visible()
    assert people_of(coordinator, 7) == SEVEN
    coordinator.get_by_role("link", name="Families").first.click()
    expect(coordinator.get_by_role("heading", name="Families")).to_be_visible()
    coordinator.go_back()
    expect(coordinator.locator("#id_member-6-given_name")).to_have_value(SEVEN[6])


def test_the_next_key_overwrites_no_draft_that_was_not_brought_back(coordinator):
    ready(coordinator, "/intake/")
    type_people(coordinator, 7)
    coordinator.reload()
    coordinator.keyboard.type("1")  # as fast as a hand can be
    coordinator.wait_for_selector("[data-draft-ready]", state="attached")
    coordinator.wait_for_timeout(300)
    coordinator.reload()
    expect(coordinator.locator("#id_member-6-given_name")).to_have_value(SEVEN[6])


def test_two_tabs_keep_a_draft_each(context, coordinator):
    ready(coordinator, "/intake/")
    type_people(coordinator, 2, family="Առաջինյան")
    other = context.new_page()
    ready(other, "/intake/")
    assert other.locator("#id_member-0-family_name").input_value() == ""
    type_people(other, 1, family="Երկրորդյան")
    for page, family in ((coordinator, "Առաջինյան"), (other, "Երկրորդյան")):
        page.reload()
        expect(page.locator("#id_member-0-family_name")).to_have_value(family)


def test_a_tab_that_crashed_leaves_its_draft_to_the_next(context, coordinator):
    ready(coordinator, "/intake/")
    type_people(coordinator, 7)
    coordinator.close()
    page = context.new_page()
    ready(page, "/intake/")
    expect(page.locator("[data-draft-notice]")).to_be_visible()
    assert people_of(page, 7) == SEVEN


def test_a_draft_outlives_a_server_that_starts_again(chromium, committed_database, goris):
    user = make_user(Role.VOLUNTEER, goris)
    with serve(workers=1, to_browsers=True) as first, Wire(first.port) as wire:
        context = chromium.new_context(base_url=f"http://127.0.0.1:{wire.port}", locale="en-GB")
        page = open_for(context, first, wire, user)
        ready(page, "/intake/")
        type_people(page, 3)
        with serve(workers=1, to_browsers=True) as second:
            wire.to = second.port
            page.reload()
            expect(page.locator("#id_member-2-given_name")).to_have_value(SEVEN[2])
        context.close()


def test_a_session_that_ended_says_so_and_leads_back_to_page_draft_and_site(context, wire, goris):
    user = make_user(Role.COORDINATOR)
    page = context.new_page()
    sign_in(page, user)
    page.goto("/settings/shift/")
    page.get_by_role("button", name="Goris").click()
    expect(page).not_to_have_url(re.compile("/settings/shift/"))  # it is saved
    expect(page.locator(".bar .shift")).to_contain_text("Goris")
    ready(page, "/intake/")
    type_people(page, 5)
    Session.objects.all().delete()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("You were signed out after a while")).to_be_visible()
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#id_member-4-given_name")).to_have_value(SEVEN[4])
    assert re.search(r"/intake/$", page.url)
    expect(page.locator(".bar .shift")).to_contain_text("Goris")
    assert not Household.objects.filter(memberships__individual__given_name=SEVEN[4]).exists()


def test_a_saved_family_leaves_no_draft(coordinator):
    ready(coordinator, "/intake/")
    type_people(coordinator, 1, family="Պահվածյան")
    coordinator.locator("#id_member-0-sex").select_option("F")
    coordinator.locator("#id_member-0-birth").fill("34")
    coordinator.keyboard.press("Control+Enter")
    expect(coordinator.locator("[data-saved]")).to_be_visible()
    ready(coordinator, "/intake/")
    expect(coordinator.locator("[data-draft-notice]")).to_have_count(0)
    assert coordinator.locator("#id_member-0-given_name").input_value() == ""


def test_start_again_empties_the_form_for_good(coordinator):
    ready(coordinator, "/intake/")
    type_people(coordinator, 4)
    coordinator.reload()
    coordinator.get_by_role("button", name="Start again").click()
    expect(coordinator.locator("#id_member-0-given_name")).to_have_value("")
    ready(coordinator, "/intake/")
    assert coordinator.locator("#id_member-0-given_name").input_value() == ""


def test_sign_out_erases_every_draft(coordinator):
    ready(coordinator, "/intake/")
    type_people(coordinator, 2)
    assert _drafts(coordinator) == 1
    coordinator.locator(".me summary").click()
    coordinator.get_by_role("button", name="Sign out").click()
    expect(coordinator.get_by_role("heading", name="Sign in")).to_be_visible()
    assert _drafts(coordinator) == 0


def test_a_page_of_one_person_sends_nothing_for_another(context, server, wire, goris):
    first = open_for(context, server, wire, make_user(Role.VOLUNTEER, goris))
    ready(first, "/intake/")
    type_people(first, 1, family="Առաջինյան")
    second = open_for(context, server, wire, make_user(Role.VOLUNTEER, goris))
    ready(second, "/intake/")
    expect(second.locator("[data-draft-notice]")).to_have_count(0)
    first.keyboard.press("Control+Enter")
    expect(first.get_by_text("Somebody else has signed in in this browser.").first).to_be_visible()
    assert not Household.objects.filter(memberships__individual__family_name="Առաջինյան").exists()


def _drafts(page: Page) -> int:
    return page.evaluate("""() => new Promise((resolve) => {
        const request = indexedDB.open("drafts");
        request.onsuccess = () => {
            const count = request.result.transaction("drafts").objectStore("drafts").count();
            count.onsuccess = () => resolve(count.result);
        };
    })""")


def test_no_name_of_a_draft_lies_on_the_disk(driver, chromium_path, server, goris, tmp_path):
    """The browser's whole profile is searched, while it runs and after it was killed."""
    user = make_user(Role.VOLUNTEER, goris)
    profile = tmp_path / "profile"
    context = driver.chromium.launch_persistent_context(profile, executable_path=chromium_path, args=QUIET)
    address = f"http://127.0.0.1:{server.port}"
    session = server.sign_in(user).session
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page = context.new_page()
    ready(page, f"{address}/intake/")
    type_people(page, 3)
    page.locator("#id_last_residence_settlement").fill("Խաչմաչգյուղ")
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.locator("#id_member-2-given_name")).to_have_value(SEVEN[2])
    page.wait_for_timeout(1500)
    assert _named_in(profile, NAME, "Խաչմաչգյուղ") == []
    context.close()
    assert _named_in(profile, NAME, "Խաչմաչգյուղ") == []


def _named_in(folder: Path, *names: str) -> list[str]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            written = {name: (name.encode(), name.encode("utf-16-le")) for name in names}
            found += [f"{path.name}: {name}" for name, codes in written.items() if any(code in held for code in codes)]
    return found


@pytest.mark.parametrize(
    "address",
    ["/intake/", "/intake/gate/", "/intake/count/", "/shelter/rooms/", "/aid/distributions/new/", "/aid/items/"],
)
def test_every_form_that_takes_time_keeps_a_draft(coordinator, address):
    Item.objects.get_or_create(code="parcel", defaults={"name_en": "Parcel"})
    ready(coordinator, address)
    form = coordinator.locator("form[data-draft-ready]").first
    fields = form.locator("input[type=text], input[type=number], input:not([type])")
    field = fields.locator("visible=true").nth(1)  # the first may be a card's, which proves nothing alone
    name = field.get_attribute("name")
    field.fill("7")
    coordinator.wait_for_timeout(300)
    coordinator.reload()
    expect(coordinator.locator(f"form[data-draft-ready] [name='{name}']").first).to_have_value("7")
    expect(coordinator.locator("[data-draft-notice]").first).to_be_visible()


def test_a_departure_keeps_its_draft(coordinator, goris):
    family = register_family(goris, make_user(Role.COORDINATOR, goris), person(), person("Ani", relationship="sibling"))
    ready(coordinator, f"/families/{str(family).replace(' ', '')}/depart/")
    coordinator.get_by_label("Own address").check()
    coordinator.get_by_label("Hakobyan Ani").uncheck()
    coordinator.wait_for_timeout(200)
    coordinator.reload()
    expect(coordinator.get_by_label("Own address")).to_be_checked()
    expect(coordinator.get_by_label("Hakobyan Ani")).not_to_be_checked()
    expect(coordinator.locator("[data-for-destination=own_address]")).to_be_visible()


def test_a_plan_keeps_rows_that_were_added(coordinator):
    ready(coordinator, "/aid/distributions/new/")
    before = coordinator.locator("[data-rows] > *").count()
    coordinator.get_by_role("button", name="More rows").click()
    coordinator.locator(f"#id_rules-{before}-quantity").fill("3")
    coordinator.wait_for_timeout(200)
    coordinator.reload()
    expect(coordinator.locator(f"#id_rules-{before}-quantity")).to_have_value("3")


@pytest.fixture
def officer(context, server, wire, goris) -> Page:
    return open_for(context, server, wire, make_user(Role.PROTECTION, goris))


@pytest.fixture
def case(goris) -> Case:
    register_family(goris, make_user(), child("Mane", relationship="other", carer_kind="nobody"))
    return Case.objects.latest("opened_at", "pk")


def test_a_refused_form_leaves_what_is_typed_beside_it(officer, case):
    words = officer.locator("form[action$='/write/'] [name=words]")
    ready(officer, case.get_absolute_url())
    words.fill("Մորաքույրը Վայքում է")
    officer.wait_for_timeout(200)
    officer.get_by_role("button", name="Close case").click()
    expect(officer.locator("[data-error-summary]")).to_be_visible()
    expect(words).to_have_value("Մորաքույրը Վայքում է")
    officer.wait_for_selector("form[action$='/write/'][data-draft-ready]")
    officer.wait_for_timeout(200)
    officer.reload()
    expect(words).to_have_value("Մորաքույրը Վայքում է")


def test_one_field_for_words_keeps_a_draft_and_the_press_of_another_row_leaves_it(officer, case):
    due = timezone.now() + timedelta(minutes=5)
    first, second = (plan(case, words=words, due_at=due, by=make_user(Role.PROTECTION)).step for words in "ab")
    ready(officer, "/cases/round/")
    for summary in officer.locator("details.rare summary").all():
        summary.click()
    officer.locator(f"#how_{second}").fill("Նա լավ է")
    officer.wait_for_timeout(200)
    officer.locator(f"form[action*='{first}']").get_by_role("button").click()
    expect(officer.locator(f"#how_{first}")).to_have_count(0)
    expect(officer.locator(f"#how_{second}")).to_have_value("Նա լավ է")
    expect(officer.locator(f"#how_{second}")).to_be_visible()  # a draft opens the fold in which it is


def test_a_draft_of_anything_but_text_opens_its_fold_too(officer, case):
    ready(officer, f"{case.get_absolute_url()}referrals/")
    officer.get_by_text("Refer to a service").click()
    officer.get_by_label("How do they get there?").select_option(index=1)
    officer.wait_for_timeout(200)
    officer.reload()
    expect(officer.locator("[data-draft-notice]")).to_be_visible()


def test_ticks_of_one_name_come_back(coordinator, goris):
    make_room(goris, places=4)
    ready(coordinator, "/plans/")
    box = coordinator.locator("[name=houses]").first
    was = box.is_checked()
    box.set_checked(not was)
    coordinator.wait_for_timeout(200)
    coordinator.reload()
    expect(box).to_be_checked(checked=not was)
    expect(coordinator.locator("[data-draft-notice]").first).to_be_visible()


def test_a_reason_of_one_line_comes_back_to_its_own_family(coordinator, goris):
    make_room(goris, places=8)
    first, second = (register_family(goris, make_user(), person(name)) for name in ("Ani", "Eva"))
    ready(coordinator, f"/shelter/?family={str(first).replace(' ', '')}")
    coordinator.get_by_text("Let them go first").click()
    reason = coordinator.get_by_label("Why they go first")
    reason.fill("Հղի է")
    coordinator.wait_for_timeout(200)
    coordinator.goto(f"/shelter/?family={str(second).replace(' ', '')}")
    coordinator.wait_for_timeout(300)
    expect(reason).to_have_value("")
    coordinator.goto(f"/shelter/?family={str(first).replace(' ', '')}")
    expect(reason).to_have_value("Հղի է")
    expect(reason).to_be_visible()


def test_what_is_typed_while_a_draft_is_looked_for_is_kept(coordinator):
    coordinator.add_init_script(BUSY_TELEPHONE)
    coordinator.goto("/intake/count/")
    coordinator.locator("[name=people]").fill("7")
    assert not coordinator.locator("[name=people]").evaluate("one => 'draftReady' in one.form.dataset")
    coordinator.wait_for_selector("[data-draft-ready]", state="attached")
    coordinator.wait_for_timeout(300)
    coordinator.reload()
    expect(coordinator.locator("[name=people]")).to_have_value("7")


def test_what_finds_no_field_any_more_is_said_and_shown(coordinator):
    ready(coordinator, "/shelter/rooms/")
    coordinator.locator("details:has([name=names])").evaluate("fold => { fold.open = true; }")
    coordinator.locator("[name=names]").fill("12-18")
    coordinator.evaluate("""() => {
        const lost = document.createElement("input");
        Object.assign(lost, { name: "gone", value: "Երկրորդ հարկ" });
        document.querySelector("[name=names]").form.append(lost);
        lost.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    coordinator.wait_for_timeout(300)
    coordinator.reload()
    expect(coordinator.get_by_text("is not in this form:")).to_be_visible()
    expect(coordinator.get_by_text("Երկրորդ հարկ")).to_be_visible()
    expect(coordinator.get_by_text("This is your draft of")).to_have_count(0)


def test_what_is_typed_stays_above_the_draft_that_comes_late(coordinator):
    ready(coordinator, "/intake/count/")
    coordinator.locator("[name=people]").fill("7")
    coordinator.wait_for_timeout(200)
    coordinator.add_init_script(BUSY_TELEPHONE)
    coordinator.goto("/intake/count/")
    coordinator.locator("[name=people]").fill("9")
    coordinator.wait_for_selector("[data-draft-ready]", state="attached")
    expect(coordinator.locator("[name=people]")).to_have_value("9")
    expect(coordinator.locator("[data-draft-notice] + p")).to_have_text("7")  # what stood there is not lost either


def test_what_was_typed_before_the_script_arrived_stays_and_is_kept(coordinator):
    ready(coordinator, "/intake/count/")
    coordinator.locator("[name=people]").fill("7")
    coordinator.wait_for_timeout(200)
    coordinator.route("**/draft*.js", lambda route: (coordinator.wait_for_timeout(1500), route.continue_()))
    coordinator.goto("/intake/count/", wait_until="commit")
    coordinator.locator("[name=people]").fill("9")
    assert not coordinator.locator("[name=people]").evaluate("one => 'draftReady' in one.form.dataset")
    coordinator.wait_for_selector("[data-draft-ready]", state="attached")
    expect(coordinator.locator("[name=people]")).to_have_value("9")
    coordinator.unroute_all()
    coordinator.wait_for_timeout(300)
    coordinator.reload()
    expect(coordinator.locator("[name=people]")).to_have_value("9")
