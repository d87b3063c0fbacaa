"""The page of everything that was told of a family, or of one of its people: read by staff, printed for the person."""

import uuid

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from centre.doors import offered
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffRequest
from desk.pages import Page
from desk.told import by_day, read_told
from registrations.doors import household_or_404
from registrations.models import Household, Individual

LINES = 200  # on a page: a family of many after a year has thousands


@require_GET
def told(request: StaffRequest, number: int, key: uuid.UUID | None = None) -> HttpResponse:
    """What was told of the family, or of this record of its people, in the family's language or the one asked for."""
    household = household_or_404(request, number, supervising=True)
    people = Individual.objects.filter(memberships__household=household).distinct()
    member = get_object_or_404(people, pk=key) if key else None
    language = _language(household, offered(request, "language", dict(settings.LANGUAGES)))
    with translation.override(language):
        page = Page.of(read_told(household, request.user, timezone.now(), key), request.GET.get("page", ""), LINES)
    shown = [record for line in page.rows for record in line.people]
    write_log(request.user, LogLine.Verb.OPENED, member or household, ["told"], shown=shown)
    context = {
        "household": household,
        "member": member,
        "people": [] if member else list(people),
        "page": page,
        "days": by_day(page.rows),
        "language": language,
        "languages": settings.LANGUAGES,
    }
    return render(request, "desk/told.html", context)


def _language(household: Household, asked: str) -> str:
    """The language asked for, else the first of the family's that we have, else the reader's."""
    ours = dict(settings.LANGUAGES)
    wanted = (one for one in (asked, *household.languages) if one in ours)
    return next(wanted, translation.get_language() or settings.LANGUAGE_CODE)
