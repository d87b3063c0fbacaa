"""What Django checks before it migrates: an operation with real people is never run as a demonstration."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import OperationalError

from centre.operations import why_no_demonstration


@register(Tags.database)
def no_demonstration_on_an_operation(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """RECEPTION_DEMONSTRATION is not set where an operation was opened."""
    if not settings.DEMONSTRATION or "default" not in (databases or ()):
        return []
    try:
        reason = why_no_demonstration()
    except OperationalError:
        return []  # no database answers; what needs it reports that
    if not reason:
        return []
    hint = "Start without RECEPTION_DEMONSTRATION and without --demo, or show the demonstration elsewhere."
    return [Error(f"This is no demonstration. {reason}", hint=hint, id="centre.E001")]
