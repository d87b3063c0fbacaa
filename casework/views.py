"""The pages of casework: the queue by urgency, closing, and a family's cases for its file."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from casework.actions import close_case
from casework.models import Case, CaseQuerySet
from centre.access import Permission, require
from centre.doors import press, see
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffRequest
from registrations.doors import household_or_404
from registrations.models import Membership

PAGE = 50


@require_GET
def cases(request: StaffRequest) -> HttpResponse:
    """The open cases at one's sites, the urgent first, then the oldest."""
    require(request.user, Permission.SEE_CASES)
    page = Paginator(_open_cases(request), PAGE).get_page(request.GET.get("page"))
    write_log(request.user, LogLine.Verb.OPENED, "case", ["list"], shown=[case.individual_id for case in page])
    context = {"page": page, "rows": _with_households(list(page)), "form": ActForm()}
    return render(request, "casework/cases.html", context)


@require_POST
def close(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Close a case; when another officer was first, that is said."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=key)
    press(request, close_case, case, said=_("The case is closed."))
    return see("casework:cases")


@require_GET
def family(request: StaffRequest, number: int) -> HttpResponse:
    """A family's open cases, as a part of its file; those opened for a record that was merged too."""
    require(request.user, Permission.SEE_CASES)
    household = household_or_404(request, number)
    write_log(request.user, LogLine.Verb.OPENED, household, ["cases"])
    people = household.memberships.today().values("counted_as")
    records = Membership.objects.filter(counted_as__in=people).values("individual")
    found = _open_cases(request).filter(individual__in=records)
    return render(request, "casework/_family.html", {"cases": found})


def _open_cases(request: StaffRequest) -> CaseQuerySet:
    rows = Case.objects.open().visible_to(request.user).select_related("individual", "site")
    return rows.order_by("-urgent", "opened_at", "pk")


def _with_households(shown: list[Case]) -> list[tuple[Case, object]]:
    """Each case with the household the person is in, asked for once."""
    people = [case.individual_id for case in shown]
    rows = Membership.objects.today().filter(individual__in=people).select_related("household")
    household_of = {row.individual_id: row.household for row in rows}
    return [(case, household_of.get(case.individual_id)) for case in shown]
