"""What is asked when a matter is opened, followed and closed."""

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.errors import StillOpen
from casework.fields import DueField, WordsField
from casework.kinds import BEST_INTEREST, ERRANDS, Kind, Outcome, Sign, Urgency
from casework.models import Step
from casework.selectors import followers_at
from centre.forms import ActForm, field_of
from centre.lines import LineField
from centre.models import Site, User
from centre.refusals import Refusal
from registrations.choosing import NO_LONGER_LISTED, called
from registrations.models import Household, Individual, NeedCode
from registrations.phones import read_phone

LONGEST_SHIFT = timedelta(days=7)
NO_SHIFT = _("A shift ends after it begins, within a week.")


def read_one_phone(text: str) -> str:
    """The number in full; raises ValidationError when no telephone has it."""
    phone = read_phone(text)
    if not phone:
        raise ValidationError(_("No telephone has this number. Check it, or leave it empty."), code="no_phone")
    return phone


class PersonOfFamily(forms.ModelChoiceField):
    """A member of the household, as every list of people offers them."""

    default_error_messages = NO_LONGER_LISTED

    def __init__(self, **options: Any) -> None:
        super().__init__(Individual.objects.none(), label=_("Who"), widget=forms.RadioSelect, **options)

    def label_from_instance(self, obj: Individual) -> str:
        return called(obj)


class OfFamilyForm(ActForm):
    """Something about one person of a household."""

    individual = PersonOfFamily(empty_label=None)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.household = household
        field = field_of(self, "individual", forms.ModelChoiceField)
        field.queryset = Individual.objects.members_of(household)
        if field.queryset.count() == 1:
            field.initial = field.queryset.get().pk


class ObserveForm(OfFamilyForm):
    """What was seen of a person: two taps and not a word."""

    sign = forms.ChoiceField(label=_("What do you see?"), choices=Sign, widget=forms.RadioSelect)


class OpenForm(OfFamilyForm):
    """Open a case."""

    kind = forms.ChoiceField(label=_("What is it about?"), choices=[("", _("choose")), *Kind.choices])
    urgency = forms.ChoiceField(label=_("How soon must somebody look?"), choices=Urgency, initial=Urgency.TODAY)
    whole_family = forms.BooleanField(label=_("It concerns the whole family"), required=False)
    words = WordsField(label=_("What is known?"), required=False)

    def facts(self) -> dict[str, Any]:
        """The case; with the household where it concerns all of it."""
        said = super().facts()
        return said | {"household": self.household if said.pop("whole_family") else None}


class WriteForm(ActForm):
    """Write down what is known, what was done, or what is to be done by when."""

    KNOWN, DONE, PLANNED = Step.Kind.KNOWN.value, Step.Kind.DONE.value, Step.Kind.PLANNED.value

    what = forms.ChoiceField(
        label=_("What is it?"),
        choices=[(KNOWN, _("What is known")), (DONE, _("It was done")), (PLANNED, _("To do"))],
        initial=KNOWN,
        widget=forms.RadioSelect,
    )
    topic = forms.ChoiceField(
        label=_("About"),
        choices=[("", _("something else")), *((one.value, one.label) for one in ERRANDS)],
        required=False,
    )
    words = WordsField()
    due_at = DueField(label=_("To do by"), required=False)

    def facts(self) -> dict[str, Any]:
        """What is written down; by when, of what is to do."""
        left_out = {"what"} if self.planned else {"what", "due_at"}
        if self.cleaned_data["what"] == self.KNOWN:
            left_out |= {"topic"}
        return {name: value for name, value in super().facts().items() if name not in left_out}

    @property
    def planned(self) -> bool:
        return self.cleaned_data.get("what") == self.PLANNED

    def clean(self) -> dict[str, Any]:
        """What is to do has a time, and nothing else has."""
        said = super().clean() or {}
        if self.planned and not said.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", ValidationError(_("Write by when."), code="required"))
        if said.get("due_at") and not self.planned and said.get("what"):
            self.add_error("due_at", ValidationError(_("Only what is to do has a time."), code="not_planned"))
        return said


class DoneForm(ActForm):
    """What was planned is done."""

    words = WordsField(label=_("How did it go?"), required=False)


class CheckForm(ActForm):
    """One of the things that are looked at for a child alone is done."""

    topic = forms.ChoiceField(choices=[(one.value, one.label) for one in BEST_INTEREST], widget=forms.HiddenInput)
    words = LineField(max_length=200)


class HandingForm(ActForm):
    """To whom a child is to be handed."""

    to = LineField(label=_("To whom? Name, and what they are to the child"), max_length=200, required=True)
    seen = LineField(label=_("Which document did you see?"), max_length=200, required=True)
    why = WordsField(label=_("Why is it good for the child?"))

    def facts(self) -> dict[str, Any]:
        """In one text, sealed like everything said."""
        said = super().facts()
        return {"id": said["id"], "words": "\n".join((said["to"], said["seen"], said["why"]))}


class HandOverForm(ActForm):
    """Somebody else follows the case from now on."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("To whom?"), empty_label=_("choose"))
    words = WordsField(label=_("A word for them"), required=False)

    def __init__(self, *args: Any, site: Site, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takers = followers_at(site, by).exclude(pk=by.pk)
        field_of(self, "to", forms.ModelChoiceField).queryset = self.takers


class UrgencyForm(ActForm):
    """How soon somebody has to look."""

    urgency = forms.ChoiceField(label=_("How soon must somebody look?"), choices=Urgency)


class CloseForm(ActForm):
    """How the matter ended."""

    outcome = forms.ChoiceField(label=_("How did it end?"), choices=[("", _("choose")), *Outcome.choices])
    words = WordsField(required=False)
    happened_anyway = LineField(label=_("Why is it closed all the same?"), max_length=200, required=False)

    BESIDE = MappingProxyType({StillOpen.code: "happened_anyway"})

    @property
    def is_open(self) -> bool:
        """Whether it was refused for what is open still, and asks why it is closed all the same."""
        return self.is_bound and "happened_anyway" in self.errors

    def refuse(self, refusal: Refusal) -> None:
        """As of every act; what is open still is a list beside the field that asks why."""
        super().refuse(refusal)
        if isinstance(refusal, StillOpen):
            self.errors["happened_anyway"] = self.error_class([str(refusal.asked), *refusal.what])


class ReopenForm(ActForm):
    """Why the matter goes on."""

    words = WordsField(label=_("Why does it go on?"))


class VoidStepForm(ActForm):
    """Why a step was wrong."""

    words = WordsField(label=_("What was wrong?"), required=False)


class DutyForm(ActForm):
    """Who is called at a site in a shift."""

    name = LineField(label=_("Name"), max_length=80, required=True)
    phone = forms.CharField(label=_("Telephone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    from_at = DueField(label=_("From"), initial=timezone.now)
    until = DueField(label=_("Until"))

    def clean_phone(self) -> str:
        return read_one_phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """A shift has an end after its beginning, within a week."""
        said = super().clean() or {}
        begins: datetime | None = said.get("from_at")
        ends: datetime | None = said.get("until")
        if begins and ends and not begins < ends <= begins + LONGEST_SHIFT:
            self.add_error("until", ValidationError(NO_SHIFT, code="shift"))
        return said


class RuleForm(ActForm):
    """Which matter a need opens."""

    code = forms.ModelChoiceField(NeedCode.objects.all(), widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("What is it about?"), choices=[("", _("opens nothing")), *Kind.choices], required=False
    )
    urgency = forms.ChoiceField(label=_("How soon must somebody look?"), choices=Urgency, required=False)
