"""What the worker does for a plan: it searches, tells how far it is, and keeps what it found."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import get_ident

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from centre.locks import lock_by_key
from centre.rows import values_of
from plans.evening import Draft, Evening
from plans.greedy import plan_greedily
from plans.models import How, Plan, PlannedPlace
from plans.parts import copy_draft, write_draft
from plans.reading import read_evening
from plans.search import plan_by_solver

SEARCHING = 7_302_119  # the advisory lock of who searches: any number that nothing else here takes
ORDER = ("people", "split", "needs", "hours", "wasted")
LESS_IS_BETTER = frozenset({"split", "wasted"})


@contextmanager
def alone() -> Iterator[bool]:
    """Whether no other worker searches now; none begins within."""
    (first,) = values_of("SELECT pg_try_advisory_lock(%s)", [SEARCHING])
    try:
        yield first
    finally:
        if first:
            values_of("SELECT pg_advisory_unlock(%s)", [SEARCHING])


def search_for_plan(key: uuid.UUID) -> None:
    """Search for a better plan until the time is over or somebody stops it; done twice, it is kept once.

    The evening is read as it was when the plan was asked for. Where facts told since make it another one, and what is
    found is less than the plan made at once, that one stands in its place. After a fault it may be asked for again.
    """
    with transaction.atomic():
        lock_by_key(Plan.objects.filter(pk=key).only("pk"))  # who asked may be a moment behind the message
        begun = Plan.objects.filter(pk=key, search_ended_at=None).exclude(search_asked_at=None)
        if not begun.update(search_began_at=timezone.now()):
            return
    try:
        _search(Plan.objects.select_related("act__by").get(pk=key))
    except Exception:
        still = Plan.objects.filter(pk=key, search_ended_at=None)
        still.update(search_asked_at=None, search_asked_by=None, search_began_at=None, percent=0)
        raise


def _search(plan: Plan) -> None:
    searching = get_ident()
    houses = [house.site for house in plan.houses.select_related("site")]
    evening = read_evening(plan.act.by, houses, plan.act.at)
    greedy = plan_greedily(evening)
    draft = plan_by_solver(
        evening,
        greedy,
        seconds=settings.PLAN_SECONDS,
        told=lambda people, share: _tell(plan.pk, people, share),
        stopped=lambda: _is_stopped(plan.pk, searching),
    )
    keep(plan.pk, draft, evening, timezone.now())


def keep(key: uuid.UUID, draft: Draft, evening: Evening, at: datetime) -> None:
    """Keep what was found, once; the search has ended."""
    with transaction.atomic():
        ended = Plan.objects.filter(pk=key, search_ended_at=None).update(search_ended_at=at, percent=100)
        if not ended:
            return
        plan = Plan.objects.get(pk=key)
        numbers = write_draft(plan, How.SOLVER, draft, evening)
        if value(numbers) < value(plan.numbers[How.GREEDY]):
            PlannedPlace.objects.filter(family__plan=plan, family__how=How.SOLVER).delete()
            plan.families.filter(how=How.SOLVER).delete()
            copy_draft(plan)
            numbers = plan.numbers[How.GREEDY]
        plan.numbers[How.SOLVER.value] = numbers
        plan.save(update_fields=["numbers"])


def value(numbers: dict[str, int]) -> tuple[int, ...]:
    """What a plan wins, to be compared: more is better."""
    return tuple(-numbers[name] if name in LESS_IS_BETTER else numbers[name] for name in ORDER)


def _tell(key: uuid.UUID, people: int, share: float) -> None:
    percent = min(99, max(0, round(share * 100)))
    Plan.objects.filter(pk=key).update(percent=percent, people_so_far=people)


def _is_stopped(key: uuid.UUID, searching: int) -> bool:
    """Whether somebody stopped it. Another thread than the one that searches leaves no connection behind."""
    try:
        return Plan.objects.filter(pk=key).exclude(stopped_at=None).exists()
    finally:
        if get_ident() != searching:
            connection.close()
