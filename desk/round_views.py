"""A round through the houses: what is due in cases, room by room, to print or to take on the phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from casework.kinds import Topic
from casework.models import Case, Step
from casework.referrals import Referral
from casework.selectors import households_of
from centre.access import Permission, require
from centre.clock import local_day, local_instant
from centre.doors import site_or_none
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest
from registrations.models import Household
from shelter.models import Stay

AHEAD = timedelta(days=2)  # a round is for today and tomorrow
MOST = 200


@dataclass(frozen=True)
class Visit:
    """What is due for a person, a step or an appointment at a service, and where they sleep."""

    case: Case
    what: str
    words: str
    at: datetime
    room: str
    household: Household | None
    step: Step | None = None


@require_GET
def round_of_visits(request: StaffRequest) -> HttpResponse:
    """What is due today and tomorrow where the user follows cases: at the site of the shift, else everywhere."""
    require(request.user, Permission.SEE_CASES)
    now = timezone.now()
    site = site_or_none(request, Permission.SEE_CASES)
    visits = _visits(*_due(request, site, local_instant(local_day(now) + AHEAD, time.min)), now)
    write_log(request.user, LogLine.Verb.OPENED, "case", ["round"], shown=[one.case.individual_id for one in visits])
    context = {"visits": visits, "site_of_round": site, "act": ActForm(), "now": now}
    return render(request, "desk/round.html", context)


def _due(request: StaffRequest, site: Site | None, until: datetime) -> tuple[list[Step], list[Referral]]:
    cases = Case.objects.visible_to(request.user)
    if site:
        cases = cases.filter(site=site)
    due = Step.objects.due(until).filter(case__in=cases).select_related("case__counted_as", "case__site")
    expected = Referral.objects.expected(until).filter(Q(case__in=cases) | Q(case__counted_with__in=cases))
    return list(due.order_by("due_at", "pk")[:MOST]), list(expected.order_by("appointment_at", "pk")[:MOST])


def _visits(steps: Sequence[Step], expected: Sequence[Referral], now: datetime) -> list[Visit]:
    """In the order of the rooms, then of the hour."""
    people = [step.case.counted_as_id for step in steps] + [one.followed_in.counted_as_id for one in expected]
    beds = Stay.objects.stays().at(now).filter(individual__in=people).select_related("room__site")
    room_of = {bed.individual_id: f"{bed.room.site}, {bed.room}" for bed in beds}
    households = households_of(people)
    appointment = str(Topic.APPOINTMENT.label)
    due = [
        *((step.case, step.get_topic_display(), step.words, step.due_at, step) for step in steps),
        *((one.followed_in, appointment, str(one.service), one.appointment_at, None) for one in expected),
    ]
    visits = [
        Visit(case, what, words, at, room_of.get(case.counted_as_id, ""), households.get(case.counted_as_id), step)
        for case, what, words, at, step in due
        if at
    ]
    return sorted(visits, key=lambda visit: (not visit.room, visit.room, visit.at))
