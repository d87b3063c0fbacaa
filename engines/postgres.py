"""PostgreSQL: a data folder with the builtin locale, scram passwords, and one socket."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.pq import PGconn, Ping

from engines.addresses import (
    DATABASE,
    OWNER,
    POSTGRES_SOCKET,
    SOCKET_PORT,
    WEB,
    database_url,
    make_secret,
    password_file,
    read_secret,
)
from engines.engine import ENVIRONMENT, Engine, Ground, State
from engines.errors import EngineError
from engines.machine import postgres_memory
from engines.programs import major_version, postgres_program

SUPERUSER = "postgres"
ROLES = Path(__file__).with_name("roles.sql")

SETTINGS = {
    "listen_addresses": "",
    "port": str(SOCKET_PORT),
    "max_connections": "100",
    "jit": "off",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    # A refused row is the app's to tell; the server's log must not repeat people's names
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ASKED_EARLY = "FATAL:  the database system is starting up"  # its answer to whoever asks whether it is ready


class Postgres(Engine):
    """The own PostgreSQL of one `var`."""

    name = "postgres"
    program_name = "postgres"
    stop_signal = signal.SIGINT  # "fast": open transactions are rolled back, everything is written
    seconds = 60

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.var = ground.var
        self.programs = ground.programs
        self.data = self.folder / "data"

    @property
    def url(self) -> str:
        """The app's address."""
        return database_url(self.var)

    def working_folder(self) -> Path:
        return self.data

    def prepare(self) -> None:
        """Make the data folder, or check that this PostgreSQL may open it."""
        lost = self.data.exists() and not read_secret(self.var / password_file(SUPERUSER))
        for user in (SUPERUSER, OWNER, WEB):
            make_secret(self.var / password_file(user))
        if not self.data.exists():
            self._make_data()
        self._check_version()
        self._forget_recycled_pids()
        if lost:
            self._set_password()

    def command(self) -> list[str]:
        settings = {
            **SETTINGS,
            "unix_socket_directories": str(self.ground.sockets),
            **postgres_memory(scratch=not self.ground.durable),
            **({} if self.ground.durable else NOT_DURABLE),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.programs.postgres), "-D", str(self.data), *options]

    def state(self) -> State:
        answer = PGconn.ping(f"host='{_quoted(self.ground.sockets)}' port={SOCKET_PORT}".encode())
        return {Ping.OK: State.READY, Ping.REJECT: State.STARTING}.get(Ping(answer), State.SILENT)

    def tidy(self, line: str) -> str:
        return "" if line.endswith(ASKED_EARLY) else line

    def complete(self) -> None:
        """The users and the database are there, with the passwords on file."""
        superuser = database_url(self.var, user=SUPERUSER, database=SUPERUSER)
        try:
            connection = psycopg.connect(superuser, connect_timeout=30, autocommit=True)
        except psycopg.OperationalError as error:
            file = self.var / password_file(SUPERUSER)
            raise EngineError(
                f"{self.data} does not open with the password in {file}: {error}\n"
                "Put the file of before back; or remove it and start again: then a new password is set."
            ) from error
        with connection:
            for setting, user in (("reception.owner_password", OWNER), ("reception.web_password", WEB)):
                password = make_secret(self.var / password_file(user))
                connection.execute("SELECT set_config(%s, %s, false)", [setting, password])
            connection.execute(ROLES.read_bytes())
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
                names = map(sql.Identifier, (DATABASE, OWNER))
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))

    def _make_data(self) -> None:
        """Run initdb beside the place and move the result there, so that a cut leaves no half-made folder."""
        making = self.folder / "data.making"
        shutil.rmtree(making, ignore_errors=True)
        self.journal.say("serve", "Making a database folder.")
        password = self._lend_password()
        try:
            command = self._initdb(making, password)
            made = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, **self.account.popen())
        finally:
            os.unlink(password)
        if made.returncode:
            raise EngineError(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
        making.rename(self.data)

    def _initdb(self, making: Path, password: str) -> list[str]:
        command = [str(self.programs.initdb), "-D", str(making), "-U", SUPERUSER, f"--pwfile={password}"]
        command += ["--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        command += ["--data-checksums", "--auth-local=scram-sha-256", "--auth-host=reject"]
        return command if self.ground.durable else [*command, "--no-sync"]

    def _lend_password(self) -> str:
        """A copy of the superuser's password that initdb may read; the original is not its user's."""
        number, name = tempfile.mkstemp(prefix="initdb-", dir=self.folder.parent)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(make_secret(self.var / password_file(SUPERUSER)))
            os.fchown(number, self.account.uid, self.account.gid)
        return name

    def _set_password(self) -> None:
        """The password on file opens the data, also where the one of before was lost."""
        password = read_secret(self.var / password_file(SUPERUSER))
        command = [str(self.programs.postgres), "--single", "-D", str(self.data), SUPERUSER]
        told = f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'\n"
        done = subprocess.run(
            command, input=told, capture_output=True, text=True, env=ENVIRONMENT, **self.account.popen()
        )
        if done.returncode:
            raise EngineError(f"{self.data} takes no new password: {done.stderr.strip()}")

    def _check_version(self) -> None:
        """Refuse data of another major version, with the two commands that move them."""
        theirs = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = major_version(self.programs)
        if theirs == str(ours):
            return
        raise EngineError(
            f"{self.data} was written by PostgreSQL {theirs}; this release of Reception brings {ours}.\n"
            "Two commands move it, each while `manage.py serve --engines-only` runs; it prints ADDRESS:\n"
            "  with the release that wrote it:\n"
            "    pg_dump --format=custom --file=moved.dump ADDRESS\n"
            f"  with this release, after {self.folder} was renamed:\n"
            f"    {postgres_program('pg_restore')} --no-owner --dbname=ADDRESS moved.dump"
        )

    def _forget_recycled_pids(self) -> None:
        """Remove both notes of a server that is gone, its data's and its socket's: the number may be another's now.

        PostgreSQL sees for itself that a number is nobody's, but takes any living process of the same user
        for the server. Strays have been stopped before. An orphaned backend would still hold the shared
        memory, whose key comes from the data folder, and PostgreSQL checks that in any case.
        """
        for note in (self.data / "postmaster.pid", self.ground.sockets / f"{POSTGRES_SOCKET}.lock"):
            note.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace("'", "\\'")
