"""A birth as a desk types it: a date, a month, a year, or an age, with the words and marks of three languages.

desk/births.js reads the same way while it is typed, with the words from here; tests/desk/births.tsv holds both to it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registrations.births import MOST_MONTHS, age_in_words, born_as_said, in_months, in_years
from registrations.digits import in_plain_marks
from registrations.facts import MONTHS_SAID, Birth, age_on, months_before

OLDEST = 120  # years
CENTURIES = ("20", "19")  # that of a living person's birth, the likelier first

UNITS = {
    "years": "տարեկան տարի տար տ год года лет г л годик годика year years yr yrs y yo",
    "months": "ամսական ամսեկան ամիս ամս месяц месяца месяцев мес м month months mo mos mth mths m",
    "weeks": "շաբաթական շաբաթեկան շաբաթ շաբ неделя недели недель нед week weeks wk wks w",
    "days": "օրական օրեկան օր день дня дней дн д day days d",
}
# What may stand beside a date and says no more than that it is one: 1989 թ., 1989 г.р., 4-ը, 4th.
BESIDE_A_DATE = "թ թվ թվական թվականի թվականին ծ ծն ծնվ ծնված г гр р год года рождения born ը ին ի го th st nd rd of"
BESIDE_AN_AGE = "old"
MONTHS = (
    "jan|янв|հունվ|հնվ", "feb|фев|փետր|փտվ", "mar|мар|մարտ|մրտ", "apr|апр|ապր", "may|май|мая|մայ|մյս",
    "jun|июн|հունիս|հնս", "jul|июл|հուլիս|հլս", "aug|авг|օգոս|օգս", "sep|сен|սեպ", "oct|окт|հոկ", "nov|ноя|նոյ",
    "dec|дек|դեկ",
)  # fmt: skip

NOBODY_KNOWS = "?"  # as it is written for a name

WRONG = {
    "no_birth": _("Write 04.05.1989, 05.1989, 1989, or an age such as 34."),
    "short_year": _("Write the year with four digits."),
    "which_year": _("%(later)s or %(earlier)s? Write the year with four digits."),
    "no_date": _("There is no such date."),
    "future": _("This is in the future."),
    "too_old": _("This is more than 120 years ago."),
    "too_old_age": _("Check the age: 120 at most. Or enter the year of birth."),
    "many_months": _("Write an age in months up to 36 months, then in years."),
}

_LINE = re.compile(r"[≈~]?(?:\d|[^\W\d_]|[\s.,/'’-])*")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words.split()}
_BESIDE_A_DATE, _BESIDE_AN_AGE = set(BESIDE_A_DATE.split()), set(BESIDE_AN_AGE.split())


def read_birth(text: str, today: date) -> Birth:
    """Read a birth as precisely as it was written; raises ValidationError with a sentence for the desk."""
    typed = unicodedata.normalize("NFC", in_plain_marks(text)).strip().lower()
    if typed in ("", NOBODY_KNOWS):
        return Birth()
    tokens = _TOKEN.findall(typed)
    if not tokens or not _LINE.fullmatch(typed):
        raise _wrong("no_birth")
    age = _said_age([token for token in tokens if token not in _BESIDE_AN_AGE])
    if age:
        return _of_age(age, today)
    parts = _parts(tokens)
    if typed[0] in "≈~" or parts is None:
        raise _wrong("no_birth")
    return _dated(parts, today)


def in_words(birth: Birth, today: date) -> str:
    """What was understood, to show beside the field: "34 years · 04.05.1989"."""
    if birth.on is None:
        return ""
    about = f"≈ {birth.on:%m.%Y}" if birth.precision == MONTHS_SAID else f"≈ {birth.on.year}"
    return f"{age_in_words(birth, today)} · {born_as_said(birth) or about}"


def for_browsers() -> dict[str, Any]:
    """The words by which a browser reads a birth too, and those in which it answers, in the reader's language."""
    return {
        "units": {unit: words.split() for unit, words in UNITS.items()},
        "beside_a_date": BESIDE_A_DATE.split(),
        "beside_an_age": BESIDE_AN_AGE.split(),
        "month_names": MONTHS,
        "wrong": {name: str(sentence) for name, sentence in WRONG.items()},
        "years": _by_form(map(in_years, range(OLDEST + 1))),
        "months": _by_form(map(in_months, range(MOST_MONTHS))),
    }


def _by_form(counted: Iterable[str]) -> tuple[list[str], str]:
    """The distinct forms of a counted word, and for each number from 0 which of them it takes."""
    phrases = list(counted)
    forms = list(dict.fromkeys(phrases))
    return forms, "".join(str(forms.index(phrase)) for phrase in phrases)


def _wrong(name: str, **said: str) -> ValidationError:
    return ValidationError(WRONG[name], code=name, params=said)


def _said_age(tokens: Sequence[str]) -> dict[str, int] | None:
    """The age as it was counted: 34, 2 years, 1 year 3 months, 3 weeks; None where this is no age."""
    if len(tokens) == 1:
        tokens = [*tokens, "years"]
    numbers, units = tokens[::2], [_UNIT_OF.get(word, "") for word in tokens[1::2]]
    if not (len(numbers) == len(units) == len(set(units)) and all(units)):
        return None
    return dict(zip(units, map(int, numbers), strict=True)) if all(map(_is_short, numbers)) else None


def _is_short(number: str) -> bool:
    return number.isdigit() and len(number) <= 3


def _of_age(age: Mapping[str, int], today: date) -> Birth:
    years = age.get("years", 0)
    if years > OLDEST:
        raise _wrong("too_old_age")
    if list(age) == ["years"]:
        return Birth.of_age(years, today)
    born = months_before(today, years * 12 + age.get("months", 0)) - timedelta(
        days=7 * age.get("weeks", 0) + age.get("days", 0)
    )
    if not years and born < months_before(today, MOST_MONTHS):
        raise _wrong("many_months")
    return _checked(Birth(born, MONTHS_SAID), today)


def _parts(tokens: Sequence[str]) -> list[str] | None:
    """The numbers of a date in the order day, month, year, as many as were said; None where a word is strange."""
    numbers = [token for token in tokens if token.isdigit()]
    words = [token for token in tokens if not token.isdigit() and token not in _BESIDE_A_DATE]
    if not words:
        parted = any(token in _BESIDE_A_DATE and after.isdigit() for token, after in pairwise(tokens[1:]))
        return None if parted or not numbers else _apart(numbers[0]) if len(numbers) == 1 else numbers
    months = [f"{place:02}" for place, stems in enumerate(MONTHS, 1) if re.match(stems, words[0])]
    if len(words) > 1 or not months or not 1 <= len(numbers) <= 2:
        return None
    if len(numbers) == 2 and len(numbers[0]) == 4:
        numbers.reverse()
    return [*numbers[:-1], *months, numbers[-1]]


def _apart(digits: str) -> list[str]:
    """Digits without a mark between them: 04051989, 19890504, or 040589."""
    if len(digits) == 8 and digits[4:6] not in CENTURIES and digits[:2] in CENTURIES:
        return [digits[:4], digits[4:6], digits[6:]]
    return [digits[:2], digits[2:4], digits[4:]] if len(digits) in (6, 8) else [digits]


def _dated(parts: list[str], today: date) -> Birth:
    if len(parts) > 1 and len(parts[0]) == 4:  # as machines write it
        parts = parts[::-1]
    *before, year = parts
    if len(parts) > 3 or len(year) > 4 or any(len(part) > 2 for part in before) or (not before and len(year) < 4):
        raise _wrong("no_birth")
    if len(year) < 4:
        raise _without_century(parts, today)
    return _checked(Birth(_date(parts), ("year", "month", "day")[len(before)]), today)


def _without_century(parts: list[str], today: date) -> ValidationError:
    """What is asked when the year has two digits: which of the two centuries, where it may be either."""
    *before, year = parts
    if not (_exists([*before, "2000"]) or (len(before) == 1 and _exists([*parts, "2000"]))):
        return _wrong("no_date")
    if len(year) != 2:
        return _wrong("short_year")
    full = [[*before, f"{century}{year}"] for century in CENTURIES]
    may_be = [date for date in full if _exists(date) and 0 <= age_on(_date(date), today) <= OLDEST]
    if len(may_be) < 2:
        return _wrong("short_year")
    later, earlier = (".".join(part.zfill(2) for part in date) for date in may_be)
    return _wrong("which_year", later=later, earlier=earlier)


def _exists(parts: list[str]) -> bool:
    try:
        _date(parts)
    except ValidationError:
        return False
    return True


def _date(parts: list[str]) -> date:
    day, month, year = ([1] * (3 - len(parts)) + [int(part) for part in parts])[:3]
    try:
        return date(year, month, day)
    except ValueError as error:
        raise _wrong("no_date") from error


def _checked(birth: Birth, today: date) -> Birth:
    if birth.on is not None and birth.on > today:
        raise _wrong("future")
    if birth.on is not None and age_on(birth.on, today) > OLDEST:
        raise _wrong("too_old")
    return birth
