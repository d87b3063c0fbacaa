"""The page of everything that was told of a family, or of one of its people: read by staff, printed for the person.

And where what was told of beds is taken back."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from casework.anyway import asked_anyway
from centre.access import Permission
from centre.doors import do, draw, may, offered, see
from centre.forms import ActForm, field_of
from centre.lines import LineField
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffRequest, form_page
from desk.pages import Page
from desk.told import by_day, read_told
from desk.told_book import Line
from desk.told_facts import beds_taken_back_by, beds_told_where_taken_back_by
from registrations.choosing import NO_LONGER_LISTED, PeopleField
from registrations.doors import household_or_404
from registrations.models import Household, Individual
from shelter.models import Bedding
from shelter.undoing import void_bedding

LINES = 200  # on a page: a family of many after a year has thousands


class BedsWrongForm(ActForm):
    """Of whom a line tells something wrong of beds, and what was wrong."""

    entries = PeopleField(label=gettext_lazy("Of whom?"))
    reason = LineField(label=gettext_lazy("What was wrong?"), max_length=200, required=True)
    happened_anyway = LineField(max_length=200)

    def __init__(self, *args: Any, line: Line, told: "QuerySet[Bedding]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = told
        choices = [(str(key), line.people[record]) for key, record in line.entries.items()]
        field_of(self, "entries", PeopleField).choices = choices
        self.fields["entries"].initial = [key for key, _name in choices]
        if line.voided:
            self.fields["reason"].label = _("Why was it right?")

    def clean_entries(self) -> list[Bedding]:
        return list(self.told.filter(pk__in=self.cleaned_data["entries"]))


@require_GET
def told(request: StaffRequest, number: int, key: uuid.UUID | None = None) -> HttpResponse:
    """What was told of the family, or of this record of its people, in the family's language or the one asked for."""
    household = household_or_404(request, number, supervising=True)
    return _draw_told(request, household, key)


def _draw_told(
    request: StaffRequest, household: Household, key: uuid.UUID | None = None, status: int = 200
) -> HttpResponse:
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
    return render(request, "desk/told.html", context, status=status)


@form_page
@may(Permission.MERGE)
def beds_wrong(request: StaffRequest, number: int, key: uuid.UUID) -> HttpResponse:
    """What the line with this entry tells of beds was wrong; or it was taken back and was right after all."""
    household = household_or_404(request, number, supervising=True)
    line = next((one for one in read_told(household, request.user, timezone.now()) if key in one.entries), None)
    if line is None:
        return _changed_meanwhile(request, household, key)
    form = BedsWrongForm(request.POST or None, line=line, told=beds_taken_back_by(request.user))
    said = _("It is counted again.") if line.voided else _("It was taken back.")
    if do(request, form, void_bedding, said=said, of=household):
        return see("desk:told", household)
    write_log(request.user, LogLine.Verb.OPENED, household, ["told"], shown=list(line.people))
    anyway = asked_anyway(request, form)
    return draw(request, "desk/beds_wrong.html", form, household=household, line=line, anyway=anyway)


def _changed_meanwhile(request: StaffRequest, household: Household, key: uuid.UUID) -> HttpResponse:
    """What stands now, to who was about to change an entry that another desk has changed."""
    people = household.memberships.today().values("counted_as")
    get_object_or_404(beds_told_where_taken_back_by(request.user), pk=key, counted_as__in=people)
    messages.warning(request, NO_LONGER_LISTED["invalid_choice"])
    return _draw_told(request, household, status=409)


def _language(household: Household, asked: str) -> str:
    """The language asked for, else the first of the family's that we have, else the reader's."""
    ours = dict(settings.LANGUAGES)
    wanted = (one for one in (asked, *household.languages) if one in ours)
    return next(wanted, translation.get_language() or settings.LANGUAGE_CODE)
