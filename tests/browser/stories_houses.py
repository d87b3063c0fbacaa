"""What the buttons of houses do: whom to call, what the owner says, contracts, bed nights and invoices."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from playwright.sync_api import expect

from centre.models import LogLine
from houses.actions import add_contract, type_invoice
from houses.models import Call, Contract, Difference, Invoice, ReportedHeadcount
from houses.telephone import report_headcount
from tests.browser.buttons import OPENS, Desk, button

CALLS, HOUSE, CONTRACTS = "houses:calls", "houses:house", "houses:contracts"
NIGHTS, HOUSE_NIGHTS, FILE = "houses:nights", "houses:house_nights", "houses:nights_file"
AMOUNT = Decimal(27000)


def house(desk: Desk) -> str:
    """The site has rooms, and so is a house; the address of its telephone."""
    desk.room()
    return f"/houses/sites/{desk.site.code}/"


def told(desk: Desk, persons: int = 5) -> ReportedHeadcount:
    """The page of a house that said a number, and nobody is counted there."""
    address = house(desk)
    said = report_headcount(desk.site, persons=persons, said_by="Aram", by=desk.by)
    desk.open(address)
    return ReportedHeadcount.objects.get(pk=said.headcount)


def last_call(desk: Desk) -> tuple[str, str]:
    return Call.objects.filter(site=desk.site).values_list("outcome", "words").get()


@button("Spoke", "houses:called", on=CALLS, does=["note_call"], stays=True)
def they_were_spoken_to(desk: Desk) -> Iterator[None]:
    house(desk)
    desk.open("/houses/")
    yield
    expect(desk.page.locator(".mark.good")).to_be_visible()
    assert last_call(desk) == ("spoke", "")


@button("No answer", "houses:called", on=CALLS, does=["note_call"], stays=True)
def nobody_answered(desk: Desk) -> Iterator[None]:
    house(desk)
    desk.open("/houses/")
    yield
    expect(desk.page.get_by_text("no answer at")).to_be_visible()
    assert last_call(desk) == ("no_answer", "")


@button("No answer", "houses:called", on=HOUSE, does=["note_call"])
def nobody_answered_at_the_house(desk: Desk) -> Iterator[None]:
    desk.open(house(desk))
    yield
    assert last_call(desk) == ("no_answer", "")


@button("Write the number down", "houses:headcount", on=HOUSE, does=["report_headcount"], enter="[name=said_by]")
def write_the_number_down(desk: Desk) -> Iterator[None]:
    page = desk.open(house(desk))
    page.locator("[name=persons]").fill("3")
    page.locator("[name=said_by]").first.fill("Aram")
    yield
    assert Difference.objects.get(headcount__site=desk.site).headcount.persons == 3


@button("Take the number back", "houses:headcount_void", on=HOUSE, does=["void_headcount"])
def take_the_number_back(desk: Desk) -> Iterator[None]:
    one = told(desk)
    yield
    assert one.voided_by.persons is None


@button("I look into it", "houses:difference_take", on=HOUSE, does=["take_difference"])
def look_into_a_difference(desk: Desk) -> Iterator[None]:
    one = told(desk)
    yield
    assert one.difference.taken_by == desk.user


@button("Settle the difference", "houses:difference_settle", on=HOUSE, does=["settle_difference"])
def settle_a_difference(desk: Desk) -> Iterator[None]:
    one = told(desk)
    desk.page.locator("form:has(button:text('Settle the difference')) [name=words]").fill("Vera was at the shop")
    yield
    assert one.difference.words == "Vera was at the shop"


@button("Older than seven days", OPENS, on=HOUSE)
def say_whose_old_note_it_was(desk: Desk) -> Iterator[None]:
    desk.open(house(desk))
    yield
    expect(desk.page.locator("[name=written_by]")).to_be_visible()


@button("[0-9]+ earlier differences?", OPENS, on=HOUSE)
def look_at_the_difference_before(desk: Desk) -> Iterator[None]:
    told(desk)
    report_headcount(desk.site, persons=7, said_by="Aram", by=desk.by)
    desk.page.reload()
    desk.settle()
    yield


@button("They came, they left, more or fewer places", OPENS, on=HOUSE)
def look_what_else_is_said(desk: Desk) -> Iterator[None]:
    desk.open(house(desk))
    yield


@button("Keep what they said", "houses:call", on=HOUSE, does=["note_call"])
def keep_what_they_said(desk: Desk) -> Iterator[None]:
    page = desk.open(house(desk))
    page.locator("[name=about]").evaluate("one => { one.value = 'more'; }")
    page.locator("#call_words").evaluate("one => { one.value = 'two more'; }")
    yield
    assert last_call(desk) == ("spoke", "two more")


def agreed(desk: Desk) -> Contract:
    """A contract of the house from today on."""
    terms = {"contact": "Aram", "phone": "+37494123456", "places": 40, "rate": Decimal(9000)}
    said = add_contract(desk.site, first_night=timezone.localdate(), by=desk.by, **terms)
    return Contract.objects.get(pk=said.contract)


@button("Save the contract", CONTRACTS, on=CONTRACTS, does=["add_contract"], enter="[name=contact]")
def write_down_a_contract(desk: Desk) -> Iterator[None]:
    page = desk.open(f"{house(desk)}contracts/")
    said = {"contact": "Aram", "phone": "094 12 34 56", "places": "40", "rate": "9 000"}
    for name, words in (said | {"first_night": f"{timezone.localdate():%d.%m.%Y}"}).items():
        page.locator(f"[name={name}]").fill(words)
    yield
    contract = Contract.objects.get(site=desk.site)
    assert (contract.phone, contract.places, contract.rate) == ("+37494123456", 40, 9000)


@button("Take the contract back", "houses:contract_void", on=CONTRACTS, does=["void_contract"])
def take_a_contract_back(desk: Desk) -> Iterator[None]:
    contract = agreed(desk)
    desk.open(f"{house(desk)}contracts/")
    yield
    contract.refresh_from_db()
    assert contract.voided_by == desk.user


@button("How it is counted", OPENS, on=NIGHTS)
def look_how_nights_are_counted(desk: Desk) -> Iterator[None]:
    house(desk)
    desk.open("/houses/nights/")
    yield


@button("How it is counted", OPENS, on=HOUSE_NIGHTS)
def look_how_nights_of_a_house_are_counted(desk: Desk) -> Iterator[None]:
    last_month = timezone.localdate().replace(day=1) - timedelta(days=1)
    desk.open(f"{house(desk)}nights/?month={last_month:%Y-%m}")
    yield


@button("Download", FILE, on=[NIGHTS, FILE], stays=True)
def take_nights_out(desk: Desk) -> Iterator[None]:
    house(desk)
    page = desk.open("/houses/nights/" if desk.on == NIGHTS else "/houses/nights/file/?suffix=csv&why=")
    page.locator("[name=why]").fill("for the ministry")
    page.locator("[name=month]").fill(f"{timezone.localdate():%Y-%m}")
    page.locator("[name=rows]").select_option("house")
    with page.expect_download():
        yield
    assert LogLine.objects.filter(by=desk.user, verb="exported").count() == 1


@button("Type in the invoice", HOUSE_NIGHTS, on=HOUSE_NIGHTS, does=["type_invoice"], enter="[name=amount]")
def type_an_invoice_in(desk: Desk) -> Iterator[None]:
    page = desk.open(f"{house(desk)}nights/")
    page.locator("[name=nights]").fill("3")
    page.locator("[name=amount]").fill("27 000")
    yield
    assert Invoice.objects.standing().get(site=desk.site).amount == AMOUNT


@button("Take the invoice back", "houses:invoice_void", on=HOUSE_NIGHTS, does=["void_invoice"])
def take_an_invoice_back(desk: Desk) -> Iterator[None]:
    said = type_invoice(desk.site, month=timezone.localdate(), nights=3, amount=AMOUNT, by=desk.by)
    desk.open(f"{house(desk)}nights/")
    yield
    assert Invoice.objects.get(pk=said.invoice).voided_by == desk.user
