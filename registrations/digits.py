"""Digits and punctuation of any keyboard, as plain ones."""

import unicodedata

from centre.lines import seen

_WIDE = range(0xFF01, 0xFF5F)  # the fullwidth forms of ! to ~
_DASHES = "\u058a\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_MARKS = str.maketrans("\u2024\u0589\u3002\u3001\u055d" + _DASHES, "...,," + "-" * len(_DASHES))


def in_plain_digits(text: str) -> str:
    """The text with ٤ and ４ as 4, fullwidth letters and signs as the plain ones, and no marks that nobody sees."""
    return "".join(_plain(letter) for letter in seen(text))


def in_plain_marks(text: str) -> str:
    """The text with plain digits, and the full stops, commas, hyphens and dashes of any script as . , -."""
    return in_plain_digits(text).translate(_MARKS)


def _plain(letter: str) -> str:
    if unicodedata.category(letter) == "Nd":
        return str(unicodedata.decimal(letter))
    return chr(ord(letter) - 0xFEE0) if ord(letter) in _WIDE else letter
