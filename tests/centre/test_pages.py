"""The frame of every page, the language, the site of the shift, and who is turned away."""

import html
import html.parser
import re
import uuid
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from centre.access import GIVEN_TO, Role
from centre.middleware import page_before
from centre.models import Assignment, User
from centre.navigation import navigation_of
from centre.shift import LISTED, first_of
from registrations.numbers import check_letter
from tests.build import LONG_AGO, make_site, make_user

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"accounts/login/", "accounts/logout/", "accounts/inactive/", "settings/language/"}
OF_HALF_A_SIGN_IN = "accounts/login/code/"  # after the password; without one it begins again
OPEN_TO_ALL |= {"healthz", "readyz", "metrics"}  # of machines; figures only with their token
OPEN_TO_ALL |= {"d/"}  # of the driver, who has no account: the link itself is the key

SAMPLES = {"uuid": str(uuid.UUID(int=1)), "int": "1", "slug": "a", "str": "a", "path": "a"}


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address of the house; each variable part is one that its converter takes."""
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        else:
            yield here


def concrete(route: str) -> str:
    """The route with a value in each variable part; house converters take a family number or a day."""
    own = {"number": f"1000{check_letter(1000)}", "day": "2023-09-28"}

    def value(found: re.Match[str]) -> str:
        kind = found[1].rpartition(":")[0]
        return (SAMPLES | own)[kind or "str"]

    return "/" + re.sub(r"<([^>]+)>", value, route)


def is_plain(route: str) -> bool:
    """Whether the address is a page's; the API answers for itself and has tests of its own."""
    return not route.startswith("api/") and "(?P" not in route


def test_anonymous_visitor_is_sent_to_sign_in(client):
    routes = {route for route in addresses(get_resolver().url_patterns) if is_plain(route)}

    assert routes >= OPEN_TO_ALL
    for route in routes - OPEN_TO_ALL:
        answer = client.get(concrete(route))
        assert answer.status_code == 302, route
        back = "" if route == OF_HALF_A_SIGN_IN else "?next="
        assert answer["Location"].startswith(f"/accounts/login/{back}"), route


def test_sign_in_is_reachable_and_signs_in(client):
    user = make_user(language="hy")

    assert client.get("/accounts/login/").status_code == 200
    answer = client.post("/accounts/login/", {"login": user.username, "password": "reception-desk-1"})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/settings/")["Content-Language"] == "hy"


def test_sign_in_says_nothing_that_would_end_a_draft(client):
    user = make_user()

    client.post("/accounts/login/", {"login": user.username, "password": "reception-desk-1"})

    assert "data-saved" not in client.get("/settings/").content.decode()


@pytest.mark.parametrize("address", ["signup/", "email/", "password/reset/", "password/set/"])
def test_nobody_signs_up_or_resets_a_password(client, address):
    client.force_login(make_user())

    assert client.get(f"/accounts/{address}").status_code == 404


def test_a_fragment_asked_for_after_the_session_ended_sends_the_page_to_sign_in(client):
    answer = client.get(
        "/settings/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/families/?search=a"}
    )

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Ffamilies%2F%3Fsearch%3Da"


def test_language_is_kept_for_the_user(client):
    user = make_user()
    client.force_login(user)

    answer = client.post("/settings/language/", {"language": "hy", "next": "/settings/access/"})

    assert (answer.status_code, answer["Location"]) == (303, "/settings/access/")
    assert User.objects.get(pk=user.pk).language == "hy"
    assert '<html lang="hy"' in client.get("/settings/").content.decode()


def test_language_before_sign_in_is_kept_in_the_browser(client):
    client.post("/settings/language/", {"language": "ru", "next": "/accounts/login/"})

    assert client.get("/accounts/login/")["Content-Language"] == "ru"


def test_unknown_language_changes_nothing(client):
    user = make_user()
    client.force_login(user)

    client.post("/settings/language/", {"language": "xx"})

    assert User.objects.get(pk=user.pk).language == "en"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_a_choice_never_leads_away_from_the_house(client, elsewhere):
    answer = client.post("/settings/language/", {"language": "en", "next": elsewhere})

    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    "page", ["https://example.org/", "http://testserver//example.org/", "http://testserver/\\e.org"]
)
def test_no_way_back_leads_away_from_the_house(rf, page):
    """A page of ours whose path begins as another's address does is one that anybody can send a link to."""
    assert page_before(rf.post("/", headers={"Referer": page})) == "/"
    assert page_before(rf.post("/", headers={"HX-Current-URL": page})) == "/"


def shown_site(client) -> object:
    return client.get("/settings/").context["shift_site"]


def test_the_only_site_is_the_site_of_the_shift(client):
    site = make_site()
    client.force_login(make_user(Role.VOLUNTEER, site))

    assert shown_site(client) == site


def test_of_several_sites_none_is_taken_until_one_is_chosen(client):
    here, there = make_site(), make_site()
    user = make_user(Role.VOLUNTEER, here)
    Assignment.objects.create(user=user, site=there, role=Role.COORDINATOR, starts_at=LONG_AGO)
    client.force_login(user)

    assert shown_site(client) is None
    answer = client.post("/settings/shift/", {"site": there.pk, "next": "/settings/"})

    assert (answer.status_code, answer["Location"]) == (303, "/settings/")
    assert shown_site(client) == there


def test_a_site_one_is_not_assigned_to_cannot_be_chosen(client):
    here, there, elsewhere = make_site(), make_site(), make_site()
    user = make_user(Role.VOLUNTEER, here)
    Assignment.objects.create(user=user, site=there, role=Role.COORDINATOR, starts_at=LONG_AGO)
    client.force_login(user)

    assert client.post("/settings/shift/", {"site": elsewhere.pk}).status_code == 422
    assert shown_site(client) is None


def test_a_chosen_site_is_given_up_when_the_assignment_has_ended(client):
    here, there = make_site(), make_site()
    user = make_user(Role.VOLUNTEER, here)
    ending = Assignment.objects.create(user=user, site=there, role=Role.COORDINATOR, starts_at=LONG_AGO)
    client.force_login(user)
    client.post("/settings/shift/", {"site": there.pk})

    Assignment.objects.filter(pk=ending.pk).update(ends_at=LONG_AGO.replace(year=2021))

    assert shown_site(client) == here


def test_an_assignment_to_all_sites_reaches_the_open_ones_that_are_not_confidential(client):
    open_site, hidden = make_site(), make_site(confidential=True)
    make_site(closed_at=LONG_AGO.replace(year=2021))

    client.force_login(make_user(Role.COORDINATOR))
    assert client.get("/settings/shift/").context["sites"] == [open_site]
    client.force_login(make_user(Role.PROTECTION))
    assert client.get("/settings/shift/").context["sites"] == [open_site, hidden]


def test_who_only_reads_figures_has_no_site_of_a_shift(client):
    make_site()
    client.force_login(make_user(Role.OFFICIAL))

    assert client.get("/settings/shift/").context["sites"] == []


def test_navigation_shows_a_volunteer_only_what_they_have_a_use_for(client):
    client.force_login(make_user(Role.VOLUNTEER, make_site()))

    navigation = client.get("/settings/").context["navigation"]

    assert [entry.address for entry in navigation.entries] == ["/", "/intake/", "/families/", "/buses/"]


def test_navigation_on_a_phone_has_at_most_five_entries():
    navigation = navigation_of(
        {"register", "see_families", "place", "hand_out", "plan_aid", "see_census"}, "/aid/scan/"
    )

    assert len(navigation.first) + bool(navigation.rest) == 5
    assert [*navigation.first, *navigation.rest] == navigation.entries
    assert navigation.here == "/aid/scan/"


def test_the_table_of_roles_says_who_may_do_what(client):
    client.force_login(make_user(Role.OFFICIAL))

    answer = client.get("/settings/access/")

    assert [str(why) for why in GIVEN_TO.values() if html.escape(str(why)) not in answer.text] == []
    rows = answer.context["rows"]
    assert {str(p): row for p, row in rows}["hand_out"] == [False, True, False, True, False, False, False, False, False]


class InlineCode(html.parser.HTMLParser):
    """Collects what the content security policy would block: handlers, styles and scripts written into a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attributes}
        self.found += [f"{tag} {name}" for name in names if name.startswith(("on", "hx-on")) or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)


def inline_code(page: str) -> list[str]:
    reader = InlineCode()
    reader.feed(page)
    return reader.found


def test_inline_code_is_found():
    assert inline_code('<p onclick="a()" style="b"><style></style><script></script><script src="c"></script>')


@pytest.mark.parametrize("address", ["/accounts/login/", "/nowhere/"])
def test_pages_before_sign_in_hold_no_inline_code(client, address):
    assert inline_code(client.get(address).content.decode()) == []


@pytest.mark.parametrize(
    "address",
    [
        "/settings/",
        "/settings/access/",
        "/settings/shift/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/nowhere/",
    ],
)
def test_pages_hold_no_inline_code(client, address):
    client.force_login(make_user())
    answer = client.get(address)

    assert inline_code(answer.content.decode()) == []
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_choosing_a_site_goes_back_to_the_page_that_asked(client):
    site = make_site()
    make_site()
    client.force_login(make_user(Role.COORDINATOR))
    page = client.get("/settings/shift/?next=/intake/").content.decode()
    assert 'name="next" value="/intake/"' in page
    assert client.post("/settings/shift/", {"site": site.pk, "next": "/intake/"}).headers["Location"] == "/intake/"


def test_site_menu_lists_the_first_sites_and_says_that_there_are_more():
    groups = [("own", [1, 2]), ("here", [3, 4, 5]), ("others", [6])]
    assert first_of(groups, 4) == ([("own", [1, 2]), ("here", [3, 4])], True)
    assert first_of(groups, 6) == (groups, False)


def test_a_page_lists_no_more_sites_than_the_first_and_links_to_all(client):
    for number in range(LISTED + 1):
        make_site(f"house-{number}")
    client.force_login(make_user(Role.COORDINATOR))
    page, every = (client.get(path).content.decode() for path in ("/help/coordinator/", "/settings/shift/"))
    assert (page.count('name="site"'), every.count('name="site"')) == (LISTED, LISTED + LISTED + 1)  # with its menu
    assert f"All sites: {LISTED + 1}" in page


def test_site_menu_shows_own_and_lately_used_first_then_the_province_then_others(client):
    kapan, goris = make_site("kapan", marz="AM-SU"), make_site("goris", marz="AM-SU")
    gyumri, yerevan = make_site("gyumri", marz="AM-SH"), make_site("yerevan", marz="AM-ER")
    user = make_user(Role.COORDINATOR)
    user.assignments.create(role=Role.COORDINATOR, site=yerevan, starts_at=yerevan.opened_at)
    client.force_login(user)
    for site in (gyumri, goris):
        client.post("/settings/shift/", {"site": site.pk})
    groups = client.get("/settings/shift/").context["shift_groups"]
    assert [members for _words, members in groups] == [[goris, gyumri, yerevan], [kapan]]
