"""The gate counted five and four have names: who is missing?"""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from centre.forms import ActForm, field_of
from registrations.corrections import Correction
from registrations.models import Household, Individual


class MissingForm(ActForm):
    """Those of a family who were counted at the gate and have no name yet, and who of them was counted by mistake."""

    members = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, household: Household) -> None:
        super().__init__(data, auto_id=False)
        self.household = household
        self.fields["members"].initial = [str(row.pk) for row in self.left if len(self.left) == 1]
        field_of(self, "members", forms.MultipleChoiceField).choices = [(str(row.pk), looks(row)) for row in self.left]

    @cached_property
    def left(self) -> list[Individual]:
        """Who is missing; nobody before the family's first names are taken."""
        if self.household.registered_at is None:
            return []
        return [row.individual for row in self.household.memberships.nameless().select_related("individual")]

    @property
    def counted(self) -> int:
        """How many the gate counted, without those who never were."""
        return self.household.memberships.today().filter(individual__pre_registered_at__isnull=False).count()

    def facts(self) -> dict[str, Any]:
        keys = {str(row.pk): row.pk for row in self.left}
        members = [keys[key] for key in self.cleaned_data["members"]]
        return {"id": self.cleaned_data["id"], "members": members, "reason": Correction.OwnReason.COUNTED_BY_MISTAKE}


def looks(person: Individual) -> str:
    """What the gate wrote of somebody whose name it did not ask."""
    known = (person.get_sex_display() if person.sex else "", person.age_group)
    return " · ".join(filter(None, known)) or _("sex and age not known")
