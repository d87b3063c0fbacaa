"""How the houses of the shelter board are narrowed down, as an address asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from centre.models import Marz

MOST = 99_999  # places, or km: more than any house has or is away


@dataclass(frozen=True)
class HousesAsked:
    """How the houses are narrowed: part of a name, a province, places free, step-free, and so many km away."""

    name: str = ""
    marz: str = ""
    free: int = 0
    step_free: bool = False
    km: int = 0

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return self != HousesAsked()

    @property
    def by_room(self) -> bool:
        """Whether single rooms have to be looked at."""
        return bool(self.free or self.step_free)


class HousesForm(forms.Form):
    """What may be asked for; what is not understood stands beside its field, and nothing is narrowed by it."""

    house = forms.CharField(label=_("Town or name"), max_length=60, required=False)
    marz = forms.ChoiceField(label=_("Province"), choices=Marz, required=False)
    free = forms.IntegerField(label=_("Places free"), min_value=0, max_value=MOST, required=False)
    km = forms.IntegerField(label=_("Within km"), min_value=0, max_value=MOST, required=False)
    step_free = forms.BooleanField(label=_("step-free"), required=False)


def read_asked(asked: Mapping[str, str]) -> tuple[HousesForm, HousesAsked]:
    """The form as it was asked, and what of it was understood."""
    form = HousesForm(dict(asked))
    form.is_valid()
    said = form.cleaned_data
    marz, km = said.get("marz", ""), said.get("km") or 0
    return form, HousesAsked(said.get("house", ""), marz, said.get("free") or 0, said.get("step_free", False), km)
