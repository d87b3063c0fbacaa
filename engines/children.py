"""The app's own processes: web, worker and beat, and the steps before them."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from engines.addresses import WEB
from engines.engine import Ground, never
from engines.errors import EngineError, Interrupted
from engines.machine import cores
from engines.watchman import end

HERE = Path(__file__).resolve().parent.parent
NOTHING: Mapping[str, str] = {}
SERVING = {"DATABASE_USER": WEB}  # what serves may not change the tables themselves, nor the log


class Child:
    """One process of the app, in a session of its own, so that a Ctrl-C reaches the supervisor alone."""

    def __init__(
        self,
        ground: Ground,
        name: str,
        command: list[str],
        *,
        seconds: float = 20,
        lent: tuple[int, ...] = (),
        environment: Mapping[str, str] = NOTHING,
        tidy: Callable[[str], str] = str,
    ) -> None:
        self.ground = ground
        self.name = name
        self.command = [sys.executable, *command]
        self.seconds = seconds
        self.lent = lent
        self.environment = environment
        self.tidy = tidy
        self.process: subprocess.Popen[str] | None = None

    def start(self, stopping: Callable[[], bool] = never) -> None:
        """The process runs; whether it answers is another question."""
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=HERE,
            env={**os.environ, "RECEPTION_VAR": str(self.ground.var), "PYTHONUNBUFFERED": "1", **self.environment},
            pass_fds=self.lent,
            start_new_session=True,
        )
        self.ground.record.put(self.name, self.process.pid, signal.SIGTERM, self.seconds)
        assert self.process.stdout
        self.ground.journal.follow(self.name, self.process.stdout, self.tidy)

    def stop(self) -> None:
        """The process is gone afterwards: asked first, killed if it does not go in its time."""
        if self.process is None:
            return
        if self.process.poll() is None:
            asked = end(psutil.Process(self.process.pid), signal.SIGTERM, self.seconds)
            self.process.wait()
            if not asked:
                said = f"{self.name} did not stop within {self.seconds:.0f} s and was killed."
                self.ground.journal.say("serve", said)
        self.ground.record.drop(self.name)

    def finish(self, stopping: Callable[[], bool]) -> None:
        """Run a step to its end. Refuses to go on when it fails."""
        self.start()
        assert self.process
        try:
            while (code := self.process.poll()) is None:
                if stopping():
                    raise Interrupted
                time.sleep(0.05)
        finally:
            self.stop()
        if code:
            raise EngineError(f"{self.name} failed; its own words are in the log above.")


def web(ground: Ground, listener: socket.socket, environment: Mapping[str, str]) -> Child:
    """The web server, on a socket that stays open while it restarts."""
    command = ["-m", "gunicorn", "--config", "python:reception.web_server", "reception.wsgi"]
    command += ["--bind", f"fd://{listener.fileno()}"]
    return Child(ground, "web", command, lent=(listener.fileno(),), environment={**environment, **SERVING})


def worker(ground: Ground, environment: Mapping[str, str]) -> Child:
    """Celery's worker. A task that outlasts its time is killed, and done again by the next worker."""
    # Celery warns at each start when it runs as root; tasks are JSON that only this app's own Valkey hands out
    command = ["-W", "ignore:You're running the worker:UserWarning"]
    command += ["-m", "celery", "--quiet", "-A", "reception", "worker", "--loglevel", "WARNING"]
    command += ["--concurrency", str(max(2, min(cores(), 4))), "--without-gossip", "--without-mingle"]
    return Child(ground, "worker", command, seconds=30, environment={**environment, **SERVING})


def beat(ground: Ground, environment: Mapping[str, str]) -> Child:
    """Celery's clock; its memory of what was due is in `var`."""
    command = ["-m", "celery", "--quiet", "-A", "reception", "beat", "--loglevel", "WARNING"]
    command += ["--schedule", str(ground.var / "beat-schedule"), "--pidfile", ""]
    return Child(ground, "beat", command, environment={**environment, **SERVING})


def step(
    ground: Ground, name: str, arguments: list[str], environment: Mapping[str, str], tidy: Callable[[str], str]
) -> Child:
    """A management command that must succeed before the app can run."""
    return Child(ground, name, [str(HERE / "manage.py"), *arguments], environment=environment, tidy=tidy)


def listen(host: str, port: int) -> socket.socket:
    """A socket on the port asked for, or on the next free one."""
    for candidate in range(port, min(port + 100, 65536)):
        try:
            family = socket.getaddrinfo(host, candidate, type=socket.SOCK_STREAM)[0][0]
            return socket.create_server((host, candidate), family=family, backlog=1024)
        except socket.gaierror as error:
            raise EngineError(f"{host} is no address of this machine: {error.strerror}.") from None
        except PermissionError:
            raise EngineError(f"Port {candidate} is reserved for root; choose one above 1023.") from None
        except OSError as error:
            last = error
    raise EngineError(f"No port from {port} on can be opened on {host}: {last.strerror}.")


def wait_for_answer(listener: socket.socket, stopping: Callable[[], bool]) -> None:
    """Return once the web server answers anything at all. The socket was open before, so one waits in line."""
    host, port = reachable(listener)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if stopping():
            raise Interrupted
        connection = http.client.HTTPConnection(host, port, timeout=1)
        try:
            connection.request("GET", "/")
            connection.getresponse()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise EngineError("The web server does not answer; its own words are in the log above.")


def reachable(listener: socket.socket) -> tuple[str, int]:
    """Where a browser of this machine finds the socket: its host and port."""
    host, port = listener.getsockname()[:2]
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port
