"""What is wrong with a translation: missing, unsure, other placeholders, or not as the language writes."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import polib

from tools.languages.catalogues import LANGUAGES, catalogues, forms_of, path_of
from tools.languages.extracting import messages

_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[#0 +-]*[\d.]*[a-zA-Z]|\{\w*\}")
_TAG = re.compile(r"</?[a-z][^>]*>|&\w+;")
_STOPS = {"hy": {".": "։", ":": "՝"}, "ru": {}}

# Words that the house does not say, and why
NOT_SAID = {
    "hy": {
        "հաշվառ": "registration is գրանցում; հաշվառում is address registration",
        "շահառու": "people are not beneficiaries",
        "եւ": "written և",
    },
    "ru": {"бенефициар": "people are not beneficiaries", "юзер": "a person", "манифест": "a list of passengers"},
}


def faults() -> list[str]:
    """Every fault of every catalogue, a line each; none when all messages stand in all languages."""
    found = [line for app, language, file in catalogues() for line in _faults_of_file(app, language, file)]
    return list(dict.fromkeys([*_missing(), *found, *_differing()]))


def _missing() -> Iterator[str]:
    """Messages that no catalogue of their app knows."""
    known = {
        (app, language, entry.msgctxt or "", entry.msgid)
        for app, language, file in catalogues()
        for entry in file
        if not entry.obsolete
    }
    wanted = {(place.app, message.context, message.text) for message, place in messages()}
    for app, context, text in sorted(wanted):
        for language in LANGUAGES:
            if (app, language, context, text) not in known:
                yield f"{app} {language}: not in the catalogue: {text!r}"


def _differing() -> Iterator[str]:
    """One message, two translations: which is read depends on the order of the apps."""
    said: dict[tuple[str, str, str], dict[str, str]] = {}
    for app, language, file in catalogues():
        for entry in file:
            if not entry.obsolete:
                words = entry.msgstr or "/".join(entry.msgstr_plural.values())
                said.setdefault((language, entry.msgctxt or "", entry.msgid), {})[words] = app
    for (language, _context, text), words in said.items():
        if len(words) > 1:
            yield f"{' and '.join(words.values())} {language}: translated differently: {text!r}"


def _faults_of_file(app: str, language: str, file: polib.POFile) -> Iterator[str]:
    if file.metadata.get("Language") != language:
        yield f"{path_of(app, language)}: written for another language"
    for entry in file:
        if not entry.obsolete:
            for fault in faults_of(entry, language):
                yield f"{app} {language}: {fault}: {entry.msgid!r}"


def faults_of(entry: polib.POEntry, language: str) -> Iterator[str]:
    """What is wrong with one translation."""
    if entry.fuzzy:
        yield "unsure"
    if not entry.msgid_plural:
        yield from _compare(entry.msgid, entry.msgstr, language, singular=None)
        return
    if len(entry.msgstr_plural) != forms_of(language):
        yield f"{len(entry.msgstr_plural)} forms for {forms_of(language)}"
    for form, words in entry.msgstr_plural.items():
        one_only = language == "hy" and form == 0  # the Russian first form also says 21 and 31
        yield from _compare(entry.msgid_plural, words, language, singular=entry.msgid if one_only else None)


def _compare(text: str, words: str, language: str, singular: str | None) -> Iterator[str]:
    if not words.strip():
        yield "not translated"
        return
    allowed = [_counted(_PLACEHOLDER, text)] + ([_counted(_PLACEHOLDER, singular)] if singular else [])
    if _counted(_PLACEHOLDER, words) not in allowed:
        yield f"other placeholders in {words!r}"
    if _counted(_TAG, text) != _counted(_TAG, words):
        yield f"other tags in {words!r}"
    for side in (str.lstrip, str.rstrip):
        if _blank(text, side) != _blank(words, side):
            yield f"other blanks around {words!r}"
    yield from _as_written(text.strip(), words.strip(), language)


def _as_written(text: str, words: str, language: str) -> Iterator[str]:
    stops = _STOPS[language]
    if text[-1] == "?" and language == "hy":  # a question is marked inside the Armenian sentence
        if "՞" not in words:
            yield f"asks without ՞ in {words!r}"
    elif text[-1] in ".:?" and words[-1] != stops.get(text[-1], text[-1]):
        yield f"does not end in {stops.get(text[-1], text[-1])} as {words!r}"
    plain = _TAG.sub(" ", _PLACEHOLDER.sub(" ", words))
    for word, why in NOT_SAID[language].items():
        if word in plain.lower():
            yield f"{word} ({why})"
    if language == "hy" and re.search(r"[ա-և]:(\s|$)", plain):
        yield "a colon of another script"
    own, other = ("ԱԲ-և", "Ѐ-ӿ") if language == "hy" else ("Ѐ-ӿ", "Ա-և")
    if re.search(rf"[{other}]", plain) or re.search(rf"[A-Za-z][{own}]|[{own}][A-Za-z]", plain):
        yield f"letters of another alphabet in {words!r}"


def _counted(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(pattern.findall(text))


def _blank(text: str, strip: Callable[[str], str]) -> int:
    return len(text) - len(strip(text))
