"""What both engines have in common: being started, asked whether they live, and stopped."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import ClassVar

import psutil

from engines.account import Account
from engines.errors import EngineError, Interrupted
from engines.journal import Journal
from engines.programs import Programs
from engines.record import Record
from engines.watchman import end

POLL = 0.05  # seconds between two questions to an engine that is starting
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}  # whatever language the caller speaks
NEWS = 5  # seconds between two words about an engine that takes long


def never() -> bool:
    """Nobody asks to stop."""
    return False


class State(Enum):
    """What an engine says when one connects to it."""

    SILENT = "nobody answers"
    STARTING = "it answers that it is not ready"
    READY = "it answers"


@dataclass(frozen=True)
class Ground:
    """What the engines of one `var` stand on."""

    var: Path
    home: Path
    sockets: Path
    account: Account
    programs: Programs
    journal: Journal
    record: Record
    durable: bool


class Engine:
    """A program of the wheels with a folder of its own; always started afresh, never taken over."""

    name: ClassVar[str]
    program_name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    seconds: ClassVar[float]  # it is given to stop

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.account = ground.account
        self.journal = ground.journal
        self.folder = ground.home / self.name
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address for its clients."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Make what must be there before the program starts."""

    def command(self) -> list[str]:
        """The program and its arguments."""
        raise NotImplementedError

    def instructions(self) -> str:
        """What the program reads from its input."""
        return ""

    def state(self) -> State:
        """Whether the engine lives, asked by connecting."""
        raise NotImplementedError

    def complete(self) -> None:
        """Make what can only be made once the engine answers."""

    def tidy(self, line: str) -> str:
        """One line of what the program says, as it goes into the log."""
        return line

    def working_folder(self) -> Path:
        """Where the program works; by it one that was left behind is known."""
        return self.folder

    def start(self, stopping: Callable[[], bool] = never) -> None:
        """The engine answers afterwards, however long it has to recover."""
        self.account.make_folder(self.folder)
        self.stop_strays()
        self.prepare()
        self.process = subprocess.Popen(
            self.command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=ENVIRONMENT,
            start_new_session=True,
            **self.account.popen(),
        )
        self.ground.record.put(self.name, self.process.pid, self.stop_signal, self.seconds)
        assert self.process.stdin
        assert self.process.stdout
        with self.process.stdin as instructions:
            instructions.write(self.instructions())
        self.journal.follow(self.name, self.process.stdout, self.tidy)
        self._wait_until_ready(self.process, stopping)
        self.complete()

    def stop(self) -> None:
        """The engine is gone afterwards: asked first, killed if it does not go in its time."""
        if self.process is None:
            return
        if self.process.poll() is None:
            asked = end(psutil.Process(self.process.pid), self.stop_signal, self.seconds)
            self.process.wait()
            if not asked:
                self._tell(f"{self.name} did not stop within {self.seconds:.0f} s and was killed.")
        self.ground.record.drop(self.name)

    def stop_strays(self) -> None:
        """Stop a program that still works in this engine's folder, even if another process started it."""
        strays = self._strays()
        heads = [stray for stray in strays if stray.ppid() not in {other.pid for other in strays}]
        for head in heads:
            self._tell(f"{self.name} was still running (process {head.pid}); stopping it first.")
            end(head, self.stop_signal, self.seconds)
        for orphan in self._strays():
            orphan.kill()
        psutil.wait_procs(strays, timeout=10)
        if self.state() is not State.SILENT:
            raise EngineError(f"Another {self.name} answers in {self.ground.sockets}; stop it first.")

    def _strays(self) -> list[psutil.Process]:
        mine = {"name": self.program_name, "cwd": str(self.working_folder())}
        return [process for process in psutil.process_iter(list(mine)) if process.info == mine]

    def _tell(self, text: str) -> None:
        self.journal.say("serve", text)

    def _wait_until_ready(self, process: subprocess.Popen[str], stopping: Callable[[], bool]) -> None:
        begun = told = time.monotonic()
        while (state := self.state()) is not State.READY:
            if process.poll() is not None:
                raise EngineError(f"{self.name} ended while starting; its own words are in the log above.")
            if stopping():
                raise Interrupted
            if time.monotonic() - told > NEWS:
                told = time.monotonic()
                self._tell(f"Waiting for {self.name} since {told - begun:.0f} s: {state.value}.")
            time.sleep(POLL)
