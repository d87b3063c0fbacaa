"""What a desk types, and how it is read: a name, a birth, a telephone.

Each says in one sentence, beside its field, what is wrong; nothing typed is lost.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.lines import LineField
from desk.births import read_birth
from registrations.fields import DigitsInput
from registrations.phones import read_phones
from registrations.unknown import is_unknown

BEDS_FREE = _("They stay here: their beds in the other house become free")
NOT_KNOWN = "?"  # what a desk writes for a name that nobody knows
LONGEST_PHONES, BETWEEN_PHONES = 120, ", "  # several numbers in one field, as people dictate them


class NameField(LineField):
    """A name as it is written, in any script; `?` where nobody knows it, in whatever words that was said."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["no_letters"] = _("A name has letters. Write ? when nobody knows it.")
        self.error_messages["too_long"] = _("This is too long for a name: at most 80 letters.")

    def to_python(self, value: Any) -> str:
        name = super().to_python(value)
        if is_unknown(name):
            return NOT_KNOWN
        if name and name != NOT_KNOWN and not any(letter.isalpha() for letter in name):
            raise ValidationError(self.error_messages["no_letters"], code="no_letters")
        return name

    def run_validators(self, value: str) -> None:
        if self.max_length and len(value) > self.max_length:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        super().run_validators(value)


class BirthField(forms.CharField):
    """A birth as it was said: 04.05.1989, 05.1989, 1989, or an age such as 34 or 8 months."""

    widget = DigitsInput
    today: date | None = None  # the day on which it was said, where it was not today

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(max_length=40, **kwargs)

    def to_python(self, value: Any) -> Any:
        return read_birth(super().to_python(value) or "", self.today or timezone.localdate())

    def run_validators(self, value: Any) -> None:
        """The reading itself is the check."""


class PhoneField(forms.CharField):
    """Telephone numbers, one or several, as they are dialled from anywhere: +37491123456, +37493112233."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(max_length=LONGEST_PHONES, **kwargs)

    def to_python(self, value: Any) -> str:
        return BETWEEN_PHONES.join(read_phones(super().to_python(value) or ""))


def phones_in(fields: Iterable[str]) -> tuple[str, ...]:
    """The numbers that stand in these fields, each once."""
    return tuple(dict.fromkeys(phone for field in fields if field for phone in field.split(BETWEEN_PHONES)))
