"""Pages of those who keep aid: rounds, stock, items, and taking a handout back. Scanning is in scan_views."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from aid.actions import (
    add_item,
    categorise_item,
    end_distribution,
    plan_distribution,
    reverse_handout,
    withdraw_distribution,
)
from aid.counts import StockCount
from aid.forms import (
    CategoryForm,
    ConfirmForm,
    CountForm,
    ItemForm,
    PlanForm,
    ReceiveForm,
    ReverseForm,
    RuleRows,
    SendForm,
    SettleForm,
    StockForm,
    VoidForm,
    WriteOffForm,
)
from aid.models import Distribution, Handout, Item, StockMovement
from aid.selectors import stock_at, stock_of
from aid.storing import (
    confirm_count,
    confirm_stock,
    count_stock,
    receive_stock,
    send_stock,
    settle_stock,
    void_stock,
    withdraw_count,
    write_off,
)
from centre.access import Permission, require
from centre.doors import do, draw, not_understood, press, see
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest, form_page
from centre.shift import site_of_shift
from registrations.card_texts import read_card_text
from registrations.models import Household

ON_A_PAGE = 100
LATEST = 50
MOVED = ("item", "from_site", "to_site", "bound_for", "answers__from_site", "answers__bound_for", "act__by")
RECENT = timedelta(days=3)  # how long what broke a rule stays on top of the overview


class Move(NamedTuple):
    """One way stock moves: its form, its act, and its words."""

    form: type[StockForm]
    act: Callable[..., Any]
    title: str | Promise
    button: str | Promise
    done: str | Promise


MOVES = {
    "receive": Move(ReceiveForm, receive_stock, _("Receive stock"), _("Receive"), _("Received.")),
    "send": Move(SendForm, send_stock, _("Send stock to another site"), _("Send"), _("Sent.")),
    "write-off": Move(WriteOffForm, write_off, _("Write off stock"), _("Write off"), _("Written off.")),
    "count": Move(
        CountForm,
        count_stock,
        _("Count the store"),
        _("Save the count"),
        _("The count is saved. A second person must confirm it."),
    ),
}


@require_GET
def overview(request: StaffRequest) -> HttpResponse:
    """The rounds and the stock of the site of the shift, or of all the user's sites."""
    require(request.user, Permission.PLAN_AID)
    now = timezone.now()
    sites = _sites(request)
    rounds = Distribution.objects.filter(site__in=sites).select_related("site").with_reached()
    flagged = _handouts(request).flagged().filter(distribution__site__in=sites, happened_at__gte=now - RECENT)[:LATEST]
    _log_handouts(request, flagged)
    context = {
        "sites": sites,
        "sections": [
            (_("Running now"), rounds.running(now)),
            (_("Planned"), rounds.planned(now).order_by("starts_at")),
            (_("Done"), rounds.done(now)[:LATEST]),
        ],
        "flagged": flagged,
        "stock": stock_of(sites, now),
    }
    return render(request, "aid/overview.html", context)


@form_page
def plan(request: StaffRequest) -> HttpResponse:
    """Plan a distribution: a form with a row for each item."""
    require(request.user, Permission.PLAN_AID)
    if "more" in request.POST:
        return _plan_with_more_rows(request)
    form = PlanForm(request.POST or None, by=request.user, initial={"site": site_of_shift(request)})
    rows = RuleRows(request.POST or None, prefix="rules")
    said = _("The distribution is planned.")
    if rows.is_valid() and (answer := do(request, form, plan_distribution, rules=rows.rules(), said=said)):
        return see("aid:distribution", answer.distribution)
    return draw(request, "aid/plan.html", form, rows=rows)


@require_GET
def distribution(request: StaffRequest, key: str) -> HttpResponse:
    """One round: what it gives, whom it reached, and every handout, those that happened anyway first."""
    shown = get_object_or_404(_rounds(request).with_reached(), pk=key)
    given = _handouts(request).filter(distribution=shown)
    others = given.exclude(pk__in=given.flagged())
    asked = request.GET.get("number", "")
    try:
        others = others.filter(household__number=read_card_text(asked).number) if asked else others
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    flagged, page = given.flagged(), Paginator(others, ON_A_PAGE).get_page(request.GET.get("page"))
    _log_handouts(request, [*flagged, *page])
    context = {
        "distribution": shown,
        "rules": shown.rules.select_related("item"),
        "running": shown.runs(timezone.now()),
        "form": ActForm(),
        "flagged": flagged,
        "page": page,
        "asked": asked,
    }
    return render(request, "aid/distribution.html", context)


@require_POST
def end(request: StaffRequest, key: str) -> HttpResponse:
    """End a round now."""
    shown = get_object_or_404(_rounds(request), pk=key)
    press(request, end_distribution, shown, said=_("The distribution has ended. Cards are refused from now on."))
    return see("aid:distribution", key)


@form_page
def withdraw(request: StaffRequest, key: str) -> HttpResponse:
    """Take back a round that was planned by mistake, with a reason."""
    shown = get_object_or_404(_rounds(request), pk=key)
    form = VoidForm(request.POST or None)
    if do(request, form, withdraw_distribution, shown, said=_("The distribution is withdrawn. Nobody scans for it.")):
        return see("aid:overview")
    return draw(request, "aid/withdraw.html", form, distribution=shown)


@form_page
def reverse_one(request: StaffRequest, key: str) -> HttpResponse:
    """Take a handout back, with a reason."""
    handout = get_object_or_404(_handouts(request), pk=key)
    form = ReverseForm(request.POST or None)
    said = _("Taken back. Card %(card)s may receive again.") % {"card": handout.household}
    if do(request, form, reverse_handout, handout, said=said):
        return see("aid:distribution", handout.distribution_id)
    _log_handouts(request, [handout])
    return draw(request, "aid/reverse.html", form, handout=handout)


@require_GET
def stock(request: StaffRequest, code: str) -> HttpResponse:
    """The store of a site: how much of each item, and the latest movements."""
    site = get_object_or_404(_all_sites(request), code=code)
    moved = StockMovement.objects.at(site).select_related(*MOVED, "handout__household", "voided_by")
    page = Paginator(moved, ON_A_PAGE).get_page(request.GET.get("page"))
    _log_handouts(request, [movement.handout for movement in page if movement.handout])
    transfers = _transfers(request).filter(Q(from_site=site) | Q(bound_for=site))
    context = {
        "site": site,
        "act": uuid4,  # called by the page each time: every button carries an act of its own
        "counts": _counts(request).open().filter(site=site).with_books(),
        "stock": stock_at(site),
        "page": page,
        "transfers": transfers[:ON_A_PAGE],
    }
    return render(request, "aid/stock.html", context)


@form_page
def move_stock(request: StaffRequest, code: str, move: str) -> HttpResponse:
    """Receive, send, write off or count."""
    site = get_object_or_404(_all_sites(request), code=code)
    if move not in MOVES:
        raise Http404
    way = MOVES[move]
    asked = request.GET.get("item", "")
    initial = {"item": _item_or_none(asked)}
    if asked and initial["item"] is None:
        not_understood(request, asked)
    form = way.form(request.POST or None, site=site, by=request.user, initial=initial)
    if do(request, form, way.act, site, said=way.done):
        return see("aid:stock", code)
    return draw(request, "aid/move.html", form, site=site, move=way)


@form_page
def confirm(request: StaffRequest, key: str) -> HttpResponse:
    """Say what came of what was sent here."""
    sent = get_object_or_404(_transfers(request).filter(bound_for__in=_all_sites(request)), pk=key)
    form = ConfirmForm(request.POST or None, initial={"quantity": sent.quantity})
    if do(request, form, confirm_stock, sent, said=_("The arrival is confirmed.")):
        return see("aid:stock", sent.bound_for.code)
    return draw(request, "aid/confirm.html", form, sent=sent)


@form_page
def settle(request: StaffRequest, key: str) -> HttpResponse:
    """Say what became of a difference."""
    sent = get_object_or_404(_transfers(request), pk=key)
    site = _mine_of(request, sent.between)
    form = SettleForm(request.POST or None, less=sent.difference < 0)
    if do(request, form, settle_stock, sent, said=_("The difference is closed.")):
        return see("aid:stock", site.code)
    return draw(request, "aid/settle.html", form, sent=sent, site=site)


@require_POST
def confirm_counted(request: StaffRequest, key: str) -> HttpResponse:
    """Confirm what somebody else counted."""
    count = get_object_or_404(_counts(request), pk=key)
    press(request, confirm_count, count, said=_("The count is confirmed. The stock is what was counted."))
    return see("aid:stock", count.site.code)


@form_page
def withdraw_counted(request: StaffRequest, key: str) -> HttpResponse:
    """Take back a count that was wrong, with a reason."""
    count = get_object_or_404(_counts(request), pk=key)
    form = VoidForm(request.POST or None)
    if do(request, form, withdraw_count, count, said=_("The count is withdrawn. The stock is as before.")):
        return see("aid:stock", count.site.code)
    return draw(request, "aid/withdraw_count.html", form, count=count)


@form_page
def void(request: StaffRequest, key: str) -> HttpResponse:
    """Take back an entry of stock that was wrong, with a reason."""
    moved = StockMovement.objects.where(request.user, Permission.PLAN_AID).filter(handout=None, voids=None)
    movement = get_object_or_404(moved.select_related(*MOVED), pk=key)
    site = _mine_of(request, movement.told_by)
    form = VoidForm(request.POST or None)
    if do(request, form, void_stock, movement, said=_("Taken back. The stock is counted anew.")):
        return see("aid:stock", site.code)
    return draw(request, "aid/void.html", form, movement=movement, site=site)


@form_page
def items(request: StaffRequest) -> HttpResponse:
    """The list of items, and a form for one more."""
    require(request.user, Permission.PLAN_AID)
    form = ItemForm(request.POST or None)
    if do(request, form, add_item, said=_("The item is on the list.")):
        return see("aid:items")
    return draw(request, "aid/items.html", form, items=Item.objects.all())


@form_page
def category(request: StaffRequest, code: str) -> HttpResponse:
    """Which like goods an item counts together with."""
    require(request.user, Permission.PLAN_AID)
    item = get_object_or_404(Item, code=code)
    form = CategoryForm(request.POST or None, initial={"category": item.category})
    if do(request, form, categorise_item, item, said=_("The category is saved.")):
        return see("aid:items")
    return draw(request, "aid/category.html", form, item=item)


@require_GET
def family(request: StaffRequest, number: int) -> HttpResponse:
    """What a family received, for its file."""
    household = get_object_or_404(Household.objects.visible_to(request.user), number=number)
    write_log(request.user, LogLine.Verb.OPENED, household, ["handouts"])
    received = (
        Handout.objects.filter(Q(household=household) | Q(counted_as=household))
        .select_related("distribution__site", "by", "household")
        .prefetch_related("stock_movements__item")
    )
    return render(request, "aid/_family.html", {"household": household, "handouts": received})


def _plan_with_more_rows(request: StaffRequest) -> HttpResponse:
    data = request.POST.copy()
    drawn = RuleRows(data, prefix="rules").total_form_count()
    data["rules-TOTAL_FORMS"] = str(min(drawn + RuleRows.extra, RuleRows.max_num))
    form = PlanForm(by=request.user, initial={name: data.get(name) for name in PlanForm.base_fields})
    return draw(request, "aid/plan.html", form, rows=RuleRows(data, prefix="rules"), more=True)


def _sites(request: StaffRequest) -> list[Site]:
    """The site of the shift where aid is planned at it, else every site where the user plans aid."""
    mine = _all_sites(request)
    site = site_of_shift(request)
    return [site] if site and site in mine else list(mine)


def _all_sites(request: StaffRequest) -> Any:
    require(request.user, Permission.PLAN_AID)
    return Site.objects.where(request.user, Permission.PLAN_AID)


def _transfers(request: StaffRequest) -> Any:
    return StockMovement.objects.transfers(_all_sites(request)).select_related(*MOVED).with_answers()


def _counts(request: StaffRequest) -> Any:
    require(request.user, Permission.PLAN_AID)
    mine = StockCount.objects.where(request.user, Permission.PLAN_AID)
    return mine.select_related("site", "item", "counted_by")


def _mine_of(request: StaffRequest, sites: Iterable[Site]) -> Site:
    """The first of these sites whose stock the user keeps; 404 without one."""
    mine = set(_all_sites(request))
    site = next((site for site in sites if site in mine), None)
    if site is None:
        raise Http404
    return site


def _rounds(request: StaffRequest) -> Any:
    require(request.user, Permission.PLAN_AID)
    return Distribution.objects.where(request.user, Permission.PLAN_AID).select_related("site", "withdrawn_by")


def _handouts(request: StaffRequest) -> Any:
    require(request.user, Permission.PLAN_AID)
    mine = Handout.objects.where(request.user, Permission.PLAN_AID)
    return mine.select_related("distribution__site", "household", "by", "reversed_by", "happened_anyway_by")


def _log_handouts(request: StaffRequest, handouts: Iterable[Handout]) -> None:
    write_log(request.user, LogLine.Verb.OPENED, "handout", shown=[handout.household_id for handout in handouts])


def _item_or_none(code: str | None) -> Item | None:
    return Item.objects.filter(code=code).first() if code else None
