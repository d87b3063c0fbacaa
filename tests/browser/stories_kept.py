"""What the buttons do where it is chosen who of a family came, and where a child would be parted from its family."""

from collections.abc import Iterator

from playwright.sync_api import expect

from casework.models import Case
from desk.actions import arrive
from registrations.models import Household, Individual, Movement
from shelter.actions import place_household
from shelter.models import Stay
from tests.browser.buttons import OPENS, Desk, button, code
from tests.browser.stories_desk import FILE, here
from tests.build import child, make_site, person, register_family, said_in

NEIGHBOUR = "with a neighbour"


def mother_and_girl(desk: Desk) -> tuple[Household, Individual]:
    family = register_family(desk.works_at_another(), desk.by, person(), child())
    return family, Individual.objects.get(memberships__household=family, memberships__position=1)


@button("Record arrival", "desk:arrive", on="desk:arrive", does=["arrive"], enter="[name=members]")
def some_of_them_arrive(desk: Desk) -> Iterator[None]:
    family, _girl = mother_and_girl(desk)
    grandmother = Individual.objects.members_of(family).last()
    arrive(family, site=make_site(), members=[grandmother.pk], by=desk.by, happened_anyway=NEIGHBOUR)
    page = desk.open(f"/families/{code(family)}/")
    page.get_by_role("link", name="Record arrival").click()
    expect(page.locator("[name=members]:checked")).to_have_count(0)
    page.locator("[name=members]").first.check()
    yield
    assert here(desk) == 1


@button("A child came without who looks after it", OPENS, on="desk:arrive")
def a_child_came(desk: Desk) -> Iterator[None]:
    family, _girl = mother_and_girl(desk)
    desk.open(f"/families/{code(family)}/arrive/")
    yield
    expect(desk.page.locator("[name=happened_anyway]")).to_be_visible()


@button("Record it", "desk:void", on=FILE, does=["void_together"], enter="[name=happened_anyway]")
def a_mother_never_came(desk: Desk) -> Iterator[None]:
    family = register_family(desk.site, desk.by, person(), child())
    mother, girl = Individual.objects.members_of(family)
    arrive(family, site=make_site(), members=[mother.pk], by=desk.by, happened_anyway=NEIGHBOUR)
    arrive(family, site=desk.site, members=[mother.pk], by=desk.by)
    page = desk.open(f"/families/{code(family)}/", everywhere=True)
    page.get_by_role("button", name="Undo this entry").first.click()
    page.locator("[name=happened_anyway]").fill(NEIGHBOUR)
    yield
    assert said_in(Case.objects.get(individual=girl)) == NEIGHBOUR
    assert Movement.objects.filter(kind="voided", individual=mother).exists()


@button("Record it", "shelter:move", on="shelter:board", does=["move"], enter="[name=happened_anyway]")
def a_child_sleeps_among_others(desk: Desk) -> Iterator[None]:
    family = register_family(desk.site, desk.by, person(), child())
    girl = Individual.objects.members_of(family).last()
    place_household(family, rooms=[desk.room(2)], by=desk.by)
    hall = desk.room(3)
    place_household(register_family(desk.site, desk.by), rooms=[hall], by=desk.by)
    page = desk.open(f"/shelter/?family={code(family)}")
    page.locator("[name=stays]").first.uncheck()
    page.get_by_role("button", name="Move here").first.click()
    page.locator("[name=happened_anyway]").first.fill(NEIGHBOUR)
    yield
    assert Stay.objects.stays().filter(individual=girl, room=hall).exists()
    assert said_in(Case.objects.get(individual=girl)) == NEIGHBOUR
