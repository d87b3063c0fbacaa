"""How a room is called: its name, or, of the one room with which a house begins, words in the reader's language."""

from django.utils.translation import gettext, gettext_noop

TO_BE_DIVIDED = gettext_noop("to be divided")
"""What is stored as the name of the room with which a house begins; no house calls a room so."""


def called(name: str) -> str:
    """The room's name as the reader is shown it."""
    return gettext(TO_BE_DIVIDED) if name == TO_BE_DIVIDED else name
