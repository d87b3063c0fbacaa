"""A real Celery worker takes the census; killed in the middle it leaves nothing, and the next run takes it."""

import time
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from census.models import Snapshot
from census.tasks import take_due_snapshots
from centre.models import Site
from tests.build import make_site, make_user, register_family
from tests.servers import work

pytestmark = pytest.mark.races

PATIENCE = 60  # seconds


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for it, and fail when it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def a_stranger() -> psycopg.Connection:
    """Another connection to the same database, as another desk would have."""
    return psycopg.connect(**{k: v for k, v in connection.get_connection_params().items() if k != "context"})


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO \"census_snapshot\"%%'"
        )
        return cursor.fetchone()[0] > 0


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_run_takes_it_whole(committed_database):
    sites = [make_site(f"site-{n}", opened_at=timezone.now() - timedelta(days=9)) for n in range(3)]
    register_family(sites[0], make_user())
    with a_stranger() as stranger:
        due = timezone.localtime().replace(hour=20, minute=0, second=0, microsecond=0)
        if due > timezone.now() - timedelta(minutes=3):
            due -= timedelta(days=1)
        stranger.execute(
            "INSERT INTO census_snapshot (id, site_id, at, known_at, tally)"
            " VALUES (gen_random_uuid(), %s, %s, %s, '{}')",
            [sites[1].pk, due, due],
        )  # not committed: the worker, halfway through, waits for it
        with work() as worker:
            take_due_snapshots.delay()
            wait_until(waiting_for_a_lock)
            worker.kill()
            worker.wait()
        stranger.rollback()
    wait_until(lambda: not waiting_for_a_lock())
    assert not Snapshot.objects.exists()
    with work():
        take_due_snapshots.delay()
        wait_until(Snapshot.objects.exists)
    assert {snapshot.site_id for snapshot in Snapshot.objects.all()} == {
        None,
        *(site.pk for site in Site.objects.all()),
    }
    assert set(Snapshot.objects.values_list("at", flat=True)) == {due}
