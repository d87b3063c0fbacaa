"""What the pages of plans ask; the names are the acts' parameters."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.forms import ActForm, field_of
from centre.lines import LineField
from centre.models import Site, User
from plans.models import How, Plan, PlannedFamily
from registrations.fields import NumberField
from registrations.models import Household
from shelter.forms import Rows, Until
from shelter.sight import reach_of


class AskForm(ActForm):
    """Over which houses."""

    houses = Rows(error_messages={"required": _("Tick at least one house.")})

    def __init__(self, *args: Any, asker: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "houses", Rows).rows = Site.objects.filter(pk__in=reach_of(asker, timezone.now()).sites)


class ConfirmForm(forms.Form):
    """Which families of which plan, and until when places are held for them."""

    how = forms.ChoiceField(choices=How)
    families = Rows(error_messages={"required": _("Tick at least one family.")})
    until = Until(label=_("Hold until"))

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (
            PlannedFamily.objects.filter(plan=plan).select_related("household").prefetch_related("places__room__site")
        )
        field_of(self, "families", Rows).rows = rows

    def clean(self) -> dict[str, Any]:
        """All of one plan, and until later than now."""
        said = super().clean() or self.cleaned_data
        if any(row.how != said.get("how") for row in said.get("families", ())):
            self.add_error("families", _("This is no longer there. Choose again."))
        if said.get("until") and said["until"] <= timezone.now():
            self.add_error("until", _("The hold must end later than now."))
        return said


class ApartForm(ActForm):
    """Two families by their numbers, and why they are kept apart."""

    household = NumberField(label=_("Number of the one family"), required=True)
    other = NumberField(label=_("Number of the other family"), required=True)
    reason = LineField(
        label=_("Why they are kept apart"),
        max_length=200,
        help_text=_("Read only by those who may correct what is recorded of both."),
        required=True,
    )

    def __init__(self, *args: Any, asker: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asker = asker

    def _family(self, name: str) -> Household:
        found = Household.objects.supervised_by(self.asker).filter(number=self.cleaned_data[name]).first()
        if found is None:
            raise ValidationError(_("No family with this number is in your sight."))
        return found

    def clean_household(self) -> Household:
        return self._family("household")

    def clean_other(self) -> Household:
        return self._family("other")
