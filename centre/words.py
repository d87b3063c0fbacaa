"""Words that are kept as codes and read in the reader's language."""

from django.db.models import TextChoices


def in_words(reason: str, own: type[TextChoices]) -> str:
    """A reason as it was typed; where the house wrote it itself, in the reader's language."""
    return str(own(reason).label) if reason in own.values else reason
