"""In Armenian: the wounded man to the burn centre and back, a child alone to her mother, a mother found by tracing."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from casework.models import Case, TracingMatch
from census.selectors import TOTAL, Tally
from centre.access import Role
from centre.clock import local_day, local_instant
from centre.models import Site, User
from desk.actions import register
from registrations.facts import Birth, HouseholdFacts
from registrations.models import Household, Individual
from shelter.actions import place_household
from shelter.models import Stay
from tests.browser.test_in_armenian import reads_armenian
from tests.build import make_room, make_site, make_user, person
from tests.census.test_worker import wait_until
from tests.servers import Server, work

pytestmark = pytest.mark.browser

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def goris(committed_database) -> Site:
    return make_site("goris", name_en="Goris", name_hy="Գորիս")


@pytest.fixture(autouse=True)
def _armenian():
    with translation.override("hy"):
        yield


def become(page: Page, server: Server, role: str, site: Site | None = None) -> User:
    """Somebody else sits down at this browser."""
    user = make_user(role, site, language="hy")
    page.context.clear_cookies()
    address = f"http://127.0.0.1:{server.port}"
    page.context.add_cookies([{"name": "sessionid", "value": server.sign_in(user).session, "url": address}])
    return user


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    reads_armenian(page)


def file_of(family: Household) -> str:
    return f"/families/{str(family).replace(' ', '')}/"


def family_at(site: Site, at: datetime, *members) -> Household:
    facts = HouseholdFacts(going="shelter", phones=("+37491123456",))
    registered = register(site, members=members, facts=facts, by=make_user(Role.PROTECTION), at=at)
    return Household.objects.get(pk=registered.household)


def nights(*ends: datetime) -> list[tuple[int, int]]:
    """How many are counted, and how many of them are in a hospital, each night; every balance closes."""
    counted = []
    for at in ends:
        tally = Tally(at, timezone.now())
        places = tally.places(None)
        assert all(place.balance.difference == 0 for place in places.values())
        people = {key: sum(sum(by.values()) for by in place.people.values()) for key, place in places.items()}
        counted.append((people[TOTAL], people["burns"]))
    return counted


def on_paper(page: Page, at: datetime) -> None:
    page.locator("details.rare", has=page.locator("[name=paper_day]")).locator("summary").click()
    for name, said in (("paper_day", f"{at:%d.%m.%Y}"), ("paper_hour", f"{at:%H:%M}"), ("written_by", "Նունե")):
        page.locator(f"[name={name}]").fill(said)


def test_the_wounded_man_to_the_burn_centre_and_back(page, server, goris):
    make_site("burns", Site.Kind.HOSPITAL, confidential=True, name_hy="Այրվածքների կենտրոն")
    today = local_day(timezone.now())
    nine, ten, eight = (local_instant(today - back * DAY, datetime.min.time()) for back in (2, 1, 0))
    came = nine - timedelta(hours=10)
    old = person("Սուրեն", "Բալայան", sex="M", birth=Birth.of_age(84, today), needs=("SM-CC",))
    family = family_at(goris, came, old, person("Վարդուհի", "Բալայան", relationship="spouse"))
    place_household(family, rooms=[make_room(goris, 2)], by=make_user(), at=came + timedelta(hours=1))
    man = Individual.objects.get(given_name="Սուրեն")

    become(page, server, Role.VOLUNTEER, goris)  # from the car
    open_page(page, file_of(family))
    page.get_by_role("link", name="Հիվանդանոց").first.click()
    reads_armenian(page)
    page.locator(f"[name=patient][value='{man.pk}']").check()
    page.locator("[name=hospital]").first.check()
    page.locator("[name=arrived][value=yes]").check()
    on_paper(page, timezone.localtime(nine - timedelta(hours=4)))
    page.locator("main button.main").click()
    expect(page.locator("[data-saved]").first).to_be_visible()
    assert "Այրվածքների" not in page.locator("main").inner_text()

    become(page, server, Role.PROTECTION)  # who follows him
    open_page(page, "/cases/?kind=medical")
    page.get_by_role("row", name="Բալայան").get_by_role("button", name="Ստանձնել").click()
    reads_armenian(page)
    page.locator("form[action$='/write/'] textarea").fill("Այրվածքներ ձեռքերին")
    page.get_by_role("button", name="Գրառել").click()
    expect(page.locator("ol.history").last).to_contain_text("Այրվածքներ ձեռքերին")
    reads_armenian(page)

    become(page, server, Role.VOLUNTEER, goris)  # and back, into his bed
    open_page(page, f"{file_of(family)}back/")
    page.locator(f"[name=members][value='{man.pk}']").check()
    on_paper(page, timezone.localtime(eight - timedelta(hours=6)))
    page.locator("main button.main").click()
    expect(page.locator("[data-saved]").first).to_be_visible()
    assert Stay.objects.stays().at(timezone.now()).filter(individual=man).count() == 1
    assert nights(nine - timedelta(hours=5), nine, ten, eight) == [(2, 0), (2, 1), (2, 1), (2, 0)]
    assert Case.objects.get(individual=man).steps.filter(kind="known").last().words == "Այրվածքներ ձեռքերին"


def test_a_child_alone_from_the_gate_to_her_mother(page, server, goris):
    become(page, server, Role.VOLUNTEER, goris)
    open_page(page, "/intake/")
    for name, typed in (("family_name", "Ավանեսյան"), ("given_name", "Մանե"), ("birth", "9")):
        page.locator(f"#id_member-0-{name}").fill(typed)
    page.locator("#id_member-0-birth").press("Tab")
    page.locator("[name=member-0-carer]").select_option("nobody")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name=gettext("So it is: register family")).click()
    page.wait_for_url("**/intake/done/**")
    case = Case.objects.get(individual__family_name="Ավանեսյան")

    first = become(page, server, Role.PROTECTION, goris)
    open_page(page, case.get_absolute_url())
    page.locator("form[action$='/take/'] button").click()
    expect(page.locator("form[action$='/take/']")).to_have_count(0)
    page.locator("li", has_text="Խնամողի ինքնությունը").get_by_role("button").click()
    expect(page.locator("ol.history").last).to_contain_text("Խնամողի ինքնությունը")
    said = {"to": "Նունե Ավանեսյան, մայրը", "seen": "անձնագիր AN0123456", "why": "եկել է նրա հետևից"}
    for name, words in said.items():
        page.locator(f"form[action$='/handing/'] [name={name}]").fill(words)
    page.locator("form[action$='/handing/'] button").click()
    expect(page.locator("ol.history").last).to_contain_text(said["to"])
    reads_armenian(page)

    second = become(page, server, Role.PROTECTION, goris)
    open_page(page, case.get_absolute_url())
    expect(page.locator("main")).to_contain_text(said["to"])
    page.locator("form[action$='/close/'] [name=outcome]").select_option("handed_over")
    page.locator("form[action$='/close/'] button").click()
    page.locator("form[action$='/close/'] [name=happened_anyway]").fill("մայրը սպասում է")  # what nobody looked at
    page.locator("form[action$='/close/'] button").click()
    expect(page.locator("[data-saved]").first).to_be_visible()
    case.refresh_from_db()
    assert (case.follower, case.closed_by, case.outcome) == (first, second, "handed_over")


def test_a_mother_is_found_two_days_later_at_the_other_site_under_another_spelling(page, server, goris):
    vayk, today = make_site("vayk", name_hy="Վայք"), local_day(timezone.now())
    boy = person("Արամ", "Մնացականյան", sex="M", birth=Birth.of_age(12, today), carer_kind="nobody", needs=("FU-TR",))
    family_at(goris, timezone.now() - 2 * DAY, boy)
    case = Case.objects.get(kind="tracing", individual__family_name="Մնացականյան")
    become(page, server, Role.PROTECTION)
    open_page(page, f"{case.get_absolute_url()}trace/")
    for name, typed in (("family_name", "Մնացականյան"), ("given_name", "Գոհար")):
        page.locator(f"[name={name}]").fill(typed)
    page.locator("main button.main").click()
    expect(page.locator("[data-saved]").first).to_be_visible()
    assert not TracingMatch.objects.exists()

    become(page, server, Role.VOLUNTEER, vayk)
    open_page(page, "/intake/")
    for name, typed in (("family_name", "Мнацаканян"), ("given_name", "Гоар"), ("birth", "38")):
        page.locator(f"#id_member-0-{name}").fill(typed)
    with work():
        page.keyboard.press("Control+Enter")
        page.get_by_role("button", name=gettext("So it is: register family")).click()
        page.wait_for_url("**/intake/done/**")
        wait_until(TracingMatch.objects.exists)
    assert "Մնացականյան" not in page.locator("main").inner_text()  # the desk learns nothing of the search

    become(page, server, Role.PROTECTION)
    open_page(page, case.get_absolute_url())
    found = page.locator("#found")
    expect(found).to_contain_text("Мнацаканян Гоар")
    expect(found).not_to_contain_text("+374")
    found.get_by_role("button", name="Նույն մարդն է").click()
    expect(page.locator("#found .mark").first).to_be_visible()
    reads_armenian(page)
    assert TracingMatch.objects.get().answer == "asked"
