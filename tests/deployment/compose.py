"""docker-compose.yml, Dockerfile and .dockerignore as Docker's own tools would read them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<word>[^}]*))?\})")
EXAMPLE = {"SITE_DOMAIN": "reception.example.org"}
ENV = re.compile(r"(\w+)=(\S+)")


def read_compose(variables: dict[str, str] = EXAMPLE) -> dict[str, Any]:
    """The whole file, its variables filled in and its anchors merged."""
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


def read_stages() -> dict[str, list[tuple[str, str]]]:
    """The Dockerfile: each stage's instructions in order, lines joined and comments left out."""
    stages: dict[str, list[tuple[str, str]]] = {}
    text = "\n".join(line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
    for line in filter(None, text.replace("\\\n", "").splitlines()):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stages[rest.partition(" AS ")[2]] = []
        [*_, last] = stages.values()
        last.append((word, " ".join(rest.split())))
    return stages


def environment_of(stage: str) -> dict[str, str]:
    """What the image sets."""
    return {name: value for word, rest in read_stages()[stage] if word == "ENV" for name, value in ENV.findall(rest)}


def read_ignored() -> list[tuple[re.Pattern[str], bool]]:
    """The lines of .dockerignore: what each matches, and whether it keeps it out."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    return [(_pattern(line.removeprefix("!")), not line.startswith("!")) for line in lines]


def _pattern(line: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*)", line.strip("/"))
    named = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.compile("".join(named.get(part, re.escape(part)) for part in parts) + "(?:/.*)?")


def is_sent(path: str) -> bool:
    """Whether Docker gives this file to a build; the last line that matches it or a folder above it decides."""
    kept_out = False
    for pattern, keeps_out in read_ignored():
        if pattern.fullmatch(path):
            kept_out = keeps_out
    return not kept_out


def sent_files() -> Iterator[Path]:
    """The files that Docker would give to a build, from the root of the checkout."""
    names = {path.name for path in ROOT.iterdir()}
    for name in sorted(names):
        if is_sent(name):
            found = [ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*")
            yield from (one.relative_to(ROOT) for one in found if one.is_file() and is_sent(str(one.relative_to(ROOT))))
