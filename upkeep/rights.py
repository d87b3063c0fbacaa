"""What the user that serves may do in the database: its owner grants it after each migration."""

from typing import Any

from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from centre.models import LogLine, LogSeal
from engines.addresses import WEB

GRANT = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {web};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {web};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {web};
REVOKE UPDATE, DELETE ON {log}, {seals}, {migrations} FROM {web};
REVOKE INSERT ON {migrations} FROM {web};
REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;
"""


def grant_rights(using: str, **_told: Any) -> None:
    """`reception_web` may read and write rows, and of the log write new ones; no table is its to change or empty.

    Where the database has no such user, whoever migrates also serves, and nothing is granted.
    """
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [WEB])
        if not cursor.rowcount:
            return
        names = {
            "web": WEB,
            "log": LogLine._meta.db_table,
            "seals": LogSeal._meta.db_table,
            "migrations": MigrationRecorder.Migration._meta.db_table,
            "database": connection.settings_dict["NAME"],
        }
        cursor.execute(sql.SQL(GRANT).format(**{name: sql.Identifier(what) for name, what in names.items()}))
