"""Keeping the translations: one catalogue an app and language, written and compiled without the system's tools."""

import os
from collections.abc import Iterator
from pathlib import Path

import polib

from tools.languages.extracting import ROOT, Message, apps, messages

LANGUAGES = ("hy", "ru")  # English is what the messages are written in

# As Django's own catalogues have them, so that both are read as one
PLURAL_FORMS = {
    "hy": "nplurals=2; plural=(n != 1);",
    "ru": (
        "nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : "
        "n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);"
    ),
}


def forms_of(language: str) -> int:
    """How many forms of a counted word the language has."""
    return int(PLURAL_FORMS[language].partition("=")[2].partition(";")[0])


def path_of(app: str, language: str) -> Path:
    """Where an app's translations into a language are kept."""
    return ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogues() -> Iterator[tuple[str, str, polib.POFile]]:
    """Every catalogue there is, with its app and language."""
    for app in apps():
        for language in LANGUAGES:
            path = path_of(app, language)
            if path.exists():
                yield app, language, _read(path)


def update() -> list[Path]:
    """Bring every catalogue up to the messages of today and return those that changed.

    A message that moved to another app takes its translation along; one that is gone is kept, marked as such.
    """
    wanted: dict[str, dict[Message, set[str]]] = {}
    for message, place in messages():
        wanted.setdefault(place.app, {}).setdefault(message, set()).add(place.path)
    changed = []
    for language in LANGUAGES:
        known = _known(language)
        for app in apps():
            path = path_of(app, language)
            file = _merged(language, _joined(wanted.get(app, {})), _read(path) if path.exists() else None, known)
            if len(file) and _write(file, path):
                changed.append(path)
    return changed


def compile_all() -> int:
    """Compile each catalogue that is newer than what was compiled of it; say how many were."""
    done = 0
    for app in apps():
        for language in LANGUAGES:
            source = path_of(app, language)
            compiled = source.with_suffix(".mo")
            if not source.exists() or (compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime):
                continue
            passing = compiled.with_name(f"{compiled.name}.{os.getpid()}")  # another process may read or compile now
            _read(source).save_as_mofile(str(passing))
            passing.replace(compiled)
            done += 1
    return done


def _read(path: Path) -> polib.POFile:
    return polib.pofile(path.read_text(encoding="utf-8"), wrapwidth=110)


def _write(file: polib.POFile, path: Path) -> bool:
    text = f"{file}".rstrip("\n") + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def _key(message: Message | polib.POEntry) -> tuple[str, str]:
    """What tells one message from another; a counted message and its singular alone are one."""
    if isinstance(message, Message):
        return message.context, message.text
    return message.msgctxt or "", message.msgid


def _joined(found: dict[Message, set[str]]) -> dict[Message, set[str]]:
    """The messages without those that stand in another as its singular."""
    counted = {_key(message): message for message in found if message.plural}
    joined: dict[Message, set[str]] = {}
    for message, paths in found.items():
        joined.setdefault(counted.get(_key(message), message), set()).update(paths)
    return joined


def _known(language: str) -> dict[tuple[str, str], polib.POEntry]:
    """Every translation there is, whichever app keeps it."""
    entries = [entry for _app, spoken, file in catalogues() if spoken == language for entry in file]
    return {_key(entry): entry for entry in entries if entry.translated()}


def _merged(
    language: str,
    wanted: dict[Message, set[str]],
    before: polib.POFile | None,
    known: dict[tuple[str, str], polib.POEntry],
) -> polib.POFile:
    file = polib.POFile(wrapwidth=110)
    file.metadata = {
        "Project-Id-Version": "Reception",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    old = {_key(entry): entry for entry in before or []}
    for message, paths in sorted(wanted.items(), key=lambda found: (min(found[1]), found[0].text, found[0].context)):
        source = old.pop(_key(message), None) or known.get(_key(message))
        file.append(_entry(language, message, paths, source))
    for entry in sorted(old.values(), key=_key):
        if entry.obsolete or entry.translated():
            entry.obsolete = True
            file.append(entry)
    return file


def _entry(language: str, message: Message, paths: set[str], source: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    entry.occurrences = [(path, "") for path in sorted(paths)]
    if "%(" in message.text + message.plural:
        entry.flags.append("python-format")
    if source is not None and source.fuzzy:
        entry.flags.append("fuzzy")
    if not message.plural:
        entry.msgstr = (source.msgstr or source.msgstr_plural.get(0, "")) if source else ""
        return entry
    entry.msgid_plural = message.plural
    entry.msgstr_plural = dict.fromkeys(range(forms_of(language)), "")
    if source is not None and source.msgid_plural == message.plural:
        entry.msgstr_plural.update(source.msgstr_plural)
    return entry
