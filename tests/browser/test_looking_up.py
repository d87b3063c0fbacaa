"""What is looked up on a page while boxes stand there is about itself alone: nobody else is carried along."""

import pytest
from playwright.sync_api import Page, expect

from aid.models import Handout
from centre.access import Role
from shelter.actions import place_household
from shelter.rollcalls import begin_roll_call
from shelter.rolls import RollCall, RollCallSeen
from tests.api.world import plan_blankets
from tests.browser.test_board import sign_in
from tests.build import make_room, make_site, make_user, register_family

pytestmark = pytest.mark.browser


def look_up(page: Page, number: str) -> None:
    page.locator("[name=card]").fill(number)
    page.locator("[name=card]").press("Enter")
    expect(page.locator("section[role=status] h2")).to_have_text(number)


def test_who_was_looked_up_in_a_roll_call_and_not_confirmed_is_not_seen(page, server, committed_database):
    site = make_site("goris")
    coordinator = make_user(Role.COORDINATOR, site)
    families = [register_family(site, coordinator) for _ in range(4)]
    for number, family in enumerate(families):
        place_household(family, rooms=[make_room(site, 3, f"2{number}")], by=coordinator)
    RollCall.objects.get(pk=begin_roll_call(site, by=coordinator).roll_call)
    first, left, confirmed, ticked = map(str, families)
    sign_in(page, server, coordinator)
    page.goto("/shelter/house/goris/roll-call/")
    look_up(page, left)
    page.get_by_role("link", name="Shelter").first.click()
    expect(page.get_by_role("heading", name="Shelter")).to_be_visible()
    page.goto("/shelter/house/goris/roll-call/")
    expect(page.locator(":checked")).to_have_count(0)
    page.locator("[aria-labelledby=unseen] li", has_text=ticked).locator("input").first.check()
    look_up(page, first)
    look_up(page, confirmed)
    expect(page.locator("section[role=status] :checked")).to_have_count(1)
    page.get_by_role("button", name="They are here").click()
    expect(page.locator("[aria-labelledby=seen] li")).to_have_count(1)
    expect(page.locator("[aria-labelledby=unseen] :checked")).to_have_count(1)  # ticked by hand: not lost, not sent
    households = RollCallSeen.objects.values_list("individual__memberships__household", flat=True)
    assert set(households) == {families[2].pk}


def test_a_part_typed_for_one_family_is_not_given_to_the_next(page, server, committed_database):
    site = make_site("meghri")
    coordinator = make_user(Role.COORDINATOR, site)
    families = [register_family(site, coordinator) for _ in range(2)]
    plan_blankets(site, coordinator)
    sign_in(page, server, make_user(Role.AID_VOLUNTEER, site))
    for family in families:
        page.goto(f"/aid/scan/?number={str(family).replace(' ', '')}")
        page.wait_for_timeout(500)  # until a draft would stand in the form
        if family == families[0]:
            page.get_by_text("Give part, or to somebody else").click()
            page.locator("[name=collected_by]").fill("the neighbour")
            page.wait_for_timeout(300)
    assert page.locator("[name=collected_by]").input_value() == ""
    page.get_by_text("Give part, or to somebody else").click()
    page.get_by_role("button", name="Hand out this much").click()
    expect(page.locator("#verdict")).to_have_text("HANDED OUT")
    assert Handout.objects.get().household == families[1]
