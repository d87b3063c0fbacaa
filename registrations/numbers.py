"""A household's number: digits and a check letter, readable over the phone."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # 23 letters, a prime; without I, O and Q, which are heard and read amiss

LOOK_ALIKES = str.maketrans("АВЕКМНРСТХУ", "ABEKMHPCTXY") | str.maketrans("", "", " -–—.")


def check_letter(number: int) -> str:
    """The letter that catches every single wrong digit and every two neighbours swapped.

    The digits, weighted with the powers of two from the right, modulo 23: no weight is 0 and no two
    neighbouring weights are equal modulo the prime.
    """
    total = sum(int(digit) << place for place, digit in enumerate(reversed(str(number))))
    return LETTERS[total % len(LETTERS)]


def write_number(number: int) -> str:
    """4127 → "4127 B"."""
    return f"{number} {check_letter(number)}"


def read_number(text: str) -> int:
    """Read "4127b" as 4127; raises ValidationError when it is no number or the letter does not fit."""
    plain = text.strip().upper().translate(LOOK_ALIKES)
    digits, letter = plain[:-1], plain[-1:]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12 and letter in LETTERS):
        raise ValidationError(_("A number is digits and a letter, such as 4127 B."), code="no_number")
    if check_letter(int(digits)) != letter:
        raise ValidationError(_("The letter does not fit the digits: read the number again."), code="wrong_letter")
    return int(digits)
