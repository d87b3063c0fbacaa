"""`manage.py serve` as a process of its own, as a person would start it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120  # seconds a thing may take on a busy machine before the test fails


class Serve:
    """One `serve`; all it says is in `said`."""

    def __init__(self, var: Path, *arguments: str, python: str = sys.executable, **popen: Any) -> None:
        own = ("DATABASE_URL", "BROKER_URL", "RECEPTION_VAR", "DJANGO_SETTINGS_MODULE")
        environment = {name: value for name, value in os.environ.items() if name not in own}
        environment |= {"RECEPTION_VAR": str(var), "PYTHONDONTWRITEBYTECODE": "1", **popen.pop("env", {})}
        self.var = var
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [python, str(ROOT / "manage.py"), "serve", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            start_new_session=True,
            **popen,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, text: str) -> str:
        """The first line with the text in it, once it is said."""
        wait_until(lambda: text in self.said or self.process.poll() is not None, f"{text!r}")
        self._reader.join(0.2)
        found = [line for line in list(self.lines) if text in line]
        assert found, f"serve ended without {text!r}:\n{self.said}"
        return found[0]

    def address(self, name: str) -> str:
        """DATABASE_URL or BROKER_URL, as `--engines-only` prints it once both run."""
        self.wait_for("Ctrl-C stops it.")
        return self.wait_for(f"{name}=").partition("=")[2]

    def pid_of(self, name: str) -> int:
        """The number of the process that works in an engine's folder and has no parent there."""
        return min(process.pid for process in processes_of(self.var) if process.name() == name)

    def ask_to_stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Press Ctrl-C, and return how it ended."""
        self.process.send_signal(number)
        return self.end()

    def end(self) -> int:
        code = self.process.wait(PATIENCE)
        self._reader.join(5)
        return code

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))


def processes_of(var: Path) -> list[psutil.Process]:
    """Every living process that has to do with a `var`, whoever its parent is."""
    places = {str(var), os.path.realpath(var / "engines"), os.path.realpath(var)}
    found = []
    for process in psutil.process_iter():
        try:
            marks = [process.cwd(), *process.cmdline(), process.environ().get("RECEPTION_VAR", "")]
            alive = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if alive and process.pid != os.getpid() and any(place in mark for place in places for mark in marks):
            found.append(process)
    return found


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Return once something holds; fail when it does not within PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}"
        time.sleep(0.05)
