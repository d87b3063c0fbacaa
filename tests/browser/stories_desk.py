"""What the buttons of the desk do."""

import uuid
from collections.abc import Iterator
from datetime import date

from playwright.sync_api import expect

from cards.actions import print_card, print_cards
from cards.models import Card
from centre.access import Role
from centre.models import LogLine
from desk.actions import arrive, complete, depart, pre_register
from desk.coming import note_seen
from desk.gate import count_gate
from desk.merging import merge_pairs
from desk.models import EmergencyOpening
from desk.voiding import void_movements
from registrations.card_texts import secrets_of
from registrations.facts import Birth, Group, HouseholdFacts
from registrations.models import GateCount, Household, Individual, Merge, Movement, Presence
from shelter.actions import place_household
from shelter.models import Bedding
from tests.browser.buttons import OPENS, SCRIPT, Desk, button, code, name_of, sleeping
from tests.build import make_site, make_user, person, register_family

FILE, INTAKE, GATE = "desk:family", "desk:intake", "desk:gate"
CARD = (FILE, "cards:family_card")
TOLD = ("desk:told", "desk:told_of_person")
PRINTED = ("desk:blank_sheet", "cards:sheet", *TOLD)


def here(desk: Desk) -> int:
    """How many people are at the site now."""
    return Presence.objects.filter(site=desk.site, during__upper_inf=True).count()


def newest(desk: Desk) -> Household:
    return Household.objects.filter(site=desk.site).latest("number")


# The intake


def type_a_family(desk: Desk, sex: str = "F") -> None:
    """One person, who is the head, on the intake."""
    page = desk.open("/intake/", Role.VOLUNTEER)
    for name, typed in (("family_name", desk.user.username), ("given_name", "Anna"), ("birth", "34")):
        page.locator(f"#id_member-0-{name}").fill(typed)
    page.locator("#id_member-0-relationship").select_option("head")
    page.locator("#id_member-0-sex").select_option(sex)


@button("Register family", INTAKE, on=INTAKE, does=["register"])
def register_family_by_its_button(desk: Desk) -> Iterator[None]:
    type_a_family(desk)
    yield
    assert (newest(desk).registered_at is not None, here(desk)) == (True, 1)


@button("So it is: register family", INTAKE, on=INTAKE, does=["register"])
def register_after_a_question(desk: Desk) -> Iterator[None]:
    type_a_family(desk, sex="")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.page.locator("[data-questions]")).to_be_visible()
    assert here(desk) == 0
    yield
    assert here(desk) == 1


@button("Look up", INTAKE, on=INTAKE, enter="[data-card]", scripted=True)
def look_up_a_card(desk: Desk) -> Iterator[None]:
    family = desk.family()
    desk.open("/intake/").locator("[data-card]").fill(str(family))
    yield
    expect(desk.page.get_by_text("2 people, registered already.")).to_be_visible()


@button("Add rows", INTAKE, on=INTAKE, stays=True)
def add_rows(desk: Desk) -> Iterator[None]:
    drawn = desk.open("/intake/").locator("[data-member]").count()
    yield
    assert desk.page.locator("[data-member]").count() > drawn


def unseen(desk: Desk) -> Household:
    """A family of another site, whose number was typed at the intake."""
    family = register_family(make_site(), desk.by)
    page = desk.open("/intake/", Role.VOLUNTEER)
    page.locator("[data-card]").fill(str(family))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Registered at another site.")).to_be_visible()
    return family


@button("In an emergency", OPENS, on=INTAKE)
def in_an_emergency(desk: Desk) -> Iterator[None]:
    unseen(desk)
    yield


@button("Open the family for one hour", "desk:open_file", on=INTAKE, does=["open_in_emergency"])
def open_a_family_in_an_emergency(desk: Desk) -> Iterator[None]:
    family = unseen(desk)
    desk.page.get_by_text("In an emergency").click()
    desk.page.locator("[name=emergency]").fill("a child has a seizure")
    yield
    expect(desk.page.locator("h1")).to_contain_text(str(family))
    assert EmergencyOpening.objects.get(household=family).reason == "a child has a seizure"


@button("Record arrival", "desk:arrive_by_card", on=INTAKE, does=["arrive"])
def record_arrival_by_card(desk: Desk) -> Iterator[None]:
    family = register_family(make_site(), desk.by)
    printed = print_card(family, site=family.site, language="hy", by=desk.by)
    card = secrets_of(uuid.UUID(printed.act), family.number, "GORI")
    page = desk.open("/intake/")
    page.locator("[data-card]").fill(f"{family} {card.code}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("One person, registered already.")).to_be_visible()
    yield
    assert here(desk) == 1


@button("Note that they were seen here", "desk:seen_here", on=INTAKE, does=["note_seen"])
def note_a_sighting(desk: Desk) -> Iterator[None]:
    family = register_family(make_site(), desk.by)
    page = desk.open("/intake/", Role.VOLUNTEER)
    page.locator("[data-card]").fill(str(family))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Registered at another site.")).to_be_visible()
    yield
    assert (family.sightings.count(), here(desk)) == (1, 0)


@button("Record arrival", "desk:arrive_by_card", on=INTAKE, does=["arrive"])
def record_arrival_by_name_and_year(desk: Desk) -> Iterator[None]:
    family = register_family(make_site(), desk.by)
    page = desk.open("/intake/", Role.VOLUNTEER)
    page.locator("[data-card]").fill(str(family))
    page.keyboard.press("Enter")
    page.locator("[name=member_name]").fill("Աննա")
    page.locator("[name=member_birth]").fill("1989")
    yield
    assert here(desk) == 1


@button("Confirm arrival", "desk:confirm_arrival", on=FILE, does=["confirm_seen"])
def confirm_a_sighting(desk: Desk) -> Iterator[None]:
    family = desk.family()
    seen_at = make_site()
    note_seen(family, site=seen_at, by=desk.by)
    desk.open(f"/families/{code(family)}/")
    yield
    assert set(Presence.objects.filter(during__upper_inf=True, site=seen_at).values_list("site", flat=True)) == {
        seen_at.pk
    }


@button("Confirm arrival", "desk:confirm_arrival", on="desk:seen", does=["confirm_seen"])
def confirm_a_sighting_of_the_list(desk: Desk) -> Iterator[None]:
    family, seen_at = desk.family(), make_site()
    note_seen(family, site=seen_at, by=desk.by)
    desk.open("/families/seen/")
    yield
    assert set(Presence.objects.filter(during__upper_inf=True, site=seen_at).values_list("site", flat=True)) == {
        seen_at.pk
    }


@button("They want shelter", "desk:shelter_wanted", on=FILE, does=["correct"])
def shelter_for_who_came_back(desk: Desk) -> Iterator[None]:
    family = desk.family(going="own_address")
    arrive(family, site=desk.site, by=desk.by)
    desk.open(f"/families/{code(family)}/")
    yield
    family.refresh_from_db()
    assert family.going == "shelter"


def dismiss_a_sighting(desk: Desk, address: str) -> Iterator[None]:
    family = desk.family()
    note_seen(family, site=make_site(), by=desk.by)
    desk.open(address.format(code(family)))
    yield
    assert (family.sightings.open().count(), here(desk)) == (0, 2)


@button("It was not them", "desk:not_them", on=FILE, does=["dismiss_seen"])
def it_was_not_them(desk: Desk) -> Iterator[None]:
    yield from dismiss_a_sighting(desk, "/families/{}/")


@button("It was not them", "desk:not_them", on="desk:seen", does=["dismiss_seen"])
def it_was_not_them_of_the_list(desk: Desk) -> Iterator[None]:
    yield from dismiss_a_sighting(desk, "/families/seen/")


@button("Same family: record arrival", "desk:same_family", on=INTAKE, does=["arrive"])
def the_same_family(desk: Desk) -> Iterator[None]:
    number = int(desk.site.code.split("-")[1])
    born = date(1950 + number % 50, 1 + number % 12, 1 + number % 28)
    register_family(make_site(), desk.by, person("Աննա", fathers_name="Արամ", birth=Birth(born, "day")))
    page = desk.open("/intake/", Role.VOLUNTEER)
    typed = {"family_name": "Hakobyan", "given_name": "Աննա", "fathers_name": "Արամ", "birth": f"{born:%d.%m.%Y}"}
    for field, value in typed.items():
        page.locator(f"#id_member-0-{field}").fill(value)
    page.locator("#id_member-0-sex").select_option("F")
    expect(page.get_by_text("Same family: record arrival")).to_be_visible()
    yield
    assert here(desk) == 1


@button("Vehicle, language, earlier registered address", OPENS, on=INTAKE)
def more_to_ask(desk: Desk) -> Iterator[None]:
    desk.open("/intake/")
    yield


@button(r"Needs( \d+)?", OPENS, on=INTAKE, key="Space")  # Enter goes on to the next field
def needs(desk: Desk) -> Iterator[None]:
    desk.open("/intake/")
    yield


@button("Start again", SCRIPT)
def start_again(desk: Desk) -> Iterator[None]:
    field = "#id_second_phone"
    desk.open("/intake/").locator(field).fill("7")
    desk.page.wait_for_timeout(1500)
    desk.page.reload()
    desk.settle()
    expect(desk.page.locator(field)).to_have_value("7")
    yield
    expect(desk.page.locator(field)).not_to_have_value("7")


# The gate


@button("Pre-register family", GATE, on=GATE, does=["pre_register"], enter="[data-stepper]")
def pre_register_a_family(desk: Desk) -> Iterator[None]:
    desk.open("/intake/gate/").locator("[data-stepper]").nth(6).fill("3")
    yield
    assert (newest(desk).registered_at, here(desk)) == (None, 3)


@button("−", SCRIPT, on=GATE, stays=True, thumb=True)
def one_fewer(desk: Desk) -> Iterator[None]:
    desk.open("/intake/gate/").locator("[data-stepper]").first.fill("3")
    yield
    expect(desk.page.locator("[data-total]")).to_have_text("2")


@button(r"\+", SCRIPT, on=GATE, stays=True, thumb=True)
def one_more(desk: Desk) -> Iterator[None]:
    desk.open("/intake/gate/")
    yield
    expect(desk.page.locator("[data-total]")).to_have_text("1")


@button("Add count", "desk:count", on="desk:count", does=["count_gate"], enter="[name=people]")
def add_a_count(desk: Desk) -> Iterator[None]:
    desk.open("/intake/count/").locator("[name=people]").fill("40")
    yield
    assert list(GateCount.objects.filter(site=desk.site).values_list("people", flat=True)) == [40]
    expect(desk.page.get_by_text("Counted.")).to_be_visible()
    expect(desk.page.locator("[name=people]")).to_have_value("")  # what was saved is no draft
    expect(desk.page.get_by_text("This is your draft")).to_have_count(0)


@button("Take this count back", "desk:void_count", on="desk:count", does=["void_gate_count"])
def take_back_a_count(desk: Desk) -> Iterator[None]:
    count_gate(desk.site, people=4000, by=desk.by)
    page = desk.open("/intake/count/")
    page.locator("td [name=reason]").fill("another gate")
    yield
    assert not GateCount.objects.standing().filter(site=desk.site).exists()


# Families


@button("Search", "desk:families", on="desk:families", enter="main [name=search]")
def search_families(desk: Desk) -> Iterator[None]:
    family = desk.family()
    desk.family()
    desk.open("/families/").locator("main [name=search]").fill(str(family))
    yield
    expect(desk.page.locator("tbody .card-no")).to_have_text([str(family)])


@button("Download the list", "desk:families_list", on="desk:families_list", enter="[name=why]", stays=True)
def download_the_list(desk: Desk) -> Iterator[None]:
    desk.open("/families/list/").locator("[name=why]").fill("beds of tonight")
    yield
    expect(desk.page.get_by_text("Downloaded.")).to_be_visible()
    assert LogLine.objects.filter(by=desk.user, verb="exported").count() == 1


@button("Record arrival", "desk:arrive", on=FILE, does=["arrive"])
def record_arrival(desk: Desk) -> Iterator[None]:
    family = register_family(desk.works_at_another(), desk.by)
    desk.open(f"/families/{code(family)}/")
    yield
    assert here(desk) == 1


@button("Record arrival: .+", "desk:arrive", on=FILE, does=["arrive"])
def record_arrival_of_the_others(desk: Desk) -> Iterator[None]:
    family = desk.family(3)
    depart(family, site=desk.site, destination="unknown", by=desk.by)
    [first, *_others] = Individual.objects.members_of(family)
    arrive(family, site=desk.site, members=[first.pk], by=desk.by)
    desk.open(f"/families/{code(family)}/")
    yield
    assert here(desk) == 3


@button("More about this family", OPENS, on=FILE)
def more_about_a_family(desk: Desk) -> Iterator[None]:
    page = desk.open(f"/families/{code(desk.family())}/")
    expect(page.get_by_role("link", name="Record a birth")).to_be_hidden()
    yield
    expect(page.get_by_role("link", name="Record a birth")).to_be_visible()


@button("Undo this entry", "desk:void", on=FILE, does=["void_together"])
def undo_this_entry(desk: Desk) -> Iterator[None]:
    family = desk.family()
    desk.open(f"/families/{code(family)}/")
    yield
    arrived = Movement.objects.filter(kind="arrived", individual__memberships__household=family)
    assert (here(desk), arrived.filter(voided_by__isnull=False).count()) == (0, 2)


@button("Undo this entry", "desk:void", on=FILE, does=["void_together"])
def undo_what_was_undone(desk: Desk) -> Iterator[None]:
    family = desk.family()
    arrived = Movement.objects.filter(kind="arrived", individual__memberships__household=family)
    void_movements(list(arrived), by=desk.by)
    desk.open(f"/families/{code(family)}/", everywhere=True)
    yield
    assert (here(desk), arrived.filter(voided_by__voided_by__isnull=False).count()) == (2, 2)


@button("Record departure", "desk:depart", on="desk:depart", does=["depart"], enter="[name=destination]")
def record_departure(desk: Desk) -> Iterator[None]:
    family = desk.family()
    page = desk.open(f"/families/{code(family)}/depart/")
    page.locator("[name=destination][value=abroad]").check()
    yield
    assert here(desk) == 0


@button("A child has already left with someone else", OPENS, on="desk:depart")
def a_child_has_left(desk: Desk) -> Iterator[None]:
    desk.open(f"/families/{code(desk.family())}/depart/")
    yield


@button("Record death", "desk:died", on="desk:died", does=["died"], enter="[name=individual]")
def record_a_death(desk: Desk) -> Iterator[None]:
    family = desk.family()
    desk.open(f"/families/{code(family)}/died/").locator("[name=individual]").first.check()
    yield
    assert (here(desk), Movement.objects.filter(site=desk.site, kind="died").count()) == (1, 1)


@button("Record birth", "desk:born", on="desk:born", does=["born"], enter="[name=given_name]")
def record_a_birth(desk: Desk) -> Iterator[None]:
    family = desk.family()
    page = desk.open(f"/families/{code(family)}/born/")
    page.locator("[name=given_name]").fill("Lilit")
    page.locator("[name=sex]").select_option("F")
    page.locator("[name=birth]").fill("0")
    yield
    assert (here(desk), Movement.objects.filter(site=desk.site, kind="born").count()) == (3, 1)


@button("Remove from the family", "desk:counted_by_mistake", on=(FILE, "desk:done"), does=["never_was"])
def remove_who_was_counted_by_mistake(desk: Desk) -> Iterator[None]:
    stays = HouseholdFacts(going="stays")
    answer = pre_register(desk.site, groups=[Group(2)], facts=stays, by=desk.by)
    family = Household.objects.get(pk=answer.household)
    complete(family, site=desk.site, members=[person()], facts=stays, by=desk.by)
    desk.open({FILE: f"/families/{code(family)}/"}.get(desk.on, f"/intake/done/{code(family)}/"))
    yield
    assert (here(desk), family.memberships.nameless().count()) == (1, 0)


# Cards


def live(desk: Desk) -> int:
    return Card.objects.live().filter(site=desk.site).count()


def carded(desk: Desk) -> Household:
    """A family with a card, whose part of the file is open."""
    family = desk.family()
    print_card(family, site=desk.site, language="hy", by=desk.by)
    open_card(desk, family)
    return family


def open_card(desk: Desk, family: Household) -> None:
    number = code(family)
    desk.open({FILE: f"/families/{number}/"}.get(desk.on, f"/cards/family/{number}/"))


@button("Print their card", "cards:family_card", on=CARD, does=["print_card"])
def print_their_card(desk: Desk) -> Iterator[None]:
    open_card(desk, desk.family())
    yield
    assert live(desk) == 1


@button("Print a new card", "cards:family_card", on=CARD, does=["print_card"])
def print_a_new_card(desk: Desk) -> Iterator[None]:
    carded(desk)
    yield
    assert (live(desk), Card.objects.filter(site=desk.site).count()) == (1, 2)


@button("Only revoke it", "cards:revoke_card", on=CARD, does=["revoke_card"])
def only_revoke_it(desk: Desk) -> Iterator[None]:
    carded(desk)
    yield
    assert (live(desk), Card.objects.filter(site=desk.site).count()) == (0, 1)


@button(r"Lost, stolen, damaged\?", OPENS, on=CARD)
def lost_stolen_damaged(desk: Desk) -> Iterator[None]:
    carded(desk)
    yield


@button("Print cards", "cards:cards", on="cards:cards", does=["print_cards"])
def print_a_block(desk: Desk) -> Iterator[None]:
    desk.open("/cards/").locator("[name=count]").select_option("10")
    yield
    assert live(desk) == 10


@button("Revoke those left", OPENS, on="cards:cards")
def which_to_revoke(desk: Desk) -> Iterator[None]:
    print_cards(desk.site, count=10, language="hy", by=desk.by)
    desk.open("/cards/")
    yield


@button("Revoke", "cards:revoke_cards", on="cards:cards", does=["revoke_block"])
def revoke_a_block(desk: Desk) -> Iterator[None]:
    print_cards(desk.site, count=10, language="hy", by=desk.by)
    desk.open("/cards/")
    yield
    assert live(desk) == 0


@button("Print", SCRIPT, on=PRINTED, stays=True)
def print_a_sheet(desk: Desk) -> Iterator[None]:
    address = "/intake/sheet/"
    desk.user = make_user(Role.COORDINATOR, desk.site)
    if desk.on == "cards:sheet":
        address = f"/cards/sheets/{print_cards(desk.site, count=10, language='hy', by=desk.user).act}/"
    elif desk.on in TOLD:
        address = told_of(desk, person=desk.on == TOLD[1])
    desk.open(address)
    yield
    assert desk.page.evaluate("window.printed") == 1


@button("For one person", OPENS, on=TOLD[0])
def told_of_one_person(desk: Desk) -> Iterator[None]:
    desk.open(told_of(desk, person=False))
    yield


WRONG = "desk:beds_wrong"


def line_of_beds(desk: Desk) -> Household:
    """A family of two that sleeps in a room, and the page on which that is taken back."""
    family = desk.family()
    place_household(family, rooms=[desk.room()], by=desk.by)
    entry = Bedding.objects.filter(counted_as__memberships__household=family).latest("recorded_at")
    desk.open(f"/families/{code(family)}/told/beds/{entry.pk}/")
    return family


@button("Take it back", WRONG, on=WRONG, does=["void_bedding"], enter="[name=reason]")
def they_never_slept_there(desk: Desk) -> Iterator[None]:
    family = line_of_beds(desk)
    desk.page.locator("[name=reason]").fill("they slept in the car")
    yield
    assert (name_of(desk.page.url), sleeping(family)) == ("desk:told", {})


@button("Count it again", WRONG, on=WRONG, does=["void_bedding"], enter="[name=reason]")
def they_slept_there_after_all(desk: Desk) -> Iterator[None]:
    family = line_of_beds(desk)
    desk.page.locator("[name=reason]").fill("the wrong family")
    desk.page.get_by_role("button", name="Take it back").click()
    desk.page.get_by_role("link", name="It was right after all").click()
    desk.page.locator("[name=reason]").fill("the owner remembers them")
    yield
    assert sum(sleeping(family).values()) == 2


def told_of(desk: Desk, person: bool) -> str:
    """The page of what was told of a new family, or of its head."""
    family = desk.family()
    return f"/families/{code(family)}/told/" + (f"{family.memberships.first().individual_id}/" if person else "")


# Duplicates


@button("Compare", "desk:duplicates", on="desk:duplicates", enter="[name=other]")
def compare_two_families(desk: Desk) -> Iterator[None]:
    one, other = desk.family(), desk.family()
    page = desk.open("/duplicates/", everywhere=True)
    page.locator("[name=one]").fill(str(one))
    page.locator("[name=other]").fill(str(other))
    yield
    expect(desk.page.locator("main section.card .card-no")).to_have_text([str(one), str(other)])


@button("Merge these people", "desk:duplicates", on="desk:duplicates", does=["merge"], enter="[name=reason]")
def merge_two_people(desk: Desk) -> Iterator[None]:
    one, other = desk.family(1), desk.family(1)
    page = desk.open(f"/duplicates/?one={code(one)}&other={code(other)}", everywhere=True)
    page.locator("[name^=same_]").select_option(index=1)
    page.locator("[name=reason]").fill("the same passport")
    yield
    assert here(desk) == 1


@button("Undo", "desk:unmerge", on="desk:duplicates", does=["unmerge"])
def undo_a_merge(desk: Desk) -> Iterator[None]:
    one, other = (Individual.objects.members_of(desk.family(1)).get() for _ in range(2))
    [merged] = merge_pairs([(other, one)], reason="the same passport", by=desk.by, id=uuid.uuid4())
    desk.open("/duplicates/", everywhere=True)
    yield
    assert (here(desk), Merge.objects.get(pk=merged.merge).undone_act is None) == (2, False)
