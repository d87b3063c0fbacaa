"""Writing a backup: PostgreSQL's dump through age into one file that is there whole or not at all.

The dump is never on disk unencrypted and never whole in memory: pg_dump writes into a pipe, age reads from it. As it
passes, pg_restore reads it too, to its end, so that what was written is known to be readable.
"""

import hashlib
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psycopg
import pyrage
from pyrage.x25519 import Recipient

from upkeep.backup.errors import BackupError
from upkeep.backup.manifest import Manifest, describe
from upkeep.backup.programs import address_for, find_program, server_major

ENDING = ".age"
PARTIAL = ".partial"
STALE = 24 * 3600  # seconds after which a half-written file is one that nobody writes any more
NAMED = re.compile(r"(?P<code>[A-Z]{4})-\d{8}T\d{6}Z\.age")
WITHOUT_OPERATION = "NONE"


@dataclass(frozen=True)
class Written:
    """A backup that was written whole."""

    path: Path
    size: int
    sha256: str
    seconds: float
    taken_at: datetime
    manifest: Manifest


def write_backup(connection: Any, to: Path, recipients: Sequence[Recipient], now: datetime) -> Written:
    """Write the whole database to a file, or into a folder under a name of its own; readable by its owner alone.

    Refuses with BackupError; then there is no new file and none was touched.
    """
    began = time.monotonic()
    major = server_major(connection)
    dump, restore = find_program("pg_dump", major), find_program("pg_restore", major)
    address, environment = address_for(connection)
    with _frozen(address, environment) as (cursor, snapshot):
        manifest = describe(cursor, now, major)
        path = _path(to, manifest, now)
        command = [str(dump), "--format=custom", "--no-owner", "--no-acl", "--no-comments", f"--snapshot={snapshot}"]
        proof = [str(restore), "--file=/dev/null"]
        with _file(path) as writer, _dumping([*command, f"--dbname={address}"], proof, environment) as source:
            source.head = manifest.written()
            try:
                pyrage.encrypt_io(source, writer, list(recipients))
            except (pyrage.EncryptError, OSError) as error:
                raise source.failure or BackupError(f"{path} cannot be written: {error}") from None
    return Written(path, writer.size, writer.digest.hexdigest(), time.monotonic() - began, now, manifest)


def keep_newest(folder: Path, code: str, count: int) -> list[Path]:
    """Remove all but the newest backups of the operation from the folder; the names of those removed."""
    named = sorted(path for path in folder.iterdir() if (found := NAMED.fullmatch(path.name)) and found["code"] == code)
    old = named[:-count] if count else []
    for path in old:
        path.unlink()
    return old


@contextmanager
def _frozen(address: str, environment: dict[str, str]) -> Iterator[tuple[Any, str]]:
    """A cursor that sees the database as it is at this instant, and the name under which pg_dump sees the same."""
    try:
        connection = psycopg.connect(address, password=environment.get("PGPASSWORD"))
    except psycopg.OperationalError as error:
        raise BackupError(f"The database does not answer: {str(error).strip()}") from None
    with connection, connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET transaction_timeout = 0")
        connection.commit()
        snapshot = cursor.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot
        yield cursor, snapshot[0]


class _Source:
    """The head, then what pg_dump writes; pg_restore is shown the same and has to be content at the end."""

    def __init__(self, dump: "subprocess.Popen[bytes]", proof: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
        self.head = b""
        self.failure: BackupError | None = None
        self._dump, self._proof, self._said = dump, proof, said

    def read(self, size: int = -1) -> bytes:
        """Some bytes; none at the end, and only when both programs ended well."""
        if self.head:
            block, self.head = self.head[:size], self.head[size:]
            return block
        assert self._dump.stdout
        assert self._proof.stdin
        block = self._dump.stdout.read(size)
        try:
            if block:
                self._proof.stdin.write(block)
                return block
            self._proof.stdin.close()
        except BrokenPipeError:
            self._dump.kill()  # pg_restore would read no further, and says why
        self._end()
        return b""

    def _end(self) -> None:
        """Both programs have ended well; else say what they said."""
        ended = {"pg_dump": self._dump.wait(), "pg_restore": self._proof.wait()}
        if failed := [f"{name} ended with {code}" for name, code in ended.items() if code]:
            self._said.seek(0)
            words = self._said.read().decode(errors="replace").strip()
            self.failure = BackupError(f"Nothing was written: {' and '.join(failed)}. {words}")
            raise self.failure


@contextmanager
def _dumping(dump: list[str], proof: list[str], environment: dict[str, str]) -> Iterator[_Source]:
    """Both programs run inside, and none after."""
    with tempfile.TemporaryFile() as said:
        plain = {name: value for name, value in environment.items() if name != "PGPASSWORD"}
        dumping = subprocess.Popen(dump, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment)
        proving = subprocess.Popen(proof, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=plain)
        try:
            yield _Source(dumping, proving, said)
        finally:
            for process in (dumping, proving):
                if process.poll() is None:
                    process.kill()
                process.wait()
            for pipe in (dumping.stdout, proving.stdin):
                assert pipe
                with suppress(BrokenPipeError):
                    pipe.close()


class _Digesting:
    """Writes to a file, and knows how many bytes went there and their SHA-256."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, block: bytes) -> int:
        self.file.write(block)
        self.size += len(block)
        self.digest.update(block)
        return len(block)

    def flush(self) -> None:
        self.file.flush()


@contextmanager
def _file(path: Path) -> Iterator[_Digesting]:
    """A file beside the place, moved there when all went well and removed when not."""
    if path.exists():
        raise BackupError(f"{path} is there already; nothing was overwritten.")
    _sweep(path.parent)
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    try:
        number = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupError(f"{path.parent} cannot be written to: {error.strerror}.") from None
    try:
        with os.fdopen(number, "wb") as file:
            yield (writer := _Digesting(file))
            writer.flush()
            os.fsync(file.fileno())
        os.rename(partial, path)
        _sync_folder(path.parent)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _sweep(folder: Path) -> None:
    """Remove what a backup that was killed left behind."""
    for partial in folder.glob(f".*{ENDING}.*{PARTIAL}"):
        if time.time() - partial.stat().st_mtime > STALE:
            partial.unlink(missing_ok=True)


def _path(to: Path, manifest: Manifest, now: datetime) -> Path:
    if not to.is_dir():
        return to
    code = manifest.operation.get("code", WITHOUT_OPERATION)
    return to / f"{code}-{now:%Y%m%dT%H%M%SZ}{ENDING}"


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
