"""Days and minutes as people here write them, in every browser: 26.11.2026 14:30."""

import re
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext_lazy as _

from centre.clock import check_is_near

STOPS = re.compile(r"[\s.,:/․։T-]+")
UNPARTED = {8: (2, 4), 12: (2, 4, 8, 10)}  # where 26112026 and 261120261430 are cut


class LocalDay(forms.DateField):
    """A day, shown as 26.11.2026; read with other stops too, with none, or as 2026-11-26."""

    default_error_messages = {"invalid": _("Write the day as 26.11.2026.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=_text("%d.%m.%Y", forms.DateInput), **options)

    def to_python(self, value: Any) -> date | None:
        """The day; refused where the calendar has none."""
        if value in self.empty_values:
            return None
        try:
            day = date(*_read(value, 3))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        check_is_near(day)
        return day


class LocalMinute(forms.DateTimeField):
    """A local day and minute, shown as 26.11.2026 14:30 and read like a day."""

    default_error_messages = {"invalid": _("Write the day and the time as 26.11.2026 14:30.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=_text("%d.%m.%Y %H:%M", forms.DateTimeInput), **options)

    def to_python(self, value: Any) -> datetime | None:
        """The instant; refused where the calendar or the clock has none."""
        if value in self.empty_values:
            return None
        try:
            said = datetime(*_read(value, 5))  # noqa: DTZ001 - made aware below
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        check_is_near(said.date())
        return from_current_timezone(said)


def _text(shape: str, widget: type[forms.DateInput | forms.DateTimeInput]) -> forms.Widget:
    """A field of text; the browser's own control would show the order of its own language."""
    example = datetime(2026, 11, 26, 14, 30).strftime(shape)  # noqa: DTZ001 - an example of writing
    return widget(format=shape, attrs={"inputmode": "numeric", "placeholder": example, "maxlength": 20})


def _read(text: str, count: int) -> tuple[Any, ...]:
    """Year, month, day and what follows; ValueError where there are not so many numbers or the year is no year."""
    text = text.strip()
    if text.isdecimal() and len(text) in UNPARTED:
        cuts = (0, *UNPARTED[len(text)], len(text))
        words = [text[start:end] for start, end in pairwise(cuts)]
    else:
        words = STOPS.split(text)
    if len(words) >= 3 and len(words[0]) != 4:
        words[:3] = words[2::-1]
    if len(words) != count or len(words[0]) != 4:
        raise ValueError(text)
    return tuple(int(word) for word in words)
