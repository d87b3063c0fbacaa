"""The mistakes of a tired desk, made on purpose: letters left out, doubled, turned round, or taken for another."""

import datetime as dt
from random import Random

# Letters taken for one another by ear or by eye, in each script.
_CONFUSED = (
    "թտ", "տդ", "քգ", "կգ", "փբ", "պբ", "ցծ", "ծձ", "չճ", "ճջ", "ռր", "ոօ", "եէ", "ղխ", "խհ", "իե",
    "тд", "кг", "пб", "цз", "чж", "ое", "иы", "хг", "ао",
    "td", "kg", "pb", "sz", "ea", "iy", "ou", "vf",
)  # fmt: skip
_TAKEN_FOR = {
    letter: [pair.replace(letter, "") for pair in _CONFUSED if letter in pair] for letter in "".join(_CONFUSED)
}


def misspelt(name: str, rng: Random) -> str:
    """The name with one mistake after its first letter; a name of one letter stays as it is."""
    if len(name) < 3:
        return name
    at = rng.randrange(1, len(name) - 1)
    before, letter, after = name[:at], name[at], name[at + 1 :]
    kind = rng.choice(("left out", "doubled", "turned round", "taken for another"))
    if kind == "taken for another" and letter in _TAKEN_FOR:
        return before + rng.choice(_TAKEN_FOR[letter]) + after
    if kind == "doubled":
        return before + letter + letter + after
    if kind == "turned round" and after[0] != letter:
        return before + after[0] + letter + after[1:]
    return before + after


def wrong_date(day: dt.date, rng: Random) -> dt.date:
    """Another day: day and month exchanged where that is a date, or the year before, or a day off."""
    kind = rng.choice(("exchanged", "year", "day"))
    if kind == "exchanged" and day.day <= 12 and day.day != day.month:
        return dt.date(day.year, day.day, day.month)
    if kind == "year" and (day.month, day.day) != (2, 29):
        return day.replace(year=day.year - 1)
    return day - dt.timedelta(days=1)
