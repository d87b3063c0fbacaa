"""What is wide stays within its frame, and what is narrow is not squeezed."""

import re
from itertools import product

import pytest
from django.conf import settings
from django.utils import timezone, translation
from playwright.sync_api import Page

from aid.actions import Rule, plan_distribution
from aid.models import Item
from casework.models import Case
from centre.access import Role
from centre.models import Site
from shelter.actions import place_household
from shelter.models import Room
from tests.build import child, make_room, make_site, make_user, person, register_family
from tests.servers import Server

pytestmark = pytest.mark.browser

NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def goris(committed_database) -> Site:
    return make_site("goris", name_en="Goris", name_hy="Գորիս")


def sit_down(page: Page, server: Server, role: str, size: dict[str, int], site: Site | None = None) -> None:
    page.set_viewport_size(size)
    session = server.sign_in(make_user(role, site, language="hy")).session
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": f"http://127.0.0.1:{server.port}"}])


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_table_with_a_column_a_site_scrolls_within_its_card(page, server, goris, size):
    for number in range(16):
        site = make_site(f"s{size['width']}-{number}", name_hy=f"Ժամանակավոր կացարան թիվ {number}")
        register_family(site, make_user(), child("Mane", relationship="other", carer_kind="nobody"))
    sit_down(page, server, Role.PROTECTION, size)
    page.goto("/census/cases/")
    table = page.locator(".grid").filter(has_text="թիվ 15").first
    assert table.evaluate("one => one.scrollWidth") > size["width"]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


def test_the_buttons_of_a_chosen_family_keep_their_form_on_a_telephone(page, server, goris):
    make_room(goris, places=6, name="12")
    family = register_family(goris, make_user(), person("Ani"))
    sit_down(page, server, Role.COORDINATOR, NARROW, goris)
    page.goto(f"/shelter/?family={str(family).replace(' ', '')}")
    for button in page.locator(".fits button:visible").all():
        box = button.bounding_box()
        assert box["height"] < 64, button.inner_text()  # one line, or two
    opens, closes = (one.bounding_box() for one in page.locator(".chosen .apart a.quiet").all())
    apart = max(closes["x"] - opens["x"] - opens["width"], closes["y"] - opens["y"] - opens["height"])
    assert apart >= 4


CUT = """one => {
    const style = getComputedStyle(one), pen = document.createElement('canvas').getContext('2d');
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const arrow = parseFloat(style.fontSize);
    const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
    return [...one.options].map(each => each.text).filter(text => pen.measureText(text).width > room);
}"""


def test_for_whom_a_good_is_can_be_read_on_a_telephone(page, server, goris):
    sit_down(page, server, Role.COORDINATOR, NARROW, goris)
    page.goto("/aid/distributions/new/")
    assert page.locator("select[name$=-per]").first.evaluate(CUT) == []


def test_the_field_of_what_happened_anyway_stands_apart_from_its_button(page, server, goris):
    room = make_room(goris, places=2, name="14")
    man = register_family(goris, make_user(), person("Petros", sex="M"))
    sit_down(page, server, Role.COORDINATOR, NARROW, goris)
    page.goto(f"/shelter/?family={str(man).replace(' ', '')}&room={room.pk}")
    Room.objects.filter(pk=room.pk).update(women_only=True)
    page.locator(".fits button:visible").first.click()
    field = page.locator("#id_it_happened")
    field.wait_for()
    written, button = field.bounding_box(), page.locator("form:has(#id_it_happened) button").bounding_box()
    assert button["y"] - written["y"] - written["height"] >= 8


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROTECTION, Role.OFFICIAL])
def test_no_way_of_a_telephone_is_cut(page, server, goris, role):
    sit_down(page, server, role, NARROW)
    page.goto("/help/")
    for way in page.locator(".ways > ul > li > a:visible, .ways .more > summary:visible").all():
        box = way.bounding_box()
        assert box["x"] >= 0, way.inner_text()
        assert box["x"] + box["width"] <= NARROW["width"], way.inner_text()
        assert way.evaluate("one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight"), (
            way.inner_text()
        )


BROKEN_WORDS = """ways => ways.flatMap(way => {
    const text = way.querySelector("span").firstChild, range = document.createRange();
    return [...text.data.matchAll(/\\S+/g)].filter(word => {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return range.getClientRects().length > 1;
    }).map(word => word[0]);
})"""


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROTECTION, Role.OFFICIAL])
def test_no_word_of_the_menu_is_broken_and_each_is_beside_its_icon(page, server, goris, role):
    sit_down(page, server, role, NARROW, goris)
    page.goto("/help/")
    assert page.eval_on_selector_all(".ways > ul > li:not(.wide) > a, .more > summary", BROKEN_WORDS) == []
    if page.locator(".more > summary").is_visible():
        page.locator(".more > summary").click()
    for way in page.locator(".more .choices a:visible").all():
        icon, word = way.locator("svg").bounding_box(), way.locator("span").bounding_box()
        assert word["x"] >= icon["x"] + icon["width"], way.inner_text()


def test_no_word_of_what_a_scan_says_is_broken_on_a_telephone(page, server, goris):
    rules = [Rule(Item.objects.create(code="parcel", name_en="Food parcel"), "person", 1)]
    plan_distribution(goris, name="Evening", starts_at=timezone.now(), rules=rules, by=make_user(site=goris))
    sit_down(page, server, Role.AID_VOLUNTEER, NARROW, goris)
    page.goto("/aid/scan/")
    answers = (settings.BASE_DIR / "templates/aid/_stop.html").read_text().splitlines()
    (headline,) = (line for line in answers if "<h1" in line)
    page.locator("#scan").evaluate("scan => scan.className = 'scan unread'")
    for language, english in product(("hy", "ru", "en"), re.findall(r'translate "([^"]+)"', headline)):
        with translation.override(language):
            said = translation.gettext(english)
        page.locator(".scan h1").evaluate("(one, said) => one.innerHTML = `<svg></svg><span>${said}</span>`", said)
        assert page.eval_on_selector_all(".scan h1", BROKEN_WORDS) == []


def test_initials_in_a_house_stay_whole_on_a_telephone(page, server, goris):
    room = make_room(goris, places=8, name="16")
    by = make_user()
    place_household(
        register_family(goris, by, person("Ani"), *(person("Ani", relationship="other") for _ in range(7))),
        rooms=[room],
        by=by,
    )
    sit_down(page, server, Role.COORDINATOR, NARROW, goris)
    page.goto("/shelter/house/goris/sleeping/")
    for somebody in page.locator(".somebody").all():
        assert somebody.evaluate("one => one.getBoundingClientRect().height < 40"), somebody.inner_text()


def test_fields_below_one_another_are_no_farther_apart_where_one_has_much_to_say(page, server, goris):
    sit_down(page, server, Role.ADMINISTRATOR, NARROW)
    page.goto(f"/settings/sites/{goris.code}/")
    page.locator("[name=p_code]").fill("a code")
    page.locator("main form button.main").click()
    page.locator("main .wrong").wait_for()
    apart = page.locator("main .columns > .field").evaluate_all(
        """fields => fields.slice(1).map((field, at) => {
            const above = Math.max(...[...fields[at].children].map((one) => one.getBoundingClientRect().bottom));
            return Math.min(...[...field.children].map((one) => one.getBoundingClientRect().top)) - above;
        })"""
    )
    assert max(apart) < 40, apart


def test_the_fields_of_a_filter_are_on_one_line_where_a_label_takes_two(page, server, goris):
    sit_down(page, server, Role.AUDITOR, WIDE)
    page.goto("/settings/log/")
    page.locator("form.filter label").first.evaluate("label => { label.textContent = 'Ընտանիքի համարը '.repeat(3); }")
    controls = [one.bounding_box() for one in page.locator("form.filter > .field").locator("input, select").all()]
    first, second = controls[:2]
    assert second["x"] > first["x"] + first["width"]
    assert second["y"] == first["y"]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_what_is_looked_at_for_a_child_keeps_its_card_and_its_buttons_in_one_column(page, server, goris, size):
    register_family(goris, make_user(), child("Mane", relationship="other", carer_kind="nobody"))
    case = Case.objects.latest("opened_at", "pk")
    sit_down(page, server, Role.PROTECTION, size)
    page.goto(case.get_absolute_url())
    page.locator("#safe_place").fill("ա" * 200)
    page.locator("#safe_place").press("Enter")
    rows = page.locator("section.card:has(#safe_place)")
    rows.get_by_text("աաաա").wait_for()
    assert rows.evaluate("card => card.scrollWidth <= card.clientWidth")
    if size is WIDE:
        ends = rows.locator("button").evaluate_all("all => all.map((one) => one.getBoundingClientRect().right)")
        assert len({round(end) for end in ends}) == 1
