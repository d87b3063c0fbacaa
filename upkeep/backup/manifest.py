"""What a backup says of itself: where it comes from, what it holds, and by which release it was written."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from upkeep.backup.errors import BackupError

FORMAT = 1
MAGIC = b"RECEPTION BACKUP\n"
LONGEST = 4 * 1024 * 1024  # bytes of a manifest

FOREIGN = "This file was encrypted to the key, but it is no backup of Reception."

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"

# What the database promises, by name: constraints, indexes, triggers with their text, functions with their text.
# A check's text is not compared: PostgreSQL writes the same one differently once it has read it back.
PROMISES = """
SELECT 'constraint ' || conrelid::regclass::text || ' ' || conname,
       CASE WHEN contype IN ('f', 'p', 'u', 'x') THEN pg_get_constraintdef(oid) ELSE contype::text END
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
UNION ALL
SELECT 'index ' || tablename || ' ' || indexname, '' FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'trigger ' || tgrelid::regclass::text || ' ' || tgname, tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'function ' || p.oid::regprocedure::text, pg_get_functiondef(p.oid)
FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


@dataclass(frozen=True)
class Manifest:
    """The first thing in a backup."""

    format: int
    release: str
    postgres: int
    taken_at: str
    operation: dict[str, str]
    migrations: list[str]
    rows: dict[str, int]
    promises: dict[str, str] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many records of people there are."""
        return self.rows.get("registrations_individual", 0)

    def written(self) -> bytes:
        """The head of a backup: what it is, then the manifest in one line."""
        return MAGIC + json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode() + b"\n"


def read_manifest(line: bytes) -> Manifest:
    """The manifest of a backup; refuses one of a later format, which may say other things."""
    try:
        told = json.loads(line)
        if told["format"] != FORMAT:
            raise BackupError(
                f"This backup was written by release {told.get('release', '?')} of Reception in a form (format "
                f"{told['format']}) that this release ({release()}) does not know. Restore it with that release."
            )
        return Manifest(**told)
    except (ValueError, KeyError, TypeError):
        raise BackupError(FOREIGN) from None


def describe(cursor: Any, taken_at: datetime, postgres: int) -> Manifest:
    """What the database of this cursor holds now; the cursor is psycopg's own."""
    rows = {name: _count(cursor, name) for (name,) in cursor.execute(TABLES).fetchall()}
    return Manifest(
        format=FORMAT,
        release=release(),
        postgres=postgres,
        taken_at=taken_at.isoformat(timespec="seconds"),
        operation=_operation(cursor, rows),
        migrations=_migrations(cursor, rows),
        rows=rows,
        promises=_promises(cursor),
    )


def check_can_be_read(manifest: Manifest, postgres: int) -> None:
    """Refuse a backup of a later release or a later PostgreSQL than is here."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if unknown := [name for name in manifest.migrations if name not in known and _is_ours(name, known)]:
        raise BackupError(
            f"This backup was written by a later release of Reception ({manifest.release}; it knows {unknown[-1]}). "
            f"This is {release()}: install that release or a later one, and restore it there."
        )
    if manifest.postgres > postgres:
        raise BackupError(
            f"This backup was written by PostgreSQL {manifest.postgres}; this server is {postgres}. "
            f"Restore it on a server of {manifest.postgres} or later."
        )


def differences(told: Manifest, found: Manifest) -> list[str]:
    """Where the database is not what the manifest says: rows, constraints, indexes, triggers and functions."""
    wrong = [
        f"{table}: {found.rows.get(table, 'no table')} rows instead of {rows}"
        for table, rows in told.rows.items()
        if found.rows.get(table) != rows
    ]
    same = told.postgres == found.postgres  # another version may word the same promise otherwise
    for name, definition in told.promises.items():
        if name not in found.promises:
            wrong.append(f"{name} is missing")
        elif same and found.promises[name] != definition:
            wrong.append(f"{name} is another")
    return wrong


def release() -> str:
    """The release of Reception that runs."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _is_ours(name: str, known: set[str]) -> bool:
    """Whether a migration's app is installed here; an app that was taken out has left its tables behind."""
    return any(one.startswith(f"{name.partition('.')[0]}.") for one in known)


def _count(cursor: Any, table: str) -> int:
    return int(cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()[0])


def _operation(cursor: Any, rows: Mapping[str, int]) -> dict[str, str]:
    if not rows.get("centre_operation"):
        return {}
    name, code, purpose = cursor.execute("SELECT name, code, purpose FROM centre_operation").fetchone()
    return {"name": name, "code": code, "purpose": purpose}


def _migrations(cursor: Any, rows: Mapping[str, int]) -> list[str]:
    if "django_migrations" not in rows:
        return []
    return [name for (name,) in cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")]


def _promises(cursor: Any) -> dict[str, str]:
    found = cursor.execute(PROMISES).fetchall()
    return {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in found}
