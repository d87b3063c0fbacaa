"""What the database lets the user do who serves, whatever the code says."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from centre.models import LogLine, LogSeal
from engines.addresses import OWNER, WEB

pytestmark = pytest.mark.django_db

LOG = (LogLine._meta.db_table, LogSeal._meta.db_table)
TABLES = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"django_migrations"})
CHANGES = ("TRUNCATE {}", "DROP TABLE {}", "ALTER TABLE {} DISABLE TRIGGER ALL", "CREATE INDEX ON {} ((1))")


@pytest.fixture(scope="module")
def as_web(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """Signed in to the database of the tests as what serves is."""
    if "SERVED_BY" not in os.environ:
        pytest.skip("The database that the environment names has one user.")
    told, login = settings.DATABASES["default"], urlsplit(os.environ["SERVED_BY"])
    with psycopg.connect(
        host=told["HOST"], dbname=told["NAME"], user=login.username, password=login.password, autocommit=True
    ) as served:
        yield served


def refused(as_web: psycopg.Connection, statement: str, table: str = "") -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_web.execute(sql.SQL(statement).format(sql.Identifier(table)) if table else statement)


@pytest.mark.parametrize("table", LOG)
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = now()", "DELETE FROM {}", *CHANGES])
def test_whoever_serves_cannot_change_the_log(as_web, table, statement):
    refused(as_web, statement, table)


def test_whoever_serves_cannot_change_or_empty_any_table(as_web):
    for table in TABLES:
        for statement in CHANGES:
            refused(as_web, statement, table)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE anything ()",
        "CREATE TEMPORARY TABLE anything ()",
        "CREATE SCHEMA anything",
        "DROP FUNCTION refuse_change CASCADE",
        f"SET ROLE {OWNER}",
        "SET session_replication_role = replica",
    ],
)
def test_whoever_serves_makes_and_removes_nothing_else(as_web, statement):
    refused(as_web, statement)


def test_whoever_serves_reads_and_writes_rows(as_web):
    rows = ["SELECT", "INSERT", "UPDATE", "DELETE"]
    may = dict.fromkeys(TABLES, rows) | {table: ["SELECT", "INSERT"] for table in LOG}
    may["django_migrations"] = ["SELECT"]
    asked = "SELECT has_table_privilege(%s, %s)"
    found = {
        table: [right for right in rows if as_web.execute(asked, [table, right]).fetchone()[0]] for table in TABLES
    }
    assert found == may


def test_a_right_that_was_given_by_hand_is_gone_after_the_next_migration():
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON {LOG[0]} TO {WEB}")
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, 'UPDATE, DELETE, TRUNCATE')", [WEB, LOG[0]])
        assert cursor.fetchone() == (False,)
