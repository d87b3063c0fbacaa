"""What the buttons of plans do: asked, searched for, stopped, confirmed; and families that are kept apart."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from centre.models import Site
from plans.actions import ask_plan, search_plan
from plans.models import Plan, PlanState
from registrations.models import Household
from shelter.apart import keep_apart
from shelter.models import ApartPair, Room
from shelter.turns import move_up
from tests.browser.buttons import OPENS, Desk, button, code, held, sleeping

PLANS, PLAN, APART = "plans:plans", "plans:plan", "plans:apart"


def first_in_turn(desk: Desk) -> tuple[Household, Room]:
    """A family of two that goes before all who wait anywhere, and a room that is full with it."""
    family = desk.family()
    Household.objects.filter(pk=family.pk).update(waits_since=timezone.now() - timedelta(days=2))
    move_up(family, reason="a baby", by=desk.by)
    return family, desk.room(2)


def planned(desk: Desk, *, searched: bool = False) -> Plan:
    """The page of a plan over the site, made by who opens it: it is shown to who reads every site in it."""
    desk.open("/plans/")
    plan = Plan.objects.get(pk=ask_plan([desk.site], by=desk.user).plan)
    if searched:
        search_plan(plan, by=desk.user)
    desk.open(plan.get_absolute_url())
    return plan


@button("[0-9]+ of them may have left, and .+ look for .+ first.", OPENS, on=PLANS)
def look_who_may_have_left(desk: Desk) -> Iterator[None]:
    desk.family(at=timezone.now() - timedelta(hours=9))
    Site.objects.filter(pk=desk.site.pk).update(presumed_left_after=6)
    desk.open("/plans/")
    yield


@button("Make a plan", PLANS, on=PLANS, does=["ask_plan", "search_plan"])
def make_a_plan(desk: Desk) -> Iterator[None]:
    desk.family()
    desk.room()
    desk.open("/plans/").locator(f"[name=houses][value='{desk.site.pk}']").check()
    yield
    plan = Plan.objects.get(act__by=desk.user)
    assert (plan.houses.get().site, plan.state) == (desk.site, PlanState.ASKED)
    expect(desk.page).to_have_url(f"http://127.0.0.1:{desk.server.port}{plan.get_absolute_url()}")


@button("Search for a better plan", "plans:search", on=PLAN, does=["search_plan"])
def search_for_a_better_plan(desk: Desk) -> Iterator[None]:
    desk.family()
    desk.room()
    plan = planned(desk)
    yield
    plan.refresh_from_db()
    assert (plan.state, plan.search_asked_by) == (PlanState.ASKED, desk.user)


@button("Stop the search", "plans:stop", on=PLAN, does=["stop_plan"])
def stop_the_search(desk: Desk) -> Iterator[None]:
    desk.family()
    desk.room()
    plan = planned(desk, searched=True)
    yield
    plan.refresh_from_db()
    assert plan.stopped_by == desk.user


@button("Give places to those ticked", "plans:confirm", on=PLAN, does=["place"])
def hold_places_for_those_ticked(desk: Desk) -> Iterator[None]:
    family, room = first_in_turn(desk)
    planned(desk)
    yield
    assert sleeping(family) == Counter({room.pk: 2})
    expect(desk.page.get_by_text("1 family that was there already has its beds.")).to_be_visible()


@button("Give places to those ticked", "plans:confirm", on=PLAN)
def hold_places_for_nobody(desk: Desk) -> Iterator[None]:
    family, _room = first_in_turn(desk)
    planned(desk)
    for tick in desk.page.locator("[name=families]").all():
        tick.uncheck()
    yield
    assert held(family) == {}
    expect(desk.page.get_by_text("Tick at least one family.").first).to_be_visible()


@button("Keep them apart", APART, on=APART, does=["keep_apart"], enter="[name=reason]")
def keep_two_families_apart(desk: Desk) -> Iterator[None]:
    one, other = desk.family(), desk.family()
    page = desk.open("/plans/apart/")
    for name, words in {"household": code(one), "other": code(other), "reason": "a feud"}.items():
        page.locator(f"[name={name}]").fill(words)
    yield
    pair = ApartPair.objects.standing().get(act__by=desk.user)
    assert {pair.first, pair.second, pair.reason} == {one, other, "a feud"}


@button("They need not be kept apart any more", "plans:end_apart", on=APART, does=["end_apart"])
def let_them_be_together(desk: Desk) -> Iterator[None]:
    pair = keep_apart(desk.family(), other=desk.family(), reason="a feud", by=desk.by).pair
    desk.open("/plans/apart/")
    yield
    assert not ApartPair.objects.standing().filter(pk=pair).exists()
