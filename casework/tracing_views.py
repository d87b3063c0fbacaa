"""The pages of a search: who is sought, who may be found, and what came of it; for who follows cases alone."""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from casework.models import Case
from casework.tracing import TracingMatch, TracingRequest
from casework.tracing_actions import answer_match, ask_seeker, end_search, seek_person
from casework.tracing_forms import AnswerForm, ConsentForm, EndForm, SeekForm
from casework.tracing_selectors import read_searches
from casework.views import PAGE, case_or_404
from centre.access import Permission, require
from centre.doors import do, draw, see
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffRequest, form_page


@require_GET
def searches(request: StaffRequest) -> HttpResponse:
    """The open searches in the cases that one follows, those with a match to answer first."""
    require(request.user, Permission.SEE_CASES)
    shown = TracingRequest.objects.open().visible_to(request.user).defer("last_seen").by_need()
    page = Paginator(shown.select_related("case__counted_as", "case__counted_with__counted_as"), PAGE).get_page(
        request.GET.get("page")
    )
    people = [one.followed_in.counted_as_id for one in page]
    write_log(request.user, LogLine.Verb.OPENED, "tracingrequest", ["list"], shown=people)
    return render(request, "casework/searches.html", {"page": page})


@form_page
def trace(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Somebody is sought for the person of a case."""
    case = case_or_404(request, key)
    form = SeekForm(request.POST or None)
    sought = do(request, form, seek_person, case.counted_as, said=_("The search has begun. It goes on by itself."))
    if sought:
        return see("casework:found", sought.case)
    write_log(request.user, LogLine.Verb.OPENED, case, shown=[case.individual_id])
    return draw(request, "casework/trace.html", form, case=case)


@require_GET
def found(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The searches of a case, and who may be found; as a page, or as a part of the case's file."""
    return _found(request, case_or_404(request, key), ActForm())


@require_POST
def consent(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Whether who seeks agrees that the other is told."""
    return _done(request, _search_or_404(request, key), ConsentForm(request.POST), ask_seeker)


@require_POST
def end(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The search has ended."""
    return _done(request, _search_or_404(request, key), EndForm(request.POST), end_search)


@require_POST
def answer(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """What became of a match."""
    require(request.user, Permission.SEE_CASES)
    matches = TracingMatch.objects.visible_to(request.user).select_related("request__case__counted_with")
    match = get_object_or_404(matches, pk=key)
    return _done(request, match.request, AnswerForm(request.POST), answer_match, match)


def _search_or_404(request: StaffRequest, key: uuid.UUID) -> TracingRequest:
    require(request.user, Permission.SEE_CASES)
    rows = TracingRequest.objects.visible_to(request.user).select_related("case__counted_with")
    return get_object_or_404(rows, pk=key)


def _done(
    request: StaffRequest,
    search: TracingRequest,
    form: ActForm,
    action: Callable[..., Any],
    match: TracingMatch | None = None,
) -> HttpResponse:
    """Do the act and go back to the searches of the case; or there with why not."""
    if do(request, form, action, match or search, said=_("Written down.")):
        return see("casework:found", search.followed_in.pk)
    return _found(request, search.followed_in, form, search)


def _found(request: StaffRequest, case: Case, form: ActForm, sent: TracingRequest | None = None) -> HttpResponse:
    shown = read_searches(case, request.user, timezone.now())
    rows = [(one, _end_form(one.request, form if sent == one.request else None)) for one in shown]
    people = [one.person.pk for search in shown for one in search.found if one.person]
    write_log(request.user, LogLine.Verb.OPENED, case, ["searches"], shown=[case.individual_id, *people])
    template = "casework/_found.html" if request.headers.get("HX-Request") else "casework/found.html"
    return draw(request, template, form, case=case, searches=rows, act=ActForm())


def _end_form(search: TracingRequest, sent: ActForm | None) -> ActForm:
    """How this search may be ended: as it was sent, or afresh."""
    form = sent if isinstance(sent, EndForm) else EndForm()
    form.auto_id = f"id_{search.pk}_%s"  # they stand on one page
    return form
