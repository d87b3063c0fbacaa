"""What is said in cases stands in no file of the database and in no row that a backup takes; a family name does."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from casework.actions import note, open_case
from casework.letter_actions import keep_letter
from casework.models import Case
from casework.reading_letters import MediaType, Sheet
from centre.access import Role
from registrations.models import Individual
from tests.backup.conftest import every_row
from tests.build import make_site, make_user, person, register_family
from tests.servers import fresh_database

IN_THE_OPEN = "Zardaryanbac"
SAID = ("qarshapat-secret-note", "qarshapat-first-words", "qarshapat-letter-body")


@dataclass(frozen=True)
class Kept:
    """All that lies on the disk, and all that a backup reads."""

    files: list[bytes]
    rows: bytes


@pytest.fixture(scope="module")
def kept(django_db_blocker: DjangoDbBlocker) -> Iterator[Kept]:
    """A case with words and a letter, written to the disk, its write-ahead log too."""
    with django_db_blocker.unblock(), fresh_database(f"sealed_{os.getpid()}"):
        officer = make_user(Role.PROTECTION)
        home = register_family(make_site("goris"), make_user(), person("Suren", IN_THE_OPEN))
        opened = open_case(
            Individual.objects.members_of(home).get(), kind="other", urgency="week", words=SAID[1], by=officer
        )
        case = Case.objects.get(pk=opened.case)
        note(case, words=SAID[0], by=officer)
        letter = Sheet(b"%PDF-1.4 " + SAID[2].encode() + b"%%EOF", MediaType.PDF)
        keep_letter(case, sheet=letter, words="letter", by=officer)
        with connection.cursor() as cursor:  # tests wait for no disk: what was written until now gets there
            cursor.execute("SET synchronous_commit = on")
            cursor.execute("CREATE TABLE flushed ()")
        folder = Path(connection.settings_dict["HOST"]).parent
        files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
        yield Kept(files, str(every_row()).encode())


@pytest.mark.parametrize("words", SAID)
def test_what_was_said_lies_in_no_file_and_no_row(kept: Kept, words: str) -> None:
    assert not any(words.encode() in content for content in kept.files)
    assert words.encode() not in kept.rows


def test_what_is_not_sealed_is_found_in_both(kept: Kept) -> None:
    assert any(IN_THE_OPEN.encode() in content for content in kept.files)
    assert IN_THE_OPEN.encode() in kept.rows
