"""Days and minutes as people here write them, in every browser: 26.11.2026 14:30."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.clock import check_is_near

STOPS = re.compile(r"[\s.,:/։。、՝֊‐‑‒–—T-]+")  # of every keyboard, fullwidth ones and the one dot leader made plain
HARDLY = timedelta(minutes=15)
UNPARTED = {4: (2,), 8: (2, 4), 12: (2, 4, 8, 10)}  # where 2200, 26112026 and 261120261430 are cut


class Tense(Enum):
    """Whether a field asks for what has happened, or for what is planned."""

    PAST = "past"
    AHEAD = "ahead"


class _Shown(forms.DateTimeInput):
    """A field of text with today as its example; the browser's own control would show the order of its own language."""

    def __init__(self, shape: str) -> None:
        super().__init__(format=shape, attrs={"inputmode": "numeric"})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, {"placeholder": _example(self.format or ""), **(attrs or {})})


class LocalDay(forms.DateField):
    """A day, shown as 26.11.2026; read with other stops too, with none, or as 2026-11-26."""

    default_error_messages = {"invalid": _("Write the day as %(example)s.")}
    shape = "%d.%m.%Y"

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=_Shown(self.shape), **options)

    def to_python(self, value: Any) -> date | None:
        """The day; refused where the calendar has none."""
        if value in self.empty_values:
            return None
        try:
            day = date(*_read(value, 3))
        except ValueError:
            raise _asked_back(self) from None
        check_is_near(day)
        return day


class LocalMinute(forms.DateTimeField):
    """A local day and minute, shown as 26.11.2026 14:30 and read like a day; the year, or the day, may be left out.

    An hour alone is the latest that has been, or the next to come, as the field's `tense` says. A day without its
    year is the one nearest to now: what is then on the wrong side of now is refused by its act, and not moved by a
    year. What was read is what the field shows when it is drawn again.
    """

    default_error_messages = {"invalid": _("Write the day and the time as %(example)s, or the hour alone as 22:00.")}
    shape = "%d.%m.%Y %H:%M"

    def __init__(self, *, tense: Tense, **options: Any) -> None:
        self.tense = tense
        super().__init__(widget=_Shown(self.shape), **options)

    def to_python(self, value: Any) -> datetime | None:
        """The instant; refused where the calendar or the clock has none."""
        if value in self.empty_values:
            return None
        try:
            said = read_moment(value, self.tense, timezone.localtime())
        except ValueError:
            raise _asked_back(self) from None
        check_is_near(said.date())
        return from_current_timezone(said)

    def prepare_value(self, value: Any) -> Any:
        """What was understood, written out; what was not, as it was typed."""
        if isinstance(value, str):
            try:
                value = self.to_python(value)
            except ValidationError:
                return value
        return super().prepare_value(value)


def read_moment(text: str, tense: Tense, now: datetime) -> datetime:
    """The local minute, without its zone, that somebody means who writes at the local hour `now`; else ValueError."""
    words, here = _words(text), now.replace(tzinfo=None)
    if len(words) == 2:
        return _of_a_day(read_hour(text), tense, here)
    if len(words) == 4 and max(map(len, words)) <= 2:
        return _of_a_year([int(word) for word in words], here)
    return datetime(*_read(text, 5))  # noqa: DTZ001 - local, made aware by the field


def read_hour(text: str) -> time:
    """The hour of the day, written as 22:00, 22.00, 9:05 or 2200; ValueError where it is none."""
    words = _words(text)
    if len(words) != 2 or len(words[0]) > 2 or len(words[1]) != 2:
        raise ValueError(text)
    return time(int(words[0]), int(words[1]))


def _of_a_day(hour: time, tense: Tense, now: datetime) -> datetime:
    """The latest such hour that has been, or the next one to come; one that is hardly on the wrong side is today's.

    The clocks of two rooms differ, and a queue stands before it is written down: today's is then taken or refused by
    its act, and not silently another day's.
    """
    today = datetime.combine(now.date(), hour)
    if tense is Tense.PAST:
        return today if today <= now + HARDLY else today - timedelta(days=1)
    return today if today > now - HARDLY else today + timedelta(days=1)


def _of_a_year(words: list[int], now: datetime) -> datetime:
    """The day and hour in the year that brings it nearest to now; ValueError where no year near has it."""
    day, month, hour, minute = words
    years = [year for year in range(now.year - 1, now.year + 2) if _has(year, month, day)]
    if not years:
        raise ValueError(words)
    found = [datetime(year, month, day, hour, minute) for year in years]  # noqa: DTZ001 - local, as now is
    return min(found, key=lambda at: abs(at - now))


def _has(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _asked_back(field: LocalDay | LocalMinute) -> ValidationError:
    said = field.error_messages["invalid"] % {"example": _example(field.shape)}
    return ValidationError(said, code="invalid")


def _example(shape: str) -> str:
    """Today, written so."""
    return timezone.localtime().replace(hour=14, minute=30).strftime(shape)


def _words(text: str) -> list[str]:
    """The numbers of which a day or an hour is written."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text.isdecimal() and len(text) in UNPARTED:
        cuts = (0, *UNPARTED[len(text)], len(text))
        return [text[start:end] for start, end in pairwise(cuts)]
    return STOPS.split(text)


def _read(text: str, count: int) -> tuple[Any, ...]:
    """Year, month, day and what follows; ValueError where there are not so many numbers or the year is no year."""
    words = _words(text)
    if len(words) >= 3 and len(words[0]) != 4:
        words[:3] = words[2::-1]
    if len(words) != count or len(words[0]) != 4 or max(map(len, words)) > 4:
        raise ValueError(text)
    return tuple(int(word) for word in words)
