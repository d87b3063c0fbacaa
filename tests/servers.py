"""A real web server for tests that race over HTTP, and a database of its own whose rows are committed.

A race is only shown between transactions that really end, so such a test must not run inside pytest-django's.
The fixture `committed_database` (tests/races/conftest.py) makes a database for the tests of one module, points this
process at it and drops it afterwards: nothing has to be cleaned up, so each test makes sites and families of its own
and has no `django_db` mark. `serve()` then starts gunicorn on it as `manage.py serve` does. Together:

    def test_two_desks_race(committed_database):
        site = make_site()                                   # committed at once
        with serve() as server:
            desks = [server.sign_in(make_user(site=site)) for _ in range(50)]
            answers = at_once(desk.posting("/shelter/…", {"id": uuid.uuid4()}) for desk in desks)
        assert [answer.status for answer in answers].count(303) == 1
        assert deadlocks() == 0  # by PostgreSQL's own count, complete once the server is gone
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper

from centre.models import User
from centre.operations import forget
from centre.sessions import SessionStore

CSRF = "reception" * 3 + "races"  # 32 characters, as Django's own: any such secret is good in both places
PRISTINE = "test_pristine"
PATIENCE = 60  # seconds a test waits for one answer, or for the server to start


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: str
    seconds: float


@dataclass(frozen=True)
class Desk:
    """A browser that is signed in; each request opens a connection of its own."""

    port: int
    session: str

    def post(self, path: str, fields: Mapping[str, object], *, as_json: bool = False) -> Answer:
        """Send a form, or JSON to the API, and wait for the answer; redirects are not followed."""
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        body = json.dumps(fields, default=str) if as_json else urlencode(fields, doseq=True)
        headers = {
            "Content-Type": kind,
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={CSRF}",
            "X-CSRFToken": CSRF,
        }
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        began = time.perf_counter()
        try:
            wire.request("POST", path, body.encode(), headers)
            response = wire.getresponse()
            text = response.read().decode()
        finally:
            wire.close()
        return Answer(response.status, text, time.perf_counter() - began)

    def posting(self, path: str, fields: Mapping[str, object], *, as_json: bool = False) -> Callable[[], Answer]:
        """The same, to be sent later by at_once."""
        return partial(self.post, path, fields, as_json=as_json)


@dataclass(frozen=True)
class Server:
    """A web server that answers."""

    port: int
    log: Path

    def sign_in(self, user: User) -> Desk:
        """A browser in which the user is signed in."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        return Desk(self.port, str(session.session_key))


def at_once(requests: Iterable[Callable[[], Answer]]) -> list[Answer]:
    """Send all these requests in the same instant, each from a thread of its own; the answers in their order."""
    waiting = list(requests)
    start = threading.Barrier(len(waiting))

    def send(request: Callable[[], Answer]) -> Answer:
        start.wait()
        return request()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(send, waiting))


@contextmanager
def serve(workers: int = 4, threads: int = 4, *, to_browsers: bool = False) -> Iterator[Server]:
    """Gunicorn answers on a free port, on the database this process is connected to, until the end.

    To browsers it serves with the project's own settings and all its static files collected.
    """
    with tempfile.TemporaryDirectory(prefix="reception-server-") as folder:
        environment = _environment(Path(folder))
        Path(folder, "static").mkdir()
        if to_browsers:
            environment |= {"DJANGO_SETTINGS_MODULE": "reception.settings", "STATIC_ROOT": collected().name}
        log = Path(folder, "server.log")
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener, log.open("w") as words:
            os.set_inheritable(listener.fileno(), True)
            command = [sys.executable, "-m", "gunicorn", "--config", "python:reception.web_server", "tests.served"]
            command += ["--bind", f"fd://{listener.fileno()}", "--workers", str(workers), "--threads", str(threads)]
            command += ["--preload"]  # to load the code of all pages costs a process as much as hundreds of answers
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=settings.BASE_DIR,
                pass_fds=[listener.fileno()],
                stdout=words,
                stderr=subprocess.STDOUT,
            )
            port = listener.getsockname()[1]
            try:
                _wait_for(process, port, log)
                _warm(port, workers * threads)
                yield Server(port, log)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)
                sys.stdout.write(log.read_text())  # pytest shows it when the test fails


@cache
def collected() -> tempfile.TemporaryDirectory:
    """A folder with all static files, as the project's own settings collect them: made once, gone with this process."""
    folder = tempfile.TemporaryDirectory(prefix="reception-static-")
    environment = _environment(Path(folder.name)) | {"DJANGO_SETTINGS_MODULE": "reception.settings"}
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, env=environment | {"STATIC_ROOT": folder.name}, cwd=settings.BASE_DIR, check=True)
    return folder


@contextmanager
def work() -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker on the database this process is connected to; it is killed at the end, if it still lives."""
    with tempfile.TemporaryDirectory(prefix="reception-worker-") as folder:
        log = Path(folder, "worker.log")
        with log.open("w") as words:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "reception", "worker", "--pool", "solo", "--loglevel", "info"],
                env=_environment(Path(folder)),
                cwd=settings.BASE_DIR,
                stdout=words,
                stderr=subprocess.STDOUT,
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait(PATIENCE)
                sys.stdout.write(log.read_text())  # pytest shows it when the test fails


@contextmanager
def fresh_database(name: str) -> Iterator[None]:
    """A migrated database of this name is the current one; it is dropped at the end."""
    copy_pristine(name)
    try:
        with _current(name):
            yield
    finally:
        with connection._nodb_cursor() as cursor:
            # WITH (FORCE) is refused where PostgreSQL itself is cleaning up in there; without it, it gives way
            ours = "FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
            cursor.execute(f"SELECT pg_terminate_backend(pid) {ours}", [name])
            cursor.execute(f'DROP DATABASE "{name}"')


def copy_pristine(name: str) -> None:
    """Make this database, migrated and with nobody in it, unless it is there.

    Migrating takes seconds and a copy a tenth of one: whoever is first of all workers migrates a pristine one.
    """
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [PRISTINE])  # until this connection closes
        _migrate_pristine()
        _create(cursor, name, PRISTINE)


@cache
def _migrate_pristine() -> None:
    """Make the pristine database; to find it migrated costs a second, which each process spends once."""
    with connection._nodb_cursor() as cursor:
        _create(cursor, PRISTINE)
    with _current(PRISTINE):
        call_command("migrate", interactive=False, verbosity=0)
        with connection.cursor() as cursor:  # no family of a test is 4127 B, which the pages name as an example
            cursor.execute("SELECT setval('household_number', 5000)")


def _create(cursor: CursorWrapper, name: str, template: str = "template1") -> None:
    cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
    if not cursor.rowcount:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


@contextmanager
def _current(name: str) -> Iterator[None]:
    """This process works in the database of this name, and knows no operation of another."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    forget()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        forget()


def deadlocks() -> int:
    """How many deadlocks PostgreSQL has broken in this database; each process tells of its own when it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def _environment(var: Path) -> dict[str, str]:
    database = connection.settings_dict
    login = urlsplit(os.environ.get("SERVED_BY", "")).netloc.removesuffix("@")
    login = login or ":".join(quote(database[part], safe="") for part in ("USER", "PASSWORD") if database[part])
    address = f"postgresql://{login}@/{quote(database['NAME'])}?host={quote(database['HOST'])}"
    if database["PORT"]:
        address += f"&port={database['PORT']}"
    return os.environ | {
        "DATABASE_URL": address,
        "RECEPTION_VAR": str(var),
        "SECRET_KEY": settings.SECRET_KEY,  # the sessions made here are good there
        "CASE_KEY": urlsafe_b64decode(settings.CASE_KEYS[0]).hex(),  # and what is sealed here is read there
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DJANGO_SETTINGS_MODULE": "tests.served_settings",
    }


def _warm(port: int, slots: int) -> None:
    """Let each process of the server load its code: a race is run by a server that has been up for a while."""
    for _ in range(2):
        at_once(Desk(port, "").posting("/api/v1/sites/", {}) for _ in range(slots))


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            wire.request("HEAD", "/")
            wire.getresponse()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            wire.close()
    raise RuntimeError(f"The server does not answer:\n{log.read_text()}")
