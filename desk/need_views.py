"""The page at which a person's needs begin and end."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from centre.access import Permission
from centre.doors import do, draw, may, see
from centre.forms import ActForm, field_of
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffRequest, form_page
from desk.intake import need_name
from desk.needing import change_needs, sees_needs
from registrations.doors import household_or_404
from registrations.models import NeedCode
from registrations.needs import open_needs


class NeedsForm(ActForm):
    """Needs that begin and end; without `ending`, where the reader does not see which there are."""

    add = forms.MultipleChoiceField(label=_("New needs"), widget=forms.CheckboxSelectMultiple, required=False)
    end = forms.MultipleChoiceField(label=_("Needs that ended"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, ending: Sequence[NeedCode] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = NeedCode.objects.all() if ending is not None else NeedCode.objects.filter(at_desk=True)
        known = set(ending or ())
        self._offer("add", codes, [code for code in codes if code.at_desk and code not in known])
        self._offer("end", codes, list(known))
        if not known and not self.is_bound:
            del self.fields["end"]

    def _offer(self, name: str, valid: Any, shown: Sequence[NeedCode]) -> None:
        """Show some of the codes; the others are no error, for the page may have been drawn before they were said."""
        field = field_of(self, name, forms.MultipleChoiceField)
        field.choices = [(code.pk, need_name(code)) for code in valid]
        field.widget.choices = [(code.pk, need_name(code)) for code in sorted(shown, key=lambda code: code.pk)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["add"] and not cleaned["end"]:
            raise forms.ValidationError(_("Choose at least one need."), code="nothing")
        return cleaned


@form_page
@may(Permission.REGISTER)
def needs(request: StaffRequest, number: int, key: uuid.UUID) -> HttpResponse:
    """What a member of the family needs begins or ends; who may not read needs adds to them."""
    household = household_or_404(request, number, acting=True)
    member = household.memberships.today().select_related("individual").filter(counted_as=key).first()
    if member is None:
        raise Http404
    person, shown = member.individual, sees_needs(request.user, member.individual)
    ending = [need.code for need in open_needs([key]).get(key, [])] if shown else None
    form = NeedsForm(request.POST or None, ending=ending)
    if do(request, form, change_needs, person, said=_("The needs are recorded."), of=household):
        return see("desk:family", household)
    write_log(request.user, LogLine.Verb.OPENED, household, ["needs"] if shown else [], shown=[person.pk])
    return draw(request, "desk/needs.html", form, household=household, person=person, shown=shown)
