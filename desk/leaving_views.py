"""The way out of a house: somebody of a family that sleeps there leaves, and says where to."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from centre.access import Permission
from centre.doors import do, draw, may, see, warn
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest, form_page
from desk.actions import depart
from desk.leaving_forms import LeaveForm
from desk.not_left import take_back_leaving
from registrations.models import Household
from registrations.numbers import write_number
from shelter.rollcalls import who_sleeps_in
from shelter.undoing import seen_out_lately


@form_page
@may(Permission.CHECK_IN)
def leave_house(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """Those of the family who sleep in the house leave it, or some of them."""
    now = timezone.now()
    site = get_object_or_404(Site.objects.where(request.user, Permission.CHECK_IN).open(now), code=code)
    rows = [row for row in who_sleeps_in(site, now) if row.number == number]
    elsewhere = Site.objects.in_the_open().exclude(pk=site.pk).offered(now)
    form = LeaveForm(request.POST or None, rows=rows, sites=elsewhere)
    family = Household.objects.filter(pk__in=[row.household_id for row in rows]).first()
    said = _("%(number)s left.") % {"number": write_number(number)}
    if family and do(request, form, depart, family, site=site, said=said):
        return see("houses:door", site.code)
    if family:
        write_log(request.user, LogLine.Verb.OPENED, family, ["stays"])
    return draw(request, "desk/leave_house.html", form, house=site, number=write_number(number), rows=rows)


@require_POST
@may(Permission.CHECK_IN)
def not_left(request: StaffRequest, code: str, key: uuid.UUID) -> HttpResponse:
    """Those of this act, whom the user saw out a moment ago, have not left the house."""
    site = get_object_or_404(Site.objects.where(request.user, Permission.CHECK_IN).open(timezone.now()), code=code)
    told, form = list(seen_out_lately(request.user).filter(site=site, act=key)), ActForm(request.POST)
    if done := do(request, form, take_back_leaving, told, said=_("Taken back: they have not left.")):
        _say_bedless(request, len(done.without_bed))
    else:
        warn(request, form)
    return see("houses:door", site.code)


def _say_bedless(request: StaffRequest, people: int) -> None:
    if people:
        said = ngettext(
            "%(people)s person has no bed here any more: the place was given to others. Call the coordinator.",
            "%(people)s people have no bed here any more: the places were given to others. Call the coordinator.",
            people,
        )
        messages.warning(request, said % {"people": people})
