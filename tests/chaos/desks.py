"""Desks that register families, give them beds and goods, and see them leave, until they are told to stop."""

import random
import threading
from collections import Counter
from typing import Any

from demonstration.people import InventedFamily, invent_families
from demonstration.wire import Refused, Wire
from tests.chaos.sending import Sender

ACTS = ("intakes", "handouts", "place", "depart")  # each is done again and again


class Desk(threading.Thread):
    """One desk; what could not be explained is in `problems`."""

    def __init__(
        self, number: int, seed: int, wire: Wire, site: str, rooms: list[str], handouts: str, stop: threading.Event
    ):
        super().__init__(name=f"desk {number}")
        self.number, self.seed = number, seed
        self.rng = random.Random(f"{seed} {number}")
        self.sender = Sender(wire)
        self.site, self.rooms, self.handouts, self.stopped = site, rooms, handouts, stop
        self.ended = False  # in order; else something in it broke
        self.did: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.problems: list[str] = []
        self.registered = 0  # people

    def run(self) -> None:
        """One family after the other."""
        families = invent_families(f"chaos {self.seed} {self.number}")
        try:
            for family in families:
                if self.stopped.is_set():
                    self.ended = True
                    return
                self._receive(family)
        except Refused as error:
            self.problems.append(f"{self.name}: {error}")

    def _receive(self, family: InventedFamily) -> None:
        rows = [member.as_row() for member in family.members]
        written = self._do("intakes/", site=self.site, going="shelter", members=rows)
        if written is None:
            return
        self.registered += len(rows)
        household = f"households/{written['household']}"
        self._do("handouts/", distribution=self.handouts, number=written["number"])
        held = self._do(f"{household}/place/", rooms=self.rng.sample(self.rooms, 2))
        if self.rng.random() < 0.6 or held is None:  # so that beds are given many times
            self._do(f"{household}/depart/", site=self.site, destination="abroad")

    def _do(self, path: str, **facts: Any) -> dict[str, Any] | None:
        answer = self.sender.send(path, **facts)
        act = path.strip("/").rpartition("/")[2]
        if answer.done:
            self.did[act] += 1
            body: dict[str, Any] = answer.body
            return body
        self.refused[f"{act}: {answer.status} {_code(answer.body)}"] += 1
        return None


def _code(body: Any) -> str:
    return str(body.get("code", body)) if isinstance(body, dict) else str(body)
