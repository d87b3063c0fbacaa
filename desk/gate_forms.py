"""What is asked where people and vehicles are counted as they cross."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from centre.forms import ActForm
from centre.lines import LineField
from desk.intake import MOST_CROSSING
from desk.on_paper import PaperForm


class CountForm(PaperForm):
    """People and vehicles seen crossing since the last count."""

    people = forms.IntegerField(
        label=_("People"),
        min_value=0,
        max_value=MOST_CROSSING,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    vehicles = forms.IntegerField(
        label=_("Vehicles"),
        min_value=0,
        max_value=MOST_CROSSING,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def clean_vehicles(self) -> int:
        return self.cleaned_data["vehicles"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["people"] and not cleaned["vehicles"]:
            raise forms.ValidationError(_("Count at least one person or vehicle."), code="nothing")
        return cleaned


class VoidCountForm(ActForm):
    """Why a count at the gate is taken back, where somebody says it."""

    reason = LineField(label=_("What was wrong?"), max_length=200)
