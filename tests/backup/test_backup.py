"""Backup, destruction, restore: every row of every table is the same, and so is the census."""

import io
import stat
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyrage
import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pyrage.x25519 import Identity

from centre.models import Session, Token, User
from registrations.models import Household, Movement
from tests.backup.conftest import Saved, every_row
from tests.backup.day import PASSWORD, count_tonight
from tests.build import make_site, make_user
from upkeep.backup.errors import BackupError
from upkeep.backup.keys import new_key
from upkeep.backup.manifest import describe
from upkeep.backup.programs import address_for
from upkeep.backup.restoring import LOCK, read_whole, restore_backup
from upkeep.backup.writing import keep_newest, write_backup
from upkeep.models import Backup

ENDED = {"centre_session", "centre_token"}  # who was signed out since, by a theft or a block, is not let in again


def _damaged(saved: Saved, folder: Path, change: str) -> Path:
    """A copy of the backup with one thing wrong."""
    whole = saved.path.read_bytes()
    middle = len(whole) // 2
    changed = {
        "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "flipped at the end": whole[:-1] + bytes([whole[-1] ^ 1]),
        "cut": whole[:middle],
        "cut at the end": whole[:-1],
        "cut in its head": whole[:100],
        "empty": b"",
        "longer": whole + b"\0",
        "another file": b"PGDMP and more of that kind",
    }[change]
    path = folder / "damaged.age"
    path.write_bytes(changed)
    return path


def _is_empty() -> bool:
    return not (User.objects.exists() or Household.objects.exists() or Movement.objects.exists())


def test_restored_rows_sequences_and_census_are_those_that_were_saved(saved: Saved, fresh: None) -> None:
    assert _is_empty()
    restored = restore_backup(connection, saved.path, [saved.identity])
    found = every_row()
    assert found.keys() == saved.rows.keys()
    for table, rows in saved.rows.items():
        assert found[table] == rows or table in ENDED, table
    assert count_tonight(saved.at) == saved.census
    assert restored.manifest == saved.manifest
    assert saved.census["figures"]["present"] >= 8
    filled = {table for table, rows in saved.rows.items() if rows}
    assert len(filled) >= 30


def test_no_session_and_no_token_of_the_backup_opens_anything_after_it(saved: Saved, fresh: None) -> None:
    assert saved.manifest.rows["centre_session"] == saved.manifest.rows["centre_token"] == 1
    restore_backup(connection, saved.path, [saved.identity])
    assert not Session.objects.exists()
    assert Token.objects.get().revoked_at


def test_restored_database_keeps_its_promises(saved: Saved, fresh: None) -> None:
    restore_backup(connection, saved.path, [saved.identity])
    with connection.cursor() as cursor:
        found = describe(cursor.connection.cursor(), datetime.now(UTC), saved.manifest.postgres)
    assert found.promises == saved.manifest.promises
    assert "constraint shelter_stay place_taken_once" in found.promises
    assert "trigger registrations_movement movement_is_append_only" in found.promises
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Movement.objects.update(destination="abroad")
    assert User.objects.get(username="armine").check_password(PASSWORD)
    before = Household.objects.latest("number").number
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('household_number')")
        assert cursor.fetchone()[0] > before


def test_backup_of_the_restored_is_the_same_again(saved: Saved, fresh: None, tmp_path: Path) -> None:
    restore_backup(connection, saved.path, [saved.identity])
    again = write_backup(connection, tmp_path, [saved.identity.to_public()], datetime.now(UTC))
    assert again.manifest.rows == saved.manifest.rows | {"centre_session": 0}
    assert again.manifest.promises == saved.manifest.promises


def test_backup_is_one_encrypted_file_of_its_owner(saved: Saved) -> None:
    assert [path.name for path in saved.path.parent.iterdir()] == [saved.path.name]
    assert saved.path.name.startswith("GORI-")
    assert stat.S_IMODE(saved.path.stat().st_mode) == 0o600
    written = saved.path.read_bytes()
    assert len(written) == saved.written.size
    for word in (b"PGDMP", b"RECEPTION BACKUP", b"armine", "Հակոբյան".encode(), b"centre_user"):
        assert word not in written
    assert read_whole(saved.path, [saved.identity]).operation == {
        "name": "Goris 2026", "code": "GORI", "purpose": "real",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    ["flipped", "flipped at the end", "cut", "cut at the end", "cut in its head", "empty", "longer", "another file"],
)
def test_damaged_file_is_named_before_anything_is_touched(saved: Saved, tmp_path: Path, change: str) -> None:
    with pytest.raises(BackupError, match=r"damaged|cut short|no backup"):
        restore_backup(None, _damaged(saved, tmp_path, change), [saved.identity])


def test_wrong_key_is_named(saved: Saved) -> None:
    with pytest.raises(BackupError, match="does not open this backup"):
        restore_backup(None, saved.path, [Identity.generate()])


def test_foreign_file_under_the_right_key_is_refused(saved: Saved, tmp_path: Path) -> None:
    path = tmp_path / "foreign.age"
    for inside in (
        b"",
        b"a list of names",
        b"RECEPTION BACKUP\n",
        b"RECEPTION BACKUP\n{}\n",
        b"RECEPTION BACKUP\n[]\n",
    ):
        path.write_bytes(pyrage.encrypt(inside, [saved.identity.to_public()]))
        with pytest.raises(BackupError, match="no backup of Reception"):
            restore_backup(None, path, [saved.identity])


def _rewritten(saved: Saved, folder: Path, before: bytes, after: bytes) -> Path:
    """The backup with other words in its manifest, encrypted anew."""
    head, dump = pyrage.decrypt(saved.path.read_bytes(), [saved.identity]).split(b"PGDMP", 1)
    assert before in head
    changed = head.replace(before, after, 1) + b"PGDMP" + dump
    path = folder / "rewritten.age"
    path.write_bytes(pyrage.encrypt(changed, [saved.identity.to_public()]))
    return path


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (b'"format": 1', b'"format": 2', "form .format 2. that this release"),
        (b'"centre.0001_initial"', b'"centre.0001_initial", "centre.9999_later"', "later release.*9999_later"),
        (b'"postgres": 18', b'"postgres": 19', "PostgreSQL 19"),
    ],
)
def test_backup_of_a_later_version_is_refused(saved, fresh, tmp_path, before, after, why) -> None:
    with pytest.raises(BackupError, match=why):
        restore_backup(connection, _rewritten(saved, tmp_path, before, after), [saved.identity])
    assert _is_empty()


def test_what_differs_from_the_manifest_or_breaks_on_the_way_leaves_an_empty_installation(saved, fresh, tmp_path):
    people = saved.manifest.people
    told = f'"registrations_individual": {people}'.encode()
    with pytest.raises(BackupError, match=f"{people} rows instead of {people + 1}"):
        restore_backup(
            connection,
            _rewritten(saved, tmp_path, told, f'"registrations_individual": {people + 1}'.encode()),
            [saved.identity],
        )
    assert _is_empty()
    head, dump = pyrage.decrypt(saved.path.read_bytes(), [saved.identity]).split(b"PGDMP", 1)
    broken = tmp_path / "broken.age"
    broken.write_bytes(pyrage.encrypt(head + b"PGDMP" + dump[: len(dump) - 2000], [saved.identity.to_public()]))
    with pytest.raises(BackupError, match="PostgreSQL refused the backup"):
        restore_backup(connection, broken, [saved.identity])
    assert _is_empty()
    make_site()  # the tables are there, and whoever opens an operation now can
    with pytest.raises(BackupError, match="holds 1 × site"):
        restore_backup(connection, saved.path, [saved.identity])


def test_restore_into_an_installation_that_holds_somebody_is_refused(saved: Saved, fresh: None) -> None:
    make_user(username="somebody")
    with pytest.raises(BackupError, match="not empty: it holds 1 × account"):
        restore_backup(connection, saved.path, [saved.identity])
    assert User.objects.get().username == "somebody"


def test_two_restores_at_once_are_one(saved: Saved, fresh: None) -> None:
    address, environment = address_for(connection)
    with psycopg.connect(address, password=environment["PGPASSWORD"]) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(BackupError, match="Another restore"):
            restore_backup(connection, saved.path, [saved.identity])
    assert _is_empty()


def test_commands_do_it_and_say_what_they_did(saved, fresh, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://named/")
    key, copies = tmp_path / "key", tmp_path / "copies"
    copies.mkdir()
    public, secret = new_key()
    key.write_text(f"# of the backup\n{secret.lower()}\n")
    call_command("restore", str(saved.path), identity=_kept(saved.identity, tmp_path), stdout=(said := io.StringIO()))
    assert "Restored Goris 2026 (GORI)" in said.getvalue()
    call_command("backup", to=copies, key=[public], keep=1, stdout=(said := io.StringIO()))
    (path,) = copies.iterdir()
    (row,) = Backup.objects.all()
    assert (row.bytes, row.sha256 in said.getvalue(), row.people) == (path.stat().st_size, True, saved.manifest.people)
    assert Backup.objects.newest() == row
    call_command("restore", str(path), identity=str(key), check=True, stdout=(said := io.StringIO()))
    assert "is whole: Goris 2026 (GORI)" in said.getvalue()
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(path), identity=str(key))


def test_restore_says_which_key_of_before_is_not_here(saved, fresh, tmp_path, settings) -> None:
    settings.CASE_KEYS = [Fernet.generate_key()]
    call_command("restore", str(saved.path), identity=_kept(saved.identity, tmp_path), stdout=(said := io.StringIO()))
    assert "sealed with a key that this server does not have" in said.getvalue()
    assert "second factor" not in said.getvalue()


def _kept(identity: Identity, folder: Path) -> str:
    (folder / "identity").write_text(f"{identity}\n")
    return str(folder / "identity")


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ([], "No public key is set"),
        (["age1nonsense"], "no public key"),
        (["nowhere.txt"], "neither a public key nor a file"),
        ([str(Identity.generate())], "secret half"),
    ],
)
def test_backup_without_a_public_key_is_refused(settings, tmp_path, key, why) -> None:
    settings.BACKUP_KEY = key
    with pytest.raises(CommandError, match=why):
        call_command("backup", to=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_new_key_is_shown_once_and_kept_nowhere(settings) -> None:
    before = {path for path in settings.VAR.rglob("*") if path.is_file()}
    call_command("backup", new_key=True, stdout=(said := io.StringIO()), stderr=io.StringIO())
    secret = said.getvalue().split()[-1]
    public = next(line for line in said.getvalue().splitlines() if line.startswith("BACKUP_KEY=")).partition("=")[2]
    assert str(Identity.from_str(secret).to_public()) == public
    for path in {path for path in settings.VAR.rglob("*") if path.is_file()} - before:
        assert secret.encode() not in path.read_bytes()


def test_backup_that_fails_leaves_no_file(saved, fresh, tmp_path, monkeypatch) -> None:
    """pg_dump ends badly half-way: what it wrote until then is no backup."""
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho PGDMP-half-a-dump\necho it broke >&2\nexit 3\n")
    program.chmod(0o755)
    folder = tmp_path / "folder"
    folder.mkdir()
    find = "upkeep.backup.writing.find_program"
    monkeypatch.setattr(find, lambda name, major: program if name == "pg_dump" else Path("/bin/true"))
    with pytest.raises(BackupError, match="pg_dump ended with"):
        write_backup(connection, folder, [saved.identity.to_public()], datetime.now(UTC))
    assert list(folder.iterdir()) == []


def test_backup_never_overwrites_and_needs_a_folder_it_may_write(saved, fresh, tmp_path) -> None:
    with pytest.raises(BackupError, match="there already"):
        write_backup(connection, saved.path, [saved.identity.to_public()], datetime.now(UTC))
    assert saved.path.stat().st_size == saved.written.size
    with pytest.raises(BackupError, match="cannot be written to"):
        write_backup(connection, tmp_path / "no" / "where.age", [saved.identity.to_public()], datetime.now(UTC))


def test_keep_removes_only_old_backups_of_this_operation(tmp_path: Path) -> None:
    stamps = ["20261101T030000Z", "20261102T030000Z", "20261103T030000Z"]
    names = [f"GORI-{stamp}.age" for stamp in stamps]
    others = ["VAYK-20261101T030000Z.age", "GORI-notes.txt", "GORI-20261101T030000Z.age.sha256"]
    for name in (*names, *others):
        (tmp_path / name).touch()
    assert [path.name for path in keep_newest(tmp_path, "GORI", 2)] == names[:1]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[1:], *others])
