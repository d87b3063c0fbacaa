"""What the buttons do by which people and families are said anew."""

from collections.abc import Iterator

from playwright.sync_api import expect

from centre.access import Role
from desk.belonging import make_head
from desk.correcting import Said, correct
from registrations.corrections import Conflict
from registrations.models import Household, Individual
from tests.browser.buttons import OPENS, Desk, button, code
from tests.browser.stories_desk import FILE, here, type_a_family
from tests.build import person, register_family


@button("From paper", OPENS)
def from_paper(desk: Desk) -> Iterator[None]:
    desk.open("/intake/")
    yield
    expect(desk.page.locator("[name=paper_day]").first).to_be_visible()


def couple(desk: Desk) -> Household:
    husband = person("Petros", sex="M", relationship="spouse")
    return register_family(desk.site, desk.by, person("Anna"), husband)


def husband_of(family: Household) -> Individual:
    return Individual.objects.get(memberships__household=family, given_name="Petros")


def heads(family: Household) -> list[str]:
    return list(family.memberships.today().filter(relationship="head").values_list("individual__given_name", flat=True))


@button("Save", "desk:correct_person", on="desk:correct_person", does=["correct"], enter="[name=given_name]")
def correct_a_person(desk: Desk) -> Iterator[None]:
    husband = husband_of(family := couple(desk))
    page = desk.open(f"/families/{code(family)}/correct/{husband.pk}/")
    page.locator("[name=given_name]").fill("Bedros")
    page.get_by_label("Number of the document").fill("AM0123456")
    page.get_by_label("Document", exact=True).fill("passport")
    yield
    said = Individual.objects.get(pk=husband.pk)
    assert (said.given_name, said.documents) == ("Bedros", [{"kind": "passport", "number": "AM0123456"}])
    expect(desk.page.get_by_text("Petros → Bedros")).to_be_visible()


@button("Save", "desk:correct_family", on="desk:correct_family", does=["correct"])
def correct_a_family(desk: Desk) -> Iterator[None]:
    family = couple(desk)
    desk.open(f"/families/{code(family)}/correct/").locator("[name=vehicle]").fill("bus")
    yield
    assert Household.objects.get(pk=family.pk).vehicle == "bus"


@button("Save", "desk:join", on="desk:join", does=["join"])
def somebody_joins(desk: Desk) -> Iterator[None]:
    family = couple(desk)
    page = desk.open(f"/families/{code(family)}/join/")
    for name, typed in (("family_name", desk.user.username), ("given_name", "Hayk"), ("birth", "70")):
        page.locator(f"[name={name}]").fill(typed)
    page.locator("[name=relationship]").select_option("parent")
    yield
    assert (family.memberships.today().count(), here(desk)) == (3, 3)


@button("Save", "desk:head", on="desk:head", does=["make_head"])
def another_head(desk: Desk) -> Iterator[None]:
    family = couple(desk)
    desk.open(f"/families/{code(family)}/head/").locator("[name=head]").check()
    yield
    assert heads(family) == ["Petros"]


@button("Save", "desk:part", on="desk:part", does=["split"])
def some_leave(desk: Desk) -> Iterator[None]:
    husband = husband_of(family := couple(desk))
    page = desk.open(f"/families/{code(family)}/part/")
    page.locator(f"[name=is-{husband.pk}]").select_option("head")
    yield
    assert family.memberships.today().count() == 1
    assert heads(Household.objects.exclude(pk=family.pk).get(memberships__individual=husband)) == ["Petros"]


@button("Take out", "desk:never_was", on="desk:never_was", does=["never_was"])
def somebody_never_was(desk: Desk) -> Iterator[None]:
    husband = husband_of(family := couple(desk))
    page = desk.open(f"/families/{code(family)}/never-was/")
    page.locator(f"[name=members][value='{husband.pk}']").check()
    page.locator("[name=reason]").fill("typed twice")
    yield
    assert (family.memberships.today().count(), here(desk)) == (1, 1)


@button("Undo this entry", "desk:undo", on=FILE, does=["undo"])
def undo_what_was_changed(desk: Desk) -> Iterator[None]:
    family = couple(desk)
    make_head(family, head=husband_of(family).pk, by=desk.by)
    desk.open(f"/families/{code(family)}/")
    yield
    assert heads(family) == ["Anna"]


@button("Undo", "desk:undo", on="desk:done", does=["undo"])
def undo_an_intake(desk: Desk) -> Iterator[None]:
    type_a_family(desk)
    desk.page.keyboard.press("Control+Enter")
    expect(desk.page.locator("[data-saved]")).to_be_visible()
    yield
    assert here(desk) == 0


def disputed(desk: Desk) -> Household:
    family = couple(desk)
    correct(family, said=[Said("vehicle", "bus")], by=desk.by)
    correct(family, said=[Said("vehicle", "car", was="")], by=desk.by)
    desk.open(f"/families/{code(family)}/", Role.COORDINATOR)
    return family


@button("Keep bus", "desk:settle", on=FILE, does=["settle"])
def keep_what_stands(desk: Desk) -> Iterator[None]:
    family = disputed(desk)
    yield
    assert Household.objects.get(pk=family.pk).vehicle == "bus"
    assert not Conflict.objects.filter(household=family, settled_in=None).exists()


@button("Take car", "desk:settle", on=FILE, does=["settle"])
def take_what_was_meant(desk: Desk) -> Iterator[None]:
    family = disputed(desk)
    yield
    assert Household.objects.get(pk=family.pk).vehicle == "car"


@button("Save", "desk:needs", on="desk:needs", does=["change_needs"])
def a_need_begins(desk: Desk) -> Iterator[None]:
    husband = husband_of(family := couple(desk))
    desk.open(f"/families/{code(family)}/needs/{husband.pk}/").locator("[name=add]").first.check()
    yield
    assert husband.specific_needs.filter(ended_at=None).count() == 1
