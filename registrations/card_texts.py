"""What is printed on a card: its number, the digits of its QR code, and the short code that is typed instead.

The QR code holds digits alone: a hand scanner is a keyboard, and digits come through whatever letters the desk's
keyboard is set to. They are the form's version, the operation, the household's number, the secret and two check
digits (ISO 7064, modulo 97), so that a misread card is told from a false one.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass
from string import ascii_uppercase
from typing import NoReturn

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from registrations.digits import in_plain_marks
from registrations.keyboards import digit_readings, readings
from registrations.numbers import MOST_DIGITS, check_letter, read_number, two_ways

VERSION = "1"
OPERATION, NUMBER, SECRET, CODE = 6, MOST_DIGITS, 30, 9  # digits; 30 of a secret are 99 bits
LENGTH = len(VERSION) + OPERATION + NUMBER + SECRET + 2
ROUNDS = 20_000  # of PBKDF2 over the short code, which alone has few enough possibilities to be tried out

_MACHINE_READ = re.compile(r"\d{18,}|\S*(://|[{}<>|=&%])\S*", re.ASCII)
_TYPED = re.compile(r"(?P<number>\d{1,12}\s*[^\W\d])[\s.,/+-]*(?P<code>\d[\d\s.-]*)?", re.DOTALL)


@dataclass(frozen=True)
class CardText:
    """What was read from a card: the number; from a scan also operation and secret, or the code that was typed."""

    number: int
    operation: str = ""
    secret: str = ""
    code: str = ""


def read_card_text(text: str) -> CardText:
    """Read what a scanner or a person typed, on any keyboard; raises ValidationError with a sentence for the desk."""
    scanned = {digits for digits in digit_readings(text) if len(digits) == LENGTH and digits.startswith(VERSION)}
    if scanned:
        return _read_scanned(scanned)
    typed = {
        CardText(int(digits), code=code)
        for reading in (readings(text), readings(text, CODE))
        for digits, letter, code in reading
        if len(digits) <= NUMBER and check_letter(int(digits)) == letter
    }
    if not typed:
        _refuse(text)
    if len(typed) > 1:
        raise two_ways()
    return typed.pop()


def is_scanned(text: str) -> bool:
    """Whether a scanner typed this, and no person."""
    return any(len(digits) >= LENGTH for digits in digit_readings(text))


def write_qr(card: CardText) -> str:
    """The digits of the card's QR code."""
    place = _place_of(card.operation)
    digits = f"{VERSION}{place:0{OPERATION}}{card.number:0{NUMBER}}{card.secret}"
    return f"{digits}{98 - int(digits) * 100 % 97:02}"


def write_code(code: str) -> str:
    """482907356 → "482 907 356"."""
    return " ".join(code[place : place + 3] for place in range(0, len(code), 3))


def secrets_of(act: uuid.UUID, number: int, operation: str) -> CardText:
    """The card of this number as the act prints it: the same each time it is drawn, and never stored.

    Secret and code come from the act's id and the installation's own key, which is not in the database; so a sheet
    that jammed in the printer can be printed again, and a second click prints the same cards.
    """
    secret, code = (
        str(int(salted_hmac(f"registrations.card.{part}", f"{act} {number}", algorithm="sha256").hexdigest(), 16))
        for part in ("secret", "code")
    )
    return CardText(number, operation, secret.zfill(SECRET)[-SECRET:], code.zfill(CODE)[-CODE:])


def digest_of_secret(card: CardText) -> str:
    """SHA-256, in hexadecimal digits: what is kept of the secret."""
    return hashlib.sha256(f"{card.number} {card.secret}".encode()).hexdigest()


def digest_of_code(card: CardText) -> str:
    """PBKDF2 with SHA-256 over the code, salted with the number, in hexadecimal digits: what is kept of the code."""
    return hashlib.pbkdf2_hmac("sha256", card.code.encode(), f"card {card.number}".encode(), ROUNDS).hex()


def _refuse(text: str) -> NoReturn:
    """Say what is wrong with a text that no keyboard makes a card's."""
    plain = in_plain_marks(text).strip()
    if _MACHINE_READ.fullmatch(plain):
        raise ValidationError(_("This is not one of our cards. Scan the card, or type its number."), code="no_card")
    typed = _TYPED.fullmatch(plain)
    read_number(typed["number"] if typed else plain)  # if the number is wrong already, that is said
    raise ValidationError(_("The code on a card has nine digits: read it again."), code="no_code")


def _read_scanned(readings_of_it: set[str]) -> CardText:
    fits = [digits for digits in readings_of_it if int(digits) % 97 == 1]
    if not fits:
        raise ValidationError(_("The card was misread. Scan it again."), code="misread")
    if len(fits) > 1:
        raise two_ways()
    at = len(VERSION)
    operation, number = fits[0][at : at + OPERATION], fits[0][at + OPERATION :][:NUMBER]
    return CardText(int(number), _letters_of(int(operation)), fits[0][-SECRET - 2 : -2])


def _place_of(operation: str) -> int:
    """Four letters as a number below 26⁴."""
    place = 0
    for letter in operation:
        place = place * len(ascii_uppercase) + ascii_uppercase.index(letter)
    return place


def _letters_of(place: int) -> str:
    letters = ""
    for _letter in range(4):
        place, at = divmod(place, len(ascii_uppercase))
        letters = ascii_uppercase[at] + letters
    return letters
