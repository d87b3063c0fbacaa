"""How soon each of forty open boards tells of another coordinator's act, and shows it."""

import math
import random
import re
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from tests.bench.measuring import Call, Client
from tests.servers import Desk

BOARDS, ACTS = 40, 10
ASKED, BETWEEN = 1.5, 4.0  # seconds: as shelter/static/shelter/renew.js asks, and from act to act
RENEWS = {"HX-Request": "true", "X-Renews": "1"}  # the board alone, without the page around it
FIRST = 10.0  # seconds until all boards are open
SINCE = re.compile(rb'data-since="([^"]+)" data-acts="(\d+)"')


def sight_of_acts(port: int, boards: Desk, actor: str, calls: Iterator[Call]) -> str:
    """The seconds from the sending of an act until the boards know of it, and until they have read themselves anew."""
    sent = [math.inf] * ACTS
    told: list[float] = []
    shown: list[float] = []
    ended = threading.Event()

    def look() -> None:
        client = Client(port, boards)
        since, acts = _read(client, {})
        known: set[int] = set()
        time.sleep(random.random() * ASKED)
        while not ended.is_set():
            _, answer = client.send(("GET", f"/shelter/changed/?since={quote(since)}", None))
            if answer.split(b":")[1].strip(b" }") != acts:
                heard = time.perf_counter()
                new = {number for number in range(ACTS) if sent[number] < heard} - known
                since, acts = _read(client, RENEWS)
                known |= new
                for number in new:
                    told.append(heard - sent[number])
                    shown.append(time.perf_counter() - sent[number])
            ended.wait(ASKED)

    with ThreadPoolExecutor(BOARDS) as pool:
        watching = [pool.submit(look) for _ in range(BOARDS)]
        client = Client(port, actor)
        time.sleep(FIRST)
        for number in range(ACTS):
            sent[number] = time.perf_counter()
            status, body = client.send(next(calls))
            if status != 201:
                raise RuntimeError(f"the act answered {status}: {body[:500]!r}")
            time.sleep(BETWEEN)
        ended.set()
        for future in watching:
            future.result()
    return f"With {BOARDS} boards open, an act is told {_words(told)}, and stands on the board {_words(shown)}."


def _read(client: Client, headers: dict[str, str]) -> tuple[str, bytes]:
    found = SINCE.search(client.send(("GET", "/shelter/", None), headers)[1])
    if found is None:
        raise RuntimeError("the board says not since when it is")
    return found[1].decode(), found[2]


def _words(seen: list[float]) -> str:
    return (
        f"after {statistics.median(seen):.2f} s in the middle and {max(seen):.2f} s at the latest ({len(seen)} times)"
    )
