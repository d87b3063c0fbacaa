"""The kinds of documents common here: a code, said in the reader's language. Any other word stands as it is."""

from collections.abc import Iterator

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    """What people show most."""

    PASSPORT = "passport", _("Passport")
    IDENTITY_CARD = "identity_card", _("Identity card")
    BIRTH_CERTIFICATE = "birth_certificate", _("Birth certificate")
    MARRIAGE_CERTIFICATE = "marriage_certificate", _("Marriage certificate")
    MILITARY_BOOK = "military_book", _("Military book")
    REFUGEE_CERTIFICATE = "refugee_certificate", _("Refugee certificate")
    DRIVING_LICENCE = "driving_licence", _("Driving licence")


def kind_in_words(kind: str) -> str:
    """The kind as its reader says it."""
    return str(DocumentKind(kind).label) if kind in DocumentKind.values else kind


def kind_of_words(words: str) -> str:
    """The code of what is said so in one of the languages of the pages; any other word as it is."""
    return dict(_every_word()).get(words.casefold(), words)


def _every_word() -> Iterator[tuple[str, str]]:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield from ((str(kind.label).casefold(), kind.value) for kind in DocumentKind)
