"""The page on which is recorded that a family was told of a death."""

import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from centre.access import Permission
from centre.doors import do, draw, may, press, see
from centre.forms import ActForm, field_of
from centre.lines import LineField
from centre.log import write_log
from centre.models import LogLine, User
from centre.requests import StaffRequest, form_page
from desk.telling_deaths import take_back_family_told, tell_family_of_death
from registrations.choosing import PersonChoice, as_choices
from registrations.deaths import DeathTold
from registrations.doors import household_or_404
from registrations.living import deaths_to_tell, untold_deaths
from registrations.models import Household, Individual


class FamilyToldForm(ActForm):
    """Whose family was told, who of it, and how."""

    individual = PersonChoice(label=gettext_lazy("Who died?"), widget=forms.RadioSelect)
    to_whom = LineField(label=gettext_lazy("Who was told?"), max_length=120, required=True)
    how = forms.ChoiceField(label=gettext_lazy("How?"), choices=DeathTold.How, widget=forms.RadioSelect)

    def __init__(self, *args: Any, people: Collection[Individual], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = as_choices(people)
        field_of(self, "individual", PersonChoice).choices = choices
        if len(choices) == 1:
            self.fields["individual"].initial = choices[0][0]

    def clean_individual(self) -> Individual:
        return self.people[self.cleaned_data["individual"]]


@form_page
@may(Permission.SEE_CASES)
def family_told(request: StaffRequest, number: int) -> HttpResponse:
    """The family was told of a death in it."""
    household = household_or_404(request, number, acting=True)
    people = untold_in(household, request.user)
    form = FamilyToldForm(request.POST or None, people=people)
    if do(request, form, tell_family_of_death, said=_("It is recorded that the family was told."), of=household):
        return see("desk:family", household)
    write_log(request.user, LogLine.Verb.OPENED, household, shown=[person.pk for person in people])
    return draw(request, "desk/family_told.html", form, household=household)


@require_POST
@may(Permission.SEE_CASES)
def family_not_told(request: StaffRequest, number: int, key: uuid.UUID) -> HttpResponse:
    """The family was not told of a death in it, after all."""
    household = household_or_404(request, number, acting=True)
    person = get_object_or_404(Individual, pk=key, counted_memberships__in=household.memberships.today())
    said = _("It was taken back: the death is not said to the family.")
    press(request, take_back_family_told, person, said=said, of=household)
    return see("desk:family", household)


def untold_in(household: Household, user: User) -> list[Individual]:
    """The members who died and of whose death the user is to tell the family, which was not told."""
    theirs = deaths_to_tell(user, None).order_by().values("pk")
    dead = untold_deaths().filter(pk__in=theirs).order_by().values("individual")
    return list(Individual.objects.members_of(household).filter(pk__in=dead).distinct())
