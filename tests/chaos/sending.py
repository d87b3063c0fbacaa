"""One act sent until it is answered, whatever dies meanwhile."""

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from demonstration.wire import Answer, Refused, Wire

PATIENCE = 300  # seconds until an act must have been answered: everything may be killed and started meanwhile
PAUSE = 0.3
NOT_ANSWERED = (429, 500, 502, 503, 504)  # nobody knows by these whether it was done


@dataclass(frozen=True)
class Sent:
    """An act as it was sent, and what it was answered at last."""

    key: str
    path: str
    body: dict[str, Any]
    answer: Answer


@dataclass
class Sender:
    """A line of one desk. Everything that it sent stays in `sent`, in its order."""

    wire: Wire
    sent: list[Sent] = field(default_factory=list)
    tries: int = 0
    faults: int = 0  # answers of 500: a server that dies says nothing, or that it is away

    def send(self, path: str, **facts: Any) -> Answer:
        """Do it, under a new id, and return the answer."""
        key = str(uuid.uuid4())
        body = {"id": key, "at": datetime.now(UTC).isoformat(), **facts}
        answer = self.ask_again(path, body)
        self.sent.append(Sent(key, path, body, answer))
        return answer

    def ask_again(self, path: str, body: dict[str, Any]) -> Answer:
        """Send until there is an answer. Raises Refused when there is none in PATIENCE."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.tries += 1
            try:
                answer = self.wire.post(path, body)
            except httpx.TransportError:
                answer = Answer(503, None)
            if answer.status not in NOT_ANSWERED:
                return answer
            self.faults += answer.status == 500
            time.sleep(PAUSE)
        raise Refused(f"{path} was not answered in {PATIENCE} s")
