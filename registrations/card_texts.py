"""What stands on a card: its number, the digits of its QR code, and the short code that is typed instead.

The QR code holds digits alone: a hand scanner is a keyboard, and digits come through whatever letters the desk's
keyboard is set to. They are the form's version, the operation, the household's number, the secret and two check
digits (ISO 7064, modulo 97), so that a misread card is told from a false one.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass
from string import ascii_uppercase

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from registrations.numbers import read_number

VERSION = "1"
OPERATION, NUMBER, SECRET, CODE = 6, 12, 30, 9  # digits; 30 of a secret are 99 bits
LENGTH = len(VERSION) + OPERATION + NUMBER + SECRET + 2
ROUNDS = 20_000  # of PBKDF2 over the short code, which alone has few enough possibilities to be tried out

_SCANNED = re.compile(rf"\d{{{LENGTH}}}", re.ASCII)
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
    """Read what a scanner or a person typed; raises ValidationError with a sentence for the desk."""
    text = text.strip()
    if _SCANNED.fullmatch(text) and text.startswith(VERSION):
        return _read_scanned(text)
    if _MACHINE_READ.fullmatch(text):
        raise ValidationError(_("This is not one of our cards. Scan the card, or type its number."), code="no_card")
    typed = _TYPED.fullmatch(text)
    if typed is None or not typed["code"]:
        return CardText(read_number(text))
    number, code = read_number(typed["number"]), re.sub(r"\D", "", typed["code"])
    if len(code) != CODE:
        raise ValidationError(_("The code on a card has nine digits: read it again."), code="no_code")
    return CardText(number, code=code)


def write_qr(card: CardText) -> str:
    """The digits of the card's QR code."""
    place = _place_of(card.operation)
    digits = f"{VERSION}{place:0{OPERATION}}{card.number:0{NUMBER}}{card.secret}"
    return f"{digits}{98 - int(digits) * 100 % 97:02}"


def write_code(code: str) -> str:
    """482907356 → "482 907 356"."""
    return " ".join(code[place : place + 3] for place in range(0, len(code), 3))


def secrets_of(act: uuid.UUID, number: int, operation: str) -> CardText:
    """The card of this number as the act prints it: the same whenever it is drawn, and nowhere kept.

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


def _read_scanned(text: str) -> CardText:
    if int(text) % 97 != 1:
        raise ValidationError(_("The card was misread. Scan it again."), code="misread")
    at = len(VERSION)
    operation, number, secret = text[at : at + OPERATION], text[at + OPERATION :][:NUMBER], text[-SECRET - 2 : -2]
    return CardText(int(number), _letters_of(int(operation)), secret)


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
