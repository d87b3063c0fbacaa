"""Signs of life, and what happens to them when an engine is silent."""

import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from centre.access import Role
from tests.build import make_user
from upkeep.watch.middleware import QUIET

TOKEN = "a-token-of-the-tests"
SILENT = "redis://127.0.0.1:1/0"


def test_the_process_lives_without_asking_the_database(client):
    """There is no mark for the database: a query would fail the test."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(QUIET))
def test_each_web_of_several_is_asked_by_its_address(client, settings, name):
    settings.METRICS_TOKEN, settings.ALLOWED_HOSTS = TOKEN, ["reception.example.org"]
    by_address = {"HTTP_HOST": "172.19.0.6:8000", "headers": {"Authorization": f"Bearer {TOKEN}"}}
    assert client.get(f"/{name}", **by_address).status_code == 200
    assert client.get("/accounts/login/", **by_address).status_code == 400


@pytest.mark.django_db
def test_ready_when_everything_answers(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "migrations": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client):
    with connection.cursor() as cursor:
        last = "SELECT max(name) FROM django_migrations WHERE app = 'centre'"
        cursor.execute(f"DELETE FROM django_migrations WHERE app = 'centre' AND name = ({last})")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"].endswith("not applied")


@pytest.mark.django_db
def test_not_ready_while_the_broker_is_silent(client, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": SILENT}}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"] == "does not answer"
    assert answer.json()["database"] == "ok"


def test_without_a_database_the_process_lives_and_says_what_lacks():
    """In a process of its own: this one's database must stay as it is."""
    said = _run(
        "from django.test import Client\n"
        "print(Client().get('/healthz').status_code)\n"
        "answer = Client().get('/readyz')\n"
        "print(answer.status_code, answer.json()['database'])\n"
    )
    assert said.split("\n")[:2] == ["200", "503 does not answer"]


def test_a_database_that_takes_the_call_and_says_nothing_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://a@127.0.0.1:{silent.getsockname()[1]}/a"
        said = _run(
            "from django.test import Client\n"
            "answer = Client().get('/readyz')\n"
            "print(answer.status_code, answer.json()['database'])\n",
            DATABASE_URL=address,
        )
    assert said.split("\n")[0] == "503 does not answer"


def test_without_a_database_the_command_names_it_and_ends_with_1():
    ended = subprocess.run(
        [sys.executable, "manage.py", "check_operation", "--only", "database"],
        env=_nowhere(),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "The database does not answer." in ended.stdout


def _nowhere() -> dict[str, str]:
    secret = {"SECRET_KEY": "only-for-this-test", "DJANGO_SETTINGS_MODULE": "tests.served_settings"}
    return {"PATH": "", "DATABASE_URL": "postgresql://a@127.0.0.1:1/a", "BROKER_URL": SILENT} | secret


def _run(code: str, **environment: str) -> str:
    setup = "import django; django.setup()\nfrom django.conf import settings\nsettings.ALLOWED_HOSTS = ['*']\n"
    command = [sys.executable, "-c", setup + code]
    return subprocess.run(
        command,
        env=_nowhere() | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,  # a probe that waits for a silent engine is ended by this, and its test fails
    ).stdout


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "brought", "status"),
    [
        (TOKEN, f"Bearer {TOKEN}", 200),
        (TOKEN, "Bearer another", 404),
        (TOKEN, "", 404),
        ("", "", 404),
        ("", "Bearer ", 404),
    ],
)
def test_figures_are_for_those_who_bring_the_token(client, settings, token, brought, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers={"authorization": brought} if brought else {}).status_code == status


@pytest.mark.django_db
def test_an_administrator_without_the_token_gets_no_figures(client, settings):
    settings.METRICS_TOKEN = TOKEN
    client.force_login(make_user(Role.ADMINISTRATOR))
    assert client.get("/metrics").status_code == 404
