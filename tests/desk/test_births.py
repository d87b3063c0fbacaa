"""How births are read: one list of what desks type, to which Python and the browser are held alike."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from desk.births import WRONG, for_browsers, in_words, read_birth
from registrations.facts import Birth

TODAY = date(2026, 11, 26)
LINES = Path(__file__).with_name("births.tsv").read_text().splitlines()[1:]
TYPED = [tuple(line.split("\t")) for line in LINES]


@pytest.mark.parametrize(("typed", "expected"), TYPED)
def test_a_birth_is_read_as_the_list_says(typed, expected):
    if expected not in WRONG:
        assert in_words(read_birth(typed, TODAY), TODAY) == expected
        return
    with pytest.raises(ValidationError) as refused:
        read_birth(typed, TODAY)
    assert refused.value.code == expected


def refused_as(typed):
    """The sentence with which the server refuses it, if it does."""
    try:
        read_birth(typed, TODAY)
    except ValidationError as error:
        return error.messages[0]
    return ""


def test_nothing_typed_is_nothing_known():
    assert read_birth("  ", TODAY) == read_birth(" ? ", TODAY) == Birth()


def test_an_age_in_months_is_precise_to_the_month_and_nought_is_in_years():
    assert read_birth("8 ամս", TODAY) == Birth(date(2026, 3, 26), "age_months")
    assert read_birth("3 недели", TODAY) == Birth(date(2026, 11, 5), "age_months")
    assert read_birth("1 month", date(2026, 3, 31)) == Birth(date(2026, 2, 28), "age_months")
    assert read_birth("0", TODAY).precision == "age"


def test_a_year_of_two_digits_is_asked_back_with_both():
    with pytest.raises(ValidationError) as asked:
        read_birth("12.3.15", TODAY)
    assert asked.value.messages == ["12.03.2015 or 12.03.1915? Write the year with four digits."]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", ["1 год", "2 года", "5 лет", "21 год", "1 месяц", "2 месяца", "5 месяцев", "21 месяц"]),
        ("en", ["1 year", "2 years", "5 years", "21 years", "1 month", "2 months", "5 months", "21 months"]),
        ("hy", ["1 տարեկան", "2 տարեկան", "5 տարեկան", "21 տարեկան"] + [f"{n} ամսական" for n in (1, 2, 5, 21)]),
    ],
)
def test_a_browser_counts_as_the_language_does(language, words):
    with translation.override(language):
        known = for_browsers()
    counted = [
        known[unit][0][int(known[unit][1][n])] % {"age": n} for unit in ("years", "months") for n in (1, 2, 5, 21)
    ]
    assert counted == words
    assert [len(known[unit][1]) for unit in ("years", "months")] == [121, 36]
