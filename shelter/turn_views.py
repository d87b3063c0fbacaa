"""Whose turn it is, and for how many places a site is open to others: buttons of the board, and a page."""

from datetime import datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from centre.access import Permission, require
from centre.clock import local_day, local_instant
from centre.doors import do, draw, may, see
from centre.models import Site
from centre.requests import StaffRequest, form_page
from shelter.forms import DeclineForm, MoveUpForm, OpeningForm, VoidWaitingForm
from shelter.models import Opening
from shelter.reach import open_to_others
from shelter.sight import reach_of
from shelter.turns import decline_offer, move_up, void_waiting_fact
from shelter.views import do_on_board, waiting_or_404


def next_noons(at: datetime) -> list[datetime]:
    """Until when a site may be open to others: the next local noon but those too near, and some after it."""
    day = local_day(at + timedelta(hours=14))  # at three in the night it is the noon after that night
    return [local_instant(day + timedelta(days=days), time(12)) for days in (0, 1, 2, 6)]


@require_POST
@may(Permission.PLACE)
def first(request: StaffRequest, number: str) -> HttpResponse:
    """Let the family go before others, for a reason."""
    household = waiting_or_404(request, number)
    return do_on_board(request, MoveUpForm(request.POST), move_up, household, said=_("{family} goes first."))


@require_POST
@may(Permission.PLACE)
def declined(request: StaffRequest, number: str) -> HttpResponse:
    """Keep that the family did not take what it was offered."""
    household = waiting_or_404(request, number)
    form = DeclineForm(request.POST, sites=list(reach_of(request.user, timezone.now()).sites.values()))
    return do_on_board(request, form, decline_offer, household, said=_("It is kept. {family} waits on in its turn."))


@require_POST
@may(Permission.PLACE)
def taken_back(request: StaffRequest, number: str) -> HttpResponse:
    """Take back what was recorded of the family's turn."""
    form = VoidWaitingForm(request.POST, household=waiting_or_404(request, number))
    return do_on_board(request, form, void_waiting_fact, said=_("It is taken back."))


@form_page
def opening(request: StaffRequest, code: str) -> HttpResponse:
    """For how many places tonight the site is open to those who place elsewhere."""
    now = timezone.now()
    require(request.user, Permission.SET_UP_ROOMS)
    site = get_object_or_404(Site.objects.where(request.user, Permission.SET_UP_ROOMS, now).open(now), code=code)
    form = OpeningForm(request.POST or None, untils=next_noons(now))
    if do(request, form, open_to_others, site, said=_("It is saved.")):
        return see("shelter:opening", site.code)
    running = Opening.objects.at(now).filter(site=site).with_used(now).select_related("act__by").first()
    return draw(request, "shelter/opening.html", form, opened=site, running=running)
