"""A worker that has the message before the act has committed waits for it, and searches.

Without the lock on the plan it was seen to find no plan that anybody asked for, and the search never began.
"""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from plans.actions import ask_plan
from plans.models import Plan, PlanState
from plans.searching import search_for_plan
from tests.build import make_room, make_site, make_user, person, register_family

pytestmark = pytest.mark.races


def search(plan: Plan) -> None:
    try:
        search_for_plan(plan.pk)
    finally:
        connection.close()


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")
        return cursor.fetchone() is not None


def test_a_worker_that_is_quicker_than_the_commit_searches(committed_database, settings):
    settings.PLAN_SECONDS = 1
    by, site, house = make_user(), make_site(), make_site()
    register_family(site, by, person(), at=timezone.now() - timedelta(hours=2))
    make_room(house, 1)
    plan = Plan.objects.get(pk=ask_plan([house], by=by).plan)
    worker = Thread(target=search, args=[plan])
    with transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(search_asked_at=timezone.now(), search_asked_by=by)
        worker.start()
        while worker.is_alive() and not somebody_waits_for_a_lock():
            worker.join(0.05)
    worker.join()
    plan.refresh_from_db()
    assert plan.state == PlanState.DONE
