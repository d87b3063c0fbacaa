"""What is written down in a case and for when, at pages and at the API."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from centre.days import LocalMinute, Tense
from centre.fields import Instant, Text
from centre.lines import LineField, seen

LONGEST_WORDS = 2000
PAST, AHEAD = timedelta(days=1), timedelta(days=366)  # of what is planned; what began today may be written down
NOT_SOON = _("Write a time from today on, within a year.")


class WordsField(forms.CharField):
    """What is to be written down in a case; marks that nobody sees are no words."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"label": _("In your words"), "max_length": LONGEST_WORDS}
        super().__init__(**usual | {"widget": forms.Textarea(attrs={"rows": 3})} | options)

    def to_python(self, value: Any) -> str:
        said = super().to_python(value) or ""
        return seen(said).strip()


class DueField(LocalMinute):
    """When something is to be done."""

    def __init__(self, **options: Any) -> None:
        super().__init__(tense=Tense.AHEAD, **options)

    def clean(self, value: Any) -> datetime | None:
        at = super().clean(value)
        if at and not is_soon(at):
            raise ValidationError(NOT_SOON, code="not_soon")
        return at


class Words(Text):
    """The same at the API."""

    def __init__(self, **options: Any) -> None:
        needed = options.get("required", True)
        blank = {} if needed else {"allow_blank": True, "default": ""}
        super().__init__(clean=WordsField(required=needed).clean, max_length=LONGEST_WORDS, **blank | options)


class Line(Text):
    """One line at the API, read as a page reads it."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        needed = options.get("required", True)
        line = LineField(required=needed, max_length=max_length)
        super().__init__(clean=line.clean, max_length=max_length, allow_blank=not needed, **options)


class Due(Instant):
    """When something is to be done, at the API."""

    def to_internal_value(self, data: Any) -> datetime:
        at = super().to_internal_value(data)
        if not is_soon(at):
            raise serializers.ValidationError(NOT_SOON, code="not_soon")
        return at


def is_soon(at: datetime) -> bool:
    """Whether something may be planned for then."""
    now = timezone.now()
    return now - PAST <= at <= now + AHEAD
