"""Births: what is shown and sent of one is never more precise than what was said."""

from datetime import date

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from registrations.births import age_as_known, birth_in_words, born_as_said, born_for_machines
from registrations.facts import Birth, age_on, cohort_in_sql, cohort_on, years_before

TODAY = date(2023, 9, 28)
DAY, MONTH, YEAR = Birth(date(1989, 5, 4), "day"), Birth(date(1989, 5, 1), "month"), Birth.in_year(1989)
MONTHS, WEEKS = Birth.of_months(8, TODAY), Birth(date(2023, 9, 10), "age_months")
LONG_AGO = Birth.of_months(36, TODAY)
AGE, GROUP, UNKNOWN = Birth.of_age(33, TODAY), Birth(None, "age_group", "5-11"), Birth()


@pytest.mark.parametrize(
    ("birth", "shown", "sent", "age", "words"),
    [
        (DAY, "04.05.1989", "1989-05-04", "34 years", "04.05.1989"),
        (MONTH, "05.1989", "1989-05", "34 years", "05.1989"),
        (YEAR, "1989", "1989", "≈ 34 years", "1989"),
        (AGE, "", "", "≈ 33 years", "≈ 33 years"),
        (MONTHS, "", "", "≈ 8 months", "≈ 8 months"),
        (WEEKS, "", "", "≈ under 1 month", "≈ under 1 month"),
        (LONG_AGO, "", "", "≈ 3 years", "≈ 3 years"),
        (GROUP, "", "", "5–11", "5–11"),
        (UNKNOWN, "", "", "", ""),
    ],
)
def test_a_birth_is_as_it_was_said(birth, shown, sent, age, words):
    said = born_as_said(birth), born_for_machines(birth), age_as_known(birth, TODAY), birth_in_words(birth, TODAY)
    assert said == (shown, sent, age, words)


@pytest.mark.parametrize(
    ("language", "words"), [("ru", ["1 год", "3 года", "5 лет"]), ("hy", ["1 տարեկան", "3 տարեկան", "5 տարեկան"])]
)
def test_ages_are_counted_as_the_language_counts(language, words):
    with translation.override(language):
        assert [age_as_known(Birth.of_age(age, TODAY), TODAY) for age in (1, 3, 5)] == [f"≈ {word}" for word in words]


@pytest.mark.django_db
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    born=st.none() | st.dates(date(1916, 2, 28), date(2024, 3, 1)),
    day=st.dates(date(2019, 2, 27), date(2024, 3, 1)),
    group=st.sampled_from(["", "0-4", "60+"]),
)
@example(born=date(2020, 2, 29), day=date(2025, 2, 28), group="")
@example(born=date(2019, 3, 1), day=date(2024, 2, 29), group="")
def test_an_age_is_the_same_in_sql(born, day, group):
    facts = {"born": born, "group": group, "day": day}
    said = cohort_in_sql("%(born)s::date", "%(group)s", "%(day)s::date")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {said}", facts)
        assert cursor.fetchone() == (cohort_on(Birth(born, "day", group), day),)
        cursor.execute("SELECT %(born)s::date > %(before)s", facts | {"before": years_before(day, 2)})
        assert cursor.fetchone() == (None if born is None else age_on(born, day) < 2,)
