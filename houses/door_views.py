"""A house at its own door: expected, in and out; check-in by scan; roll call; and who sleeps where, to print."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.in_hand import look_up_card
from casework.anyway import asked_anyway
from centre.access import Permission
from centre.doors import do, draw, may, press, see
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest
from registrations.card_texts import LENGTH
from registrations.models import Household
from shelter.actions import check_in
from shelter.forms import CheckInForm, PastForm, SeenForm
from shelter.models import Stay
from shelter.rollcalls import (
    OPEN_FOR,
    Sleeping,
    begin_roll_call,
    households_of,
    last_roll_call,
    see_people,
    take_back_seen,
    who_sleeps_in,
)
from shelter.rolls import RollCall
from shelter.selectors import HoldRow, holds_now

LONGEST_TYPED = LENGTH + 20
PAGE = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class AtTheDoor:
    """What the house knows of a card: held places of the family, and who of it sleeps there; or why not."""

    household: Household | None
    expected: Sequence[HoldRow]
    asleep: Sequence[Sleeping]
    error: str = ""
    scanned: bool = False  # whether the card itself was read, and not a number typed

    @property
    def status(self) -> int:
        """Of the answer: what cannot be read is refused."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.error else HTTPStatus.OK

    @property
    def rooms(self) -> list[str]:
        """The rooms in which they sleep."""
        return list(dict.fromkeys(row.room for row in self.asleep))


@require_GET
@may(Permission.PLACE)
def house(request: StaffRequest, code: str) -> HttpResponse:
    """The house for who receives there: scan on top, then who is expected, in and out."""
    return _draw_house(request, _house(request, code))


@PAGE
@may(Permission.PLACE)
def scan(request: StaffRequest, code: str) -> HttpResponse:
    """A card at the door: expected, sleeping here, or neither; loaded again without one, the house."""
    site, now = _house(request, code), timezone.now()
    if request.method != "POST":
        return see("houses:door", site.code)
    found = at_the_door(request, site, now)
    if found.household:
        write_log(request.user, LogLine.Verb.SEARCHED, found.household, ["number", "stays"])
    return _draw_house(request, site, found=found, status=found.status)


@require_POST
@may(Permission.PLACE)
def check_in_here(request: StaffRequest, code: str) -> HttpResponse:
    """Check in those for whom places are held in the house."""
    site = _house(request, code)
    form = CheckInForm(request.POST, stays=Stay.objects.holds().visible_to(request.user).filter(site=site))
    if do(request, form, check_in, said=_("Checked in.")):
        return see("houses:door", site.code)
    return _draw_house(request, site, form=form, status=422)


@PAGE
@may(Permission.PLACE)
def roll_call(request: StaffRequest, code: str) -> HttpResponse:
    """The roll call that runs: who was not seen and since when; a card or a tick says that somebody was."""
    site = _house(request, code)
    if request.method != "POST":
        return _draw_roll_call(request, site)
    if "undo" in request.POST:
        return _take_back(request, site)
    if "tick" not in request.POST and "card" in request.POST:
        return _read_card(request, site)
    form = SeenForm(request.POST)
    if do(request, form, see_people, _called(request, site), said=_("Seen.")):
        return see("houses:roll_call", site.code)
    return _draw_roll_call(request, site, form=form, status=422)


def _read_card(request: StaffRequest, site: Site) -> HttpResponse:
    """A scanned card ticks all of its family who sleep here; a number typed by hand shows them to be ticked."""
    found = at_the_door(request, site, timezone.now())
    if not (found.scanned and found.asleep):
        return _draw_roll_call(request, site, found=found, status=found.status)
    data = request.POST.copy()
    data.setlist("people", [str(row.individual_id) for row in found.asleep])
    form = SeenForm(data)
    if do(request, form, see_people, _called(request, site), card_read=True):
        return _draw_roll_call(request, site, found=found)
    return _draw_roll_call(request, site, found=found, form=form, status=422)


def _take_back(request: StaffRequest, site: Site) -> HttpResponse:
    """A tick was wrong; what else is ticked on the list stays ticked."""
    data = request.POST.copy()
    data.setlist("people", data.getlist("undo"))
    form = SeenForm(data)
    if do(request, form, take_back_seen, _called(request, site), said=_("Not seen after all.")):
        return _draw_roll_call(request, site)
    return _draw_roll_call(request, site, form=form, status=422)


@require_POST
@may(Permission.PLACE)
def begin_roll(request: StaffRequest, code: str) -> HttpResponse:
    """Begin a roll call."""
    site = _house(request, code)
    press(request, begin_roll_call, site, said=_("The roll call has begun: everybody who sleeps here is on the list."))
    return see("houses:roll_call", site.code)


@require_GET
@may(Permission.PLACE)
def sleeping(request: StaffRequest, code: str) -> HttpResponse:
    """Who sleeps where in the house, now or at an hour of the past, by room, to print: numbers and initials."""
    site, form = _house(request, code), PastForm(request.GET)
    if not form.is_valid():
        return draw(request, "shelter/sleeping.html", form, house=site)
    at, rows = form.cleaned_data["at"], who_sleeps_in(site, form.cleaned_data["at"])
    asked = _key(request.GET.get("room", ""))
    room = site.rooms.filter(pk=asked).first() if asked else None
    if room:
        rows = [row for row in rows if row.room_id == room.pk]
    write_log(request.user, LogLine.Verb.OPENED, "house", ["sleeping"], key=site.code, shown=households_of(rows))
    return render(request, "shelter/sleeping.html", {"form": form, "house": site, "rows": rows, "at": at, "room": room})


def at_the_door(request: StaffRequest, site: Site, at: datetime) -> AtTheDoor:
    """What the card that was scanned leads to, as far as this house is concerned."""
    typed = request.POST.get("card", "")[:LONGEST_TYPED].strip()
    if not typed:
        return AtTheDoor(None, (), (), _("Scan a card, or type its number."))
    table = look_up_card(request, typed)
    if table.error or table.household is None:
        return AtTheDoor(None, (), (), table.error or _("This card is not given to a family yet."))
    family = table.household
    expected = [row for row in holds_now([site.pk], at) if row.household_id == family.pk]
    asleep = [row for row in who_sleeps_in(site, at) if row.household_id == family.pk]
    return AtTheDoor(family, expected, asleep, scanned=table.scanned)


def _draw_house(
    request: StaffRequest, site: Site, *, found: AtTheDoor | None = None, form: ActForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    expected, rows = holds_now([site.pk], now), who_sleeps_in(site, now)
    families = [row.household_id for row in expected] + households_of(rows)
    write_log(request.user, LogLine.Verb.OPENED, "house", ["stays"], key=site.code, shown=families)
    context: dict[str, Any] = {
        "house": site,
        "found": found,
        "expected": [row for row in expected if not row.away],
        "out": [row for row in expected if row.away],
        "rows": rows,
        "errors": [text for texts in form.errors.values() for text in texts] if form else [],
        "anyway": asked_anyway(request, form) if form else None,
        "act": ActForm(),
    }
    return render(request, "shelter/house.html", context, status=status)


def _draw_roll_call(
    request: StaffRequest,
    site: Site,
    *,
    found: AtTheDoor | None = None,
    form: ActForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    roll = last_roll_call(site, now)
    rows = who_sleeps_in(site, now, roll)
    family = found.household if found else None
    write_log(request.user, LogLine.Verb.OPENED, "house", ["roll call"], key=site.code, shown=households_of(rows))
    context = {
        "house": site,
        "roll": roll,
        "found": found,
        "family": [row for row in rows if family and row.household_id == family.pk],
        "ticked": set(map(_key, request.POST.getlist("people"))),
        "undoes": roll is not None and now < roll.happened_at + OPEN_FOR,
        "unseen": sorted((row for row in rows if row.seen_at is None), key=lambda row: row.last_seen),
        "seen": [row for row in rows if row.seen_at],
        "errors": [text for texts in form.errors.values() for text in texts] if form else [],
        "act": ActForm(),
    }
    return render(request, "shelter/roll_call.html", context, status=status)


def _house(request: StaffRequest, code: str) -> Site:
    """The open site of this code where the user may place; else it is not there."""
    return get_object_or_404(Site.objects.where(request.user, Permission.PLACE).open(timezone.now()), code=code)


def _called(request: StaffRequest, site: Site) -> RollCall:
    """The roll call of the house that the page was about."""
    return get_object_or_404(RollCall.objects.filter(site=site), pk=_key(request.POST.get("roll_call", "")))


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
