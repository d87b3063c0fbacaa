"""What the environment says, and the secrets that stand in files."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from reception.environment import flag, secret, with_password


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


@pytest.mark.parametrize(("said", "means"), [("1", True), ("True", True), ("", False), ("0", False), ("off", False)])
def test_a_flag_is_yes_or_no(monkeypatch, said, means):
    monkeypatch.setenv("RECEPTION_HTTPS", said)
    assert flag("RECEPTION_HTTPS") is means


def test_a_flag_that_is_mistyped_is_refused(monkeypatch):
    monkeypatch.setenv("RECEPTION_HTTPS", "ture")
    with pytest.raises(ImproperlyConfigured, match="RECEPTION_HTTPS"):
        flag("RECEPTION_HTTPS")
