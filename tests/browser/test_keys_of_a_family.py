"""How many keys a family of five costs."""

import pytest
from playwright.sync_api import expect

from centre.access import Role
from registrations.models import Household, SpecificNeed
from tests.browser.test_main_job import sign_in
from tests.browser.typing_family import FAMILY, type_family
from tests.build import make_site, make_user

pytestmark = pytest.mark.browser

MOST_KEYS = 50  # beyond the letters of names and the digits of dates, needs included


def test_a_family_of_five_costs_few_keys(page, committed_database):
    sign_in(page, make_user(Role.VOLUNTEER, make_site("goris")))
    page.goto("/intake/")
    page.wait_for_selector("[data-draft-ready]", state="attached")
    keys = type_family(page)
    expect(page.locator("[data-saved]")).to_be_visible()
    household = Household.objects.get()
    rows = household.memberships.order_by("position").select_related("individual")
    assert [row.individual.given_name for row in rows] == [given for _family, given, *_rest in FAMILY]
    assert [row.individual.sex for row in rows] == ["M", "F", "M", "F", "F"]
    assert [row.relationship for row in rows] == ["head", "spouse", "son", "daughter", "parent"]
    assert SpecificNeed.objects.get().individual == rows[4].individual
    assert keys <= MOST_KEYS
