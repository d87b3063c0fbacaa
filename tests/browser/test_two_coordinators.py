"""Two coordinators side by side: each sees what the other does, and no bed is given twice."""

import pytest
from playwright.sync_api import expect

from shelter.models import Stay
from tests.browser.test_board import sign_in
from tests.build import make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.browser


@pytest.fixture
def boards(page, chromium, server, committed_database):
    """Two boards at a site with one room of two, where two couples wait."""
    site = make_site(name_en="Vayk hall")
    room = make_room(site, 2, "7")
    desk = make_user()
    families = [
        register_family(site, desk, person(name), person(f"{name}ik", relationship="spouse")) for name in ("Ani", "Gor")
    ]
    other = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}", locale="en-GB").new_page()
    for one in (page, other):
        sign_in(one, server, make_user(site=site))
        one.goto("/shelter/")
        expect(one.locator(".families li")).to_have_count(2)
    yield page, other, room, families
    other.context.close()


def choose(board, family):
    board.locator(".families li", has_text=str(family)).get_by_role("link").click()
    expect(board.locator(".chosen")).to_contain_text(str(family))


def test_what_one_does_the_other_sees(boards):
    one, other, _room, (first, second) = boards
    choose(one, first)
    one.get_by_role("button", name="Place here").first.click()
    expect(one.locator(".families li")).to_have_count(1)
    expect(other.locator(".families li")).to_have_count(1, timeout=15_000)
    expect(other.locator(".house")).to_contain_text("0 of 2 free")
    expect(other.locator(".families")).to_contain_text(str(second))


def test_who_is_placing_reads_that_it_changed_and_gives_no_bed_twice(boards):
    one, other, room, (first, second) = boards
    choose(one, first)
    choose(other, second)
    one.get_by_role("button", name="Place here").first.click()
    expect(one.locator(".families li")).to_have_count(1)
    expect(other.locator("[data-changed]")).to_be_visible(timeout=15_000)
    expect(other.locator(".chosen")).to_contain_text(str(second))
    other.get_by_role("button", name="Place here").first.click()
    expect(other.locator(".chosen [role=alert]")).to_contain_text("0 free places for 2 people")
    assert Stay.objects.filter(room=room).count() == 2
    assert set(Stay.objects.filter(room=room).values_list("individual", flat=True)) == {
        row.counted_as_id for row in first.memberships.all()
    }
