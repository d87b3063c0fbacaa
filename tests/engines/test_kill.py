"""kill -9, power cuts and what they leave behind."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import kombu
import psutil
import psycopg
import pytest

from engines.account import engine_account
from engines.addresses import POSTGRES_SOCKET, VALKEY_SOCKET, socket_folder
from engines.home import make_home, make_var
from tests.engines.serving import ROOT, Serve, processes_of, wait_until

pytestmark = pytest.mark.engines
Start = Callable[..., Serve]


def write_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE arrival AS SELECT 'Գորիս' AS site")


def rows(url: str) -> list[tuple[str]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT site FROM arrival").fetchall()


def put_task(url: str) -> None:
    with kombu.Connection(url) as broker:
        broker.SimpleQueue("tasks").put({"count": 1})


def tasks(url: str) -> list[dict[str, int]]:
    with kombu.Connection(url) as broker:
        queue = broker.SimpleQueue("tasks")
        return [queue.get(timeout=5).payload for _ in range(queue.qsize())]


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A living process of the same user as the engines, which has nothing to do with them."""
    as_engine = engine_account().popen()
    sleeping = subprocess.Popen(["/bin/sleep", "120"], **as_engine)
    yield sleeping
    sleeping.kill()
    sleeping.wait()


def test_killed_serve_leaves_nothing_running_and_loses_nothing(serve: Start, var: Path) -> None:
    first = serve("--engines-only")
    write_row(first.address("DATABASE_URL"))
    put_task(first.address("BROKER_URL"))
    first.kill()
    wait_until(lambda: not processes_of(var), "the watchman to stop the engines")

    second = serve("--engines-only")
    assert rows(second.address("DATABASE_URL")) == [("Գորիս",)]
    assert tasks(second.address("BROKER_URL")) == [{"count": 1}]


def test_serve_starts_while_the_watchman_is_still_stopping(serve: Start) -> None:
    first = serve("--engines-only")
    write_row(first.address("DATABASE_URL"))
    first.kill()
    assert rows(serve("--engines-only").address("DATABASE_URL")) == [("Գորիս",)]


def test_serve_stops_the_engines_of_a_serve_killed_together_with_its_watchman(serve: Start, var: Path) -> None:
    first = serve("--engines-only")
    write_row(first.address("DATABASE_URL"))
    old = {first.pid_of("postgres"), first.pid_of("valkey-server")}
    for process in (*psutil.Process(first.process.pid).children(), first.process):
        if process.pid not in old:
            process.kill()
    first.process.wait()
    assert {process.pid for process in processes_of(var)} >= old

    second = serve("--engines-only")
    assert rows(second.address("DATABASE_URL")) == [("Գորիս",)]
    assert "Stopped what an earlier serve left running: valkey, postgres." in second.said
    assert not old & {process.pid for process in processes_of(var)}


def test_engines_without_a_record_are_found_in_their_folders(serve: Start, var: Path) -> None:
    first = serve("--engines-only")
    write_row(first.address("DATABASE_URL"))
    (var / "running.json").unlink()
    first.kill()
    wait_until(lambda: len(processes_of(var)) == len(engines_of(var)), "the watchman to end")
    assert engines_of(var)

    second = serve("--engines-only")
    assert rows(second.address("DATABASE_URL")) == [("Գորիս",)]
    assert "postgres was still running" in second.said
    assert "valkey was still running" in second.said


def engines_of(var: Path) -> list[psutil.Process]:
    return [process for process in processes_of(var) if process.name() in ("postgres", "valkey-server")]


def test_a_killed_engine_is_started_again_and_the_log_says_so(serve: Start) -> None:
    running = serve("--engines-only")
    write_row(running.address("DATABASE_URL"))
    put_task(running.address("BROKER_URL"))
    for name in ("postgres", "valkey-server"):
        psutil.Process(running.pid_of(name)).kill()
    running.wait_for("postgres ended (killed by SIGKILL); starting it again in 1 s.")
    running.wait_for("valkey ended (killed by SIGKILL); starting it again in 1 s.")
    wait_until(lambda: running.said.count("ready to accept connections") == 2, "PostgreSQL to be back")
    wait_until(lambda: answers(running.address("BROKER_URL")), "Valkey to be back")
    assert rows(running.address("DATABASE_URL")) == [("Գորիս",)]
    assert tasks(running.address("BROKER_URL")) == [{"count": 1}]


def answers(url: str) -> bool:
    with kombu.Connection(url) as broker:
        try:
            broker.connect()
        except broker.connection_errors:
            return False
    return True


def note_pid(var: Path, pid: int) -> None:
    """Leave PostgreSQL's note of a server that is not there, as a power cut does."""
    lines = [str(pid), str(var / "engines/postgres/data"), str(int(time.time())), "5432", "", "", "1 1"]
    note = var / "engines/postgres/data/postmaster.pid"
    note.write_text("\n".join(lines) + "\n")
    os.chown(note, *(note.parent.stat().st_uid, note.parent.stat().st_gid))


def test_stale_pid_hinders_nobody(serve: Start, var: Path) -> None:
    first = serve("--engines-only")
    write_row(first.address("DATABASE_URL"))
    assert first.ask_to_stop() == 0
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    note_pid(var, gone.pid)
    assert rows(serve("--engines-only").address("DATABASE_URL")) == [("Գորիս",)]


def test_recycled_pid_hinders_nobody_and_its_new_owner_lives_on(
    serve: Start, var: Path, bystander: subprocess.Popen[bytes]
) -> None:
    first = serve("--engines-only")
    write_row(first.address("DATABASE_URL"))
    assert first.ask_to_stop() == 0
    note_pid(var, bystander.pid)
    entry = {"name": "valkey", "pid": bystander.pid, "born": 1.0, "signal": 15, "seconds": 1}
    (var / "running.json").write_text(json.dumps([entry]))
    (var / "serve.lock").write_text(json.dumps({"pid": bystander.pid, "born": 1.0}))
    assert rows(serve("--engines-only").address("DATABASE_URL")) == [("Գորիս",)]
    assert bystander.poll() is None


def test_after_a_power_cut_everything_starts_though_the_numbers_are_others_now(
    serve: Start, var: Path, bystander: subprocess.Popen[bytes]
) -> None:
    first = serve("--engines-only")
    write_row(first.address("DATABASE_URL"))
    put_task(first.address("BROKER_URL"))
    for process in processes_of(var):
        process.kill()
    first.process.wait()
    wait_until(lambda: not processes_of(var), "everything to be gone")
    note_pid(var, bystander.pid)
    note = socket_folder(var) / f"{POSTGRES_SOCKET}.lock"
    note.write_text("\n".join([str(bystander.pid), *note.read_text().splitlines()[1:]]) + "\n")
    assert (socket_folder(var) / VALKEY_SOCKET).exists(), "the socket of a broker that is gone"

    second = serve("--engines-only")
    assert rows(second.address("DATABASE_URL")) == [("Գորիս",)]
    assert tasks(second.address("BROKER_URL")) == [{"count": 1}]
    assert bystander.poll() is None


def test_initdb_cut_short_is_done_anew(serve: Start, var: Path) -> None:
    account = engine_account()
    half = account.make_folder(account.make_folder(make_home(make_var(var), account) / "postgres") / "data.making")
    (half / "PG_VERSION").write_text("18\n")
    assert serve("--engines-only").address("DATABASE_URL")
    assert not half.exists()


def test_a_killed_user_of_the_programs_door_leaves_no_engine_and_no_folder(folder: Path) -> None:
    var = folder / "scratch"
    program = (
        "import sys, time, pathlib\n"
        "from engines.running import engines\n"
        "with engines(pathlib.Path(sys.argv[1]), durable=False):\n"
        "    print('up', flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(var)]
    user = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert user.stdout
    assert user.stdout.readline() == "up\n"
    assert len(processes_of(var)) > 2
    user.kill()
    user.wait()
    wait_until(lambda: not processes_of(var), "the engines to be gone")
    wait_until(lambda: not var.exists(), "the folder to be gone")
