"""The seal of the log: whoever has the database alone cannot remove, change or add a line unseen."""

from datetime import datetime, timedelta
from functools import cache
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from centre.access import Role
from centre.models import LogLine, LogSeal, User
from centre.seal import next_seal
from tests.build import make_user
from tests.promises.world import check_deferred
from upkeep.actions import seal_log
from upkeep.tasks import seal_log as seal_log_task


@cache
def start() -> datetime:
    return timezone.now() - timedelta(hours=1)


@pytest.fixture
def lines(db) -> list[int]:
    """Six lines, a minute each, under two seals."""
    by = make_user()
    for number in range(6):
        write(by, number)
        if number in (2, 5):
            seal_log(start() + timedelta(minutes=number + 1))
    return list(LogLine.objects.order_by("pk").values_list("pk", flat=True))


def write(by: User, minute: float) -> LogLine:
    at = start() + timedelta(minutes=minute)
    return LogLine.objects.create(by=by, verb="opened", subject="household", fields=["stays"], at=at)


def _by_hand(sql: str, values: list | None = None) -> None:
    """Round the triggers, as whoever owns the database can go."""
    check_deferred()
    with connection.cursor() as cursor:
        for table in ("centre_logline", "centre_logseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values or [])
        check_deferred()
        for table in ("centre_logline", "centre_logseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def check(*, wrong: bool = True) -> list[str]:
    """What the command says; it ends with 1 where something is wrong."""
    out = StringIO()
    if wrong:
        with pytest.raises(CommandError, match="wrong"):
            call_command("check_log", stdout=out)
    else:
        call_command("check_log", stdout=out)
    return out.getvalue().splitlines()


def test_a_log_as_it_was_written_is_whole(lines):
    assert LogSeal.objects.count() == 2
    assert check(wrong=False) == [f"Sealed up to {start() + timedelta(minutes=6):%Y-%m-%d %H:%M} UTC: {head()}"]


def head() -> str:
    return LogSeal.objects.last().head


@pytest.mark.parametrize("place", [0, 4])
def test_a_line_that_was_removed_is_named(lines, place):
    _by_hand("DELETE FROM centre_logline WHERE id = %s", [lines[place]])
    assert check() == [f"wrong: line {lines[place]} was removed"]


@pytest.mark.parametrize(
    "change",
    [
        "subject = 'case'",
        "fields = '{}'",
        "by_id = NULL",
        "at = at - interval '2 minutes'",
        "keys = ARRAY[gen_random_uuid()]",
        "address = '192.0.2.1'",
        "verb = 'printed'",
        "subject_id = 'x'",
        "why = 'for the evening list'",
    ],
)
def test_a_line_that_was_changed_is_named(lines, change):
    _by_hand(f"UPDATE centre_logline SET {change} WHERE id = %s", [lines[4]])
    assert check() == [f"wrong: line {lines[4]} was changed"]


def test_a_line_that_was_inserted_later_is_named(lines):
    slipped_in = write(make_user(), 1.5)
    assert check() == [f"wrong: line {slipped_in.pk} was inserted"]


def test_a_line_removed_with_its_place_in_the_seal_breaks_the_seal(lines):
    _by_hand("DELETE FROM centre_logline WHERE id = %s", [lines[0]])
    _by_hand("UPDATE centre_logseal SET lines = lines[2:], marks = marks[2:] WHERE after = ''")
    assert check() == [f"wrong: seal {LogSeal.objects.first().pk} was changed, or one before it was removed"]


def test_a_seal_that_was_removed_is_missed_by_the_next(lines):
    _by_hand("DELETE FROM centre_logseal WHERE after = ''")
    _by_hand("DELETE FROM centre_logline WHERE id = ANY(%s)", [lines[:3]])
    assert check() == [f"wrong: seal {LogSeal.objects.get().pk} was changed, or one before it was removed"]


def test_a_seal_of_another_key_is_said_and_is_not_wrong(lines, settings):
    settings.SECRET_KEY = "another key " * 5
    told = [
        f"not known: seal {seal.pk} was made under another SECRET_KEY and cannot be checked here" for seal in seals()
    ]
    assert check(wrong=False)[:2] == told


def test_a_seal_of_a_key_that_another_follows_is_checked_still(lines, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 5, [settings.SECRET_KEY]
    [whole] = check(wrong=False)
    assert whole.startswith("Sealed up to")
    _by_hand("DELETE FROM centre_logline WHERE id = %s", [lines[0]])
    assert check() == [f"wrong: line {lines[0]} was removed"]


def seals() -> list[LogSeal]:
    return list(LogSeal.objects.all())


def test_a_line_that_is_not_settled_waits_for_the_next_seal(db):
    by = make_user()
    settled, fresh = write(by, 0), write(by, (timezone.now() - start()) / timedelta(minutes=1))
    seal_log_task()
    assert LogSeal.objects.get().lines == [settled.pk]
    seal_log(timezone.now() + timedelta(minutes=2))
    assert LogSeal.objects.last().lines == [fresh.pk]


def test_two_workers_seal_once(lines):
    write(make_user(), 7)
    one, other = (next_seal(start() + timedelta(minutes=8)) for _ in range(2))
    for seal in (one, other):
        LogSeal.objects.bulk_create([seal], ignore_conflicts=True)
    assert LogSeal.objects.count() == 3
    assert len(check(wrong=False)) == 1


def test_the_page_of_the_log_shows_the_head(client, lines):
    client.force_login(make_user(Role.AUDITOR))
    assert head() in client.get("/settings/log/").content.decode()
