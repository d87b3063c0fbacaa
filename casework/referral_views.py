"""The pages of services and referrals: in the file of a case, and the one page of an outside service."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from casework.models import Case
from casework.referral_actions import (
    accept_referral,
    appoint_referral,
    decline_referral,
    end_referral,
    name_driver,
    refer,
    say_came,
    withdraw_referral,
)
from casework.referral_forms import (
    AcceptForm,
    AccountForm,
    AppointmentForm,
    CameForm,
    DeclineForm,
    DriverForm,
    ReferForm,
    ResultForm,
    ServiceForm,
)
from casework.referral_selectors import tell_of, whom_to_call
from casework.referrals import Referral, service_of
from casework.service_actions import add_service, end_service, give_service_account, may_set_up_services
from casework.services import Service
from casework.views import PAGE, case_or_404
from centre.access import Permission
from centre.doors import do, draw, may, press, see
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffRequest, form_page


@dataclass(frozen=True)
class Answering:
    """A way to answer a referral: its form, its act, and what is said when it is done."""

    form: type[ActForm]
    action: Callable[..., Any]
    said: str | Promise
    of_the_house: bool = False  # for who follows the case alone


ANSWERS: dict[str, Answering] = {
    "accept": Answering(AcceptForm, accept_referral, _("Accepted.")),
    "decline": Answering(DeclineForm, decline_referral, _("Declined.")),
    "appoint": Answering(AppointmentForm, appoint_referral, _("The appointment is written down.")),
    "came": Answering(CameForm, say_came, _("Written down.")),
    "end": Answering(ResultForm, end_referral, _("The result is written down.")),
    "driver": Answering(DriverForm, name_driver, _("Written down."), of_the_house=True),
    "withdraw": Answering(ActForm, withdraw_referral, _("It is no longer offered."), of_the_house=True),
}

OF_CASE = tuple(f"{case}__{column}" for case in ("case", "case__counted_with") for column in ("site", "follower"))

Sent = tuple[uuid.UUID, str, ActForm]  # a form of a referral that was not carried out


@may(Permission.SEE_CASES, Permission.SET_UP)
@form_page
def services(request: StaffRequest) -> HttpResponse:
    """The services to which people are referred; who follows cases, or sets up, at all sites adds one."""
    form = ServiceForm(request.POST or None)
    if do(request, form, add_service, said=_("The service is added.")):
        return see("casework:services")
    return _services(request, form)


@may(Permission.SEE_CASES, Permission.SET_UP)
@require_POST
def service_account(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Who answers for a service."""
    service, form = get_object_or_404(Service.objects.open(), pk=key), AccountForm(request.POST)
    if do(request, form, give_service_account, service, said=_("They answer for this service.")):
        return see("casework:services")
    return _services(request, ServiceForm(), (service.pk, "account", form))


@may(Permission.SEE_CASES, Permission.SET_UP)
@require_POST
def service_end(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Nobody is referred to a service any more."""
    press(request, end_service, get_object_or_404(Service, pk=key), said=_("The service is closed."))
    return see("casework:services")


@require_GET
def referrals(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The referrals of a case; as a page, or as a part of the case's file."""
    return _referrals(request, case_or_404(request, key))


@require_POST
def offer(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Offer the person of a case to a service."""
    case, form = case_or_404(request, key), ReferForm(request.POST)
    if do(request, form, refer, case, said=_("Offered to the service.")):
        return see("casework:referrals", case.pk)
    return _referrals(request, case, offering=form)


@may(Permission.ANSWER_REFERRALS)
@require_GET
def offers(request: StaffRequest) -> HttpResponse:
    """What was offered to one's service, the newest first: all there is for who answers for it."""
    return _offers(request)


@may(Permission.SEE_CASES, Permission.ANSWER_REFERRALS)
@require_POST
def answer(request: StaffRequest, key: uuid.UUID, how: str) -> HttpResponse:
    """Answer a referral: the service by itself, or who follows the case, for a service that telephones."""
    own, way = service_of(request.user), ANSWERS[how]
    shown = Referral.objects.of_service(own) if own else Referral.objects.visible_to(request.user)
    if own and way.of_the_house:
        raise Http404
    row = get_object_or_404(shown.select_related("service", "case__counted_with"), pk=key)
    form = way.form(request.POST)
    done, sent = do(request, form, way.action, row, said=way.said), (row.pk, how, form)
    if own:
        return see("casework:offers") if done else _offers(request, sent)
    return see("casework:referrals", row.followed_in.pk) if done else _referrals(request, row.followed_in, sent)


def _forms(key: uuid.UUID, ways: Sequence[str], sent: Sent | None) -> dict[str, ActForm]:
    """The forms of one row, of which one may be that which was sent."""
    forms = {how: ANSWERS[how].form() for how in ways}
    if sent and sent[0] == key:
        forms[sent[1]] = sent[2]
    for how, form in forms.items():
        form.auto_id = f"id_{key}_{how}_%s"  # they stand on one page
    return forms


def _services(request: StaffRequest, form: ServiceForm, sent: Sent | None = None) -> HttpResponse:
    shown = Service.objects.open().prefetch_related("accounts__user")
    rows = []
    for service in shown:
        account = sent[2] if sent and sent[0] == service.pk else AccountForm()
        account.auto_id = f"id_{service.pk}_%s"
        rows.append((service, account))
    context = {"rows": rows, "act": ActForm(), "sets_up": may_set_up_services(request.user), "adding": form}
    return draw(request, "casework/services.html", sent[2] if sent else form, **context)


def _referrals(
    request: StaffRequest, case: Case, sent: Sent | None = None, offering: ReferForm | None = None
) -> HttpResponse:
    write_log(request.user, LogLine.Verb.OPENED, case, ["referrals"], shown=[case.individual_id])
    of_case = Referral.objects.of(case).select_related(
        "service",
        "offered_by",
        "accepted_by",
        *OF_CASE,
    )
    found, now = list(of_case.prefetch_related("service__accounts")), timezone.now()
    asked = whom_to_call(found, now)
    offering = offering or ReferForm()
    offering.auto_id = "id_offer_%s"
    part = "HX-Request" in request.headers
    context = {
        "case": case,
        "rows": [(one, _forms(one.pk, list(ANSWERS), sent), asked.get(one.pk)) for one in found],
        "now": now,
        "offering": offering,
        "open": case.closed_at is None and case.counted_with_id is None,
        "of_the_house": True,
    }
    form = sent[2] if sent else offering
    return draw(request, "casework/_referrals.html" if part else "casework/referrals.html", form, **context)


def _offers(request: StaffRequest, sent: Sent | None = None) -> HttpResponse:
    own = service_of(request.user)
    found = Referral.objects.offered_to(own) if own else Referral.objects.none()
    whole = found.select_related(
        "service",
        "accepted_by",
        "offered_by",
        "case__individual",
        *OF_CASE,
    ).prefetch_related("service__accounts")
    page, now = Paginator(whole, PAGE).get_page(request.GET.get("page")), timezone.now()
    told, asked = tell_of(list(page), now), whom_to_call(list(page), now)
    shown = [one.case.individual_id for one in page if one.pk in told]
    write_log(request.user, LogLine.Verb.OPENED, "referral", ["list"], shown=shown)
    ways = [how for how, way in ANSWERS.items() if not way.of_the_house]
    rows = [(one, _forms(one.pk, ways, sent), told.get(one.pk), asked.get(one.pk)) for one in page]
    form = sent[2] if sent else ActForm()
    return draw(request, "casework/offers.html", form, service=own, page=page, rows=rows, now=now)
