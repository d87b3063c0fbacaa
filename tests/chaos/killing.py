"""kill -9 for one process of a running `serve`, or for all, and the way back."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from demonstration.wire import Refused
from tests.engines.serving import Serve, processes_of

PATIENCE = 600  # seconds until the server must be ready again
WHOLE = ("serve", "everything")  # with these the server has to be started again
WEIGHTS = {
    "web worker": 5,
    "session": 5,
    "web": 4,
    "database": 4,
    "broker": 3,
    "worker": 2,
    "beat": 1,
    "serve": 1,
    "everything": 1,
}


class Server:
    """A demonstration on a folder and a port, started again as often as it is killed."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.address = var, f"http://127.0.0.1:{port}"
        self._start = lambda: Serve(var, "--demo", "--port", str(port))
        self.serve = self._start()
        self.wait_until_ready()

    def kill(self, what: str, rng: random.Random) -> bool:
        """Kill one of these, wait until the server is ready again; False where there is none to kill."""
        found = [process for process in processes_of(self.var) if _is(process, what)]
        if not found:
            return False
        for process in found if what == "everything" else [rng.choice(found)]:
            _kill(process)
        if what in WHOLE:
            self.serve.process.wait()
            self.serve = self._start()
        self.wait_until_ready()
        return True

    def wait_until_ready(self) -> None:
        """Return once the server says so. Raises Refused when it does not in PATIENCE."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.serve.process.poll() is not None:
                raise Refused(f"serve ended by itself:\n{self.serve.said[-2000:]}")
            try:
                if httpx.get(f"{self.address}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise Refused(f"The server was not ready in {PATIENCE} s:\n{self.serve.said[-2000:]}")

    def stop(self) -> None:
        """End it in order, as a person would."""
        self.serve.ask_to_stop()


def _is(process: psutil.Process, what: str) -> bool:
    try:
        return IS[what](process, " ".join(process.cmdline()))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _is_first(process: psutil.Process, name: str) -> bool:
    """Whether it is the one of its name that no other of its name began."""
    parent = process.parent()
    return process.name() == name and (parent is None or parent.name() != name)


def _is_web(process: psutil.Process, line: str) -> bool:
    return "reception.wsgi" in line


def _is_web_worker(process: psutil.Process, line: str) -> bool:
    parent = process.parent()
    return _is_web(process, line) and parent is not None and "reception.wsgi" in " ".join(parent.cmdline())


IS: dict[str, Callable[[psutil.Process, str], bool]] = {
    "web worker": _is_web_worker,
    "web": lambda process, line: _is_web(process, line) and not _is_web_worker(process, line),
    "database": lambda process, line: _is_first(process, "postgres"),
    "session": lambda process, line: process.name() == "postgres" and "reception_web" in line,
    "broker": lambda process, line: process.name() == "valkey-server",
    "worker": lambda process, line: "celery" in line and " worker " in line,
    "beat": lambda process, line: "celery" in line and " beat " in line,
    "serve": lambda process, line: "manage.py serve" in line,
    "everything": lambda process, line: True,
}


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return  # it ended by itself, as what it belonged to was killed
