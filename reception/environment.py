"""What the environment says; a secret may stand in a file that `NAME_FILE` names."""

import os
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured


def word(name: str, default: str = "") -> str:
    """The variable's value, or the default."""
    return os.environ.get(name, default)


YES = {"1", "yes", "true", "on"}
NO = {"", "0", "no", "false", "off"}


def flag(name: str) -> bool:
    """Whether the variable is a yes; refuses what is neither yes nor no: mistyped, HTTPS must not be off unnoticed."""
    said = word(name).strip().lower()
    if said not in YES | NO:
        raise ImproperlyConfigured(f"{name} has to be 1 or 0.")
    return said in YES


def number(name: str, default: int) -> int:
    """The variable as a whole number; refuses anything else."""
    said = word(name) or str(default)
    if not (said.isascii() and said.isdigit()):
        raise ImproperlyConfigured(f"{name} has to be a whole number.")
    return int(said)


def words(name: str, default: str = "") -> list[str]:
    """The variable's values, separated by commas."""
    return [part.strip() for part in word(name, default).split(",") if part.strip()]


def secret(name: str) -> str:
    """The variable's value, or what the file holds that `NAME_FILE` names; empty when neither is set.

    Refuses a file that cannot be read or is empty: a server must not start with another secret than it was given.
    """
    path = word(f"{name}_FILE")
    if not path:
        return word(name)
    try:
        held = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read: {error.strerror}.") from None
    if not held:
        raise ImproperlyConfigured(f"{name}_FILE: {path} is empty.")
    return held


def with_password(address: str, password: str) -> str:
    """The address of an engine with the password in it, unless it has one, or either is empty."""
    parts = urlsplit(address)
    if not address or not password or parts.password:
        return address
    user, _at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))
