"""The pages of the log: everything that was looked at, and who opened one family."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from centre.access import Permission
from centre.doors import draw, may
from centre.log import write_log
from centre.models import LogLine, LogSeal
from centre.requests import StaffRequest
from desk.filters import LogFilterSet
from desk.forms import ListForm
from desk.log_lines import (
    lines_about,
    read_lines,
    reads_cases,
    reads_who_opened,
    to_be_read,
    told_of_buses,
    told_of_cases,
    told_to,
)
from desk.pages import Page
from desk.shown_file import shown_file
from registrations.doors import household_or_404

LATEST = 100


@require_GET
@may(Permission.SEE_LOG)
def log(request: StaffRequest) -> HttpResponse:
    """The log by family, by staff, by day and by what was done; the latest first."""
    narrowed = LogFilterSet(request.GET, LogLine.objects.visible_to(request.user), request=request)
    write_log(request.user, LogLine.Verb.OPENED, "log", [name for name in narrowed.filters if request.GET.get(name)])
    page = Page.of(to_be_read(narrowed.qs), request.GET.get("page", ""))
    rows = read_lines(page.rows, cases=reads_cases(request.user))
    context = {"filter": narrowed, "page": page, "rows": rows, "seal": LogSeal.objects.last()}
    return render(request, "desk/log.html", context)


@require_GET
@may(Permission.SEE_LOG)
def shown(request: StaffRequest) -> HttpResponse:
    """Take out whose families the lines of the log page showed, and to whom; who took it and why stands in the log."""
    narrowed = LogFilterSet(request.GET, LogLine.objects.visible_to(request.user), request=request)
    form = ListForm.asked(request)
    if form.is_valid() and narrowed.form.is_valid():
        return shown_file(narrowed.qs, by=request.user, **form.chosen())
    return draw(request, "desk/shown_file.html", form, filter=narrowed)


@require_GET
@may(Permission.MERGE, Permission.SEE_LOG)
def who_opened(request: StaffRequest, number: int) -> HttpResponse:
    """To whom this family was shown, the latest first; with its cases, for users who may know that there are any.

    The page is for users who supervise the family, or read the log of its site.
    """
    household = household_or_404(request, number)
    if not reads_who_opened(request.user, household):
        raise Http404
    write_log(request.user, LogLine.Verb.OPENED, household, ["log"])
    lines = told_to(lines_about(LogLine.objects.all(), number), request.user)
    told = told_of_buses(told_of_cases(lines, household, request.user), household, request.user)
    rows = read_lines(to_be_read(told)[:LATEST], cases=True)
    return render(request, "desk/who_opened.html", {"household": household, "rows": rows})
