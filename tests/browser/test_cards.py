"""A card from the printer to the queue, as people and a hand scanner use it; its secret stays on the card."""

import re
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from centre.access import Role
from centre.models import Act, Operation
from registrations.card_texts import CardText, secrets_of, write_qr
from tests.browser.test_main_job import goris, sign_in
from tests.build import make_user

__all__ = ["goris"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def operation(goris) -> Operation:
    admin = make_user(Role.ADMINISTRATOR)
    facts = {"name": "Գորիս 2026", "code": "GORI", "purpose": "practice", "complaints_to": "0-800-01-234"}
    return Operation.objects.create(**facts, opened_at=timezone.now(), opened_by=admin)


def scan(page: Page, field: str, card: CardText) -> None:
    """A hand scanner types the digits and ends in Enter."""
    page.wait_for_load_state("networkidle")  # nobody scans the next card before the last is answered
    page.locator(field).focus()
    page.keyboard.type(write_qr(card))
    page.keyboard.press("Enter")


def nowhere(page: Page, card: CardText) -> None:
    """Neither the page nor the address nor what the browser keeps holds the secret or the code."""
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert not any(secret in text for secret in (card.secret, card.code) for text in (page.url, page.content(), kept))


def print_ten(page: Page) -> list[CardText]:
    page.goto("/cards/")
    page.get_by_label("How many cards?").select_option("10")
    page.get_by_role("button", name="Print cards").click()
    expect(page.get_by_role("heading", name="Cards to print")).to_be_visible()
    numbers = [int(text.split()[0]) for text in page.locator(".no").all_inner_texts()]
    act = re.search(r"sheets/([0-9a-f-]{36})/", page.url)[1]
    return [secrets_of(uuid.UUID(act), number, "GORI") for number in numbers]


def test_a_card_from_the_printer_to_the_queue(page, goris, operation):
    sign_in(page, make_user(Role.COORDINATOR, goris))
    cards = print_ten(page)
    assert len(cards) == 10
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []

    page.goto("/intake/")
    scan(page, "[data-card]", cards[0])
    expect(page.get_by_text("New card")).to_be_visible()
    nowhere(page, cards[0])
    expect(page.locator("[data-draft-notice]")).to_be_hidden()
    page.locator("#id_member-0-family_name").fill("Հակոբյան")
    page.locator("#id_member-0-given_name").fill("Աննա")
    page.locator("#id_member-0-sex").select_option("F")
    page.locator("#id_member-0-birth").fill("34")
    page.keyboard.press("Control+Enter")
    number = page.locator("h1.card-no")
    expect(number).to_have_text(re.compile(rf"^{cards[0].number} [A-Z]$"))

    page.goto("/aid/scan/")
    scan(page, "[data-number]", cards[0])
    expect(page.get_by_role("heading", name="GIVE")).to_be_visible()
    nowhere(page, cards[0])
    scan(page, "[data-number]", cards[1])
    expect(page.get_by_text("Send them to the desk")).to_be_visible()

    page.goto("/intake/")
    scan(page, "[data-card]", cards[0])
    page.get_by_role("link", name="Open their file").click()
    page.get_by_text("Lost, stolen, damaged?").click()
    page.get_by_role("button", name="Print a new card").click()
    expect(page.locator(".no")).to_have_text(re.compile(rf"^{cards[0].number} [A-Z]$"))
    new = secrets_of(Act.objects.filter(kind="print_card").latest("recorded_at").pk, cards[0].number, "GORI")
    page.goto("/aid/scan/")
    scan(page, "[data-number]", cards[0])
    expect(page.get_by_text("This card was revoked")).to_be_visible()
    scan(page, "[data-number]", new)
    expect(page.get_by_role("heading", name="GIVE")).to_be_visible()


def test_a_card_scanned_at_the_gate_does_not_send_the_form(page, goris, operation):
    coordinator = make_user(Role.COORDINATOR, goris)
    sign_in(page, coordinator)
    card = print_ten(page)[0]
    page.goto("/intake/gate/")
    scan(page, "[name=card]", card)
    assert page.url.endswith("/intake/gate/")
    expect(page.locator("[data-stepper]").first).to_be_focused()
    page.locator("[data-stepper]").nth(6).fill("3")
    page.get_by_role("button", name="Pre-register family").click()
    expect(page.locator("h1.card-no")).to_have_text(re.compile(rf"^{card.number} [A-Z]$"))


def test_one_sheet_holds_five_cards_and_the_mark_of_a_practice(page, goris, operation):
    sign_in(page, make_user(Role.COORDINATOR, goris))
    print_ten(page)
    pages = len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True)))
    assert pages == 2
    expect(page.locator(".two-faces").first).to_contain_text("Ուսումնական")
