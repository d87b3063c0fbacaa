"""A migration beside somebody who reads for long, as a backup does: it refuses in words and keeps no desk waiting."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from houses.models import Call
from upkeep.management.commands.migrate import IN_USE, LONGEST_WAIT

pytestmark = pytest.mark.races

BEFORE = "0005_difference_open_once"


def migrate(*to):
    try:
        call_command("migrate", "houses", *to, verbosity=0, stdout=StringIO())
    finally:
        connection.close()


def rules():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE conname = 'call_ended_somehow'")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("ends", [False, True], ids=["goes on", "has ended"])
def test_a_migration_waits_for_no_long_reader(committed_database, ends):
    with ThreadPoolExecutor(1) as machine, transaction.atomic():
        list(Call.objects.all())
        waiting = machine.submit(migrate, BEFORE)
        if ends:
            transaction.set_rollback(True)
        else:
            with pytest.raises(CommandError, match="backup") as refused:
                waiting.result(timeout=LONGEST_WAIT + 30)
            assert str(refused.value) == IN_USE
    assert rules() == (0 if ends else 1)
    migrate()
    assert rules() == 1
