"""Timing an operation over HTTP: alone, and from eight clients at once."""

import http.client
import json
import math
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.conf import settings

from tests.servers import Desk

Call = tuple[str, str, dict[str, Any] | None]  # method, path, body


@dataclass(frozen=True)
class Timing:
    """How an operation did: seconds of each answer, and of the whole run."""

    name: str
    clients: int
    seconds: list[float]
    wall: float
    bytes: int

    @property
    def median(self) -> float:
        """Median, in milliseconds."""
        return statistics.median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        """The 95th percentile, in milliseconds: the smallest that 95 of 100 answers do not exceed."""
        return sorted(self.seconds)[math.ceil(0.95 * len(self.seconds)) - 1] * 1000

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall


class Client:
    """One connection that is kept, with a token, or with the session of a browser."""

    def __init__(self, port: int, key: str | Desk) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        session = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key.session}"} if isinstance(key, Desk) else None
        self.headers = session or {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def send(self, call: Call, headers: Mapping[str, str] = MappingProxyType({})) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        method, path, body = call
        sent = json.dumps(body, default=str) if body is not None else None
        self.wire.request(method, path, sent, self.headers | dict(headers))
        response = self.wire.getresponse()
        return response.status, response.read()


def measure(
    name: str,
    port: int,
    key: str | Desk,
    calls: Iterator[Call],
    count: int,
    clients: int,
    expect: Callable[[int], bool],
) -> tuple[Timing, list[Any]]:
    """Send `count` calls from this many clients, each its next as soon as it is answered; the answers beside.

    Raises RuntimeError at the first answer whose status is not expected.
    """
    waiting = [next(calls) for _ in range(count)]
    lock = threading.Lock()
    seconds: list[float] = []
    answers: list[Any] = []
    read = [0]

    def work() -> None:
        client = Client(port, key)
        while True:
            with lock:
                if not waiting:
                    return
                call = waiting.pop()
            began = time.perf_counter()
            status, body = client.send(call)
            took = time.perf_counter() - began
            if not expect(status):
                raise RuntimeError(f"{name}: {call[0]} {call[1]} answered {status}: {body[:500]!r}")
            with lock:
                seconds.append(took)
                answers.append(json.loads(body) if isinstance(key, str) else body)
                read[0] += len(body)

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        for future in [pool.submit(work) for _ in range(clients)]:
            future.result()
    return Timing(name, clients, seconds, time.perf_counter() - began, read[0]), answers
