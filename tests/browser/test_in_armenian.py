"""Each role's main job, done in Armenian: no page falls back to English on the way."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from aid.actions import Rule, plan_distribution
from aid.models import Handout, Item
from aid.storing import receive_stock
from casework.models import Case
from centre.access import Role
from centre.models import Site
from registrations.facts import Birth
from registrations.models import Household
from shelter.models import Stay
from tests.build import make_room, make_site, make_user, person, register_family
from tests.servers import Server

pytestmark = pytest.mark.browser

ENGLISH = re.compile(
    r"\b(?:the|and|with|family|families|register|place|hand|card|waits?|census|snapshot|nobody)\b", re.I
)


@pytest.fixture(scope="module")
def goris(committed_database) -> Site:
    site = make_site("goris", name_en="Goris", name_hy="Գորիս")
    make_room(site, places=6, name="14")
    coordinator = make_user(Role.COORDINATOR, username="ground")
    item = Item.objects.create(code="parcel", name_en="Food parcel", name_hy="Սննդի փաթեթ")
    receive_stock(site, item=item, quantity=100, by=coordinator)
    starts_at = timezone.now() - timedelta(hours=1)
    plan_distribution(site, name="Երեկո", starts_at=starts_at, rules=[Rule(item, "person", 1)], by=coordinator)
    return site


@pytest.fixture(autouse=True)
def _armenian():
    with translation.override("hy"):
        yield


def come_in(page: Page, server: Server, role: str, site: Site | None = None) -> None:
    """Someone of the role, whose language is Armenian."""
    session = server.sign_in(make_user(role, site, language="hy", username=f"{role}-hy")).session
    address = f"http://127.0.0.1:{server.port}"
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def reads_armenian(page: Page) -> None:
    """Nothing on the page is in English."""
    expect(page.locator("html")).to_have_attribute("lang", "hy")
    assert ENGLISH.findall(page.locator("main").inner_text()) == []


def test_a_volunteer_registers_a_family(page, server, goris):
    come_in(page, server, Role.VOLUNTEER, goris)
    page.goto("/intake/")
    reads_armenian(page)
    page.locator("#id_member-0-family_name").fill("Հարությունյան")
    page.locator("#id_member-0-given_name").fill("Գայանե")
    page.locator("#id_member-0-birth").fill("34")
    page.keyboard.press("Control+Enter")
    reads_armenian(page)
    page.get_by_role("button", name=gettext("So it is: register family")).click()
    page.wait_for_url("**/intake/done/**")
    reads_armenian(page)
    assert Household.objects.filter(memberships__individual__family_name="Հարությունյան").count() == 1


def test_a_coordinator_places_a_family(page, server, goris):
    household = register_family(goris, make_user(), person("Լիլիթ", "Գրիգորյան"))
    come_in(page, server, Role.COORDINATOR, goris)
    page.goto("/shelter/")
    reads_armenian(page)
    page.get_by_role("link", name=str(household)).click()
    page.get_by_role("button", name=gettext("Place here")).first.click()
    expect(page.get_by_role("link", name=str(household))).to_have_count(0)
    reads_armenian(page)
    assert Stay.objects.filter(individual__family_name="Գրիգորյան").count() == 1


def test_an_aid_volunteer_hands_out(page, server, goris):
    household = register_family(goris, make_user(), person("Սոնա", "Ավետիսյան"))
    come_in(page, server, Role.AID_VOLUNTEER, goris)
    page.goto("/aid/scan/")
    choice = page.get_by_role("button", name="Երեկո")
    if choice.count():
        choice.click()
    page.locator("#id_number").fill(str(household).replace(" ", ""))
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text(gettext("GIVE"))
    reads_armenian(page)
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text(gettext("HANDED OUT"))
    reads_armenian(page)
    assert Handout.objects.filter(household=household).count() == 1


def test_a_protection_officer_closes_a_case(page, server, goris):
    child = {"birth": Birth(timezone.localdate() - timedelta(days=4000), "day"), "carer_kind": "nobody"}
    register_family(goris, make_user(), person("Մանե", "Մելքոնյան", **child))
    come_in(page, server, Role.PROTECTION, goris)
    page.goto("/cases/")
    reads_armenian(page)
    row = page.get_by_role("row", name="Մելքոնյան")
    row.get_by_role("link", name=gettext("Child protection")).click()
    reads_armenian(page)
    page.get_by_label(gettext("How did it end?")).select_option("mistake")
    page.get_by_role("button", name=gettext("Close case")).click()
    expect(page.get_by_role("heading", name=gettext("Cases"))).to_be_visible()
    expect(page.get_by_role("row", name="Մելքոնյան")).to_have_count(0)
    assert not Case.objects.open().filter(individual__family_name="Մելքոնյան").exists()


def test_an_official_reads_the_day(page, server, goris):
    register_family(goris, make_user())
    come_in(page, server, Role.OFFICIAL)
    page.goto("/")
    reads_armenian(page)
    page.goto("/census/")
    reads_armenian(page)
    page.get_by_role("link", name=gettext("Today")).click()
    expect(page.get_by_role("row", name="Գորիս").first).to_be_visible()
    reads_armenian(page)


def test_an_auditor_reads_who_may_do_what(page, server, goris):
    come_in(page, server, Role.AUDITOR)
    page.goto("/settings/access/")
    expect(page.get_by_role("columnheader", name=str(Role.VOLUNTEER.label), exact=True)).to_be_visible()
    reads_armenian(page)


def test_an_administrator_sees_what_is_wrong(page, server, goris):
    come_in(page, server, Role.ADMINISTRATOR)
    page.goto("/settings/operation/")
    reads_armenian(page)
    page.goto("/settings/")
    reads_armenian(page)
