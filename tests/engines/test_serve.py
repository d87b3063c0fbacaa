"""What `manage.py serve` says, refuses, restarts and stops."""

import http.client
import signal
import socket
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import celery
import psutil
import pytest

from engines.addresses import broker_url
from engines.children import Child, listen
from engines.errors import EngineError
from engines.journal import Journal
from engines.running import engines, supervised
from engines.supervisor import Supervisor
from tests.engines.serving import Serve, processes_of, wait_until

pytestmark = pytest.mark.engines
Start = Callable[..., Serve]


def test_second_serve_on_the_same_var_says_so_in_one_sentence(serve: Start, var: Path) -> None:
    first = serve("--engines-only")
    first.address("DATABASE_URL")
    second = serve("--engines-only")
    assert second.end() == 1
    pid = first.process.pid
    assert second.said == f"CommandError: Reception already runs on {var} (process {pid})."
    assert first.process.poll() is None


def test_data_of_another_major_version_are_refused_with_the_commands_that_move_them(serve: Start, var: Path) -> None:
    first = serve("--engines-only")
    first.address("DATABASE_URL")
    assert first.ask_to_stop() == 0
    (var / "engines/postgres/data/PG_VERSION").write_text("17\n")
    refused = serve("--engines-only")
    assert refused.end() == 1
    assert "was written by PostgreSQL 17; this release of Reception brings 18." in refused.said
    assert "pg_dump --format=custom --file=moved.dump ADDRESS" in refused.said
    assert "pg_restore --no-owner --dbname=ADDRESS moved.dump" in refused.said
    assert not processes_of(var)


def test_engines_named_by_the_environment_are_not_started(serve: Start, var: Path) -> None:
    running = serve("--engines-only", env={"DATABASE_URL": "postgresql://elsewhere/x"})
    assert running.address("BROKER_URL")
    assert "DATABASE_URL" not in running.said
    assert not (var / "engines/postgres").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_stops_valkey_then_postgres(serve: Start, var: Path, number: signal.Signals) -> None:
    running = serve("--engines-only")
    running.address("DATABASE_URL")
    assert running.ask_to_stop(number) == 0
    stopping = [line[20:] for line in running.lines if "Stopping" in line]
    assert stopping == ["Stopping valkey.", "Stopping postgres."]
    assert "database system is shut down" in running.said
    assert not processes_of(var)
    assert not (var / "running.json").exists()


def test_taken_port_gives_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listen("127.0.0.1", port) as given:
            assert port < given.getsockname()[1] < port + 100


def test_host_of_another_machine_is_refused() -> None:
    with pytest.raises(EngineError, match="198\\.51\\.100\\.1"):
        listen("198.51.100.1", 8000)


def test_child_that_does_not_stop_is_killed_with_a_word(var: Path) -> None:
    log = StringIO()
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    with supervised(var, Journal(log)) as ground:
        child = Child(ground, "worker", ["-c", deaf], seconds=0.5)
        child.start()
        wait_until(lambda: "deaf" in log.getvalue(), "the child to be deaf")
        child.stop()
    assert child.process
    assert not psutil.pid_exists(child.process.pid)
    assert "worker did not stop within 0 s and was killed." in log.getvalue()


def test_child_that_keeps_falling_is_started_after_longer_and_longer_pauses(var: Path) -> None:
    log = StringIO()
    supervisor = Supervisor(Journal(log))
    with supervised(var, supervisor.journal) as ground:
        supervisor.add(Child(ground, "web", ["-c", "raise SystemExit(3)"]))
        wait_until(lambda: looked(supervisor).count("web ended (exit 3)") >= 3, "three falls")
        supervisor.stop()
    pauses = [line.rpartition(" in ")[2] for line in log.getvalue().splitlines() if "starting it again" in line]
    assert pauses[:3] == ["1 s.", "2 s.", "4 s."]


def looked(supervisor: Supervisor) -> str:
    supervisor.look()
    assert isinstance(supervisor.journal.stream, StringIO)
    return supervisor.journal.stream.getvalue()


def test_engines_refuse_a_var_in_use(var: Path) -> None:
    silent = Journal(StringIO())
    with supervised(var, silent), pytest.raises(EngineError, match="already runs"), engines(var, journal=silent):
        pass


def status(address: str) -> int:
    """What the web answers to a visitor."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_whole_house_serves_survives_the_death_of_its_web_and_stops_in_order(serve: Start, var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    running = serve("--port", str(port))
    address = running.wait_for("Reception runs at").rpartition(" ")[2]
    assert status(address) < 500
    with celery.Celery(broker=broker_url(var), set_as_current=False) as app:
        asked = (app.control.ping(timeout=5, limit=1) for _try in range(12))  # it may not listen yet
        assert [list(pong.values()) for pong in next(filter(None, asked), [])] == [[{"ok": "pong"}]]

    gunicorn = [one for one in psutil.Process(running.process.pid).children() if "gunicorn" in one.cmdline()]
    assert len(gunicorn) == 1
    gunicorn[0].kill()
    running.wait_for("web ended (killed by SIGKILL); starting it again in 1 s.")
    assert status(address) < 500  # the port never closed: one waits until the web is back

    assert running.ask_to_stop() == 0
    stopping = [line.partition("Stopping ")[2] for line in running.lines if "Stopping" in line]
    assert stopping == ["web.", "beat.", "worker.", "valkey.", "postgres."]
    assert "was killed" not in running.said
    assert "FATAL" not in running.said
    assert not processes_of(var)
    assert sys.getsizeof(running.said) < 10_000, "the log is meant to be read"
