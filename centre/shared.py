"""A heavy question that many ask at once: one of them asks the database, the others take the same answer.

When one coordinator acts, forty boards draw themselves again within two seconds, and most ask the same of the whole
country. An answer is given again for a moment only, and only while no act was recorded since it was asked.
"""

import threading
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection
from django.utils import timezone

from centre.models import Act

MOMENT = timedelta(seconds=2)  # what time alone changes, such as a hold that ends, is seen so much later
LONGEST_ACT = timedelta(minutes=1)  # an act counts from its beginning: one that lasts longer is seen a moment later
KEPT = 32  # answers of one process

Answer = TypeVar("Answer")


class _Asked:
    """One question: who holds the lock asks, and leaves the answer for the others."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: Any = None
        self.asked_at: datetime | None = None  # None until there is an answer
        self.acts = 0  # recorded when it was asked

    def holds(self, now: datetime) -> bool:
        """Whether the answer may be given again."""
        if self.asked_at is None or now - self.asked_at >= MOMENT:
            return False
        return _acts(self.asked_at) == self.acts


_asked: dict[Hashable, _Asked] = {}
_table = threading.Lock()


def shared(question: Hashable, at: datetime, ask: Callable[[], Answer]) -> Answer:
    """What `ask` answers at the instant, or what it answered another thread a moment ago.

    `question` tells everything on which the answer depends but the instant and the database. Asked anew for an instant
    that is past, and inside a transaction, which may have written what others do not see.
    """
    if connection.in_atomic_block or not timedelta(0) <= timezone.now() - at < MOMENT:
        return ask()
    one = _of(question)
    with one.lock:
        if not one.holds(timezone.now()):
            one.asked_at = None
            now = timezone.now()
            one.acts, one.answer = _acts(now), ask()
            one.asked_at = now
        found: Answer = one.answer
        return found


def _of(question: Hashable) -> _Asked:
    with _table:
        one = _asked.pop(question, None) or _Asked()
        _asked[question] = one  # the last asked stands last
        while len(_asked) > KEPT:
            del _asked[next(iter(_asked))]
        return one


def _acts(asked_at: datetime) -> int:
    """How many acts are recorded that may have been going on at the instant, or began after it."""
    return Act.objects.filter(recorded_at__gte=asked_at - LONGEST_ACT).count()
