"""Rooms as they are told to people."""

from collections.abc import Sequence

from django import template

from shelter.room_names import called
from shelter.selectors import said_as_rooms

register = template.Library()


@register.filter
def as_rooms(names: str | Sequence[str]) -> str:
    """The rooms of these names, or of this one: room 5."""
    return said_as_rooms([names] if isinstance(names, str) else names)


@register.filter
def as_called(names: Sequence[str]) -> list[str]:
    """The names of these rooms as the reader is shown them."""
    return [called(name) for name in names]
