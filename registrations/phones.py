"""A telephone number, kept and asked as it is dialled from anywhere: +37491123456."""

import phonenumbers

REGION = "AM"  # where a number without a country code is dialled


def read_phone(text: str) -> str:
    """The number in full; empty when no telephone has it."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) * phonenumbers.is_valid_number(
        number
    )
