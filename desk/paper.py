"""An intake on paper, for when there is no power."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from centre.access import Permission
from centre.doors import may, site_or_none
from centre.models import Site
from centre.requests import StaffRequest
from registrations.models import Going

PERSON_ROWS = 12


@require_GET
@may(Permission.REGISTER, Permission.PRINT_CARDS)
def blank_sheet(request: StaffRequest) -> HttpResponse:
    """An intake on paper, for when there is no power."""
    context = blank_sheet_facts(site_or_none(request, Permission.REGISTER))
    return render(request, "desk/blank_sheet.html", context)


def blank_sheet_facts(site: Site | None = None) -> dict[str, object]:
    """What a blank intake sheet asks, in the reader's language."""
    return {"rows": range(1, PERSON_ROWS + 1), "going": Going.choices, "site": site}
