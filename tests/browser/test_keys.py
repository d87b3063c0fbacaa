"""A scanner or a hand on another layout: the digit keys give digits where digits belong, and nowhere else."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from aid.actions import Rule, plan_distribution
from aid.models import Item
from aid.storing import receive_stock
from centre.access import Role
from registrations.card_texts import LENGTH
from registrations.keyboards import DIGIT_KEYS, LAYOUTS
from registrations.numbers import write_number
from tests.build import make_site, make_user

pytestmark = pytest.mark.browser

ROWS = [LAYOUTS[1].rows[0], LAYOUTS[4].rows[0], LAYOUTS[10].rows[0]]  # Armenian phonetic, Eastern, AZERTY


@pytest.fixture(scope="module")
def goris(committed_database):
    site = make_site("goris")
    make_user(Role.VOLUNTEER, site, username="desk")
    aram = make_user(username="aram")
    item = Item.objects.create(code="parcel", name_en="Food parcel")
    receive_stock(site, item=item, quantity=100, by=aram)
    hour_ago = timezone.now() - timedelta(hours=1)
    plan_distribution(site, name="Evening", starts_at=hour_ago, rules=[Rule(item, "person", 1)], by=aram)
    return {"desk": make_user(Role.VOLUNTEER, site, username="anna"), "scan": aram}


def sign_in(page, server, user):
    address = f"http://127.0.0.1:{server.port}"
    session = server.sign_in(user).session
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def press(page: Page, digits: str, row: str) -> None:
    """The keys of these digits on a keyboard set to this layout."""
    keys = page.context.new_cdp_session(page)
    for digit in digits:
        sign = row[DIGIT_KEYS.index(digit)]
        key = {"code": f"Digit{digit}", "key": sign, "windowsVirtualKeyCode": 48 + int(digit)}
        keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": sign, "unmodifiedText": sign} | key)
        keys.send("Input.dispatchKeyEvent", {"type": "keyUp"} | key)


@pytest.mark.parametrize("row", ROWS)
def test_digit_keys_give_digits_at_intake_but_not_in_names(page, server, goris, row):
    sign_in(page, server, goris["desk"])
    page.goto("/intake/")
    for name in ("card", "phone", "member-0-birth"):
        field = page.locator(f"#id_{name}")
        field.focus()
        press(page, "1234567890", row)
        expect(field).to_have_value("1234567890")
    name = page.locator("#id_member-0-given_name")
    name.focus()
    press(page, "14", row)
    expect(name).to_have_value(row[0] + row[3])
    search = page.locator("#search")
    search.focus()
    press(page, "14", row)
    expect(search).to_have_value(row[0] + row[3])


@pytest.mark.parametrize("row", ROWS)
def test_digit_keys_give_digits_at_the_gate(page, server, goris, row):
    sign_in(page, server, goris["desk"])
    page.goto("/intake/gate/")
    page.locator("#id_F_0").focus()
    press(page, "12", row)
    expect(page.locator("#id_F_0")).to_have_value("12")
    expect(page.locator("[data-total]")).to_have_text("12")


def scan(page: Page, digits: str, row: str) -> None:
    """A card in front of a hand scanner: its digits, and Enter."""
    press(page, digits, row)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("row", ROWS)
def test_a_scanner_at_intake_types_the_next_card_over_the_one_before(page, server, goris, row):
    sign_in(page, server, goris["desk"])
    page.goto("/intake/")
    card = page.locator("#id_card")
    for number in (4127, 4128):
        page.evaluate("document.activeElement.blur()")
        scan(page, f"{number}", row)
        expect(page.get_by_text("type the letter too")).to_be_visible()
        expect(card).to_have_value(f"{number}")


@pytest.mark.parametrize("row", ROWS)
def test_a_card_scanned_into_a_name_is_looked_up_and_no_name(page, server, goris, row):
    sign_in(page, server, goris["desk"])
    page.goto("/intake/")
    page.wait_for_selector("[data-draft-ready]", state="attached")
    name = page.locator("#id_member-0-family_name")
    name.fill("Հակոբյան")
    name.press("End")
    scan(page, "1" * LENGTH, row)
    expect(page.get_by_text("The card was misread")).to_be_visible()
    expect(name).to_have_value("Հակոբյան")


@pytest.mark.parametrize("row", ROWS)
def test_a_scanner_that_types_anywhere_loses_and_doubles_no_key(page, server, goris, row):
    sign_in(page, server, goris["scan"])
    page.goto("/aid/scan/")
    page.evaluate("document.activeElement.blur()")
    press(page, "4127482907356", row)
    expect(page.locator("[data-number]")).to_have_value("4127482907356")


def test_a_field_for_digits_keeps_its_letters(page, server, goris):
    sign_in(page, server, goris["desk"])
    page.goto("/intake/")
    card = page.locator("#id_card")
    card.press_sequentially(write_number(4127))
    expect(card).to_have_value(write_number(4127))


def test_what_is_typed_and_what_is_wrong_can_be_read_on_the_red_ground(page, server, goris):
    sign_in(page, server, goris["scan"])
    page.goto("/aid/scan/")
    page.locator("#scan").evaluate(
        """scan => {
            scan.className = "scan stop";
            scan.innerHTML += "<details class=anyway open><input id=why><ul class=error><li>x</li></ul></details>";
        }"""
    )
    colours = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    ink, sheet = page.locator("#why").evaluate(colours)
    assert ink != sheet
    assert page.locator(".anyway .error").evaluate(colours)[0] == page.locator(".scan").evaluate(colours)[0]
