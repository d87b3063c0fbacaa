"""docker-compose.yml as Docker's own tool would read it: variables filled in, anchors merged."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<word>[^}]*))?\})")
EXAMPLE = {"SITE_DOMAIN": "reception.example.org"}


def variables_of(text: str) -> set[str]:
    """The variables that a text asks for."""
    return {found["name"] for found in VARIABLE.finditer(text) if found["name"]}


def read_compose(variables: dict[str, str] = EXAMPLE) -> dict[str, Any]:
    """The whole file."""
    return _filled(yaml.safe_load(FILE.read_text()), variables)


def _filled(part: Any, variables: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {_filled(name, variables): _filled(value, variables) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, variables) for value in part]
    return VARIABLE.sub(lambda found: _value(found, variables), part) if isinstance(part, str) else part


def _value(found: re.Match[str], variables: dict[str, str]) -> str:
    if not found["name"]:
        return "$"
    value = variables.get(found["name"], "")
    if not value and found["kind"] == "?":
        raise KeyError(found["name"])
    return value or found["word"] or ""
