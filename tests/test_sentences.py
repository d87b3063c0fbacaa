"""What is refused is said in a sentence: it begins with a capital letter, in each language."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

from centre.refusals import Refusal
from tools.languages.catalogues import catalogues

LANGUAGES = [code for code, _name in settings.LANGUAGES]
BEFORE = "\"'“«(‹„"  # marks that may stand before the first letter


def begins_small(text: str) -> bool:
    """Whether the first sign is a small letter; a number or a name that is put in is none."""
    first = text.lstrip(BEFORE)[:1]
    return first.isalpha() and first.islower()


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from refusals(child)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_begins_with_a_capital_letter(language):
    with translation.override(language):
        small = {kind.__name__: str(kind.message) for kind in refusals() if begins_small(str(kind.message))}
    assert small == {}


def test_what_begins_with_a_capital_letter_does_so_in_every_language():
    small = {
        (app, language, entry.msgid): text
        for app, language, file in catalogues()
        for entry in file
        if not entry.obsolete and not begins_small(entry.msgid) and entry.msgid.lstrip(BEFORE)[:1].isalpha()
        for text in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
        if begins_small(text)
    }
    assert small == {}


def test_a_small_first_letter_is_found():
    assert begins_small("«գրանցված է")
    assert not begins_small("%(count)d")
    assert not begins_small("Գրանցված է")
