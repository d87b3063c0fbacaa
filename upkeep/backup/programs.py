"""pg_dump and pg_restore of the server's own major version, and how they reach it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from engines.errors import EngineError
from engines.programs import postgres_program
from upkeep.backup.errors import BackupError

NOT_FOR_PROGRAMS = {"options", "pool", "isolation_level", "assume_role", "server_side_binding"}


def find_program(name: str, major: int) -> Path:
    """The program of this major version: the wheel's, the one on the path, or where distributions keep it."""
    found = {}
    for program in _candidates(name, major):
        version = _major(program)
        if version == major:
            return program
        if version:
            found[str(program)] = version
    others = "; ".join(f"{program} is of {version}" for program, version in found.items())
    raise BackupError(
        f"The database runs PostgreSQL {major}, and no {name} of that version was found ({others or 'none at all'}). "
        f"Install the package postgresql-client-{major}."
    )


def server_major(connection: Any) -> int:
    """PostgreSQL's major version, as the server says it."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version // 10000)


def address_for(connection: Any) -> tuple[str, dict[str, str]]:
    """The database's address for a program's command line, and the environment with the password."""
    told = connection.settings_dict
    options = {name: value for name, value in told["OPTIONS"].items() if name not in NOT_FOR_PROGRAMS}
    address = make_conninfo(
        dbname=told["NAME"],
        user=told["USER"] or None,
        host=told["HOST"] or None,
        port=told["PORT"] or None,
        application_name="reception backup",
        **options,
    )
    environment = {**os.environ, "LC_ALL": "C"}
    if told["PASSWORD"]:
        environment["PGPASSWORD"] = told["PASSWORD"]  # not in the list of processes
    return address, environment


def _candidates(name: str, major: int) -> Iterator[Path]:
    with suppress(EngineError):  # a machine that never runs an engine of its own
        yield postgres_program(name)
    if on_path := shutil.which(name):
        yield Path(on_path)
    yield Path(f"/usr/lib/postgresql/{major}/bin") / name
    yield Path(f"/usr/pgsql-{major}/bin") / name


def _major(program: Path) -> int:
    """0 where there is no such program."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0
