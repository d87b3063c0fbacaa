"""A household's number in an address: /families/4127B/. Importing this makes `<number:…>` known to every urls.py."""

from django.core.exceptions import ValidationError
from django.urls import register_converter

from registrations.models import Household
from registrations.numbers import read_number


class NumberInAddress:
    """A household's number as it stands in an address, 4127B, with its check letter."""

    regex = "[^/]{2,16}"  # in whatever letters somebody typed it

    def to_python(self, value: str) -> int:
        """The number; an address with a wrong letter leads nowhere."""
        try:
            return read_number(value)
        except ValidationError as error:
            raise ValueError(value) from error

    def to_url(self, value: Household | str) -> str:
        """The household's number without its space."""
        return str(value).replace(" ", "")


register_converter(NumberInAddress, "number")
