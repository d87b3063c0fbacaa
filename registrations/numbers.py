"""A household's number: digits and a check letter, readable over the phone."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registrations.keyboards import digit_readings, readings

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # 23 letters, a prime; without I, O and Q, which are easily misheard and misread

MOST_DIGITS = 12


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
    """Read "4127b" as 4127, on whatever keyboard it was typed: the letter decides between the readings.

    Raises ValidationError when it is no number, when the letter is missing or does not fit, or when two numbers fit.
    """
    said = {(digits, letter) for digits, letter, _code in readings(text) if len(digits) <= MOST_DIGITS}
    if not any(letter in LETTERS for _digits, letter in said):
        _refuse_bare_digits(text)
        raise ValidationError(_("A number is digits and a letter, such as 4127 B."), code="no_number")
    fits = {int(digits) for digits, letter in said if check_letter(int(digits)) == letter}
    if not fits:
        raise ValidationError(_("The letter does not fit the digits: read the number again."), code="wrong_letter")
    if len(fits) > 1:
        raise two_ways()
    return fits.pop()


def without_letter(error: ValidationError) -> int | None:
    """The number whose letter alone is missing; None where more is wrong with it, or its keys may mean two numbers.

    Who draws a page may ask whether this one is meant, of a family that its reader sees anyway.
    """
    return error.params["number"] if error.code == "no_letter" and error.params else None


def _refuse_bare_digits(text: str) -> None:
    """Say that the letter is missing where digits are all there is; whether there is such a family was not asked."""
    bare = digit_readings(text)
    if bare:
        meant = int(*bare) if len(bare) == 1 and len(min(bare)) <= MOST_DIGITS else None
        raise ValidationError(
            _("A family's number ends with a letter, such as 4127 B: type the letter too."),
            code="no_letter",
            params={"number": meant},
        )


def two_ways() -> ValidationError:
    """What to answer when the keys may mean two numbers: we never guess between two families."""
    return ValidationError(_("This can be read in two ways. Scan or type it again."), code="two_ways")
