"""The documents that a person showed, as fields of a form: a row for each, and an empty one."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from centre.lines import LineField
from desk.bodies import MOST_DOCUMENTS, SHORT
from registrations.document_kinds import kind_in_words, kind_of_words

LABELS = {"kind": _("Document"), "number": _("Number of the document"), "issuer": _("Issued by")}
SUCH_AS = _("Such as passport or birth certificate.")

Documents = Sequence[Mapping[str, str]] | None  # None where they may not be seen


def document_rows(stands: Documents) -> list[dict[str, str]]:
    """The names of the fields of each row, by what they say of the document."""
    if stands is None:
        return []
    rows = max(len(stands), min(len(stands) + 1, MOST_DOCUMENTS))
    return [{part: f"document-{row}-{part}" for part in LABELS} for row in range(rows)]


def document_fields(stands: Documents) -> dict[str, forms.Field]:
    """The fields of all rows by name."""
    return {name: _field(part) for row in document_rows(stands) for part, name in row.items()}


def _field(part: str) -> LineField:
    """Of the kind, one that offers the common ones."""
    if part != "kind":
        return LineField(label=LABELS[part], max_length=SHORT)
    widget = forms.TextInput(attrs={"list": "document-kinds", "autocomplete": "off"})
    return LineField(label=LABELS[part], max_length=SHORT, help_text=SUCH_AS, widget=widget)


def documents_typed(stands: Documents) -> dict[str, str]:
    """What the fields show for these documents."""
    rows = zip(document_rows(stands), stands or (), strict=False)  # the last row is of none
    return {name: _shown(part, one) for names, one in rows for part, name in names.items()}


def _shown(part: str, document: Mapping[str, str]) -> str:
    """What the document says there; its kind in the reader's language."""
    said = document.get(part, "")
    return kind_in_words(said) if part == "kind" else said


def _read(part: str, typed: str, before: Mapping[str, str]) -> str:
    """What is meant by what was typed: where nothing else is said than was shown, what stood there."""
    if typed == _shown(part, before):
        return before.get(part, "")
    return kind_of_words(typed) if part == "kind" else typed


def documents_said(said: Mapping[str, str], stands: Documents) -> list[dict[str, str]]:
    """The documents that the fields say, without the rows that were emptied; each as it was where it says the same."""
    before = [*(stands or ()), {}]
    rows = zip(document_rows(stands), before, strict=False)
    told = [{part: _read(part, said[name], one) for part, name in row.items()} for row, one in rows]
    return [
        {part: value for part, value in one.items() if value or part in before[row]}
        for row, one in enumerate(told)
        if any(one.values())
    ]


def without_kind(said: Mapping[str, str], stands: Documents) -> list[str]:
    """The fields where it is not said which document it is, though something else of it is."""
    rows = document_rows(stands)
    return [row["kind"] for row in rows if not said.get(row["kind"]) and any(said.get(name) for name in row.values())]
