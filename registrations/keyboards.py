"""Which keys were pressed, whatever the keyboard was set to: a scanner presses keys, and so does a hand.

The layouts are facts of the X keyboard database (xkeyboard-config: am, ru, fr, be, de, ch) and of Unicode CLDR 43
(keyboards/windows and keyboards/osx: hy, hy-AREVMDA), which agree where both have one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from registrations.digits import in_plain_digits
from registrations.letters import LATIN, LOOK_ALIKES

DIGIT_KEYS, LETTER_KEYS = "1234567890", "QWERTYUIOPASDFGHJKLZXCVBNM"

_MARKS = re.compile(r"[\s.,/+:;\-\u2010-\u2015\u2024\u055d\u0589\u058a]+")  # what people set between groups of digits


@dataclass(frozen=True)
class Layout:
    """What the letter keys give, in the order of LETTER_KEYS; and the digit keys, without Shift and with it."""

    letters: str
    rows: tuple[str, ...] = ()

    def digits(self, typed: str) -> set[str]:
        """The digits whose keys give this; digits are themselves on any layout, on the pad beside the letters."""
        plain = _MARKS.sub("", typed)
        if plain.isascii() and plain.isdigit():
            return {plain}
        return {typed.translate(row) for row in self._rows if typed and all(ord(sign) in row for sign in typed)}

    def letter(self, typed: str) -> set[str]:
        """The letters that may be meant: by its key, by its look, or as it is."""
        return {self._letters.get(typed, ""), *_by_look(typed)}

    @cached_property
    def _letters(self) -> dict[str, str]:
        return dict(zip(self.letters, LETTER_KEYS, strict=True))

    @cached_property
    def _rows(self) -> list[dict[int, str]]:
        return [{ord(typed): key for typed, key in zip(row, DIGIT_KEYS, strict=True)} for row in self.rows]


_EASTERN_ROWS = ("։ձյ՛,-.«»օ", ":ձյ՛,-.«»օ")
_PHONETIC_ROWS = ("էթփձջւևրչճ", "էթփձջւ֏րչճ", "էթփձջւևռչճ", "էթփձջւ֏ռչճ")
_GERMAN_SHIFT, _SWISS_SHIFT = '!"§$%&/()=', '+"*ç%&/()='

LAYOUTS = (
    Layout(LETTER_KEYS.lower(), ("!@#$%^&*()",)),  # the keys as they are printed, also with Caps Lock
    Layout("քոեռտըւիօպասդֆգհյկլզղցվբնմ", _PHONETIC_ROWS),  # Armenian phonetic: Windows, xkb am(phonetic-alt)
    Layout("քոերտըւիօպասդֆգհյկլզղցվբնմ", _PHONETIC_ROWS),  # xkb am(phonetic)
    Layout("ճփբսմուկըթջվգեանիտհժդչյզլք", ("ֆձ֊,։՞․՛)օ", "ֆձ—$…%և՚(օ")),  # typewriter, xkb am
    Layout("խւէրտեըիոպասդֆքհճկլզցգվբնմ", _EASTERN_ROWS),  # Eastern: Windows, xkb am(eastern-alt)
    Layout("խւէրտեըիոպասդֆգհճկլզցքվբնմ", _EASTERN_ROWS),  # xkb am(eastern)
    Layout("խվէրդեըիոբաստֆկհճքլզցգւպնմ", (*_EASTERN_ROWS, "…ձյ★–—և()օ")),  # Western: Windows, xkb, macOS
    Layout("ճւերտյւիոպասդֆգհձկլզխծվբնմ"),  # macOS, Armenian HM QWERTY
    Layout("йцукенгшщзфывапролдячсмить", ('!"№;%:?*()', '!"№%:,.;()')),  # Russian: PC, macOS
    Layout("йцукенгшщзфывапролдячсмить", ('№-/":,._?%', "!№/;:,._?%")),  # Russian typewriter
    Layout("azertyuiopqsdfghjklwxcvbn,", ("&é\"'(-è_çà", "&é\"'(§è!çà")),  # French: PC; macOS, Belgian
    Layout("qwertzuiopasdfghjklyxcvbnm", (_GERMAN_SHIFT, _SWISS_SHIFT)),  # German, Swiss
)


def readings(text: str, code: int = 0) -> Iterator[tuple[str, str, str]]:
    """Every way to read this as digits, one letter and so many digits of a code after it."""
    bare = "".join(in_plain_digits(text).lower().split())
    for typed in dict.fromkeys([bare, bare.rstrip(".,-"), _MARKS.sub("", bare)]):
        at = len(typed) - code - 1
        for layout in LAYOUTS if at > 0 else ():
            for digits in layout.digits(typed[:at]):
                for after in layout.digits(typed[at + 1 :]) if code else {""}:
                    yield from ((digits, letter, after) for letter in layout.letter(typed[at]) if letter)


def digit_readings(text: str) -> set[str]:
    """Every way to read this as digits alone, each from one layout."""
    typed = "".join(in_plain_digits(text).lower().split())
    return {digits for layout in LAYOUTS for digits in layout.digits(typed)}


def _by_look(typed: str) -> set[str]:
    """The Latin letter that this is or looks like, small or large."""
    looks = {sign.translate(LOOK_ALIKES[LATIN]).upper() for sign in (typed, typed.upper())}
    return {letter for letter in looks if letter in LETTER_KEYS}
