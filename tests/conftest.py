"""A real PostgreSQL and a real Valkey for every test, started before Django reads its settings.

pytest-django reads DJANGO_SETTINGS_MODULE from pytest's configuration before it looks at any conftest. That
would be too early: settings take the engines' addresses from the environment. So the module is named here.
"""

import gc
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import django
import pytest
from _pytest.nodeid import NodeId
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from engines.addresses import WEB, database_url, var_mode
from engines.errors import EngineError
from engines.journal import Journal
from engines.running import engines
from tools.languages.catalogues import compile_all

os.environ.setdefault("RECEPTION_SECOND_FACTOR", "0")  # a test that means it turns it on

if settings.configured:
    raise pytest.UsageError("Name DJANGO_SETTINGS_MODULE nowhere but in tests/conftest.py.")

_ENGINES = ExitStack()
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1, … where `make test` runs several beside each other
GARBAGE = 20_000  # objects that may lie about before they are looked through; Python's own 700 are less than one page
_FIRST = ("engines", "browser", "schema", "races")


def _start_engines() -> None:
    """Start both engines on a scratch folder, unless the environment names others."""
    if os.environ.get("DATABASE_URL") and os.environ.get("BROKER_URL"):
        return
    var = Path(tempfile.mkdtemp(prefix="reception-tests-"))
    var.chmod(var_mode())
    log = StringIO()
    try:
        addresses = _ENGINES.enter_context(engines(var, durable=False, journal=Journal(log)))
    except EngineError as error:
        raise pytest.UsageError(f"{error}\n{log.getvalue()}") from error
    os.environ.setdefault("RECEPTION_VAR", str(var))
    os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or addresses.database_url
    os.environ["BROKER_URL"] = os.environ.get("BROKER_URL") or addresses.broker_url
    os.environ["SERVED_BY"] = database_url(var, user=WEB)  # whose rights the servers of the tests have


def _part_from_other_workers() -> None:
    """Each worker has a folder and a broker's database of its own; pytest-django gives it one in PostgreSQL."""
    var = Path(os.environ.get("RECEPTION_VAR", "var"), _WORKER)
    var.mkdir(mode=var_mode(), parents=True, exist_ok=True)
    os.environ["RECEPTION_VAR"] = str(var)
    number = int(_WORKER.removeprefix("gw")) + 1
    os.environ["BROKER_URL"] = re.sub(r"(?<=[/=])\d+$", str(number), os.environ["BROKER_URL"])


def pytest_configure(config: pytest.Config) -> None:
    """Stop the engines when pytest ends, also after a Ctrl-C; a watchman stops them if it is killed."""
    config.add_cleanup(_ENGINES.close)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The workers inherit the engines from this process, but name the settings themselves, as above."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """No test takes its day or hour from when it was read: it may run after midnight."""

    told, reading = timezone.now, [True]

    def now() -> datetime:  # what a module took from here as it was read is the clock later on
        assert not reading, "a test asks for its hour when it runs, not when it is read"
        return told()

    timezone.now = now
    try:
        return (yield)
    finally:
        reading.clear()
        timezone.now = told


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give out what starts processes of its own first, so that all workers end together."""
    _refuse_two_databases(items)
    _name_each(items)
    if _WORKER:
        items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in _FIRST))


def _name_each(items: list[pytest.Item]) -> None:
    """Give each test an address of its own: of those that share one, several workers run the last alone."""
    for item in items:
        if item.parent and not item.nodeid.endswith(item.name):  # as of each operation of the API
            item._id = NodeId.parse(f"{item.parent.nodeid}::{item.name}")
    twins = [address for address, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twins:
        raise pytest.UsageError(f"several tests of one address: {', '.join(twins)}")


def _refuse_two_databases(items: list[pytest.Item]) -> None:
    """A module whose tests commit has a database of its own: no other test of it would have the tests' database."""
    by_module: dict[Path, set[bool]] = {}
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "committed_database" in fixtures or {"db", "transactional_db"} & set(fixtures):
            by_module.setdefault(item.path, set()).add("committed_database" in fixtures)
    mixed = [str(path) for path, kinds in by_module.items() if len(kinds) > 1]
    if mixed:
        raise pytest.UsageError(f"tests with a database that commits and without, in one module: {', '.join(mixed)}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """The database of the tests begins as a copy of the pristine one, which is migrated once for all."""
    with django_db_blocker.unblock():
        copy_pristine(connection.creation._get_test_db_name())


_start_engines()
if _WORKER:
    _part_from_other_workers()
os.environ["DJANGO_SETTINGS_MODULE"] = "reception.settings"
# Pages drawn inside the tests name static files as they are; those served for a browser are collected as ever.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
compile_all()  # the translations, before anything reads them
django.setup()
gc.freeze()  # to look through what is loaded for garbage, again and again, took a fifth of all the time of the tests
gc.set_threshold(GARBAGE, 20, 50)
# The transaction of a test is the whole test, which a slow machine may not end in the two minutes of a request.
settings.DATABASES["default"]["OPTIONS"]["options"] += " -c transaction_timeout=0"
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one costs 0.3 s a user

from centre.models import LogLine, LogSeal  # noqa: E402
from registrations.migrations._need_codes import write_need_codes  # noqa: E402
from registrations.models import NeedCode  # noqa: E402 - the settings are read first
from tests.servers import copy_pristine  # noqa: E402

write_case_rules = import_module("casework.migrations.0007_case_rules").write_rules
_Operations = type(connection.ops)  # of every connection: some tests open others
_sql_flush = _Operations.sql_flush


def _flush_the_log_too(operations: Any, *args: Any, **how: Any) -> list[str]:
    """A transactional test empties all tables at its end, also the log, which otherwise nobody can empty."""
    off, on = (
        [f"ALTER TABLE {model._meta.db_table} {way} TRIGGER USER" for model in (LogLine, LogSeal)]
        for way in ("DISABLE", "ENABLE")
    )
    return [*off, *_sql_flush(operations, *args, **how), *on]


_Operations.sql_flush = _flush_the_log_too


@receiver(post_migrate, sender=apps.get_app_config("registrations"))
def _read_need_codes_again(**_: object) -> None:
    """A transactional test empties all tables at its end, also these, which migrations filled."""
    if not NeedCode.objects.exists():
        write_need_codes(NeedCode)
        write_case_rules(apps, None)
