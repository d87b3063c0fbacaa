"""The door for programs: `with engines(var) as (database_url, broker_url)`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from engines import watchman
from engines.account import engine_account
from engines.engine import Engine, Ground
from engines.home import discard, folders_of, make_home, make_socket_folder, make_var
from engines.journal import Journal
from engines.lock import take_lock
from engines.postgres import Postgres
from engines.programs import find_programs
from engines.record import Record
from engines.valkey import Valkey


class Addresses(NamedTuple):
    """Where the two engines answer."""

    database_url: str
    broker_url: str


@contextmanager
def engines(var: Path, *, durable: bool = True, journal: Journal | None = None) -> Iterator[Addresses]:
    """Both engines run on `var` inside, and have stopped after.

    Not durable is for tests: faster, lost with the power, and `var` is removed at the end. Stops them too
    when this process is killed. Refuses with EngineError where they cannot run.
    """
    with ExitStack() as stack:
        ground = stack.enter_context(supervised(var, journal or Journal(sys.stderr), durable=durable))
        postgres, valkey = Postgres(ground), Valkey(ground)
        for engine in (postgres, valkey):
            stack.callback(engine.stop)
            engine.start()
        yield Addresses(postgres.url, valkey.url)


@contextmanager
def supervised(var: Path, journal: Journal, *, durable: bool = True) -> Iterator[Ground]:
    """This process owns `var`: what an earlier one left has been stopped, and a watchman stands by."""
    var = make_var(Path(var))
    lock = take_lock(var)
    try:
        record = Record(var / "running.json")
        if left := watchman.stop_recorded(record.path):
            journal.say("serve", f"Stopped what an earlier serve left running: {', '.join(left)}.")
        account = engine_account()
        home = make_home(var, account)
        sockets = make_socket_folder(home, account)
        programs = find_programs(home, account)
        with _watchman(lock, record, [] if durable else folders_of(var)):
            yield Ground(var, home, sockets, account, programs, journal, record, durable)
    finally:
        os.close(lock)
        if not durable:
            discard(var)


@contextmanager
def _watchman(lock: int, record: Record, remove: list[Path]) -> Iterator[None]:
    watching = subprocess.Popen(
        [sys.executable, "-I", watchman.__file__, str(record.path), *map(str, remove)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[lock],
        start_new_session=True,
        cwd="/",
    )
    assert watching.stdin
    try:
        yield
    finally:
        watching.stdin.close()
        watching.wait()


def all_engines(ground: Ground) -> list[Engine]:
    """The engines that no variable of the environment replaces, in the order they start."""
    wanted: list[Engine] = []
    if not os.environ.get("DATABASE_URL"):
        wanted.append(Postgres(ground))
    if not os.environ.get("BROKER_URL"):
        wanted.append(Valkey(ground))
    return wanted
