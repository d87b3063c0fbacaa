"""The scan page: one field, green or red, next."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from aid.actions import hand_out, reverse_handout
from aid.errors import MoreThanDue, NotGivenYet, NothingToGive
from aid.forms import CardForm, DistributionForm, HandOutForm, handed_out_by
from aid.models import Distribution, Handout
from aid.scanning import (
    CHOSEN,
    Done,
    Give,
    Ready,
    Stop,
    distribution_of_table,
    find_handout,
    read_card,
    read_handout,
    running_for,
    stop,
)
from cards.in_hand import is_in_hand, log_false_card, remember_card, was_in_hand
from cards.selectors import Shown
from centre.access import Permission, require
from centre.doors import press, see
from centre.log import write_log
from centre.models import LogLine
from centre.refusals import Refusal
from centre.requests import StaffRequest, form_page
from registrations.models import Household
from registrations.numbers import without_letter, write_number

Panel = Give | Stop | Done | Ready

OF_WHAT_WAS_TYPED = (MoreThanDue, NothingToGive)
LONGEST_SHOWN = 40  # of what was scanned and is no card: nobody types more of it again


@form_page
def scan(request: StaffRequest) -> HttpResponse:
    """Scan a card: green or red; hand out; the next card."""
    require(request.user, Permission.HAND_OUT)
    if request.method == "POST":
        return _hand_out(request)
    running = running_for(request)
    distribution = distribution_of_table(request, running)
    if "done" in request.GET:
        return _show_done(request, len(running))
    if distribution is None:
        return _choose(request, running)
    if "number" not in request.GET:
        return _show(request, distribution, Ready(), others=len(running))
    return _look_up(request, distribution, CardForm(request.GET), len(running))


@require_POST
def card(request: StaffRequest) -> HttpResponse:
    """Look up the card that was scanned."""
    require(request.user, Permission.HAND_OUT)
    running = running_for(request)
    distribution = distribution_of_table(request, running)
    if distribution is None:
        return _choose(request, running)
    return _look_up(request, distribution, CardForm(request.POST), len(running))


@form_page
def choose(request: StaffRequest) -> HttpResponse:
    """Choose the distribution of this table; it is kept for the session."""
    require(request.user, Permission.HAND_OUT)
    if request.method != "POST":
        return _choose(request, running_for(request))
    form = DistributionForm(request.POST, by=request.user)
    if not form.is_valid():
        raise Http404
    request.session[CHOSEN] = str(form.cleaned_data["distribution"].pk)
    return see("aid:scan")


@require_POST
def undo(request: StaffRequest, key: str) -> HttpResponse:
    """Take back what one has just handed out."""
    handout = find_handout(str(key), request.user)
    if handout is None:
        raise Http404
    try:
        press(request, reverse_handout, handout, reason=Handout.OwnReason.UNDONE_AT_ONCE)
    except Refusal as refusal:
        return _show(request, handout.distribution, Stop(str(handout.household), str(refusal)), status=422)
    return see("aid:scan", done=handout.pk)


def _look_up(request: StaffRequest, distribution: Distribution, form: CardForm, others: int) -> HttpResponse:
    if not form.is_valid():
        return _refuse_card(request, distribution, form, others=others)
    shown = form.cleaned_data["number"]
    write_log(request.user, LogLine.Verb.SEARCHED, shown.household or "household", ["number", "size"])
    if shown.household is None:
        why = NotGivenYet()
        return _show(request, distribution, stop(str(shown), why.code, str(why)), others=others)
    if request.method == "POST":
        return _go_on(request, shown)
    panel = read_card(distribution, shown.household, request.user, timezone.now(), proven=is_in_hand(request, shown))
    return _show(request, distribution, panel, others=others)


def _go_on(request: StaffRequest, shown: Shown) -> HttpResponse:
    """To the card's page: its address has the number, and never the secret."""
    remember_card(request, shown)
    return see("aid:scan", number=shown)


def _hand_out(request: StaffRequest) -> HttpResponse:
    form = HandOutForm(request.POST, by=request.user, auto_id=False)
    if not form.is_valid():
        return _refuse_form(request, form)
    facts = {**form.cleaned_data}
    distribution, shown, following = facts.pop("distribution"), facts.pop("shown"), facts.pop("number")
    if following:
        return _go_on(request, following)
    household = get_object_or_404(Household, number=shown)
    try:
        seen = was_in_hand(request, shown)
        answer = hand_out(distribution, household, card_read=seen, by=request.user, **facts)
    except Refusal as refusal:
        if facts["given"] is not None and isinstance(refusal, OF_WHAT_WAS_TYPED):
            form.add_error("given", str(refusal))
            return _refuse_form(request, form)
        return _show(request, distribution, stop(str(household), refusal.code, str(refusal)), status=422)
    return see("aid:scan", done=answer.handout)


def _refuse_form(request: StaffRequest, form: HandOutForm) -> HttpResponse:
    """A wrong number is told in red, what else was typed beside it; a distribution of another site is not there."""
    if {"id", "distribution", "shown"} & set(form.errors):
        raise Http404
    distribution, number = form.cleaned_data["distribution"], form.cleaned_data["shown"]
    if "number" in form.errors:
        return _refuse_card(request, distribution, form)
    household, seen = get_object_or_404(Household, number=number), was_in_hand(request, number)
    panel = read_card(distribution, household, request.user, timezone.now(), proven=seen)
    return _show(request, distribution, panel, again=form, status=422)


def _refuse_card(
    request: StaffRequest, distribution: Distribution, form: CardForm | HandOutForm, others: int = 0
) -> HttpResponse:
    """Red: what was scanned is a card that is not good here, or cannot be read as one."""
    error = form.errors.as_data()["number"][0]
    log_false_card(request.user, error)
    number = (error.params or {}).get("number") if without_letter(error) is None else None  # it would tell the letter
    if number is not None:
        panel, typed = stop(write_number(number), error.code or "", error.messages[0]), ""
    else:
        panel, typed = Stop("", error.messages[0], kind="unread"), form.data.get("number", "")[:LONGEST_SHOWN]
    return _show(request, distribution, panel, typed=typed, others=others, status=422)


def _show_done(request: StaffRequest, others: int) -> HttpResponse:
    handout = find_handout(request.GET["done"], request.user)
    if handout is None:
        raise Http404
    write_log(request.user, LogLine.Verb.OPENED, "handout", key=str(handout.pk), shown=[handout.household_id])
    panel = read_handout(handout, request.user, timezone.now())
    return _show(request, handout.distribution, panel, others=others)


def _show(
    request: StaffRequest,
    distribution: Distribution,
    panel: Panel,
    *,
    typed: str = "",
    others: int = 0,
    again: HandOutForm | None = None,
    status: int = 200,
) -> HttpResponse:
    number = getattr(panel, "number", "")
    # Drawn without ids, by which a draft is known to be about this card, and not about the next one
    about = {"distribution": distribution.pk, "shown": number}
    form = HandOutForm(by=request.user, auto_id=False, initial=about | {"number": typed})
    part = again or HandOutForm(by=request.user, auto_id=False, initial=about)
    context: dict[str, Any] = {
        "distribution": distribution,
        "panel": panel,
        "form": form,
        "part": part,
        "lines": part.lines_of(panel.due.lines) if isinstance(panel, Give) else (),
        "typed": typed,
        "others": others > 1,
    }
    template = "aid/_scan.html" if request.htmx else "aid/scan.html"
    return render(request, template, context, status=status)


def _choose(request: StaffRequest, running: list[Distribution]) -> HttpResponse:
    if request.htmx:  # the page that asked waits for a card; the choice is a page of its own
        return HttpResponseClientRedirect(reverse("aid:scan"))
    planned = handed_out_by(request.user).planned(timezone.now()).order_by("starts_at")
    context = {"running": running, "following": planned.first(), "chosen": request.session.get(CHOSEN)}
    return render(request, "aid/choose.html", context)
