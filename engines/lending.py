"""A database for one command: the one that is named, the one that `serve` runs, or one started for its time."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from psycopg.pq import PGconn, Ping

from engines.addresses import SOCKET_PORT, password_file, read_secret, socket_folder
from engines.errors import EngineError
from engines.journal import Journal
from engines.postgres import Postgres
from engines.running import supervised


@contextmanager
def own_database(var: Path, connection: Any) -> Iterator[None]:
    """PostgreSQL answers inside, and Django's connection knows where.

    With DATABASE_URL nothing is started. Where `serve` runs on `var`, its engine is used; where nothing does, one
    is started and has stopped after. Refuses with EngineError where it cannot run.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    if _answers(var):
        _point(connection.settings_dict, var)
        yield
        return
    log = StringIO()  # shown only when the engine does not start: the command's own words matter
    with supervised(var, Journal(log)) as ground:
        engine = Postgres(ground)
        try:
            try:
                engine.start()
            except EngineError:
                sys.stderr.write(log.getvalue())
                raise
            _point(connection.settings_dict, ground.var)
            yield
        finally:
            connection.close()
            engine.stop()


def _answers(var: Path) -> bool:
    folder = str(socket_folder(var)).replace("\\", "\\\\").replace("'", "\\'")
    return Ping(PGconn.ping(f"host='{folder}' port={SOCKET_PORT}".encode())) == Ping.OK


def _point(settings: dict[str, str], var: Path) -> None:
    """The password and the socket may have been made after the settings were read."""
    settings["HOST"] = str(socket_folder(var))
    settings["PASSWORD"] = read_secret(var / password_file(settings["USER"]))
