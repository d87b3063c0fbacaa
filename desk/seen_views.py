"""The families whose number was shown without a card: who has them answers, and the desk that noted it reads what."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from centre.access import Permission
from centre.doors import may, site_or_none
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest
from desk.pages import Page
from desk.selectors import read_rows
from registrations.models import Sighting

NOTED_FOR = timedelta(days=3)  # how long the desk reads what became of what it noted
LAST_NOTED = 50


@require_GET
@may(Permission.REGISTER)
def seen(request: StaffRequest) -> HttpResponse:
    """What waits for an answer of whoever has the family; and what was noted at the site of the shift."""
    waiting: Any = Sighting.objects.open().in_hand_of(request.user).select_related("household", "site", "act__by")
    page = Page.of(waiting, request.GET.get("page", ""))
    households = list({sighting.household_id: sighting.household for sighting in page.rows}.values())
    found = {row.household.pk: row for row in read_rows(households, request.user, timezone.now(), {}, {})}
    site = site_or_none(request, Permission.REGISTER)
    noted = _noted_at(site) if site else []
    shown = [sighting.household_id for sighting in (*page.rows, *noted)]
    write_log(request.user, LogLine.Verb.OPENED, "household", ["number"], shown=shown)
    rows = [(sighting, found[sighting.household_id]) for sighting in page.rows]
    context = {"page": page, "rows": rows, "site": site, "noted": noted, "form": ActForm()}
    return render(request, "desk/seen.html", context)


def _noted_at(site: Site) -> list[Sighting]:
    lately = Sighting.objects.filter(site=site, recorded_at__gte=timezone.now() - NOTED_FOR)
    return list(lately.select_related("household").order_by("-happened_at")[:LAST_NOTED])
