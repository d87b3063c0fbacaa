"""A real PostgreSQL and a real Valkey for every test, started before Django reads its settings.

pytest-django reads DJANGO_SETTINGS_MODULE from pytest's configuration before it looks at any conftest. That
would be too early: settings take the engines' addresses from the environment. So the module is named here.
"""

import os
import tempfile
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import django
import pytest
from django.conf import settings

from reception.engines.addresses import var_mode
from reception.engines.errors import EngineError
from reception.engines.journal import Journal
from reception.engines.running import engines
from reception.languages.catalogues import compile_all

if settings.configured:
    raise pytest.UsageError("Name DJANGO_SETTINGS_MODULE nowhere but in tests/conftest.py.")

_ENGINES = ExitStack()


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


def pytest_configure(config: pytest.Config) -> None:
    """Stop the engines when pytest ends, also after a Ctrl-C; a watchman stops them if it is killed."""
    config.add_cleanup(_ENGINES.close)


_start_engines()
os.environ["DJANGO_SETTINGS_MODULE"] = "reception.settings"
# Pages drawn inside the tests name static files as they are; those served for a browser are collected as ever.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
compile_all()  # the translations, before anything reads them
django.setup()
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one costs 0.3 s a user
