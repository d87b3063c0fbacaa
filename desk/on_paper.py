"""What was written on paper and is typed later: the day and the hour as on the paper, and whose hand it was."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from centre.clock import local_day, local_instant
from centre.days import read_hour
from centre.forms import ActForm
from centre.lines import LONGEST_HAND, LineField
from desk.births import WRONG, read_birth
from registrations.fields import DigitsInput

PAPER = ("paper_day", "paper_hour", "written_by")


class HandField(forms.CharField):
    """What is written by hand, in the digits and marks of any keyboard."""

    widget = DigitsInput

    def run_validators(self, value: Any) -> None:
        """The reading itself is the check."""


class DayField(HandField):
    """A day such as 25.11.2026."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        wrong = ValidationError(_("Write the day as 25.11.2026."), code="no_day")
        try:
            said = read_birth(typed, timezone.localdate())
        except ValidationError as error:
            raise (wrong if error.code == "no_birth" else error) from error
        if said.precision != "day":
            raise wrong
        return said.on


class HourField(HandField):
    """An hour of the day such as 21:10."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        try:
            return read_hour(typed)
        except ValueError:
            raise ValidationError(_("Write the hour as 21:10."), code="no_hour") from None


class PaperForm(ActForm):
    """An act that may be typed from paper; when nothing of it is filled in, it is done now."""

    paper_day = DayField(label=_("Day on the paper"), max_length=40, required=False)
    paper_hour = HourField(label=_("Hour on the paper"), max_length=10, required=False)
    written_by = LineField(label=_("Written by"), max_length=LONGEST_HAND)

    @cached_property
    def said_at(self) -> datetime | None:
        """The instant on the paper; none where it is not said, or cannot be read."""
        try:
            day, hour = (self.fields[name].clean(self[name].data) for name in PAPER[:2])
        except ValidationError:
            return None
        return local_instant(day, hour) if day and hour is not None else None

    @property
    def day(self) -> date:
        """The local day on which what the form says is so."""
        return local_day(self.said_at or timezone.now())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if any(cleaned.get(name) not in (None, "") or name in self.errors for name in PAPER):
            for name in PAPER:
                if cleaned.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, _("Enter this as on the paper."))
        if self.said_at and self.said_at > timezone.now() and "paper_hour" not in self.errors:
            self.add_error("paper_hour", WRONG["future"])
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        return {name: value for name, value in super().facts().items() if name not in PAPER} | self.from_paper()

    def from_paper(self) -> dict[str, Any]:
        """When it was, and whose hand wrote it; nothing where it is done now."""
        return {"at": self.said_at, "written_by": self.cleaned_data["written_by"]} if self.said_at else {}
