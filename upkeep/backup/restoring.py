"""Restoring a backup into an empty installation: proven to be whole first, then all of it in one transaction."""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from django.core.management import call_command
from django.db import transaction
from psycopg import sql
from pyrage.x25519 import Identity

from centre.sessions import end_everybodys
from upkeep.backup.errors import BackupError
from upkeep.backup.manifest import (
    FOREIGN,
    LONGEST,
    MAGIC,
    Manifest,
    check_can_be_read,
    describe,
    differences,
    read_manifest,
)
from upkeep.backup.programs import address_for, find_program, server_major

LOCK = 0x52455354  # "REST": one restore at a time
OPENED = b"age-encryption.org/v1\n"
WHOSE = {  # what must not be there, by table
    "centre_operation": "operation",
    "registrations_household": "household",
    "registrations_individual": "record of a person",
    "centre_user": "account",
    "centre_site": "site",
}

EXISTING = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


@dataclass(frozen=True)
class Restored:
    """What was restored."""

    manifest: Manifest
    rows: int


def read_whole(path: Path, identities: Sequence[Identity]) -> Manifest:
    """The manifest of a backup whose every byte was deciphered and proven. Refuses with BackupError."""
    sink = _Opened(None)
    _decipher(path, identities, sink)
    return sink.manifest_or_refuse()


def restore_backup(connection: Any, path: Path, identities: Sequence[Identity]) -> Restored:
    """Bring a backup back into an empty installation, bring its tables up to this release, and end every session.

    Refuses with BackupError a wrong key, a file that is damaged or cut short, a later release's, and an
    installation that holds anybody; then the installation is as empty as before.
    """
    manifest = read_whole(path, identities)
    major = server_major(connection)
    check_can_be_read(manifest, major)
    program = find_program("pg_restore", major)
    with _alone(connection):
        _empty(connection)
        try:
            _pour(connection, program, path, identities)
            _check(connection, manifest, major)
        finally:  # what was restored is brought up to this release, and an installation left empty has its tables
            call_command("migrate", interactive=False, verbosity=0)
        end_everybodys()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return Restored(manifest, sum(manifest.rows.values()))


class _Opened:
    """Receives what was decrypted: reads the head, and passes the dump on to PostgreSQL's programs."""

    def __init__(self, onward: IO[bytes] | None) -> None:
        self._head = b""
        self._onward = onward
        self.manifest: Manifest | None = None

    def write(self, block: bytes) -> int:
        size = len(block)
        if self.manifest is None:
            self._head += block
            if not MAGIC.startswith(self._head[: len(MAGIC)]) or len(self._head) > LONGEST:
                raise BackupError(FOREIGN)
            line, newline, block = self._head[len(MAGIC) :].partition(b"\n")
            if not newline:
                return size
            self.manifest, self._head = read_manifest(line), b""
        if self._onward is not None and block:
            self._onward.write(block)
        return size

    def flush(self) -> None:
        """Nothing is held back."""

    def manifest_or_refuse(self) -> Manifest:
        if self.manifest is None:
            raise BackupError(FOREIGN)
        return self.manifest


def _decipher(path: Path, identities: Sequence[Identity], sink: _Opened) -> None:
    try:
        with path.open("rb") as file:
            begins = file.read(len(OPENED))
            if begins != OPENED:
                raise BackupError(f"{path} is no backup: it does not begin as one. Is it whole, and the right file?")
            file.seek(0)
            pyrage.decrypt_io(file, sink, list(identities))
    except BackupError:
        raise
    except pyrage.DecryptError as error:
        if "matching keys" in str(error):
            raise BackupError(
                "This key does not open this backup: it was encrypted to another one, or this copy is damaged at its"
                " beginning. Try another copy too."
            ) from None
        raise BackupError(f"{path} is damaged or cut short at its beginning; nothing was restored.") from None
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno:
            raise BackupError(f"{path} cannot be read: {error.strerror}.") from None
        raise BackupError(f"{path} is damaged or cut short; nothing was restored. Take another copy.") from None


@contextmanager
def _alone(connection: Any) -> Iterator[None]:
    """No other restore runs inside."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise BackupError("Another restore is running on this database.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _empty(connection: Any, *, anyway: bool = False) -> None:
    """Take away the tables of an installation that holds nobody; refuses when it holds somebody, and says whom."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EXISTING)
        tables = [name for (name,) in cursor.fetchall()]
        if not anyway:
            _refuse_somebody(cursor, tables)
        for name in tables:
            cursor.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(name)))
        cursor.execute(SEQUENCES)
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP SEQUENCE {} CASCADE").format(sql.Identifier(name)))
        cursor.execute(FUNCTIONS)
        for (signature,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {signature} CASCADE")


def _refuse_somebody(cursor: Any, tables: Sequence[str]) -> None:
    held = []
    for table, what in WHOSE.items():
        if table not in tables:
            continue
        name = sql.Identifier(table)
        cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(name))
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(name))
        if count := cursor.fetchone()[0]:
            held.append(f"{count} × {what}")
    if held:
        raise BackupError(
            f"This installation is not empty: it holds {', '.join(held)}. Nothing was restored. "
            "Restore into a fresh one, beside it."
        )


def _pour(connection: Any, program: Path, path: Path, identities: Sequence[Identity]) -> None:
    """Give pg_restore the dump; it writes all of it in one transaction or nothing."""
    address, environment = address_for(connection)
    command = [str(program), "--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", "--no-comments"]
    command += [f"--dbname={address}"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=environment
        )
        assert process.stdin
        try:
            _decipher(path, identities, _Opened(process.stdin))
            process.stdin.close()
        except BrokenPipeError:
            pass  # pg_restore ended before its input did, and says why
        except BaseException:
            process.kill()  # before its input ends, or it might take what it has for all
            raise
        finally:
            process.wait()
        if process.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
            raise BackupError(f"PostgreSQL refused the backup; nothing was restored. {words}")


def _check(connection: Any, manifest: Manifest, major: int) -> None:
    """The database holds what the manifest says, and promises what it promised."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        found = describe(cursor, datetime.now(UTC), major)
    if wrong := differences(manifest, found):
        _empty(connection, anyway=True)
        more = f", and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise BackupError(f"What was restored is not what was saved: {'; '.join(wrong[:5])}{more}. It was taken away.")
