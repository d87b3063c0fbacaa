"""The pages at which one goes to a hospital, and is back."""

import uuid
from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from centre.access import Permission
from centre.clock import local_day, local_instant
from centre.doors import at_a_site, do, draw, see
from centre.filters import InstantInput
from centre.forms import field_of
from centre.lines import LineField
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest, form_page
from desk.hospital import back_from_hospital, send_to_hospital, who_may_be_back
from desk.on_paper import PaperForm
from desk.proof import sees
from desk.selectors import read_file
from registrations.choosing import PeopleField, PersonField, as_choices
from registrations.doors import household_or_404
from registrations.models import Household, Individual
from shelter.keeping import had_beds_as_they_left, sleep_at

GIVEN_UP = "given_up"
KEPT_FOR = (1, 3, 7)  # days
USUALLY, NOON = 1, time(12)


class BedField(InstantInput):
    """Until when a bed is kept; none where it is given to others."""

    def clean(self, value: Any) -> datetime | None:
        return None if value == GIVEN_UP else super().clean(value)


class HospitalForm(PaperForm):
    """Who goes to which hospital, and what becomes of the bed."""

    patient = PersonField(label=gettext_lazy("Who goes to hospital?"), widget=forms.RadioSelect)
    companion = PersonField(label=gettext_lazy("Does somebody go along?"), required=False)
    hospital = forms.ModelChoiceField(
        label=gettext_lazy("Which hospital?"), queryset=Site.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    arrived = forms.TypedChoiceField(
        label=gettext_lazy("Where is this person now?"),
        choices=[("no", gettext_lazy("On the way there")), ("yes", gettext_lazy("In the hospital"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        initial="no",
    )
    keep_bed_until = BedField(label=gettext_lazy("Their bed"), widget=forms.RadioSelect)
    happened_anyway = LineField(
        label=gettext_lazy("It has already happened: how?"),
        help_text=gettext_lazy(
            "Only when a child has already left with someone else. A protection officer is told at once."
        ),
        max_length=200,
    )

    def __init__(
        self, *args: Any, people: Collection[Individual], hospitals: Any, beds: bool, now: datetime, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        choices = as_choices(people)
        field_of(self, "patient", PersonField).choices = choices
        field_of(self, "companion", PersonField).choices = [("", _("nobody")), *choices]
        field_of(self, "hospital", forms.ModelChoiceField).queryset = hospitals
        self.fields["hospital"].initial = hospitals[0] if len(hospitals) == 1 else None
        if beds:
            self._offer_to_keep_bed(now)
        else:
            del self.fields["keep_bed_until"]

    def _offer_to_keep_bed(self, now: datetime) -> None:
        ends = [local_instant(local_day(now) + timedelta(days=days), NOON) for days in KEPT_FOR]
        kept = [
            (end.isoformat(), _("Keep it until %(at)s") % {"at": date_format(end, "DAY_HOUR_FORMAT")}) for end in ends
        ]
        field_of(self, "keep_bed_until", BedField).widget.choices = [*kept, (GIVEN_UP, _("Give it to others"))]
        self.fields["keep_bed_until"].initial = kept[USUALLY][0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("companion") and cleaned["companion"] == cleaned.get("patient"):
            self.add_error("companion", _("Choose another person, or nobody."))
        return cleaned


class BackForm(PaperForm):
    """Who is back from hospital."""

    members = PeopleField(
        label=gettext_lazy("Who is back from hospital?"),
        error_messages={"required": gettext_lazy("Choose who is back.")},
    )
    happened_anyway = LineField(
        label=gettext_lazy("It has already happened: how?"),
        help_text=gettext_lazy(
            "Only when a child came, or stayed there, without who looks after it. A protection officer is told at once."
        ),
        max_length=200,
    )

    def __init__(self, *args: Any, people: Collection[Individual], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "members", PeopleField).choices = as_choices(people)
        if len(people) == 1:
            self.fields["members"].initial = [str(one.pk) for one in people]


@form_page
@at_a_site(Permission.REGISTER)
def to_hospital(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """One member of the family goes to a hospital; the others stay."""
    household, now = household_or_404(request, number, acting=True), timezone.now()
    file = read_file(household, request.user, now)
    here = [member.person for member in file.members if member.person.pk in file.at(site)]
    _log(request, household, here)
    hospitals = Site.objects.to_be_sent_to().exclude(pk=site.pk).offered(now)
    beds = bool(sleep_at(file.at(site), site, now))
    form = HospitalForm(request.POST or None, people=here, hospitals=hospitals, beds=beds, now=now)
    said = _("The way to hospital is recorded.")
    if do(request, form, send_to_hospital, household, site=site, said=said, of=household):
        return _saved(request, household)
    return draw(request, "desk/to_hospital.html", form, household=household, site=site)


@form_page
@at_a_site(Permission.REGISTER)
def from_hospital(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """Members of the family are back from hospital, in the beds that were kept."""
    household, now = household_or_404(request, number, acting=True), timezone.now()
    living = {person.pk: person for person in read_file(household, request.user, now).living}
    away = who_may_be_back(living, site, request.user, now)
    people = [person for key, person in living.items() if key in away]
    _log(request, household, people)
    form = BackForm(request.POST or None, people=people)
    said = _("The way back from hospital is recorded.")
    done = do(request, form, back_from_hospital, household, site=site, said=said, of=household)
    if done:
        bedless = [uuid.UUID(key) for key in done.without_bed]
        _say_who_sleeps(request, done.stays, had_beds_as_they_left(bedless, site, timezone.now()))
        return _saved(request, household)
    return draw(request, "desk/from_hospital.html", form, household=household, site=site)


def _log(request: StaffRequest, household: Household, people: Collection[Individual]) -> None:
    write_log(request.user, LogLine.Verb.OPENED, household, shown=[person.pk for person in people])


def _say_who_sleeps(request: StaffRequest, stays: Collection[str], bedless: Collection[uuid.UUID]) -> None:
    if stays:
        messages.success(
            request, ngettext("Back in the bed that was kept.", "Back in the beds that were kept.", len(stays))
        )
    if bedless:
        messages.warning(request, _("No bed is kept here any more. Find places for who is back."))


def _saved(request: StaffRequest, household: Household) -> HttpResponse:
    return see("desk:family", household) if sees(request.user, household) else see("desk:families")
