"""A family's second day, in Armenian: a wrong year, a name misspelt, a father who comes later, a family that parts."""

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from centre.access import Role
from centre.models import Site
from registrations.models import Household, Individual
from tests.browser.test_in_armenian import come_in, reads_armenian
from tests.build import child, make_site, make_user, person, register_family
from tests.servers import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def goris(committed_database) -> Site:
    return make_site("goris", name_en="Goris", name_hy="Գորիս")


@pytest.fixture(autouse=True)
def _armenian():
    with translation.override("hy"):
        yield


@pytest.fixture
def family(goris) -> Household:
    husband = person("Պետրոս", "Ուղղյան", sex="M", relationship="spouse")
    desk = make_user(Role.VOLUNTEER, goris)
    return register_family(goris, desk, person("Աննա", "Ուղղյան"), husband, child("Տիգան", family_name="Ուղղյան"))


def open_file(page: Page, family: Household) -> None:
    page.goto(f"/families/{str(family).replace(' ', '')}/")
    reads_armenian(page)


def follow(page: Page, words: str) -> None:
    """By the link of the file that says so; the rarer acts are in a fold."""
    page.get_by_text("Ավելին այս ընտանիքի մասին").click()
    page.get_by_role("link", name=words).first.click()
    reads_armenian(page)


def save(page: Page, words: str) -> None:
    """And back on the file it stands in the history."""
    page.locator("main button.main").click()
    expect(page.locator("ol.history").last).to_contain_text(words)
    reads_armenian(page)


def test_the_second_day_of_a_family(page, server: Server, goris, family):
    come_in(page, server, Role.COORDINATOR, goris)
    open_file(page, family)
    follow(page, "Ուղղել՝ Ուղղյան Տիգան")
    page.locator("[name=given_name]").fill("Տիգրան")
    page.locator("[name=birth]").fill("2019")
    save(page, "Տիգան → Տիգրան")
    boy = Individual.objects.get(given_name="Տիգրան")
    assert (boy.birth_date.year, boy.birth_precision) == (2019, "year")

    follow(page, "Մեկը միանում է ընտանիքին")
    for name, typed in (("family_name", "Ուղղյան"), ("given_name", "Հայկ"), ("birth", "71")):
        page.locator(f"[name={name}]").fill(typed)
    page.locator("[name=relationship]").select_option("parent")
    save(page, "Միացել է ընտանիքին")

    follow(page, "Ոմանք հեռանում են ընտանիքից")
    father = Individual.objects.get(given_name="Հայկ")
    page.locator(f"[name=is-{father.pk}]").select_option("head")
    save(page, "Ընտանիքը բաժանվել է")
    assert [row.individual.given_name for row in family.memberships.today().order_by("position")] == [
        "Աննա",
        "Պետրոս",
        "Տիգրան",
    ]
    page.locator("form", has=page.locator("[name=done]")).first.locator("button").click()
    expect(page.locator("tbody tr")).to_have_count(4)
