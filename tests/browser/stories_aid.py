"""What the buttons of aid do."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from aid.actions import hand_out
from aid.counts import StockCount
from aid.models import Distribution, Handout, Item, StockMovement
from aid.scanning import CHOSEN
from aid.storing import confirm_stock, count_stock, receive_stock, send_stock
from centre.access import Role
from centre.sessions import SessionStore
from registrations.models import Household
from tests.api.world import plan_blankets
from tests.browser.buttons import OPENS, SCRIPT, Desk, button, code
from tests.build import make_site, make_user

SCAN = "aid:scan"
PAPER = "desk:handouts_on_paper"


def round_of(desk: Desk) -> Distribution:
    """A distribution that runs at the site."""
    return plan_blankets(desk.site, desk.by)


def scanned(desk: Desk, family: Household) -> Page:
    """The scan page, on which the family's number was typed."""
    return desk.open(f"/aid/scan/?number={code(family)}", Role.AID_VOLUNTEER)


def given(desk: Desk) -> tuple[int, int]:
    """How many handouts there are at the site, and how many of them stand."""
    handouts = Handout.objects.filter(distribution__site=desk.site)
    return handouts.count(), handouts.standing().count()


@button("Look up", "aid:card", on=SCAN, enter="#id_number")
def look_up_a_number(desk: Desk) -> Iterator[None]:
    round_of(desk)
    family = desk.family()
    desk.open("/aid/scan/", Role.AID_VOLUNTEER).locator("#id_number").fill(str(family))
    yield
    expect(desk.page.locator("#verdict")).to_have_text("GIVE")
    assert given(desk) == (0, 0)


@button("Hand out", SCAN, on=SCAN, does=["hand_out"], enter="#id_number")
def hand_it_out(desk: Desk) -> Iterator[None]:
    round_of(desk)
    scanned(desk, desk.family())
    yield
    expect(desk.page.locator("#verdict")).to_have_text("HANDED OUT")
    assert given(desk) == (1, 1)


@button("Write down", PAPER, on=PAPER, does=["hand_out"], enter="[name=collected_by]")
def write_down_a_line_of_a_list(desk: Desk) -> Iterator[None]:
    at = timezone.localtime(timezone.now() - timedelta(minutes=10))
    page = desk.open(f"/aid/distributions/{round_of(desk).pk}/paper/", Role.AID_VOLUNTEER)
    page.locator("[name=number]").fill(str(desk.family(at=at - timedelta(minutes=10))))
    page.locator("[name=paper_day]").fill(f"{at:%d.%m.%Y}")
    page.locator("[name=paper_hour]").fill(f"{at:%H:%M}")
    page.locator("[name=written_by]").fill("Aram Petrosyan")
    yield
    expect(page.locator("[name=written_by]")).to_have_value("Aram Petrosyan")
    expect(page.locator("[name=number]")).to_have_value("")
    assert given(desk) == (1, 1)


@button("Give part, or to somebody else", OPENS, on=SCAN)
def give_part_or_to_somebody_else(desk: Desk) -> Iterator[None]:
    round_of(desk)
    scanned(desk, desk.family())
    yield


@button("Hand out this much", SCAN, on=SCAN, does=["hand_out"], enter="[name=collected_by]")
def hand_out_a_part(desk: Desk) -> Iterator[None]:
    round_of(desk)
    page = scanned(desk, desk.family())
    page.get_by_text("Give part, or to somebody else").click()
    page.locator("[name=given-blanket]").fill("1")
    page.locator("[name=collected_by]").fill("the neighbour")
    yield
    expect(page.locator("#verdict")).to_have_text("HANDED OUT")
    assert Handout.objects.get(distribution__site=desk.site).stock_movements.get().quantity == 1


@button(r"Undo", "aid:undo", on=SCAN, does=["reverse_handout"])
def undo_at_once(desk: Desk) -> Iterator[None]:
    round_of(desk)
    page = scanned(desk, desk.family())
    page.get_by_role("button", name="Hand out").click()
    expect(page.locator("#verdict")).to_have_text("HANDED OUT")
    yield
    assert given(desk) == (1, 0)


def given_before(desk: Desk) -> None:
    family = desk.family()
    hand_out(round_of(desk), family, by=desk.by)
    scanned(desk, family)


@button("It was given anyway", OPENS, on=SCAN)
def it_was_given_anyway(desk: Desk) -> Iterator[None]:
    given_before(desk)
    yield


@button("Record it for the coordinator", SCAN, on=SCAN, does=["hand_out"], enter="[name=happened_anyway]")
def record_it_for_the_coordinator(desk: Desk) -> Iterator[None]:
    given_before(desk)
    desk.page.locator("[name=happened_anyway]").evaluate("one => { one.value = 'twice by mistake'; }")
    yield
    assert Handout.objects.flagged().filter(distribution__site=desk.site).count() == 1


@button("Sound on Sound off", SCRIPT, on=SCAN, stays=True)
def turn_the_sound_off(desk: Desk) -> Iterator[None]:
    round_of(desk)
    desk.open("/aid/scan/").evaluate("localStorage.removeItem('scan:silent')")
    yield
    expect(desk.page.locator("[data-mute]")).to_have_attribute("aria-pressed", "true")


@button("Blankets .+", "aid:choose", on=(SCAN, "aid:choose"))
def choose_a_round(desk: Desk) -> Iterator[None]:
    round_of(desk)
    round_of(desk)
    desk.open({SCAN: "/aid/scan/"}.get(desk.on, "/aid/scan/distribution/"))
    yield
    chosen = SessionStore(desk.session)[CHOSEN]
    assert Distribution.objects.get(pk=chosen).site == desk.site


@button("End it now", "aid:end", on="aid:distribution", does=["end_distribution"])
def end_it_now(desk: Desk) -> Iterator[None]:
    running = round_of(desk)
    desk.open(f"/aid/distributions/{running.pk}/")
    yield
    running.refresh_from_db()
    assert not running.runs(timezone.now())


@button(
    "Withdraw the distribution",
    "aid:withdraw",
    on="aid:withdraw",
    does=["withdraw_distribution"],
    enter="[name=reason]",
)
def withdraw_a_round(desk: Desk) -> Iterator[None]:
    running = round_of(desk)
    page = desk.open(f"/aid/distributions/{running.pk}/")
    page.get_by_role("link", name="It was planned by mistake").click()
    page.locator("[name=reason]").fill("the list of last week")
    yield
    running.refresh_from_db()
    assert running.withdrawn_reason == "the list of last week"


@button("Find card", "aid:distribution", on="aid:distribution", enter="#number")
def find_a_card(desk: Desk) -> Iterator[None]:
    running, family = round_of(desk), desk.family()
    hand_out(running, family, by=desk.by)
    hand_out(running, desk.family(), by=desk.by)
    desk.open(f"/aid/distributions/{running.pk}/").locator("#number").fill(str(family))
    yield
    expect(desk.page.locator("tbody tr")).to_have_count(1)


@button("Take it back", "aid:reverse", on="aid:reverse", does=["reverse_handout"], enter="[name=reason]")
def take_it_back(desk: Desk) -> Iterator[None]:
    hand_out(round_of(desk), desk.family(), by=desk.by)
    handout = Handout.objects.get(distribution__site=desk.site)
    desk.open(f"/aid/handouts/{handout.pk}/reverse/").locator("[name=reason]").fill("the wrong family")
    yield
    assert given(desk) == (1, 0)


@button("More rows", "aid:plan", on="aid:plan", stays=True)
def more_rows(desk: Desk) -> Iterator[None]:
    drawn = desk.open("/aid/distributions/new/").locator("[data-rows] > *").count()
    yield
    assert desk.page.locator("[data-rows] > *").count() > drawn


@button("Plan distribution", "aid:plan", on="aid:plan", does=["plan_distribution"], enter="[name=name]", scripted=True)
def plan_a_distribution(desk: Desk) -> Iterator[None]:
    item = Item.objects.create(code=f"soap-{desk.site.code}", name_en=f"Soap {desk.site.code}")
    page = desk.open("/aid/distributions/new/")
    page.locator("[name=name]").fill("Evening")
    page.locator("[name=starts_at]").fill("2030-01-01T08:00")
    page.locator("[name=rules-0-item]").select_option(str(item.pk))
    page.locator("[name=rules-0-quantity]").fill("1")
    yield
    assert Distribution.objects.get(site=desk.site).rules.get().item == item


@button("Add item", "aid:items", on="aid:items", does=["add_item"], enter="[name=name_en]")
def add_an_item(desk: Desk) -> Iterator[None]:
    name = f"Tent {desk.site.code}"
    desk.open("/aid/items/").locator("[name=name_en]").fill(name)
    yield
    assert Item.objects.filter(name_en=name).count() == 1


@button("Save category", "aid:category", on="aid:category", does=["categorise_item"])
def say_the_category_of_an_item(desk: Desk) -> Iterator[None]:
    item = Item.objects.create(code=f"bread-{desk.site.code}", name_en=f"Bread {desk.site.code}")
    desk.open(f"/aid/items/{item.code}/category/").locator("[name=category]").select_option("food")
    yield
    item.refresh_from_db()
    assert item.category == "food"


def move_stock(desk: Desk, way: str) -> None:
    item = Item.objects.create(code=f"rice-{desk.site.code}", name_en=f"Rice {desk.site.code}")
    page = desk.open(f"/aid/stock/{desk.site.code}/{way}/")
    page.locator("[name=item]").select_option(str(item.pk))
    page.locator("[name=quantity]").fill("5")
    page.locator("[name=note]").fill("the lorry of noon")


def moved(desk: Desk) -> list[tuple[str, int]]:
    return list(StockMovement.objects.at(desk.site).values_list("kind", "quantity"))


@button("Receive", "aid:move", on="aid:move", does=["receive_stock"], enter="[name=note]")
def receive_into_the_store(desk: Desk) -> Iterator[None]:
    move_stock(desk, "receive")
    yield
    assert moved(desk) == [("received", 5)]


@button("Send", "aid:move", on="aid:move", does=["send_stock"], enter="[name=note]")
def send_from_the_store(desk: Desk) -> Iterator[None]:
    other = make_site()
    move_stock(desk, "send")
    desk.page.locator("[name=to_site]").select_option(str(other.pk))
    yield
    assert (moved(desk), StockMovement.objects.get(bound_for=other).from_site) == ([("sent", 5)], desk.site)


def sent_here(desk: Desk) -> StockMovement:
    """What another site sent to this one."""
    item = Item.objects.create(code=f"salt-{desk.site.code}", name_en=f"Salt {desk.site.code}")
    answer = send_stock(make_site(), to_site=desk.site, item=item, quantity=5, by=make_user())
    return StockMovement.objects.get(pk=answer.movement)


@button("Confirm", "aid:confirm", on="aid:confirm", does=["confirm_stock"], enter="[name=note]")
def confirm_what_came(desk: Desk) -> Iterator[None]:
    sent_here(desk)
    desk.open(f"/aid/stock/{desk.site.code}/").get_by_role("link", name="Confirm what came").click()
    desk.page.locator("[name=quantity]").fill("3")
    desk.page.locator("[name=note]").fill("two boxes are open")
    yield
    assert moved(desk) == [("came", 3)]


@button("Close the difference", "aid:settle", on="aid:settle", does=["settle_stock"], enter="[name=reason]")
def close_a_difference(desk: Desk) -> Iterator[None]:
    confirm_stock(sent_here(desk), quantity=3, by=desk.by)
    desk.open(f"/aid/stock/{desk.site.code}/").get_by_role("link", name="Close the difference").click()
    desk.page.get_by_label("found later in the second store").check()
    desk.page.locator("[name=reason]").fill("behind the door")
    yield
    assert sorted(moved(desk)) == [("came", 3), ("found", 2)]


@button("Take this entry back", "aid:void", on="aid:void", does=["void_stock"], enter="[name=reason]")
def take_an_entry_of_stock_back(desk: Desk) -> Iterator[None]:
    item = Item.objects.create(code=f"oil-{desk.site.code}", name_en=f"Oil {desk.site.code}")
    receive_stock(desk.site, item=item, quantity=5, by=desk.by)
    desk.open(f"/aid/stock/{desk.site.code}/").get_by_role("link", name="This was wrong").click()
    desk.page.locator("[name=reason]").fill("one nought too many")
    yield
    assert sorted(moved(desk)) == [("received", 5), ("voided", 5)]


@button("Write off", "aid:move", on="aid:move", does=["write_off"], enter="[name=note]")
def write_off_what_is_lost(desk: Desk) -> Iterator[None]:
    move_stock(desk, "write-off")
    yield
    assert moved(desk) == [("lost", 5)]


@button("Save the count", "aid:move", on="aid:move", does=["count_stock"], enter="[name=quantity]")
def count_the_store(desk: Desk) -> Iterator[None]:
    item = Item.objects.create(code=f"tea-{desk.site.code}", name_en=f"Tea {desk.site.code}")
    desk.open(f"/aid/stock/{desk.site.code}/").get_by_role("link", name="Count the store").click()
    desk.page.locator("[name=item]").select_option(str(item.pk))
    desk.page.locator("[name=quantity]").fill("0")
    yield
    assert StockCount.objects.open().get(site=desk.site).quantity == 0


def counted_here(desk: Desk) -> StockCount:
    """What somebody else counted at the site."""
    item = Item.objects.create(code=f"flour-{desk.site.code}", name_en=f"Flour {desk.site.code}")
    answer = count_stock(desk.site, item=item, quantity=7, by=make_user())
    desk.open(f"/aid/stock/{desk.site.code}/")
    return StockCount.objects.get(pk=answer.count)


@button("Confirm the count", "aid:confirm_count", on="aid:stock", does=["confirm_count"])
def confirm_what_was_counted(desk: Desk) -> Iterator[None]:
    count = counted_here(desk)
    yield
    assert (moved(desk), StockMovement.objects.get(count=count).act.by) == ([("count_more", 7)], desk.user)


@button(
    "Withdraw the count", "aid:withdraw_count", on="aid:withdraw_count", does=["withdraw_count"], enter="[name=reason]"
)
def withdraw_a_count(desk: Desk) -> Iterator[None]:
    count = counted_here(desk)
    desk.page.get_by_role("link", name="Withdraw").click()
    desk.page.locator("[name=reason]").fill("a shelf was forgotten")
    yield
    count.refresh_from_db()
    assert (count.withdrawn_by, moved(desk)) == (desk.user, [])
