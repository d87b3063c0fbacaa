"""What the environment says; a secret may stand in a file that `NAME_FILE` names."""

import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from engines.addresses import case_key, secret_key

KEY_BYTES = 32
HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


ORIGIN = re.compile(r"https?://[^/\s]+", re.ASCII)
PREFIX = "RECEPTION_"
OURS = ("VAR", "DEMONSTRATION", "HTTPS", "SECOND_FACTOR", "ENGINE_USER")


class Misread(ImproperlyConfigured):
    """A variable says what cannot be meant; the message is for whoever set it."""


def word(name: str, default: str = "") -> str:
    """The variable's value, or the default where it is not set or empty."""
    return os.environ.get(name) or default


def refuse_misspelt() -> None:
    """Refuse a variable whose name is nearly one of ours: what it was to switch on or off would go on unnoticed."""
    for name in os.environ:
        rest = name.removeprefix(PREFIX)
        if rest == name or rest in OURS:
            continue
        if meant := [one for one in OURS if one.startswith(rest)] or get_close_matches(rest, OURS, cutoff=0.7):
            raise Misread(f"{name} is not known; {PREFIX}{meant[0]} is.")


YES = {"1", "yes", "true", "on"}
NO = {"", "0", "no", "false", "off"}


def flag(name: str, default: str = "") -> bool:
    """Whether the variable is a yes; refuses what is neither yes nor no: mistyped, HTTPS must not be off unnoticed."""
    said = (word(name) or default).strip().lower()
    if said not in YES | NO:
        raise Misread(f"{name} has to be 1 or 0.")
    return said in YES


def number(name: str, default: int) -> int:
    """The variable as a whole number; refuses anything else."""
    said = word(name) or str(default)
    if not (said.isascii() and said.isdigit()):
        raise Misread(f"{name} has to be a whole number.")
    return int(said)


def words(name: str, default: str = "") -> list[str]:
    """The variable's values, separated by commas; refuses one that is set and holds none."""
    said = word(name, default)
    parts = [part.strip() for part in said.split(",") if part.strip()]
    if said and not parts:
        raise Misread(f"{name} holds nothing: write values with commas between them.")
    return parts


def hosts(name: str, default: str) -> list[str]:
    """The variable as names of machines; refuses an address, which no visitor's could ever equal."""
    for said in (read := words(name, default)):
        if "/" in said:
            raise Misread(f"{name}: write a name such as goris.example.org, without https://, not {said!r}.")
    return read


def origins(name: str) -> list[str]:
    """The variable as addresses of sites; refuses a name alone, and a path."""
    for said in (read := words(name)):
        if not ORIGIN.fullmatch(said):
            raise Misread(f"{name}: write an address such as https://goris.example.org, not {said!r}.")
    return read


def hours(name: str, default: str) -> list[time]:
    """The variable as hours of the day, separated by commas; refuses what is none. Midnight is 00:00."""
    read = [(said, HOUR.fullmatch(said)) for said in words(name, default)]
    for said, hour in read:
        if not hour:
            raise Misread(
                f"{name}: write hours as 08:00, with commas between them and 00:00 for midnight, not {said!r}."
            )
    return [time(int(hour[1]), int(hour[2])) for _said, hour in read if hour]


def choice(name: str, *choices: str) -> str:
    """The variable as one of these, the first when it is not set; refuses anything else."""
    said = word(name) or choices[0]
    if said not in choices:
        raise Misread(f"{name} has to be one of: {', '.join(choices)}.")
    return said


def address(name: str, *schemes: str) -> str:
    """The variable as the address of an engine, or empty; refuses what is none, without repeating it."""
    said = word(name)
    try:
        parts = urlsplit(said)
        fits = not said or (parts.scheme in schemes and parts.port != 0)
    except ValueError:
        fits = False
    if not fits:
        raise Misread(f"{name} has to be an address such as {schemes[0]}://user@host:port/name.")
    return said


def secret_keys(var: Path) -> list[str]:
    """The secret keys, one a line: the first signs, each is believed; else the one in `var`, made on first use.

    Refuses a `var` that cannot be written, and a variable that is set and holds no key.
    """
    said = secret("SECRET_KEY") or _made_in(var, secret_key)
    keys = [line.strip() for line in said.splitlines() if line.strip()]
    if not keys:
        raise Misread("SECRET_KEY is empty.")
    return keys


def case_keys(var: Path) -> list[bytes]:
    """The keys of what is said in cases, as Fernet takes them: the first seals, each opens; else the one in `var`.

    Each is 64 hexadecimal digits. Refuses what is none.
    """
    said = secret("CASE_KEY") or _made_in(var, case_key)
    try:
        keys = [bytes.fromhex(key) for key in said.split()]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise Misread("CASE_KEY has to be 64 hexadecimal digits; an older key may follow on a line of its own.")
    return [urlsafe_b64encode(key) for key in keys]


def _made_in(var: Path, make: Callable[[Path], str]) -> str:
    try:
        return make(var)
    except OSError as error:
        raise Misread(f"RECEPTION_VAR: {var} cannot be used: {error.strerror}.") from None


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
        raise Misread(f"{name}_FILE: {path} cannot be read: {error.strerror}.") from None
    if not held:
        raise Misread(f"{name}_FILE: {path} is empty.")
    return held
