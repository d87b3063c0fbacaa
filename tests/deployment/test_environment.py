"""What the environment says, and the secrets that stand in files."""

import os
import subprocess
import sys
from datetime import time

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from engines.addresses import with_password
from reception.environment import flag, hours, secret, secret_keys


@pytest.mark.parametrize(
    ("address", "password", "together"),
    [
        ("redis://broker:6379/0", "s3cret", "redis://:s3cret@broker:6379/0"),
        (
            "postgresql://reception@database:5432/x?a=b",
            "a/b:c@d",
            "postgresql://reception:a%2Fb%3Ac%40d@database:5432/x?a=b",
        ),
        ("redis://:own@broker:6379/0", "s3cret", "redis://:own@broker:6379/0"),
        ("redis://broker:6379/0", "", "redis://broker:6379/0"),
        ("", "s3cret", ""),
    ],
)
def test_a_password_joins_the_address_that_has_none(address, password, together):
    assert with_password(address, password) == together


def test_a_secret_is_read_from_its_file_without_the_line_s_end(tmp_path, monkeypatch):
    (tmp_path / "held").write_text("s3cret\n")
    monkeypatch.setenv("BROKER_PASSWORD_FILE", str(tmp_path / "held"))
    assert secret("BROKER_PASSWORD") == "s3cret"


@pytest.mark.parametrize("held", [None, "", " \n"])
def test_a_secret_whose_file_is_absent_or_empty_is_refused(tmp_path, monkeypatch, held):
    if held is not None:
        (tmp_path / "held").write_text(held)
    monkeypatch.setenv("SECRET_KEY", "another")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "held"))
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE"):
        secret("SECRET_KEY")


def test_the_first_secret_key_signs_and_those_that_follow_are_believed(tmp_path, monkeypatch):
    (tmp_path / "held").write_text("of today\n\nof yesterday\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "held"))
    assert secret_keys(tmp_path) == ["of today", "of yesterday"]


@pytest.mark.parametrize(("said", "means"), [("1", True), ("True", True), ("", False), ("0", False), ("off", False)])
def test_a_flag_is_yes_or_no(monkeypatch, said, means):
    monkeypatch.setenv("RECEPTION_HTTPS", said)
    assert flag("RECEPTION_HTTPS") is means


def test_a_flag_that_is_mistyped_is_refused(monkeypatch):
    monkeypatch.setenv("RECEPTION_HTTPS", "ture")
    with pytest.raises(ImproperlyConfigured, match="RECEPTION_HTTPS"):
        flag("RECEPTION_HTTPS")


WRONG = {
    "ALLOWED_HOSTS": [" , ", "https://goris.example.org"],
    "CSRF_TRUSTED_ORIGINS": ["goris.example.org", "https://goris.example.org/desk", ","],
    "CENSUS_HOURS": [",", "24:00", "20:00;08:00", "8", "20:60", "noon"],
    "DATABASE_URL": ["postgresql://a:b@host:port/x", "mysql://host/x", "host", "http://[/"],
    "BROKER_URL": ["redis://host:port/0", "amqp://host", "host"],
    "DEBUG": ["perhaps"],
    "DISK_ENCRYPTED": ["perhaps"],
    "LOG_FORMAT": ["xml"],
    "SECRET_KEY": [" "],
    "RECEPTION_DEMONSTRATION": ["perhaps"],
    "RECEPTION_HTTPS": ["perhaps"],
    "RECEPTION_HTTP": ["1"],
    "RECEPTION_DEMO": [""],
    "RECEPTION_SECONDFACTOR": ["0"],
    "RECEPTION_VAR": ["/dev/null/var", "/proc/var"],
    "TRUSTED_PROXIES": ["-1", "one"],
    **{
        f"{name}_FILE": ["/nowhere"] for name in ("SECRET_KEY", "DATABASE_PASSWORD", "BROKER_PASSWORD", "METRICS_TOKEN")
    },
}


def _check(tmp_path, **said: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in WRONG}
    command = [sys.executable, "manage.py", "check"]
    environment = own | {"RECEPTION_VAR": str(tmp_path)} | said
    return subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_cannot_be_meant_is_one_sentence_that_names_it(tmp_path, name):
    for value in WRONG[name]:
        answer = _check(tmp_path, **{name: value})
        assert answer.returncode == 1, value
        assert answer.stderr.startswith(name), answer.stderr
        assert len(answer.stderr.splitlines()) == 1


def test_a_setting_that_is_empty_is_as_if_it_were_absent(tmp_path):
    program = (
        "import json; from reception import settings as s; print(json.dumps({n: str(getattr(s, n)) for n in NAMES}))"
    )
    names = [
        "VAR",
        "ALLOWED_HOSTS",
        "CENSUS_HOURS",
        "HTTPS",
        "SECOND_FACTOR",
        "LOG_FORMAT",
        "ALLAUTH_TRUSTED_PROXY_COUNT",
    ]

    def read(**said: str) -> str:
        own = {name: value for name, value in os.environ.items() if name not in variables}
        command = [sys.executable, "-c", f"NAMES = {names}; {program}"]
        return subprocess.check_output(command, env=own | said, cwd=settings.BASE_DIR, text=True)

    variables = [
        "RECEPTION_VAR", "ALLOWED_HOSTS", "CENSUS_HOURS", "RECEPTION_HTTPS", "RECEPTION_SECOND_FACTOR",
        "RECEPTION_DEMONSTRATION", "LOG_FORMAT", "TRUSTED_PROXIES", "DATABASE_URL", "BROKER_URL",
        "CSRF_TRUSTED_ORIGINS",
    ]  # fmt: skip
    keys = {"SECRET_KEY": "k" * 50, "CASE_KEY": "0" * 64}
    assert read(**keys, **dict.fromkeys(variables, "")) == read(**keys)


def test_hours_of_one_digit_are_read(monkeypatch):
    monkeypatch.setenv("CENSUS_HOURS", "8:00, 20:30")
    assert hours("CENSUS_HOURS", "") == [time(8), time(20, 30)]
