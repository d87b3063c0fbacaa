"""Words that are kept as codes and read in the reader's language."""

from collections.abc import Callable
from typing import Any

from django.db.models import TextChoices


def in_words(reason: str, own: type[TextChoices]) -> str:
    """A reason as it was typed; where the house wrote it itself, in the reader's language."""
    return str(own(reason).label) if reason in own.values else reason


def label_of(choices: type[TextChoices], name: str) -> Callable[[Any], str]:
    """A model's `get_…_display` for a field of these choices; Django's own reads all of them each time."""

    def get_display(row: Any) -> str:
        said = getattr(row, name)
        return str(choices(said).label) if said else ""

    return get_display
