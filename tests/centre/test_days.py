"""Days and minutes are shown as 26.11.2026 14:30 and read as people write them."""

from datetime import date, datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from centre.days import LocalDay, LocalMinute, Tense, read_moment


@pytest.mark.parametrize(
    "typed",
    ["26.11.2026", "26/11/2026", "26-11-2026", "26 11 2026", "26,11,2026", "26․11․2026", "26112026", "2026-11-26"],
)
def test_day_is_read_as_people_write_it(typed):
    assert LocalDay().clean(typed) == date(2026, 11, 26)


@pytest.mark.parametrize(
    "typed",
    ["11/26/2026", "31.02.2026", "26.11", "26.11.26", "26.11.2026 14:30", "tomorrow", ".", "99999999999999.11.2026"],
)
def test_day_that_is_none_is_refused_with_today_as_the_example(typed):
    with pytest.raises(ValidationError, match=f"{timezone.localdate():%d.%m.%Y}"):
        LocalDay().clean(typed)


@pytest.mark.parametrize("typed", ["26.11.2026 14:30", "26.11.2026, 14.30", "261120261430", "2026-11-26T14:30"])
def test_minute_is_read_in_local_time(typed):
    at = timezone.make_aware(datetime(2026, 11, 26, 14, 30))  # noqa: DTZ001 - local, made aware
    assert LocalMinute(tense=Tense.PAST).clean(typed) == at


NOW = datetime(2026, 11, 28, 21, 0)  # noqa: DTZ001 - local, as every hour of this table


@pytest.mark.parametrize(
    ("typed", "has_been", "to_come"),
    [
        ("22:00", "2026-11-27 22:00", "2026-11-28 22:00"),
        ("22.00", "2026-11-27 22:00", "2026-11-28 22:00"),
        ("2200", "2026-11-27 22:00", "2026-11-28 22:00"),
        ("22․00", "2026-11-27 22:00", "2026-11-28 22:00"),
        ("22։00", "2026-11-27 22:00", "2026-11-28 22:00"),
        ("２２：００", "2026-11-27 22:00", "2026-11-28 22:00"),
        ("２２．００", "2026-11-27 22:00", "2026-11-28 22:00"),
        ("22。00", "2026-11-27 22:00", "2026-11-28 22:00"),
        (" 22 00 ", "2026-11-27 22:00", "2026-11-28 22:00"),
        ("9:05", "2026-11-28 09:05", "2026-11-29 09:05"),
        ("0905", "2026-11-28 09:05", "2026-11-29 09:05"),
        ("21:00", "2026-11-28 21:00", "2026-11-28 21:00"),
        ("21:15", "2026-11-28 21:15", "2026-11-28 21:15"),  # by a clock that is fast
        ("21:16", "2026-11-27 21:16", "2026-11-28 21:16"),
        ("20:46", "2026-11-28 20:46", "2026-11-28 20:46"),  # begins as it is written
        ("20:45", "2026-11-28 20:45", "2026-11-29 20:45"),
        ("00:00", "2026-11-28 00:00", "2026-11-29 00:00"),
        ("28.11 22:00", "2026-11-28 22:00", "2026-11-28 22:00"),
        ("28/11, 22.00", "2026-11-28 22:00", "2026-11-28 22:00"),
        ("２８．１１　２２：００", "2026-11-28 22:00", "2026-11-28 22:00"),
        ("1.1 8:00", "2027-01-01 08:00", "2027-01-01 08:00"),
        ("27.11 08:00", "2026-11-27 08:00", "2026-11-27 08:00"),
        ("26.11.2026 14:30", "2026-11-26 14:30", "2026-11-26 14:30"),
        ("2026-11-26T14:30", "2026-11-26 14:30", "2026-11-26 14:30"),
    ],
)
def test_hour_alone_has_been_or_is_to_come_and_a_day_without_its_year_is_the_nearest(typed, has_been, to_come):
    read = {tense: f"{read_moment(typed, tense, NOW):%Y-%m-%d %H:%M}" for tense in Tense}
    assert read == {Tense.PAST: has_been, Tense.AHEAD: to_come}


def test_day_without_its_year_is_read_over_the_turn_of_the_year_and_in_a_leap_year():
    new_year = datetime(2027, 1, 2, 9, 0)  # noqa: DTZ001 - local
    before, leap = read_moment("31.12 22:00", Tense.PAST, new_year), read_moment("29.2 10:00", Tense.PAST, new_year)
    assert (before.year, leap.year) == (2026, 2028)


@pytest.mark.parametrize(
    "typed",
    [
        "26.11.2026", "26.11.2026 24:30", "26.11.2026 14", "24:00", "2460", "22", "9:5", "22:00:00", "31.11 22:00",
        "28.11", "28.13 22:00", "26.11.2026 99999999999999:10", "99999999999.11.2026 1:1",
        "28.11 25:00", "28.11 2200", "tomorrow", "at 22:00", "29.2.2027 10:00",
    ],
)  # fmt: skip
def test_minute_that_is_none_is_refused_with_today_as_the_example(typed):
    with pytest.raises(ValidationError, match=f"{timezone.localdate():%d.%m.%Y} 14:30"):
        LocalMinute(tense=Tense.PAST).clean(typed)


@pytest.mark.parametrize("tense", Tense)
def test_what_was_understood_is_shown_written_out_and_what_was_not_as_it_was_typed(tense):
    class Asked(forms.Form):
        at = LocalMinute(tense=tense)

    at = timezone.localtime(LocalMinute(tense=tense).clean("9:05"))
    assert f'value="{at:%d.%m.%Y} 09:05"' in str(Asked({"at": "9:05"})["at"])
    assert 'value="25:00"' in str(Asked({"at": "25:00"})["at"])


def test_every_field_shows_today_as_its_example():
    class Asked(forms.Form):
        at, on = LocalMinute(tense=Tense.AHEAD), LocalDay()

    today = f"{timezone.localdate():%d.%m.%Y}"
    assert f'placeholder="{today} 14:30"' in str(Asked()["at"])
    assert f'placeholder="{today}"' in str(Asked()["on"])


def test_day_and_minute_are_shown_with_the_day_first_and_never_by_the_browser():
    day, minute = LocalDay().widget, LocalMinute(tense=Tense.PAST).widget
    assert day.format_value(date(2026, 11, 6)) == "06.11.2026"
    assert minute.format_value(datetime(2026, 11, 6, 9, 5)) == "06.11.2026 09:05"  # noqa: DTZ001 - as shown
    assert {day.input_type, minute.input_type} == {"text"}
