"""Forms that carry an act: sent twice, they are done once."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from types import MappingProxyType
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from centre.coordinates import CoordinatesField, LatitudeLongitude, are_exchanged
from centre.lines import LineField, seen
from centre.models import Marz, Site, User
from centre.refusals import Changed, Refusal
from centre.sheets import read_why

Answer = TypeVar("Answer")
FormField = TypeVar("FormField", bound=forms.Field)


def field_of(form: forms.BaseForm, name: str, kind: type[FormField]) -> FormField:
    """The form's field of this name, which is of this kind."""
    field = form.fields[name]
    assert isinstance(field, kind)
    return field


def with_values(data: QueryDict, name: str, values: Sequence[str]) -> QueryDict:
    """What was sent, with these values of the field; with none, the field was not sent.

    A name without values would answer with a list where a form reads a word.
    """
    typed = data.copy()
    typed.setlist(name, list(values))
    if not values:
        del typed[name]
    return typed


class ActForm(forms.Form):
    """A form whose field names are its action's parameters, with the act's id minted when the page was drawn."""

    id = forms.UUIDField(  # with no id of its own in the page, where many buttons carry one act each
        widget=forms.HiddenInput(attrs={"id": False}), initial=uuid.uuid4
    )

    BESIDE: Mapping[str, str] = MappingProxyType({})  # by a refusal's code, the field beside which it is said
    BESIDE_ELSE: str | None = None  # the field beside which any other refusal is said; above the form without one

    saved_before = ""  # the number of the family that this very form saved when it was sent with other facts

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        said = _as_seen(data) if isinstance(data, QueryDict) else data
        super().__init__(self._anew(said) if said and said.get("anew") else said, *args, **kwargs)

    def __getitem__(self, name: str) -> BoundField:
        """The field; the id anew each time it is drawn, for each of many buttons carries an act of its own."""
        if name == "id" and not self.is_bound:
            return self.fields["id"].get_bound_field(self, "id")
        return super().__getitem__(name)

    def _anew(self, data: Any) -> Any:
        """What was sent, as an act of its own where another family stands in a form that was saved.

        Its id comes from the one before: sent twice, it is done once.
        """
        typed = data.copy()
        try:
            typed["id"] = str(uuid.uuid5(uuid.UUID(typed.get("id", "")), "anew"))
        except ValueError:
            return typed  # the form says that its id cannot be read
        return typed

    def facts(self) -> dict[str, Any]:
        """The parameters of the act, its id among them."""
        return dict(self.cleaned_data)

    def carry_out(self, action: Callable[..., Answer], *args: Any, **facts: Any) -> Answer | None:
        """The action's answer; None when it refuses, and then the form says why."""
        try:
            return action(*args, **facts)
        except Refusal as refusal:
            self.refuse(refusal)
            return None

    def refuse(self, refusal: Refusal) -> None:
        """Show why the action refused, and mint a new id: the next try is another act.

        Not after Changed: that act was done, and under a new id the other facts would be done beside it.
        """
        self.saved_before = refusal.answer.get("number", "") if isinstance(refusal, Changed) else ""
        said = _("This form was saved already, as %(number)s. What is in it now was not saved.")
        told = said % {"number": self.saved_before} if self.saved_before else str(refusal)
        self.add_error(self.BESIDE.get(refusal.code, self.BESIDE_ELSE), ValidationError(told, code=refusal.code))
        if not isinstance(refusal, Changed):
            typed = self.data.copy()  # type: ignore[attr-defined]  # a refused form was sent: it holds a QueryDict
            typed[self.add_prefix("id")] = str(uuid.uuid4())
            self.data = typed


def _as_seen(data: QueryDict) -> QueryDict:
    """What was sent; a text of which nobody sees anything is empty."""
    unseen = [name for name, texts in data.lists() if any(text and not seen(text).strip() for text in texts)]
    if not unseen:
        return data
    typed = data.copy()
    for name in unseen:
        typed.setlist(name, [text if seen(text).strip() else "" for text in typed.getlist(name)])
    return typed


class WhyField(forms.CharField):
    """Why a file leaves."""

    def __init__(self, **options: Any) -> None:
        label, said = _("Why do you need this file?"), _("It is written in the file and in the log.")
        usual: dict[str, Any] = {"label": label, "max_length": 300, "help_text": said}
        super().__init__(**usual | options)

    def clean(self, value: Any) -> str:
        return read_why(super().clean(value))


class LanguageForm(forms.Form):
    """The language to speak to a person."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)


class Hours(forms.CharField):
    """Hours of the day with commas, such as 08:00, 20:00; a list of times."""

    default_error_messages = {"hours": _("Write hours as 08:00, 20:00.")}
    most = 6

    def clean(self, value: Any) -> list[time]:
        """The hours in order, each once."""
        words = [word.strip() for word in super().clean(value).split(",") if word.strip()]
        try:
            hours = sorted({time.fromisoformat(word) for word in words})
        except ValueError:
            raise ValidationError(self.error_messages["hours"], code="hours") from None
        if len(hours) > self.most or any(hour.tzinfo or hour.second or hour.microsecond for hour in hours):
            raise ValidationError(self.error_messages["hours"], code="hours")
        return hours

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(f"{hour:%H:%M}" for hour in value) if isinstance(value, list) else value


class SiteNames(forms.Form):
    """What may change of a site."""

    name_en = LineField(label=_("Name in English"), max_length=120)
    name_hy = LineField(label=_("Name in Armenian"), max_length=120)
    name_ru = LineField(label=_("Name in Russian"), max_length=120)
    cut_off_hours = Hours(
        label=_("Census at"), required=False, max_length=60, help_text=_("Hours with commas; empty: as everywhere.")
    )
    presumed_left_after = forms.IntegerField(
        label=_("Count as left after (hours)"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Hours without any new entry. For places people only pass through."),
    )
    coordinates = CoordinatesField(
        label=_("Where it is on the map"),
        max_length=80,
        help_text=_("Latitude, then longitude, as a map shows them: 39.5111, 46.3389. For distances and for drivers."),
    )
    p_code = LineField(
        label=_("P-code of the settlement"),
        max_length=10,
        validators=[RegexValidator(r"^[A-Z]{0,3}[0-9]{2,9}\Z", _("Capital Latin letters, then digits alone."))],
        help_text=_("From the list of OCHA; census files carry it."),
    )
    confidential = forms.BooleanField(label=_("Confidential: others do not see who is here"), required=False)

    def clean_coordinates(self) -> LatitudeLongitude | None:
        """Latitude and longitude; refused where they are the wrong way round, as far as the other sites tell."""
        said: LatitudeLongitude | None = self.cleaned_data["coordinates"]
        others = [site.coordinates for site in Site.objects.all() if site.coordinates] if said else []
        if said and are_exchanged(said, others):
            raise ValidationError(_("Latitude comes first, then longitude: these are the wrong way round."))
        return said

    def clean(self) -> dict[str, Any]:
        """A name in any one language is enough."""
        said = super().clean() or self.cleaned_data
        if not self.errors and not (said["name_en"] or said["name_hy"] or said["name_ru"]):
            self.add_error("name_en", _("Write the name in at least one language."))
        return said


class SiteChangeForm(ActForm, SiteNames):
    """Change what may change of a site."""


class SiteForm(ActForm, SiteNames):
    """Open a site."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=20,
        help_text=_("Short, in Latin letters; it never changes."),
        error_messages={"invalid": _("Latin letters, digits and hyphens alone, without spaces.")},
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Site.Kind)
    marz = forms.ChoiceField(label=_("Province"), choices=Marz)

    field_order = ("id", "code", "kind", "marz", "name_en", "name_hy", "name_ru")

    def clean_code(self) -> str:
        return self.cleaned_data["code"].lower()


class OperationForm(forms.Form):
    """What an operation is called."""

    name = LineField(label=_("Name of the operation"), max_length=120, required=True)
    code = forms.CharField(
        label=_("Code of four letters"),
        max_length=4,
        validators=[RegexValidator(r"^[A-Za-z]{4}\Z", _("Four Latin letters."))],
    )

    complaints_to = LineField(
        label=_("Where people can complain"),
        max_length=80,
        help_text=_("For example a phone number or a place. It is printed on every card."),
        required=True,
    )

    def clean_code(self) -> str:
        return self.cleaned_data["code"].upper()


class AdministratorForm(forms.ModelForm):
    """The first account of an operation."""

    password = forms.CharField(label=_("Password"), max_length=200, strip=False, widget=forms.PasswordInput)

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "language")

    def clean_password(self) -> str:
        names = {name: self.cleaned_data.get(name, "") for name in ("username", "first_name", "last_name")}
        validate_password(self.cleaned_data["password"], User(**names))
        return self.cleaned_data["password"]
