"""Who sleeps where inside several rooms is changed on a phone, and stays as chosen when it is refused."""

import pytest
from playwright.sync_api import expect

from centre.access import Role
from registrations.models import Individual
from shelter.models import Stay
from tests.browser.test_board import sign_in
from tests.build import child, make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.browser


def test_who_sleeps_where_is_changed_by_hand_on_a_phone(page, server, committed_database):
    site = make_site("goris")
    rooms = [make_room(site, 3, "101"), make_room(site, 2, "102")]
    coordinator = make_user(Role.COORDINATOR, site)
    father = person("Aram", sex="M", relationship="husband")
    family = register_family(site, make_user(), person("Vera"), father, child("Davit"), child("Mane"))
    people = {one.given_name: one.pk for one in Individual.objects.members_of(family)}
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, server, coordinator)
    page.goto(f"/shelter/?family={str(family).replace(' ', '')}")
    page.get_by_text("Who sleeps where").first.click()
    chosen = {"Vera": 1, "Aram": 1, "Davit": 1, "Mane": 0}
    for name, room in chosen.items():
        page.locator(f"[name='seat-{people[name]}']").first.select_option(str(rooms[room].pk))
    page.get_by_role("button", name="Place here").first.click()
    expect(page.locator(".seats .error").first).to_contain_text("to sleep there")
    for name, room in chosen.items():
        expect(page.locator(f"[name='seat-{people[name]}']").first).to_have_value(str(rooms[room].pk))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    better = {"Davit": 0, "Aram": 0, "Vera": 1, "Mane": 1}
    for name, room in better.items():
        page.locator(f"[name='seat-{people[name]}']").first.select_option(str(rooms[room].pk))
    page.get_by_role("button", name="Place here").first.click()
    expect(page.get_by_text("is checked in").first).to_be_visible()
    slept = dict(Stay.objects.filter(individual__in=people.values()).values_list("individual", "room"))
    assert slept == {people[name]: rooms[room].pk for name, room in better.items()}
