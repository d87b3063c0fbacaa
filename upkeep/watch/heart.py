"""Signs of life: beat leaves one each time it sends the heartbeat, the worker each time it does it."""

from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

BEAT, WORKER = "beat", "worker"
PARTS = (BEAT, WORKER)


def note_beat(part: str, at: datetime | None = None) -> None:
    """The part was alive at the instant, now if none is named."""
    cache.set(f"heartbeat:{part}", (at or timezone.now()).isoformat(), timeout=None)


def last_beat(part: str) -> datetime | None:
    """When the part was last alive; None if it never was since the broker began."""
    said = cache.get(f"heartbeat:{part}")
    return datetime.fromisoformat(said) if said else None
