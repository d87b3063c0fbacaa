"""What was sent: the bytes' meaning, not what this release makes of them, so that a later release knows it again."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from centre.keyed import as_kept_ever, under_key
from centre.models import Act, User


class Sent(NamedTuple):
    """An act's id as it was sent, and a digest of all that was sent with it, as it is kept and as it may stand."""

    id: uuid.UUID
    digest: str
    ever: tuple[str, ...]


_sent: ContextVar[Sent | None] = ContextVar("sent", default=None)


def read_sent(key: Any, address: str, said: Any) -> Sent | None:
    """What was sent to the address, plain values all of it; None where its id is none."""
    try:
        act = uuid.UUID(key)
    except (AttributeError, TypeError, ValueError):
        return None
    text = json.dumps([address, said], sort_keys=True)
    bare = hashlib.sha256(text.encode()).hexdigest()
    return Sent(act, under_key(bare), tuple(as_kept_ever(bare)))


@contextmanager
def in_this_request(sent: Sent | None) -> Iterator[None]:
    """The act that is done under this id keeps the digest."""
    before = _sent.set(sent)
    try:
        yield
    finally:
        _sent.reset(before)


def sent_digest_of(key: uuid.UUID) -> str:
    """The digest of what was sent for the act of this id; empty when it came by no door."""
    sent = _sent.get()
    return sent.digest if sent and sent.id == key else ""


def act_done_for(user: User, sent: Sent | None) -> Act | None:
    """The act that this very sending did, whatever has happened since; nobody is told of another's."""
    return Act.objects.filter(pk=sent.id, by=user, sent_digest__in=sent.ever).first() if sent else None
