"""How a room is called: its name, or, of the one room with which a house begins, words in the reader's language."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext, gettext_noop

TO_BE_DIVIDED = gettext_noop("to be divided")
"""What is stored as the name of the room with which a house begins; no house calls a room so."""

MOST_ROOMS = 200
"""How many rooms are set up in one act."""


def called(name: str) -> str:
    """The room's name as the reader is shown it."""
    return gettext(TO_BE_DIVIDED) if name == TO_BE_DIVIDED else name


def spread(name: str) -> list[str]:
    """201-240 as forty names, 001-010 with its zeros, other names as they are.

    None of 20-10; of too many, one more than the most.
    """
    ends = re.fullmatch(r"(\d{1,5})\s*[-–]\s*(\d{1,5})", name)
    if not ends:
        return [name]
    first, last = int(ends[1]), int(ends[2])
    numbers: Sequence[int] = range(first, last + 1)[: MOST_ROOMS + 1]
    return [str(number).zfill(len(ends[1])) for number in numbers]
