"""Two revise one snapshot at the same instant: one revision stands, and the other is told so."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from census.actions import revise_snapshot, take_snapshots
from census.models import Snapshot
from centre.refusals import Refusal
from tests.build import make_site, make_user, register_family
from tests.servers import Answer, at_once, deadlocks

pytestmark = pytest.mark.races

RUNS = 25


def test_a_snapshot_is_revised_once_by_two(committed_database, settings):
    settings.DEMONSTRATION = True
    site, users = make_site(), [make_user(), make_user()]
    at = timezone.now() - timedelta(hours=1)
    (snapshot,) = take_snapshots(at, known_at=timezone.now())
    for turn in range(RUNS):
        register_family(site, users[0], at=at - timedelta(hours=1))
        answers = at_once([revising(snapshot, by) for by in users])
        assert sorted(answer.status for answer in answers) == [201, 409], answers
        assert {answer.body for answer in answers} == {"", "already_revised"}
        snapshot = Snapshot.objects.get(site=None, revision=turn + 2)
    assert deadlocks() == 0


def revising(snapshot, by):
    def do() -> Answer:
        try:
            revise_snapshot(snapshot, reason="paper lists", by=by)
        except Refusal as refusal:
            return Answer(409, refusal.code, 0.0)
        finally:
            connection.close()
        return Answer(201, "", 0.0)

    return do
