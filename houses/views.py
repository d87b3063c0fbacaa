"""The evening's call list, what an owner says on the telephone, contracts, and people without a place."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from centre.access import Permission, allows
from centre.doors import do, draw, may, offered, press, see
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine, Site
from centre.refusals import Refusal
from centre.requests import StaffRequest, form_page
from houses.actions import add_contract, void_contract
from houses.errors import HeadcountReplaced
from houses.evening import houses_to_call, read_evenings
from houses.forms import CallForm, ContractForm, HeadcountForm, OutcomeForm, SettleForm
from houses.models import Call, Contract, Difference, ReportedHeadcount
from houses.overflow import beyond_places
from houses.sheets import sites_read
from houses.telephone import note_call, report_headcount, settle_difference, take_difference, void_headcount
from houses.tonight import houses_tonight, sum_up
from shelter.hold_times import day_and_hour, hold_times

REACHED = {
    Call.Outcome.SPOKE.value: gettext_lazy("Written down: we spoke with %(site)s."),
    Call.Outcome.NO_ANSWER.value: gettext_lazy("Written down: %(site)s does not answer."),
}
LATELY = 20  # lines of what was said that a page shows
CALL = "call_%s"  # ids of what they said, beside the number they said on the same page


@require_GET
@may(Permission.PLACE)
def calls(request: StaffRequest) -> HttpResponse:
    """Whom to call this evening, first those who are needed first, and what to ask."""
    now = timezone.now()
    context = {"houses": houses_to_call(request.user, now), "act": ActForm()}
    return render(request, "houses/calls.html", context)


@require_GET
@may(Permission.PLACE)
def tonight(request: StaffRequest) -> HttpResponse:
    """House by house: promised, told by telephone, coming and in; the families of the house that is opened."""
    now = timezone.now()
    houses = houses_tonight(request.user, now)
    asked = offered(request, "house", {house.site.code for house in houses})
    opened = next((house for house in houses if house.site.code == asked), None)
    shown = [row.household_id for house in houses for row in house.no_shows]
    shown += [row.household_id for house in houses for row in house.given_back]
    shown += [family.household_id for family in opened.families] if opened else []
    if shown:
        key = opened.site.code if opened else ""
        write_log(request.user, LogLine.Verb.OPENED, "house", ["stays"], key=key, shown=shown)
    context = {
        "houses": houses,
        "expecting": [house for house in houses if house.expects],
        "quiet": [house for house in houses if not house.expects],
        "opened": opened,
        "sums": sum_up(houses),
        "untils": hold_times(now),
        "act": ActForm(),
    }
    return render(request, "houses/tonight.html", context)


@require_POST
@may(Permission.PLACE)
def called(request: StaffRequest, code: str) -> HttpResponse:
    """Note from the list that the house was reached, or that nobody answered."""
    site = _house(request, code)
    form = OutcomeForm(request.POST)
    if do(request, form, note_call, site):
        messages.success(request, REACHED[form.cleaned_data["outcome"]] % {"site": site})
        return see("houses:calls")
    return _draw_house(request, site, form)


@require_GET
@may(Permission.PLACE)
def house(request: StaffRequest, code: str) -> HttpResponse:
    """What the owner says on the telephone, beside what is counted."""
    return _draw_house(request, _house(request, code))


@require_POST
@may(Permission.PLACE)
def headcount(request: StaffRequest, code: str) -> HttpResponse:
    """So many are here, says the house; with `corrects` in place of what it said before."""
    site = _house(request, code)
    form, corrects = HeadcountForm(request.POST), _told_before(request, site)
    if corrects is None and request.POST.get("corrects"):
        form.add_error(None, HeadcountReplaced.message)
    if do(request, form, report_headcount, site, corrects=corrects):
        said = {
            "persons": form.cleaned_data["persons"],
            "at": day_and_hour(form.cleaned_data["hour"] or timezone.now()),
        }
        messages.success(request, _("Written down: %(persons)d at %(at)s.") % said)
        return see("houses:house", site.code)
    return _draw_house(request, site, form)


@require_POST
@may(Permission.PLACE)
def headcount_void(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The number was typed for the wrong house, or not said."""
    told = get_object_or_404(ReportedHeadcount.objects.visible_to(request.user).select_related("site"), pk=key)
    return _pressed(request, told.site, void_headcount, told, said=_("The number is taken back."))


@require_POST
@may(Permission.PLACE)
def call(request: StaffRequest, code: str) -> HttpResponse:
    """What the owner said."""
    site = _house(request, code)
    form = CallForm(request.POST, auto_id=CALL)
    if do(request, form, note_call, site, said=_("What they said is written down.")):
        return see("houses:house", site.code)
    return _draw_house(request, site, form)


@require_POST
@may(Permission.PLACE)
def difference_take(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Who presses looks into it."""
    task = _difference(request, key)
    return _pressed(request, task.site, take_difference, task, said=_("You look into it."))


@require_POST
@may(Permission.PLACE)
def difference_settle(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Why the numbers differed."""
    task = _difference(request, key)
    form = SettleForm(request.POST)
    if do(request, form, settle_difference, task, said=_("The difference is settled.")):
        return see("houses:house", task.site.code)
    return _draw_house(request, task.site, form, settling=task.pk)


@form_page
@may(Permission.SET_UP_ROOMS)
def contracts(request: StaffRequest, code: str) -> HttpResponse:
    """What is agreed with the owner, now, before and later."""
    site = get_object_or_404(Site.objects.where(request.user, Permission.SET_UP_ROOMS), code=code)
    form = ContractForm(request.POST or None)
    if do(request, form, add_contract, site, said=_("The contract is written down.")):
        return see("houses:contracts", site.code)
    rows = Contract.objects.filter(site=site).select_related("act__by", "voided_by").order_by("-days")
    return draw(request, "houses/contracts.html", form, house=site, rows=rows, act=ActForm())


@require_POST
@may(Permission.SET_UP_ROOMS)
def contract_void(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The contract was wrong."""
    sites = Site.objects.where(request.user, Permission.SET_UP_ROOMS)
    row = get_object_or_404(Contract.objects.filter(site__in=sites).select_related("site"), pk=key)
    press(request, void_contract, row, said=_("The contract is taken back."))
    return see("houses:contracts", row.site.code)


@require_GET
@may(Permission.PLACE)
def overflow(request: StaffRequest) -> HttpResponse:
    """Who sleeps without a place now: who decided, why, since when; until they have a place or have left."""
    rows = beyond_places(request.user, timezone.now())
    write_log(request.user, LogLine.Verb.OPENED, "stay", ["overflow"], shown=[row.stay.individual_id for row in rows])
    return render(request, "houses/overflow.html", {"rows": rows})


def _house(request: StaffRequest, code: str) -> Site:
    """The site of this code where the user may place; else it is not there."""
    now = timezone.now()
    return get_object_or_404(Site.objects.where(request.user, Permission.PLACE, now).open(now), code=code)


def _difference(request: StaffRequest, key: uuid.UUID) -> Difference:
    tasks = Difference.objects.visible_to(request.user).select_related("site")
    return get_object_or_404(tasks, pk=key)


def _told_before(request: StaffRequest, site: Site) -> ReportedHeadcount | None:
    """The report of this house that the form corrects; None where it names none of them."""
    try:
        key = uuid.UUID(request.POST.get("corrects", ""))
    except ValueError:
        return None
    return ReportedHeadcount.objects.filter(site=site, persons__isnull=False, pk=key).first()


def _pressed(request: StaffRequest, site: Site, action: Any, row: Any, said: str) -> HttpResponse:
    """Do what the button asks for, and show the house again; why not, above its page."""
    try:
        press(request, action, row, said=said)
    except Refusal as refusal:
        form = ActForm(request.POST)
        form.is_valid()
        form.refuse(refusal)
        return _draw_house(request, site, form)
    return see("houses:house", site.code)


def _draw_house(request: StaffRequest, site: Site, form: Any = None, settling: Any = None) -> HttpResponse:
    now = timezone.now()
    (evening,) = read_evenings([site.pk], now)
    told = list(
        ReportedHeadcount.objects.filter(site=site, persons__isnull=False)
        .select_related("act__by", "difference__taken_by", "difference__settled_by", "voided_by__act__by")
        .order_by("-happened_at", "-recorded_at")[:LATELY]
    )
    context = {
        "house": site,
        "evening": evening,
        "told": told,
        "tasks": _tasks(site, form, settling),
        "earlier": Difference.objects.overtaken().filter(site=site).select_related("headcount"),
        "said": Call.objects.filter(site=site).select_related("act__by")[:LATELY],
        "counting": form if isinstance(form, HeadcountForm) else HeadcountForm(),
        "saying": form if isinstance(form, CallForm) else CallForm(auto_id=CALL),
        "act": ActForm(),
        "sets_up": allows(request.user, Permission.SET_UP_ROOMS, site, now),
        "reads_nights": sites_read(request.user).filter(pk=site.pk).exists(),
    }
    return draw(request, "houses/house.html", form or ActForm(), **context)


def _tasks(site: Site, form: Any, settling: Any) -> list[tuple[Difference, SettleForm]]:
    """The open difference of the house, if there is one, with the form that settles it."""
    rows = Difference.objects.open().filter(site=site).select_related("headcount", "taken_by")
    return [(row, form if row.pk == settling else SettleForm(auto_id=f"id_{row.pk}_%s")) for row in rows]
