"""Run Reception on this machine: the engines, the web server, the worker and the clock."""

import hashlib
import socket
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management.base import BaseCommand, CommandError

from centre.public_logins import logins
from engines import children
from engines.engine import Engine, Ground
from engines.errors import EngineError, Interrupted
from engines.journal import Journal
from engines.progress import steps
from engines.running import all_engines, supervised
from engines.supervisor import Supervisor

PORT = 8000


class Command(BaseCommand):
    """`manage.py serve`."""

    help = "Start PostgreSQL, Valkey, the web server, the worker and beat, and keep them running until Ctrl-C."
    requires_system_checks: list[str] = []  # they may ask the database, which is not there yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=PORT, help="the next free one is taken if it is in use")
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; 0.0.0.0 for all")
        parser.add_argument("--demo", action="store_true", help="load a demonstration day of invented people")
        parser.add_argument("--engines-only", action="store_true", help="only PostgreSQL and Valkey")

    def handle(self, *args: Any, **options: Any) -> None:
        journal = Journal(sys.stdout)
        supervisor = Supervisor(journal)
        supervisor.listen_for_signals()
        try:
            with ExitStack() as stack:
                ground = stack.enter_context(supervised(settings.VAR, journal))
                stack.callback(supervisor.stop)
                if options["engines_only"]:
                    _start_engines(supervisor, ground)
                    journal.block(_engine_addresses(supervisor))
                else:
                    listener = stack.enter_context(children.listen(options["host"], options["port"]))
                    _bring_up(supervisor, ground, listener, load_day=options["demo"])
                supervisor.watch()
        except Interrupted:
            journal.say("serve", "Asked to stop before everything had started.")
        except EngineError as error:
            raise CommandError(str(error)) from error
        journal.say("serve", "Everything has stopped.")


def _start_engines(supervisor: Supervisor, ground: Ground) -> None:
    for engine in all_engines(ground):
        supervisor.add(engine)


def _bring_up(supervisor: Supervisor, ground: Ground, listener: socket.socket, *, load_day: bool) -> None:
    """Start the engines, migrate, load the demonstration day if asked to, and start what serves."""
    demonstration = load_day or settings.DEMONSTRATION
    environment = {"RECEPTION_DEMONSTRATION": "1"} if demonstration else {}
    stamp, fingerprint = ground.var / "static-collected", _static_fingerprint()
    collects = not stamp.exists() or stamp.read_text(encoding="ascii") != fingerprint
    with steps(ground.journal, 4 + load_day + collects) as told:

        def take(what: str, name: str, *arguments: str) -> None:
            children.step(ground, name, list(arguments), environment, told.begin(what)).finish(supervisor.stopping)

        told.begin("Starting PostgreSQL and Valkey")
        _start_engines(supervisor, ground)
        take("Compiling translations", "messages", "messages", "--compile")
        take("Migrating the database", "migrate", "migrate_counted", "--no-input", "--verbosity", "0")
        if load_day:
            take("Making the demonstration day", "demonstration", "demonstrate", "--count")
        if collects:
            take("Collecting static files", "static", "collectstatic", "--no-input", "--clear", "--verbosity", "0")
            stamp.write_text(fingerprint, encoding="ascii")
        told.begin("Starting the web server and the worker")
        for make in (children.worker, children.beat):
            supervisor.add(make(ground, environment))
        supervisor.add(children.web(ground, listener, environment))
        children.wait_for_answer(listener, supervisor.stopping)
    ground.journal.block(_greeting(listener, demonstration=demonstration))


def _static_fingerprint() -> str:
    """Changes when any static file that would be collected does."""
    marks = [str(settings.STATIC_ROOT)]
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            marks.append(f"{name} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(marks)).encode()).hexdigest()


def _greeting(listener: socket.socket, *, demonstration: bool) -> list[str]:
    host, port = children.reachable(listener)
    lines = [f"Reception runs at http://{f'[{host}]' if ':' in host else host}:{port}/"]
    if demonstration:
        lines.append("This is a demonstration: every person in it is invented.")
        lines += [f"  {line}" for line in logins()]
    return [*lines, "Ctrl-C stops it."]


def _engine_addresses(supervisor: Supervisor) -> list[str]:
    names = {"postgres": "DATABASE_URL", "valkey": "BROKER_URL"}
    lines = [f"{names[member.name]}={member.url}" for member in supervisor.members if isinstance(member, Engine)]
    return [*(lines or ["Both engines are named by the environment; none was started."]), "Ctrl-C stops it."]
