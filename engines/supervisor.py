"""Keeps a handful of processes running, and stops them in order."""

import signal
import subprocess
import time
from collections.abc import Callable
from types import FrameType
from typing import Protocol

from engines.errors import EngineError
from engines.journal import Journal
from engines.record import stop_place

LOOK = 0.2  # seconds between two looks at the processes
STEADY = 60  # seconds a process must have run for its earlier falls to be forgotten
LONGEST_PAUSE = 60  # seconds between two attempts to start it again


class Member(Protocol):
    """What the supervisor needs of an engine or a child."""

    @property
    def name(self) -> str: ...

    @property
    def process(self) -> subprocess.Popen[str] | None: ...

    def start(self, stopping: Callable[[], bool]) -> None: ...

    def stop(self) -> None: ...


class Supervisor:
    """Starts members, restarts those that fall, and stops all of them when asked."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.members: list[Member] = []
        self.asked = False
        self._begun: dict[str, float] = {}
        self._falls: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def listen_for_signals(self) -> None:
        """Ctrl-C, a closed terminal or a service manager ask to stop; a second time changes nothing."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def stopping(self) -> bool:
        """Whether someone asked to stop."""
        return self.asked

    def add(self, member: Member) -> None:
        """Start a member and look after it from now on."""
        self.members.append(member)
        self._begun[member.name] = time.monotonic()
        member.start(self.stopping)

    def watch(self) -> None:
        """Look after the members until someone asks to stop."""
        while not self.asked:
            self.look()
            time.sleep(LOOK)

    def look(self) -> None:
        """See to each member once: note a fall, or start again what is due."""
        for member in self.members:
            if not self.asked:
                self._look_after(member)

    def stop(self) -> None:
        """Stop every member: those that use others first."""
        for member in sorted(self.members, key=lambda member: stop_place(member.name)):
            self.journal.say("serve", f"Stopping {member.name}.")
            member.stop()

    def _look_after(self, member: Member) -> None:
        now = time.monotonic()
        if member.process is not None and member.process.poll() is None:
            if now - self._begun[member.name] > STEADY:
                self._falls.pop(member.name, None)
        elif member.name not in self._due:
            self._plan(member, f"{member.name} ended ({_ending(member.process)})")
        elif now >= self._due[member.name]:
            del self._due[member.name]
            self._revive(member)

    def _revive(self, member: Member) -> None:
        self._begun[member.name] = time.monotonic()
        try:
            member.start(self.stopping)
        except EngineError as error:
            self._plan(member, str(error))

    def _plan(self, member: Member, why: str) -> None:
        falls = self._falls[member.name] = self._falls.get(member.name, 0) + 1
        pause = min(2 ** (falls - 1), LONGEST_PAUSE)
        self._due[member.name] = time.monotonic() + pause
        self.journal.say("serve", f"{why}; starting it again in {pause} s.")

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True  # no lock and no writing here: the signal may have come in the middle of either


def _ending(process: subprocess.Popen[str] | None) -> str:
    if process is None or process.returncode is None:
        return "it never began"
    if process.returncode < 0:
        return f"killed by {signal.Signals(-process.returncode).name}"
    return f"exit {process.returncode}"
