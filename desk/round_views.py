"""A round through the houses: what is due in cases, room by room, to print or to take on the phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from casework.models import Case, Step
from casework.selectors import households_of
from centre.access import Permission, require
from centre.clock import local_day, local_instant
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest
from centre.shift import site_of_shift
from registrations.models import Household
from shelter.models import Stay

AHEAD = timedelta(days=2)  # a round is for today and tomorrow
MOST = 200


@dataclass(frozen=True)
class Visit:
    """What is due for a person, and where they sleep."""

    step: Step
    room: str
    household: Household | None


@require_GET
def round_of_visits(request: StaffRequest) -> HttpResponse:
    """What is due today and tomorrow where the user follows cases: at the site of the shift, else everywhere."""
    require(request.user, Permission.SEE_CASES)
    now = timezone.now()
    site = site_of_shift(request)
    steps = _due(request, site, local_instant(local_day(now) + AHEAD, time.min))
    write_log(request.user, LogLine.Verb.OPENED, "case", ["round"], shown=[one.case.individual_id for one in steps])
    context = {"visits": _visits(steps, now), "site_of_round": site, "act": ActForm(), "now": now}
    return render(request, "desk/round.html", context)


def _due(request: StaffRequest, site: Site | None, until: datetime) -> list[Step]:
    cases = Case.objects.visible_to(request.user)
    if site:
        cases = cases.filter(site=site)
    due = Step.objects.due(until).filter(case__in=cases).select_related("case__counted_as", "case__site")
    return list(due.order_by("due_at", "pk")[:MOST])


def _visits(steps: Sequence[Step], now: datetime) -> list[Visit]:
    """In the order of the rooms, then of the hour."""
    people = [step.case.counted_as_id for step in steps]
    beds = Stay.objects.stays().at(now).filter(individual__in=people).select_related("room__site")
    room_of = {bed.individual_id: f"{bed.room.site}, {bed.room}" for bed in beds}
    households = households_of(people)
    visits = [
        Visit(step, room_of.get(step.case.counted_as_id, ""), households.get(step.case.counted_as_id)) for step in steps
    ]
    return sorted(visits, key=lambda visit: (not visit.room, visit.room, visit.step.due_at))
