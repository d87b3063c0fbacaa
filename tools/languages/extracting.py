"""Finding every message of the house in its Python files and templates."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
GROUND = "centre"  # holds the messages of the templates that belong to no app

# Which argument of each function is the context, the message, and the message for several
ARGUMENTS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}

_LITERAL = r"""u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*\""""
_IN_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\(\s*((?:{_LITERAL})(?:\s*,\s*(?:{_LITERAL}))*)\s*(?:,\s*count)?\s*\)")


@dataclass(frozen=True)
class Message:
    """What is to be translated: its words, those for several, and the context that tells it from a namesake."""

    text: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True)
class Place:
    """Where a message is used: the file, and the app that keeps its translation."""

    app: str
    path: str


def apps() -> list[str]:
    """The apps of the house, by their folders."""
    return [name for name in settings.INSTALLED_APPS if (ROOT / name / "__init__.py").exists()]


def messages() -> Iterator[tuple[Message, Place]]:
    """Every message with its place, file by file in order."""
    own = apps()
    for app in own:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _at(app, path, messages_of_python(path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.is_file():
            folder = path.relative_to(ROOT / "templates").parts[0]
            source = path.read_text(encoding="utf-8")
            yield from _at(folder if folder in own else GROUND, path, messages_of_template(source, path.name))


def _at(app: str, path: Path, found: Iterator[Message]) -> Iterator[tuple[Message, Place]]:
    place = Place(app, path.relative_to(ROOT).as_posix())
    return ((message, place) for message in found)


def messages_of_python(source: str) -> Iterator[Message]:
    """The messages named in calls of gettext and its kin, whatever they are imported as."""
    tree = ast.parse(source)
    called = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = called.get(node.func.id) if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)
            literals = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            message = _message(name, literals)
            if message is not None:
                yield message


def messages_of_template(source: str, name: str) -> Iterator[Message]:
    """The messages of translate, blocktranslate and _() in a template."""
    for found in _IN_TEMPLATE.finditer(templatize(source, name)):
        literals = [ast.literal_eval(literal) for literal in re.findall(_LITERAL, found[2])]
        message = _message("gettext" if found[1] == "_" else found[1], literals)
        if message is not None:
            yield message


def _message(function: str | None, literals: Sequence[object]) -> Message | None:
    if function not in ARGUMENTS:
        return None
    wanted = ARGUMENTS[function]
    words = [literals[at] if at is not None and at < len(literals) else "" for at in wanted]
    context, text, plural = (word if isinstance(word, str) else "" for word in words)
    return Message(text, plural, context) if text else None
