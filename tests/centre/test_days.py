"""Days and minutes are shown as 26.11.2026 14:30 and read as people write them."""

from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from centre.days import LocalDay, LocalMinute


@pytest.mark.parametrize(
    "typed",
    ["26.11.2026", "26/11/2026", "26-11-2026", "26 11 2026", "26,11,2026", "26․11․2026", "26112026", "2026-11-26"],
)
def test_day_is_read_as_people_write_it(typed):
    assert LocalDay().clean(typed) == date(2026, 11, 26)


@pytest.mark.parametrize(
    "typed", ["11/26/2026", "31.02.2026", "26.11", "26.11.26", "26.11.2026 14:30", "tomorrow", "."]
)
def test_day_that_is_none_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError, match=r"26\.11\.2026"):
        LocalDay().clean(typed)


@pytest.mark.parametrize("typed", ["26.11.2026 14:30", "26.11.2026, 14.30", "261120261430", "2026-11-26T14:30"])
def test_minute_is_read_in_local_time(typed):
    at = timezone.make_aware(datetime(2026, 11, 26, 14, 30))  # noqa: DTZ001 - local, made aware
    assert LocalMinute().clean(typed) == at


@pytest.mark.parametrize("typed", ["26.11.2026", "26.11.2026 24:30", "26.11.2026 14"])
def test_minute_that_is_none_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError, match="14:30"):
        LocalMinute().clean(typed)


def test_day_and_minute_are_shown_with_the_day_first_and_never_by_the_browser():
    day, minute = LocalDay().widget, LocalMinute().widget
    assert day.format_value(date(2026, 11, 6)) == "06.11.2026"
    assert minute.format_value(datetime(2026, 11, 6, 9, 5)) == "06.11.2026 09:05"  # noqa: DTZ001 - as shown
    assert {day.input_type, minute.input_type} == {"text"}
