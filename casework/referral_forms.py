"""What is asked when a service is set up, somebody is offered to it, and it answers."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.fields import DueField, WordsField
from casework.forms import read_one_phone
from casework.kinds import Declining, Help, Transport
from casework.services import Service
from centre.access import OUTSIDE
from centre.forms import ActForm
from centre.lines import LineField
from centre.models import Assignment, User

PHONE: dict[str, Any] = {"max_length": 40, "required": False, "widget": forms.TextInput(attrs={"inputmode": "tel"})}


class PhoneForm(ActForm):
    """A form that asks for a telephone, which may stay empty."""

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        return read_one_phone(phone) if phone else ""


class ServiceForm(PhoneForm):
    """A service to which people can be referred."""

    name = LineField(label=_("Name"), max_length=120, required=True)
    offers = forms.ChoiceField(label=_("What do they help with?"), choices=Help)
    address = LineField(label=_("Where"), max_length=200)
    hours = LineField(label=_("When"), max_length=120)
    phone = forms.CharField(label=_("Telephone"), **PHONE)
    places_a_day = forms.IntegerField(
        label=_("How many people a day? Empty: no limit"), min_value=1, max_value=9999, required=False
    )


def outside_users() -> Any:
    """Those who have the role of an outside service now."""
    running = Assignment.objects.running(timezone.now()).filter(role__in=OUTSIDE)
    return User.objects.filter(pk__in=running.values("user"), is_active=True).order_by("last_name", "username")


class AccountForm(ActForm):
    """Who answers for a service."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Who answers for it?"), empty_label=_("choose"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = outside_users()  # type: ignore[attr-defined]  # a field of choices


class ReferForm(ActForm):
    """What a service is told, and what is asked of it."""

    service = forms.ModelChoiceField(Service.objects.open(), label=_("To which service?"), empty_label=_("choose"))
    words = WordsField(label=_("What shall they know? Only this is told to them."))
    names_person = forms.BooleanField(label=_("Tell them the given name, age, sex and telephone"), required=False)
    wished_at = DueField(label=_("When would be best?"), required=False)
    transport = forms.ChoiceField(
        label=_("How do they get there?"), choices=[("", _("by themselves")), *Transport.choices], required=False
    )


class AcceptForm(ActForm):
    """The service accepts."""

    appointment_at = DueField(label=_("When shall they come?"), required=False)


class AppointmentForm(ActForm):
    """When the person is expected."""

    appointment_at = DueField(label=_("When shall they come?"))


class DeclineForm(ActForm):
    """The service declines."""

    why = forms.ChoiceField(label=_("Why not?"), choices=[("", _("choose")), *Declining.choices])
    words = WordsField(required=False, widget=forms.Textarea(attrs={"rows": 2}))


class CameForm(ActForm):
    """Whether the person came; each answer is a button."""

    came = forms.TypedChoiceField(
        choices=[("yes", _("came")), ("no", _("did not come"))], coerce=lambda said: said == "yes"
    )


class ResultForm(ActForm):
    """What came of it."""

    words = WordsField(label=_("What came of it?"))


class DriverForm(PhoneForm):
    """Who drives."""

    driver = LineField(label=_("Who drives?"), required=True)
    phone = forms.CharField(label=_("Telephone of who drives"), **PHONE)
