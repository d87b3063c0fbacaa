"""A line of text that somebody types."""

import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST_HAND = 80  # of the name of whose hand a paper was
UNREADABLE = _("It has a character that cannot be read. Type it again.")


def seen(text: str) -> str:
    """The text without marks that nobody sees."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


class LineField(forms.CharField):
    """One line of text; spaces are brought together, invisible marks dropped, control characters refused."""

    def __init__(self, *, max_length: int = 80, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages["control"] = UNREADABLE

    def to_python(self, value: Any) -> str:
        line = seen(super().to_python(value) or "")
        line = " ".join(line.split())
        if any(unicodedata.category(letter) in ("Cc", "Co", "Cs", "Cn") for letter in line):
            raise ValidationError(self.error_messages["control"], code="control")
        return line


def line(longest: int) -> Callable[[str], Any]:
    """A cleaner of one line, for what machines send."""
    return LineField(max_length=longest).clean
