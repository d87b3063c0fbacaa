"""What is said beside the birth while it is typed: the same as the server says, in the three languages."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone, translation
from playwright.sync_api import expect

from centre.access import Role
from centre.models import Site
from desk.births import WRONG
from tests.build import make_site, make_user
from tests.desk.test_births import TODAY, TYPED, in_words, read_birth, refused_as

pytestmark = pytest.mark.browser

READ_ALL = """lines => {
  const row = document.querySelector("[data-member]"), field = row.querySelector("[name$=-birth]");
  return lines.map(typed => {
    field.value = typed;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return row.querySelector("[data-understood]").textContent;
  });
}"""


def sign_in(page, server, language="en"):
    volunteer = make_user(Role.VOLUNTEER, Site.objects.first() or make_site("goris"), language=language)
    session = server.sign_in(volunteer).session
    address = f"http://127.0.0.1:{server.port}"
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def test_the_browser_reads_births_as_the_server_does(page, server):
    sign_in(page, server)
    today = f'data-today="{timezone.localdate():%Y-%m-%d}"'

    def on_the_day(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(today, f'data-today="{TODAY:%Y-%m-%d}"'))

    page.route("**/intake/", on_the_day)
    page.goto("/intake/")
    typed = [line for line, _said in TYPED]
    said = dict(zip(typed, page.evaluate(READ_ALL, typed), strict=True))
    expected = {line: refused_as(line) or in_words(read_birth(line, TODAY), TODAY) for line in typed}
    assert said == expected


@pytest.mark.parametrize("width", [360, 1280])
def test_why_it_is_not_read_fits_the_page(page, server, width):
    sign_in(page, server, "hy")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/intake/")
    birth = page.locator("[name$=-birth]").first
    birth.fill("?")
    birth.blur()
    expect(page.locator("[data-understood]").first).to_be_empty()
    birth.fill("1989-1990")
    birth.blur()
    expect(page.locator("[data-understood]").first).to_contain_text("04.05.1989")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["hy", "ru"])
def test_an_age_is_counted_as_the_language_does(page, server, language):
    sign_in(page, server, language)
    page.goto("/intake/")
    typed = ["1", "2", "5", "21", "1 month", "2 months", "5 months", "21 months", "3 weeks", "29.02.2023"]
    with translation.override(language):
        words = [in_words(read_birth(age, timezone.localdate()), timezone.localdate()) for age in typed[:-1]]
        words.append(str(WRONG["no_date"]))
    assert page.evaluate(READ_ALL, typed) == words


def test_a_date_that_cannot_be_is_said_while_typing_and_an_unfinished_one_when_left(page, server):
    sign_in(page, server)
    page.goto("/intake/")
    field, beside = page.locator("#id_member-0-birth"), page.locator("[data-understood]").first
    field.press_sequentially("29.02.2023")
    expect(beside).to_have_text("There is no such date.")
    field.fill("")
    field.press_sequentially("12.3.15")
    expect(beside).to_have_text("")
    field.press("Tab")
    expect(beside).to_have_text("12.03.2015 or 12.03.1915? Write the year with four digits.")
    field.fill(f"{timezone.localdate() + timedelta(days=400):%d.%m.%Y}")
    expect(beside).to_have_text("This is in the future.")
