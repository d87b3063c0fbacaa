"""How far a start has come, in a terminal and in a file; and that the steps which can count do."""

import os
import pty
import select
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from engines.journal import Journal
from engines.progress import steps


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Journal, int]]:
    """A journal that writes to a terminal, and where to read what came there."""
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as stream:
        yield Journal(stream), ours
    os.close(ours)


def _shown(screen: int, last: str) -> str:
    """What came to the terminal until `last`, or until it has been silent for a while: it comes in pieces."""
    text = ""
    while last not in text and select.select([screen], [], [], 10)[0]:
        text += os.read(screen, 1 << 16).decode(errors="replace")
    return text


def test_a_file_gets_a_line_for_each_step_and_no_counts():
    said = StringIO()
    with steps(Journal(said), 2) as told:
        read = told.begin("Migrating")
        assert [read("1 of 2"), read("2 of 2 failed")] == ["", "2 of 2 failed"]
        told.begin("Serving")
    assert [line.split(maxsplit=2)[2] for line in said.getvalue().splitlines()] == [
        "Step 1 of 2: Migrating.",
        "Step 2 of 2: Serving.",
    ]


def test_a_terminal_gets_a_bar_with_what_is_done_and_left_below_the_journal(terminal):
    journal, screen = terminal
    with steps(journal, 1) as told:
        read = told.begin("Migrating")
        assert [read("1 of 4"), read("2 of 4"), read("a warning")] == ["", "", "a warning"]
        journal.say("migrate", "a warning")
        journal.say("migrate", "that was all")
    shown = _shown(screen, "that was all")
    assert "Step 1 of 1: Migrating" in shown
    assert "2 of 4, " in shown
    assert "a warning" in shown
    journal.say("serve", "after")
    assert "after" in _shown(screen, "after")


@pytest.mark.django_db
def test_migrating_counts_what_is_left_to_do():
    with connection.cursor() as cursor:  # of an app on which no other builds
        last = "SELECT max(name) FROM django_migrations WHERE app = 'aid'"
        cursor.execute(f"DELETE FROM django_migrations WHERE app = 'aid' AND name = ({last})")
    said = StringIO()
    call_command("migrate_counted", fake=True, verbosity=0, stdout=said)
    assert said.getvalue() == "1 of 1\n"
    call_command("migrate_counted", verbosity=0, stdout=said)
    assert said.getvalue() == "1 of 1\n"
