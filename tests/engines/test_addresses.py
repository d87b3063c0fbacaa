"""Where the engines answer, before and after they first ran."""

import stat
import threading
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from django.db import connection

from engines.addresses import broker_url, database_url, make_secret, secret_key


def test_database_url_before_the_first_start_has_no_password(tmp_path: Path) -> None:
    assert database_url(tmp_path) == f"postgresql://reception_owner@/reception?host={tmp_path}/engines/run"


def test_database_url_names_the_socket_folder_through_every_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "short ձոր"
    (elsewhere / "run").mkdir(parents=True)
    var = tmp_path / "var"
    var.mkdir()
    (var / "engines").symlink_to(elsewhere)
    (var / "database_password").write_text("s3cret\n")
    parts = urlsplit(database_url(var))
    assert (parts.username, parts.password, parts.path) == ("reception_owner", "s3cret", "/reception")
    assert dict(parse_qsl(parts.query)) == {"host": str(elsewhere / "run")}


def test_broker_url_names_the_socket(tmp_path: Path) -> None:
    (tmp_path / "broker_password").write_text("s3cret\n")
    parts = urlsplit(broker_url(tmp_path))
    assert (parts.scheme, parts.password) == ("redis+socket", "s3cret")
    assert unquote(parts.path) == f"{tmp_path}/engines/run/valkey.sock"


def test_secret_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = secret_key(tmp_path / "var")
    assert len(first) == 64
    assert secret_key(tmp_path / "var") == first
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_make_secret_gives_all_who_race_the_same(tmp_path: Path) -> None:
    made: list[str] = []
    racers = [threading.Thread(target=lambda: made.append(make_secret(tmp_path / "s"))) for _ in range(20)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(made) == 20
    assert len(set(made)) == 1


@pytest.mark.django_db
def test_settings_use_the_engines_of_the_tests(settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, current_user")
        assert cursor.fetchone()[0] >= 18
    assert settings.DATABASE_URL.startswith("postgresql://")
