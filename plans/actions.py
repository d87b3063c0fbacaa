"""A plan asked for, a better one searched for, and the search stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from centre.access import Permission, require
from centre.acts import act
from centre.errors import SiteClosed
from centre.models import Act, Site, User
from plans.errors import AlreadySearching, NobodyWaits, NoFreePlace, NotSearching
from plans.greedy import plan_greedily
from plans.models import How, Plan, PlanHouse
from plans.parts import write_draft
from plans.reading import read_evening
from plans.sending import send_for_search
from shelter.reach import require_reach


@dataclass(frozen=True)
class Asked:
    """The plan."""

    plan: str


@act("ask_plan", answers=Asked)
def ask_plan(houses: Sequence[Site], *, by: User, at: datetime, act: Act) -> Asked:
    """Plan the whole waiting list that the user may read over these houses, at once and by turn; nobody is placed yet.

    Refuses with SiteClosed, NobodyWaits or NoFreePlace.
    """
    require(by, Permission.PLACE, None, at)
    for site in houses:
        require_reach(by, site, at)
        if site.is_closed(at):
            raise SiteClosed
    evening = read_evening(by, houses, at)
    if not evening.families:
        raise NobodyWaits
    if not evening.spaces:
        raise NoFreePlace
    plan = Plan.objects.create(act=act)
    PlanHouse.objects.bulk_create(PlanHouse(plan=plan, site=site) for site in dict.fromkeys(houses))
    plan.numbers = {How.GREEDY.value: write_draft(plan, How.GREEDY, plan_greedily(evening), evening)}
    plan.save(update_fields=["numbers"])
    return Asked(str(plan.pk))


@act("search_plan", answers=Asked)
def search_plan(plan: Plan, *, by: User, at: datetime, act: Act) -> Asked:
    """Send the worker for a better plan; what the user had searched for before ends with the best that was found.

    Refuses with AlreadySearching, or with SearchAway if the worker does not answer.
    """
    require_plan(plan, by, at)
    asked = Plan.objects.filter(pk=plan.pk, search_asked_at=None)
    if not asked.update(search_asked_at=at, search_asked_by=by):
        raise AlreadySearching
    theirs = Plan.objects.filter(search_asked_by=by, search_ended_at=None, stopped_at=None).exclude(pk=plan.pk)
    theirs.update(stopped_at=at, stopped_by=by)
    send_for_search(plan)
    return Asked(str(plan.pk))


@act("stop_plan", answers=Asked)
def stop_plan(plan: Plan, *, by: User, at: datetime, act: Act) -> Asked:
    """Let the search end with the best plan it has found. Refuses with NotSearching."""
    require_plan(plan, by, at)
    running = Plan.objects.filter(pk=plan.pk, search_ended_at=None, stopped_at=None).exclude(search_asked_at=None)
    if not running.update(stopped_at=at, stopped_by=by):
        raise NotSearching
    return Asked(str(plan.pk))


def require_plan(plan: Plan, by: User, at: datetime) -> None:
    """Raise NotAllowed unless the user may hold places in all its houses."""
    require(by, Permission.PLACE, None, at)
    for house in plan.houses.select_related("site"):
        require_reach(by, house.site, at)
