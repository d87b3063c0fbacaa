"""The first papers of an operation, as files that any browser prints: cards, and blank intake sheets."""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from cards.sheets import draw_faces
from centre.models import Act, Operation
from desk.paper import blank_sheet_facts

STYLES = Path("cards/sheets.css")


def write_papers(folder: Path, printing: Act) -> list[Path]:
    """Write the cards of this printing and an intake sheet in each language; only their owner can read them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(str(finders.find(str(STYLES))), folder / STYLES.name)
    operation = Operation.objects.get()
    facts = {"faces": draw_faces(printing), "operation": operation, "paper": "cards/_faces.html"}
    papers = [_write(folder / "cards.html", facts, printing.cards.all()[0].language)]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            facts = blank_sheet_facts() | {"operation": operation, "paper": "desk/_blank_sheet.html"}
            papers.append(_write(folder / f"intake-sheet-{language}.html", facts, language))
    return papers


def _write(path: Path, facts: dict[str, object], language: str) -> Path:
    with translation.override(language):
        text = render_to_string("upkeep/paper.html", facts | {"styles": STYLES.name, "language": language})
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return path
