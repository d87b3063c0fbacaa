"""Telephone numbers, stored and searched as they are dialled from any country: +37491123456."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registrations.digits import in_plain_marks

REGION = "AM"  # where a number without a country code is dialled
MOST_GROUPS = 40  # of digits: more are no telephones

_BETWEEN = re.compile(r"[,;|&\n]|\b(?:և|եւ|ու|կամ|и|или|and|or)\b", re.IGNORECASE)
_NUMBER = re.compile(r"[\d\s+()./-]*")
_GROUP = re.compile(r"\+?[\s(]*\d+")


def read_phone(text: str) -> str:
    """The number in full; empty when no telephone has it."""
    try:
        number = phonenumbers.parse(in_plain_marks(text), REGION)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) * phonenumbers.is_valid_number(
        number
    )


def read_phones(text: str) -> list[str]:
    """Every number in a line, each once; raises ValidationError when a part of the line is not a number."""
    found: list[str] = []
    for part in filter(str.strip, _BETWEEN.split(in_plain_marks(text))):
        phones = _parted(_GROUP.findall(part)) if _NUMBER.fullmatch(part) else []
        if not phones:
            raise ValidationError(_("No telephone has this number. Check it, or leave it empty."), code="no_phone")
        found += phones
    return list(dict.fromkeys(found))


def _parted(groups: list[str]) -> list[str]:
    """The groups of digits joined to the fewest whole numbers, with no digit left over; empty if that is impossible."""
    best: list[list[str] | None] = [[]]
    for end in range(1, min(len(groups), MOST_GROUPS) + 1):
        ways = [
            [*before, phone]
            for start, before in enumerate(best)
            if before is not None and (phone := _whole(groups[start:end]))
        ]
        best.append(min(ways, key=len, default=None))
    return (best[-1] or []) if len(groups) <= MOST_GROUPS else []


def _whole(groups: list[str]) -> str:
    """The number that these groups make; a + may only be at its beginning."""
    return "" if any("+" in group for group in groups[1:]) else read_phone("".join(groups))
