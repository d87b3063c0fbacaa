"""The main job as people do it: register a family, place it, scan it, take the census, find it in the counts."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.utils import timezone
from playwright.sync_api import Page, expect

from aid.actions import Rule, plan_distribution
from aid.models import Item
from aid.storing import receive_stock
from census.actions import take_snapshots
from centre.access import Role
from centre.models import Site, User
from registrations.models import Household
from shelter.models import Stay
from tests.build import make_room, make_site, make_user

pytestmark = pytest.mark.browser

PASSWORD = "reception-desk-1"


@pytest.fixture(scope="module")
def goris(committed_database) -> Site:
    site = make_site("goris", name_en="Goris")
    make_room(site, places=4, name="14")
    coordinator = make_user(Role.COORDINATOR, username="bench")
    item = Item.objects.create(code="parcel", name_en="Food parcel")
    receive_stock(site, item=item, quantity=100, by=coordinator)
    starts_at = timezone.now() - timedelta(hours=1)
    plan_distribution(site, name="Evening", starts_at=starts_at, rules=[Rule(item, "person", 1)], by=coordinator)
    return site


def sign_in(page: Page, user: User) -> None:
    """Through the door, with the password as a real server keeps it."""
    user.password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())
    user.save(update_fields=["password"])
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Board")).to_be_visible()


def test_register_place_scan_and_count_a_family(page, goris):
    number = register_family(page, goris)
    place_it(page, goris, number)
    hand_out_once(page, goris, number)
    find_it_in_the_census(page, goris)


def register_family(page: Page, goris: Site) -> str:
    """By keyboard alone, as a volunteer does it; the number in large letters at the end."""
    sign_in(page, make_user(Role.VOLUNTEER, goris))
    page.goto("/intake/")
    page.locator("#id_last_residence_settlement").fill("Չարտար")
    for row, (family, given, sex, birth, relationship) in enumerate(
        [("Հակոբյան", "Աննա", "F", "04.05.1989", "head"), ("Հակոբյան", "Նարեկ", "M", "8", "son")]
    ):
        page.locator(f"#id_member-{row}-family_name").fill(family)
        page.locator(f"#id_member-{row}-given_name").fill(given)
        page.locator(f"#id_member-{row}-sex").select_option(sex)
        page.locator(f"#id_member-{row}-birth").fill(birth)
        page.locator(f"#id_member-{row}-relationship").select_option(relationship)
    page.get_by_label("Shelter wanted").check()
    page.keyboard.press("Control+Enter")
    number = page.locator("h1.card-no")
    expect(number).to_have_text(re.compile(r"^\d+ [A-Z]$"))
    return str(number.text_content())


@pytest.mark.parametrize("way", ["click", "tab", "fill"])
def test_a_family_name_typed_over_the_carried_one_replaces_it(page, goris, way):
    sign_in(page, make_user(Role.VOLUNTEER, goris))
    page.goto("/intake/")
    page.locator("#id_member-0-family_name").fill("Հակոբյան")
    page.locator("#id_member-0-given_name").fill("Աննա")
    second = page.locator("#id_member-1-family_name")
    if way == "fill":
        second.fill("Դանիելյան")
    elif way == "click":
        second.click()
    else:
        page.locator("#id_member-0-relationship").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(second).to_be_focused()
    if way != "fill":
        expect(second).to_have_value("Հակոբյան")
        second.press_sequentially("Դանիելյան")
    expect(second).to_have_value("Դանիելյան")


def place_it(page: Page, goris: Site, number: str) -> None:
    """Two clicks: the family, then the place."""
    sign_in(page, make_user(Role.COORDINATOR, goris))
    page.goto("/shelter/")
    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name="Place here").first.click()
    expect(page.get_by_text(number).first).to_be_visible()
    expect(page.get_by_text("Nobody waits.")).to_be_visible()
    assert Stay.objects.stays().at(timezone.now()).count() == 2


def hand_out_once(page: Page, goris: Site, number: str) -> None:
    """Type, Enter, Enter: green, handed out; the same card again is red and says when."""
    sign_in(page, make_user(Role.AID_VOLUNTEER, goris))
    page.goto("/aid/scan/")
    if page.get_by_role("button", name="Evening").count():
        page.get_by_role("button", name="Evening").click()
    page.keyboard.type(number.replace(" ", ""))
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("GIVE")
    expect(page.get_by_text("2 Food parcel")).to_be_visible()
    page.get_by_role("button", name="Hand out").click()
    expect(page.locator("#verdict")).to_contain_text("HANDED OUT")
    expect(page.locator("#id_number")).to_be_focused()
    page.keyboard.type(number.replace(" ", ""))
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("ALREADY GIVEN")
    expect(page.locator("#why")).to_contain_text(re.compile(r"\d\d:\d\d"))


def find_it_in_the_census(page: Page, goris: Site) -> None:
    """The day as it is counted now, then as it is frozen: two at Goris, and it adds up."""
    sign_in(page, make_user(Role.OFFICIAL))
    now = timezone.now()
    page.goto(f"/census/{timezone.localdate(now):%Y-%m-%d}/")
    row = page.get_by_role("row", name="Goris")
    expect(row).to_contain_text("2")
    take_snapshots(now - timedelta(minutes=5), sites=[goris])
    page.goto("/census/")
    expect(page.get_by_text("adds up").first).to_be_visible()


def test_a_wrong_field_keeps_what_was_typed_and_says_so_beside_it(page, goris):
    sign_in(page, make_user(Role.VOLUNTEER, goris))
    page.goto("/intake/")
    page.locator("#id_member-0-family_name").fill("Պետրոսյան")
    page.locator("#id_member-0-given_name").fill("Արամ")
    page.locator("#id_member-0-birth").fill("31.02.2199")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".wrong").first).to_be_visible()
    expect(page.locator("#id_member-0-birth")).to_have_value("31.02.2199")
    expect(page.locator("#id_member-0-family_name")).to_have_value("Պետրոսյան")
    assert not Household.objects.filter(memberships__individual__given_name="Արամ").exists()


def test_a_draft_survives_a_reload(page, goris):
    sign_in(page, make_user(Role.VOLUNTEER, goris))
    page.goto("/intake/")
    page.locator("#id_member-0-family_name").fill("Սարգսյան")
    page.locator("#id_member-0-given_name").press("a")
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.locator("#id_member-0-family_name")).to_have_value("Սարգսյան")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("address", ["/", "/intake/", "/intake/gate/", "/families/", "/shelter/", "/aid/", "/census/"])
def test_no_page_is_wider_than_its_screen(page, goris, address, width):
    sign_in(page, make_user(Role.COORDINATOR, goris))
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
