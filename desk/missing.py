"""The gate counted five and four have names: who is missing?"""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from centre.forms import ActForm, field_of
from registrations.choosing import PeopleField, looks
from registrations.corrections import Correction
from registrations.models import Household, Individual


class MissingForm(ActForm):
    """The people of a family who were counted at the gate and have no name yet: who was counted by mistake."""

    members = PeopleField(
        label=gettext_lazy("Who was counted by mistake?"),
        error_messages={"required": gettext_lazy("Tick who was counted by mistake.")},
    )

    def __init__(self, data: Any = None, *, household: Household) -> None:
        super().__init__(data, auto_id="missing_%s")
        self.household = household
        self.fields["members"].initial = [str(row.pk) for row in self.left if len(self.left) == 1]
        field_of(self, "members", PeopleField).choices = [(str(row.pk), looks(row)) for row in self.left]

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
        said = {name: self.cleaned_data[name] for name in ("id", "members")}
        return said | {"reason": Correction.OwnReason.COUNTED_BY_MISTAKE}
