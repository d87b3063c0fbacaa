"""A birth as it was told to the desk; it is never shown or sent more precisely than that."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations.facts import MONTHS_SAID, Birth, age_on, months_on

MOST_MONTHS = 36  # from here on an age is shown in years, however it was said

_AS_SAID = {"day": "%d.%m.%Y", "month": "%m.%Y", "year": "%Y"}
_FOR_MACHINES = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
_SURE_OF_AGE = ("day", "month")


def born_as_said(birth: Birth) -> str:
    """As much of the birth date as was told: 04.05.1989, 05.1989 or 1989; empty if only an age was told."""
    return _written(birth, _AS_SAID)


def born_for_machines(birth: Birth) -> str:
    """The same by ISO 8601: 1989-05-04, 1989-05 or 1989."""
    return _written(birth, _FOR_MACHINES)


def in_years(age: int) -> str:
    """The words for so many years, with %(age)d for the number."""
    return ngettext("%(age)d year", "%(age)d years", age)


def in_months(age: int) -> str:
    """The words for so many months, with %(age)d for the number."""
    return ngettext("%(age)d month", "%(age)d months", age) if age else _("under 1 month")


def age_in_words(birth: Birth, day: date) -> str:
    """The age on a day, counted in years; in months where it was said so and is still under three years."""
    if birth.on is None:
        return ""
    months = months_on(birth.on, day)
    if birth.precision == MONTHS_SAID and months < MOST_MONTHS:
        return in_months(months) % {"age": months}
    age = age_on(birth.on, day)
    return in_years(age) % {"age": age}


def age_as_known(birth: Birth, day: date) -> str:
    """The age on a day in words, with ≈ where only a year or an age was said; or the age group, or nothing."""
    if birth.on is None:
        return birth.age_group.replace("-", "–")  # with a hyphen, sheets take 5-11 for a day in November
    return ("" if birth.precision in _SURE_OF_AGE else "≈ ") + age_in_words(birth, day)


def birth_as_typed(birth: Birth, day: date) -> str:
    """The birth as a desk would type it, on a day: 04.05.1989, or an age; empty where neither is known."""
    if birth.on is None or birth.precision != "age":
        return born_as_said(birth) or age_in_words(birth, day)
    return str(age_on(birth.on, day))


def birth_in_words(birth: Birth, day: date) -> str:
    """What was said of the birth, in one word: as much of a date as was said, or else the age."""
    return born_as_said(birth) or age_as_known(birth, day)


def _written(birth: Birth, forms: dict[str, str]) -> str:
    return birth.on.strftime(forms[birth.precision]) if birth.on and birth.precision in forms else ""
