"""Bed nights of a month, their sheet, and the invoices typed in against them."""

import uuid
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from centre.access import Permission, allows
from centre.doors import do, draw, may, press, see
from centre.forms import ActForm
from centre.models import Site
from centre.requests import StaffRequest, form_page
from centre.sheets import list_separator
from houses.actions import type_invoice, void_invoice
from houses.forms import InvoiceForm, MonthForm, NightsFileForm
from houses.models import Invoice
from houses.sheets import nights_file as write_file
from houses.sheets import read_months, rule_in_words, sites_read, sites_told, total_of

READ = (Permission.SET_UP_ROOMS, Permission.SEE_LOG)


@require_GET
@may(*READ)
def nights(request: StaffRequest) -> HttpResponse:
    """The houses of a month against their invoices."""
    form, month = _month(request)
    months = read_months(sites_read(request.user), month, timezone.now())
    context = {
        "month": month,
        "months": months,
        "total": total_of(months) if months else None,
        "rules": rule_in_words(),
        "file_form": NightsFileForm(initial={"month": month}),
    }
    return draw(request, "houses/nights.html", form, **context | _beside(month))


@require_GET
@may(*READ)
def nights_file(request: StaffRequest) -> HttpResponse:
    """The month as CSV or XLSX, with a line in the log of who took it out and why."""
    form = NightsFileForm(request.GET)
    if not form.is_valid():
        return draw(request, "houses/nights_file.html", form)
    said = form.cleaned_data
    parted = list_separator(translation.get_language() or "en")
    return write_file(sites_read(request.user), said.pop("month"), by=request.user, separator=parted, **said)


@form_page
@may(*READ)
def house_nights(request: StaffRequest, code: str) -> HttpResponse:
    """Night by night of a house, its invoice, and a form to type one in."""
    site = get_object_or_404(sites_told(request.user), code=code)
    shown, month = _month(request)
    form = InvoiceForm(request.POST or None, initial={"month": month})
    if do(request, form, type_invoice, site, said=_("The invoice is typed in.")):
        return see("houses:house_nights", site.code, month=f"{form.cleaned_data['month']:%Y-%m}")
    (whole,) = read_months([site], month, timezone.now())
    invoices = Invoice.objects.filter(site=site, month=month).select_related("act__by", "voided_by")
    context = {
        "house": site,
        "month": month,
        "whole": whole,
        "shown": shown,
        "invoices": invoices.order_by("act__recorded_at"),
        "rules": rule_in_words(),
        "act": ActForm(),
        "sets_up": allows(request.user, Permission.SET_UP_ROOMS, site),
    }
    return draw(request, "houses/house_nights.html", form, **context | _beside(month))


@require_POST
@may(Permission.SET_UP_ROOMS)
def invoice_void(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The invoice was typed in wrong."""
    sites = Site.objects.where(request.user, Permission.SET_UP_ROOMS)
    row = get_object_or_404(Invoice.objects.filter(site__in=sites).select_related("site"), pk=key)
    press(request, void_invoice, row, said=_("The invoice is taken back."))
    return see("houses:house_nights", row.site.code, month=f"{row.month:%Y-%m}")


def _month(request: StaffRequest) -> tuple[MonthForm, date]:
    """The month that is asked for; this one where none is, or where it cannot be read, and then the form says so."""
    today = timezone.localdate().replace(day=1)
    asked = MonthForm(request.GET)
    if "month" in request.GET and not asked.is_valid():
        return asked, today
    month = asked.cleaned_data["month"] if "month" in request.GET else today
    return MonthForm(initial={"month": month}), month


def _beside(month: date) -> dict[str, date]:
    """The months before and after."""
    return {"earlier": (month - timedelta(days=1)).replace(day=1), "later": (month + timedelta(days=31)).replace(day=1)}
