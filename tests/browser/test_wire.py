"""Every role's main job on the line people have: slow, cut before a request arrives, cut after it was done, trickling.

Nothing is swallowed, lost or doubled; the person always sees one of *saved*, *being sent*, *no answer came*,
*not sent, kept here*.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from aid.actions import Rule, plan_distribution
from aid.models import Distribution, Handout, Item
from aid.storing import receive_stock
from casework.models import Case, Letter
from centre.access import Role
from centre.models import Site, User
from registrations.facts import Birth
from registrations.models import Household, Individual, Presence
from shelter.actions import hold_places, place_household
from shelter.models import Room, Stay
from tests.build import child, make_room, make_site, make_user, person, register_family
from tests.servers import Server
from tests.wire import Wire

pytestmark = pytest.mark.browser
expect.set_options(timeout=25_000)  # a line of four seconds goes there and back twice

UNANSWERED = "No answer came. It may have been saved; trying again saves it once."
UNSENT = "No answer: not sent yet, and kept here."
SENDING = "Being sent…"


@pytest.fixture(scope="module")
def goris(committed_database) -> Site:
    return make_site("goris", name_en="Goris")


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


@pytest.fixture
def context(chromium: Browser, wire: Wire) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=f"http://127.0.0.1:{wire.port}", locale="en-GB")
    context.set_default_timeout(20_000)
    yield context
    context.close()


def sign_in(context: BrowserContext, server: Server, wire: Wire, user: User) -> Page:
    """A page of somebody who is signed in."""
    address = f"http://127.0.0.1:{wire.port}"
    session = server.sign_in(user).session
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return context.new_page()


@pytest.fixture
def volunteer(context, server, wire, goris) -> Page:
    return sign_in(context, server, wire, make_user(Role.VOLUNTEER, goris))


@pytest.fixture
def coordinator(context, server, wire, goris) -> Page:
    return sign_in(context, server, wire, make_user(Role.COORDINATOR, goris))


def ready(page: Page) -> None:
    """The form's draft was looked for: what is typed from now on is kept."""
    page.wait_for_selector("[data-draft-ready]", state="attached")


def type_family(page: Page, family: str, people: int = 2) -> None:
    for row in range(people):
        page.locator(f"#id_member-{row}-family_name").fill(family)
        page.locator(f"#id_member-{row}-given_name").fill(f"Անի{chr(0x561 + row)}")
        page.locator(f"#id_member-{row}-sex").select_option("F")
        page.locator(f"#id_member-{row}-birth").fill("34")
        page.locator(f"#id_member-{row}-relationship").select_option("sibling" if row else "head")


def saved(family: str) -> int:
    return Individual.objects.filter(family_name=family).count()


def test_a_family_is_registered_on_a_slow_line_while_matches_are_looked_up(volunteer, wire):
    volunteer.goto("/intake/")
    ready(volunteer)
    wire.delay = 0.8
    type_family(volunteer, "Դանդաղյան")
    volunteer.wait_for_timeout(400)  # the look-up is under way
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.get_by_text(SENDING).first).to_be_visible()
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert saved("Դանդաղյան") == 2


def test_a_very_slow_line_is_said_to_be_slow(volunteer, wire):
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, "Կրիայան")
    wire.delay = 4
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.get_by_text("The line is slow")).to_be_visible()
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert saved("Կրիայան") == 2


def test_a_second_press_while_it_is_sent_saves_nothing_twice(volunteer, wire):
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, "Երկուսյան")
    wire.delay = 0.8
    for _ in range(3):
        volunteer.keyboard.press("Control+Enter")
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert wire.count("POST", "/intake/") == 1
    assert saved("Երկուսյան") == 2


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_cut_line_keeps_the_family_and_a_second_try_saves_it_once(volunteer, wire, after):
    family = f"Կտրված{'ա' if after else 'բ'}յան"
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, family, people=5)
    (wire.cut_answer if after else wire.cut)("POST", "/intake/")
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.get_by_text(UNANSWERED)).to_be_visible()
    assert volunteer.locator("#id_member-4-given_name").input_value() == "Անիե"
    assert saved(family) == (5 if after else 0)
    volunteer.get_by_role("button", name="Try again").click()
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert saved(family) == 5


def test_what_never_left_is_said_to_be_kept_here(volunteer, context):
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, "Մնացողյան")
    context.set_offline(True)
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.get_by_text(UNSENT)).to_be_visible()
    context.set_offline(False)
    volunteer.get_by_role("button", name="Try again").click()
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert saved("Մնացողյան") == 2


def test_a_lost_answer_and_a_reload_save_nothing_twice(volunteer, wire):
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, "Վերադարձյան", people=4)
    wire.cut_answer("POST", "/intake/")
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.get_by_text(UNANSWERED)).to_be_visible()
    volunteer.reload()
    expect(volunteer.locator("[data-draft-notice]")).to_be_visible()
    assert volunteer.locator("#id_member-3-given_name").input_value() == "Անիդ"
    volunteer.locator("#id_member-0-given_name").focus()
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert saved("Վերադարձյան") == 4


def test_an_answer_that_trickles_is_read_to_its_end(volunteer, wire):
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, "Կաթիլյան")
    wire.trickle = 512
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert saved("Կաթիլյան") == 2


def test_a_family_is_counted_at_the_gate_over_a_cut_line(volunteer, wire):
    before = Household.objects.count()
    volunteer.goto("/intake/gate/")
    ready(volunteer)
    volunteer.locator("#id_F_0").fill("2")
    volunteer.locator("#id_others").fill("1")
    volunteer.wait_for_timeout(200)
    volunteer.reload()
    expect(volunteer.locator("[data-total]")).to_have_text("3")
    wire.cut("POST", "/intake/gate/")
    volunteer.get_by_role("button", name="Pre-register family").click()
    expect(volunteer.get_by_text(UNANSWERED)).to_be_visible()
    volunteer.get_by_role("button", name="Try again").click()
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert Household.objects.count() == before + 1


def test_a_link_on_a_lost_line_leaves_the_page_as_it_is(volunteer, wire):
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, "Մնացյան")
    wire.down = True
    volunteer.get_by_role("link", name="Families").first.click()
    expect(volunteer.get_by_text("This page stays")).to_be_visible()
    assert volunteer.locator("#id_member-0-family_name").input_value() == "Մնացյան"
    wire.down = False
    volunteer.get_by_role("link", name="Families").first.click()
    expect(volunteer.get_by_role("heading", name="Families")).to_be_visible()
    volunteer.go_back()
    expect(volunteer.locator("#id_member-0-family_name")).to_have_value("Մնացյան")


@pytest.fixture
def family(goris) -> Household:
    by = make_user(Role.COORDINATOR, goris)
    return register_family(goris, by, person("Անի", "Հակոբյան"), person("Արամ", "Հակոբյան", relationship="spouse"))


@pytest.fixture
def rooms(goris) -> list[Room]:
    return [make_room(goris, places=4, name=f"{name}-{Room.objects.count()}") for name in ("12", "14")]


def test_a_family_is_placed_and_moved_over_a_slow_and_cut_line(coordinator, wire, family, rooms):
    wire.delay = 0.3
    coordinator.goto(f"/shelter/?family={str(family).replace(' ', '')}")
    wire.cut_answer("POST", f"/shelter/family/{str(family).replace(' ', '')}/place/")
    coordinator.get_by_role("button", name="Place here").first.click()
    expect(coordinator.get_by_text(UNANSWERED)).to_be_visible()
    coordinator.get_by_role("button", name="Try again").click()
    expect(coordinator.locator("[data-saved]").first).to_be_visible()
    first = {stay.room_id for stay in _stays(family)}
    assert len(_stays(family)) == 2
    coordinator.goto(f"/shelter/?family={str(family).replace(' ', '')}")
    coordinator.get_by_role("button", name="Move here").first.click()
    expect(coordinator.get_by_text("Moved: Goris")).to_be_visible()
    assert len(_stays(family)) == 2
    assert {stay.room_id for stay in _stays(family)} != first


def test_the_button_that_was_pressed_is_pressed_again_after_a_cut_line(context, server, wire, family, rooms):
    """With what it says, and to where it leads: a hold is no stay, and the room is the one of its name."""
    code = str(family).replace(" ", "")
    page = sign_in(context, server, wire, make_user(Role.COORDINATOR))
    site = make_site("sisian", name_en="Sisian")
    away = make_room(site, places=4, name="7")
    page.goto(f"/shelter/?family={code}&site=sisian&room={away.pk}")
    wire.cut("POST", f"/shelter/family/{code}/hold/")
    page.get_by_role("button", name="Hold", exact=True).first.click()
    page.locator("form [data-again]").click()
    expect(page.locator("[data-saved]").first).to_be_visible()
    assert set(Stay.objects.filter(site=site).values_list("kind", flat=True)) == {Stay.Kind.HOLD}

    people = [one.pk for one in Individual.objects.members_of(family)]
    place_household(family, rooms=[rooms[0]], members=people, by=make_user(Role.COORDINATOR, rooms[0].site))
    page.goto(f"/shelter/?family={code}&site=goris&room={rooms[1].pk}")
    wire.cut("POST", "/shelter/move/")
    page.get_by_role("button", name="Move here").first.click()
    page.locator("form [data-again]").click()
    expect(page.get_by_text("Moved: Goris")).to_be_visible()
    assert {stay.room_id for stay in _stays(family)} == {rooms[1].pk}


def _stays(family: Household) -> list[Stay]:
    people = family.memberships.values("individual")
    return list(Stay.objects.stays().at(timezone.now()).filter(individual__in=people))


def test_aid_is_given_once_over_a_cut_line(context, server, wire, goris, family):
    distribution = _round_at(goris)
    page = sign_in(context, server, wire, make_user(Role.AID_VOLUNTEER, goris))
    page.goto("/aid/scan/")
    if page.get_by_role("button", name=distribution.name).count():
        page.get_by_role("button", name=distribution.name).click()
    page.keyboard.type(str(family).replace(" ", ""))
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("GIVE")
    wire.cut_answer("POST", "/aid/scan/")
    page.get_by_role("button", name="Hand out").click()
    expect(page.get_by_text(UNANSWERED)).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#verdict")).to_contain_text("HANDED OUT")
    assert Handout.objects.filter(household=family).count() == 1


def _at_the_table(context: BrowserContext, server: Server, wire: Wire, site: Site) -> Page:
    """The scan page of an aid volunteer, with a round of the site chosen."""
    distribution = _round_at(site)
    page = sign_in(context, server, wire, make_user(Role.AID_VOLUNTEER, site))
    page.goto("/aid/scan/")
    if page.get_by_role("button", name=distribution.name).count():
        page.get_by_role("button", name=distribution.name).first.click()
    expect(page.get_by_role("heading", name="Scan a card")).to_be_visible()
    return page


def _round_at(site: Site) -> Distribution:
    by = make_user(Role.COORDINATOR, site)
    item = Item.objects.create(code=f"parcel-{Item.objects.count()}", name_en="Food parcel")
    receive_stock(site, item=item, quantity=100, by=by)
    starts_at = timezone.now() - timedelta(hours=1)
    planned = plan_distribution(site, name="Evening", starts_at=starts_at, rules=[Rule(item, "person", 1)], by=by)
    return Distribution.objects.get(pk=planned.distribution)


def test_a_departure_is_recorded_once_over_a_cut_line(volunteer, wire, family):
    number = str(family).replace(" ", "")
    volunteer.goto(f"/families/{number}/depart/")
    ready(volunteer)
    volunteer.get_by_label("Left the country").check()
    wire.cut_answer("POST", f"/families/{number}/depart/")
    volunteer.get_by_role("button", name="Record departure").click()
    expect(volunteer.get_by_text(UNANSWERED)).to_be_visible()
    volunteer.get_by_role("button", name="Try again").click()
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert not Presence.objects.filter(individual__in=family.memberships.values("individual"), ended_by=None)


def test_a_case_is_closed_over_a_cut_line(context, server, wire, goris):
    by = make_user(Role.COORDINATOR, goris)
    child_alone = person(
        "Արփի", "Մենակյան", birth=Birth.of_age(7, timezone.localdate()), relationship="not_related", carer_kind="nobody"
    )
    family = register_family(goris, by, person("Անի", "Մենակյան"), child_alone)
    officer = sign_in(context, server, wire, make_user(Role.PROTECTION, goris))
    case = family.memberships.get(individual__given_name="Արփի").individual.cases.get()
    officer.goto(case.get_absolute_url())
    ready(officer)
    officer.get_by_label("How did it end?").select_option("mistake")
    wire.cut("POST", f"/cases/{case.pk}/close/")
    officer.get_by_role("button", name="Close case").click()
    expect(officer.get_by_text(UNANSWERED)).to_be_visible()
    officer.get_by_role("button", name="Try again").click()
    expect(officer.locator("[data-saved]").first).to_be_visible()
    case.refresh_from_db()
    assert case.closed_at


def test_why_it_was_refused_is_not_said_beside_that_no_answer_came(context, server, wire, goris):
    register_family(goris, make_user(), child("Mane", relationship="other", carer_kind="nobody"))
    case = Case.objects.latest("opened_at", "pk")
    officer = sign_in(context, server, wire, make_user(Role.PROTECTION, goris))
    officer.goto(case.get_absolute_url())
    close = officer.locator("form[action$='/close/']")
    close.get_by_role("button").click()
    expect(officer.locator("[data-error-summary]")).to_be_visible()
    expect(close.locator(".error, [aria-invalid=true]").first).to_be_visible()
    close.locator("[name=words]").fill("Her aunt is here")
    wire.cut("POST", f"{case.get_absolute_url()}close/")
    close.get_by_role("button").click()
    expect(close.locator("[data-sending]")).to_contain_text("No answer came.")
    expect(officer.locator("[data-error-summary]")).to_have_count(0)
    expect(close.locator(".error, .wrong, [aria-invalid=true]")).to_have_count(0)


@pytest.mark.parametrize("after", [False, True], ids=["request lost", "answer lost"])
def test_a_letter_is_kept_once_over_a_cut_line(context, server, wire, goris, after):
    register_family(goris, make_user(Role.COORDINATOR, goris), child("Մանե", relationship="other", carer_kind="nobody"))
    case = Case.objects.latest("opened_at")
    page = sign_in(context, server, wire, make_user(Role.PROTECTION, goris))
    page.goto(case.get_absolute_url())
    page.get_by_text("Keep a letter or photo").click()
    letter = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 " + b"a" * 900_000 + b"%%EOF"}
    page.get_by_label("Letter or photo").set_input_files(letter)
    page.get_by_label("What is it?").fill("passport")
    (wire.cut_answer if after else wire.cut)("POST", f"/cases/{case.pk}/letter/")
    page.get_by_role("button", name="Keep it with the case").click()
    expect(page.get_by_text(UNANSWERED)).to_be_visible()
    wire.delay = 0.8
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-saved]").first).to_be_visible()
    assert Letter.objects.filter(step__case=case).count() == 1
    assert Letter.objects.get(step__case=case).size == len(letter["buffer"])


def test_an_official_reads_the_census_over_a_slow_line(context, server, wire, goris):
    page = sign_in(context, server, wire, make_user(Role.OFFICIAL))
    wire.delay = 0.8
    page.goto("/")
    page.get_by_role("link", name="Census").first.click()
    expect(page.locator("[data-connection]")).to_contain_text("Loading…")
    expect(page.get_by_role("heading", name="Census")).to_be_visible()


def test_a_place_is_taken_by_nobody_twice_over_a_bad_line(coordinator, wire, family, rooms):
    """The person sees that it was saved, though the first answer was lost and the second press came late."""
    people = Individual.objects.members_of(family)
    place_household(
        family, rooms=[rooms[0]], members=[one.pk for one in people], by=make_user(Role.COORDINATOR, rooms[0].site)
    )
    coordinator.goto(f"/families/{str(family).replace(' ', '')}/")
    wire.cut_answer("POST", "/shelter/end/")
    coordinator.get_by_role("button", name="They left the room").click()
    expect(coordinator.get_by_text(UNANSWERED)).to_be_visible()
    coordinator.get_by_role("button", name="Try again").click()
    expect(coordinator.locator("[data-saved]").first).to_be_visible()
    assert not _stays(family)


def test_nothing_changes_in_a_form_that_is_under_way(volunteer, wire):
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, "Սառածյան")
    wire.delay = 1.5
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.get_by_text(SENDING).first).to_be_visible()
    volunteer.locator("#id_member-2-given_name").focus()
    volunteer.keyboard.type("Կորած")
    assert volunteer.locator("#id_member-2-given_name").input_value() == ""
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert saved("Սառածյան") == 2


def test_nobody_leaves_before_the_answer(volunteer, wire):
    volunteer.goto("/families/")
    volunteer.get_by_role("link", name="Intake").first.click()
    ready(volunteer)
    type_family(volunteer, "Սպասյան")
    wire.delay = 0.8
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.get_by_text(SENDING).first).to_be_visible()
    volunteer.get_by_role("link", name="Families").first.click()
    volunteer.go_back()
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert "/intake/done/" in volunteer.url
    assert saved("Սպասյան") == 2


def test_another_family_in_a_form_that_was_saved_is_said_and_registered_once(volunteer, wire):
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, "Առաջինցյան")
    wire.cut_answer("POST", "/intake/")
    volunteer.keyboard.press("Control+Enter")
    expect(volunteer.get_by_text(UNANSWERED)).to_be_visible()
    volunteer.reload()
    ready(volunteer)
    type_family(volunteer, "Երկրորդցյան")
    volunteer.keyboard.press("Control+Enter")
    number = str(Household.objects.filter(memberships__individual__family_name="Առաջինցյան").first())
    expect(volunteer.get_by_role("link", name=f"Open the file of {number}")).to_be_visible()
    wire.cut_answer("POST", "/intake/")
    volunteer.get_by_role("button", name="Save this as another family").click()
    expect(volunteer.get_by_text(UNANSWERED)).to_be_visible()
    volunteer.get_by_role("button", name="Try again").click()
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert (saved("Առաջինցյան"), saved("Երկրորդցյան")) == (2, 2)


def test_a_card_scanned_while_another_is_looked_up_is_looked_up_next(context, server, wire, goris, family):
    by = make_user(Role.COORDINATOR, goris)
    other = register_family(goris, by, person("Սոնա", "Ավետիսյան"))
    page = _at_the_table(context, server, wire, goris)
    wire.delay = 0.8
    for household in (family, other):
        page.keyboard.type(str(household).replace(" ", ""), delay=20)
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
    expect(page.locator(".card-number")).to_contain_text(str(other))
    expect(page.locator("#verdict")).to_contain_text("GIVE")


HALF_TYPED = """half => new MutationObserver((changes, watch) => {
    if (!document.querySelector("#scan.%s")) return;
    watch.disconnect();
    document.execCommand("insertText", false, half); // the first moment in which anybody could type
}).observe(document.body, { childList: true, subtree: true })"""


def test_a_card_typed_while_answers_come_is_read_whole(context, server, wire, goris, family):
    by = make_user(Role.COORDINATOR, goris)
    other = register_family(goris, by, person("Նանե", "Միջակյան"))
    page = _at_the_table(context, server, wire, goris)
    first, then = (str(household).replace(" ", "") for household in (family, other))
    page.evaluate(HALF_TYPED % "unread", then[:2])
    page.keyboard.type("1000Z")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("SCAN AGAIN")
    page.keyboard.type(then[2:])
    page.keyboard.press("Enter")
    expect(page.locator(".card-number")).to_contain_text(str(other))

    wire.delay = 0.8
    for typed in (first, "\n", then, "\n", first[:2]):
        page.keyboard.type(typed)
    expect(page.locator(".card-number")).to_contain_text(str(family))
    expect(page.locator(".card-number")).to_contain_text(str(other))
    page.keyboard.type(first[2:] + "\n")
    expect(page.locator(".card-number")).to_contain_text(str(family))


def test_a_gate_form_that_was_saved_says_under_which_number(volunteer, wire):
    volunteer.goto("/intake/gate/")
    ready(volunteer)
    volunteer.locator("#id_F_0").fill("2")
    wire.cut_answer("POST", "/intake/gate/")
    volunteer.get_by_role("button", name="Pre-register family").click()
    expect(volunteer.get_by_text(UNANSWERED)).to_be_visible()
    volunteer.locator("#id_F_0").fill("3")
    before = Household.objects.count()
    volunteer.get_by_role("button", name="Pre-register family").click()
    expect(volunteer.get_by_text(str(Household.objects.latest("number"))).first).to_be_visible()
    volunteer.get_by_role("button", name="Save this as another family").click()
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    assert Household.objects.count() == before + 1


def test_a_search_pressed_meanwhile_brings_no_saved_draft_back(volunteer, wire):
    volunteer.goto("/intake/")
    ready(volunteer)
    type_family(volunteer, "Մեկանգամյան")
    wire.delay = 0.8
    volunteer.keyboard.press("Control+Enter")
    volunteer.locator("#search").click()
    volunteer.keyboard.type("a")
    volunteer.keyboard.press("Enter")
    expect(volunteer.locator("[data-saved]").first).to_be_visible()
    wire.delay = 0
    volunteer.goto("/intake/")
    ready(volunteer)
    assert volunteer.locator("#id_member-0-family_name").input_value() == ""
    assert saved("Մեկանգամյան") == 2


def test_two_holds_released_one_after_the_other_are_both_released(coordinator, wire, goris):
    by = make_user(Role.COORDINATOR, goris)
    room = make_room(goris, places=6, name=f"holds-{Room.objects.count()}")
    families = [register_family(goris, by, person("Անի", f"Պահված{letter}յան")) for letter in "աբ"]
    for one in families:
        hold_places(one, rooms=[room], until=timezone.now() + timedelta(hours=5), by=by)
    coordinator.goto("/shelter/")
    wire.delay = 0.5
    release = coordinator.locator(".holds").get_by_role("button", name="Release")
    release.nth(0).click()
    release.nth(1).click()
    expect(coordinator.get_by_text("Wait: something is still being sent.").first).to_be_visible()
    expect(coordinator.locator("[data-saved]").first).to_be_visible()
    expect(release).to_have_count(1)
    release.click()
    expect(release).to_have_count(0)
    assert not Stay.objects.holds().at(timezone.now()).filter(room=room).exists()


def test_a_handout_that_did_not_arrive_comes_before_the_next_card(context, server, wire, goris, family):
    by = make_user(Role.COORDINATOR, goris)
    other = register_family(goris, by, person("Գոհար", "Հաջորդյան"))
    page = _at_the_table(context, server, wire, goris)
    page.keyboard.type(str(family).replace(" ", ""))
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("GIVE")
    wire.cut("POST", "/aid/scan/")
    page.get_by_role("button", name="Hand out").click()
    expect(page.get_by_text(UNANSWERED)).to_be_visible()
    page.keyboard.type(str(other).replace(" ", ""), delay=20)
    page.keyboard.press("Enter")
    expect(page.locator(".card-number")).to_contain_text(str(other))
    assert Handout.objects.filter(household=family).count() == 1


def test_the_family_pressed_last_is_the_one_chosen(coordinator, wire, goris):
    by = make_user(Role.COORDINATOR, goris)
    one, last = (register_family(goris, by, person("Անի", f"Ընտրված{letter}յան")) for letter in "աբ")
    coordinator.goto("/shelter/?all=1")
    wire.delay = 0.8
    coordinator.locator(".waits").get_by_role("link", name=str(one)).click()
    coordinator.wait_for_timeout(200)
    coordinator.locator(".waits").get_by_role("link", name=str(last)).click()
    expect(coordinator.locator("#chosen")).to_contain_text(str(last))


def test_a_form_is_not_free_before_the_page_that_answers_it_is_shown(coordinator, wire, family):
    address = f"/cases/family/{str(family).replace(' ', '')}/tell/"
    coordinator.goto(address)
    coordinator.locator("[name=individual]").first.check()
    coordinator.locator("[name=sign]").first.check()
    styles: list[Route] = []
    coordinator.route("**/*.css", lambda route: styles.append(route))
    with coordinator.expect_request("**/*.css"):
        coordinator.locator("main button.main").click()
    coordinator.locator("main button.main").click(force=True)
    coordinator.wait_for_timeout(300)
    assert wire.count("POST", address) == 1
    for style in styles:
        style.continue_()
    expect(coordinator.locator("[data-saved]").first).to_be_visible()


@pytest.mark.parametrize("name", ["Plan the evening", "Map", "Set up rooms", "What they say on the telephone", "12-"])
def test_a_link_of_the_board_on_a_lost_line_leaves_the_board(coordinator, wire, rooms, name):
    coordinator.goto(f"/shelter/?site={rooms[0].site.code}")
    wire.down = True
    coordinator.get_by_role("link", name=name).first.click()
    expect(coordinator.get_by_text("This page stays")).to_be_visible()
    wire.down = False
    coordinator.get_by_role("link", name=name).first.click()
    expect(coordinator).not_to_have_url(re.compile(r"/shelter/\?"))
    expect(coordinator.locator("h1")).to_be_visible()
