"""A house at its own door: expected, in and out; check-in by scan; roll call; and who sleeps where, to print."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from cards.in_hand import look_up_card
from casework.anyway import ASKED_OF, asked_anyway
from centre.access import Permission, allows
from centre.doors import at_a_site, do, draw, may, not_understood, press, see
from centre.forms import ActForm, with_values
from centre.log import write_log
from centre.models import LogLine, Site, User
from centre.requests import StaffRequest, form_page
from centre.sight import allowed_at
from registrations.card_texts import LENGTH
from registrations.models import Household, Membership
from registrations.numbers import write_number
from shelter.actions import check_in
from shelter.board import hold_times
from shelter.dividing import give_room
from shelter.errors import AGAINST_THE_HOUSE
from shelter.forms import CheckInForm, GiveRoomForm, HoldAgainForm, NoShowForm, PastForm, SeenForm, UndoBedsForm
from shelter.models import Stay
from shelter.no_shows import hold_again, put_back_no_show, take_off_no_show
from shelter.rollcalls import (
    OPEN_FOR,
    Sleeping,
    Ticked,
    begin_roll_call,
    households_of,
    last_roll_call,
    see_people,
    take_back_seen,
    who_sleeps_in,
)
from shelter.rolls import RollCall
from shelter.selectors import HoldRow, holds_now, known_of, said_as_rooms
from shelter.undoing import seen_out_lately, undo_beds, what_can_be_undone
from shelter.views import AGAIN, BACK, OFF, UNDONE, acts_named, say_who_is_left

LONGEST_TYPED = LENGTH + 20
READ_WHO_SLEEPS = (Permission.CHECK_IN, Permission.SEE_CASES)  # a child among strangers is an officer's concern


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
@at_a_site(Permission.CHECK_IN)
def own_door(request: StaffRequest, site: Site) -> HttpResponse:
    """On to the door of the house of this shift."""
    return see("houses:door", site.code)


@require_GET
@may(Permission.CHECK_IN)
def house(request: StaffRequest, code: str) -> HttpResponse:
    """The house for who receives there: scan on top, then who is expected, in and out."""
    return _draw_house(request, _house(request, code))


@form_page
@may(Permission.CHECK_IN)
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
@may(Permission.CHECK_IN)
def check_in_here(request: StaffRequest, code: str) -> HttpResponse:
    """Check in those for whom places are held in the house."""
    site = _house(request, code)
    form = CheckInForm(request.POST, stays=Stay.objects.holds().visible_to(request.user).filter(site=site))
    if placed := do(request, form, check_in):
        messages.success(request, _said_of(placed.individuals, _rooms_of(placed.stays)))
        say_who_is_left(request, form, placed)
        return see("houses:door", site.code)
    return _draw_house(request, site, form=form, status=422)


@require_POST
@may(Permission.CHECK_IN)
def give_room_here(request: StaffRequest, code: str) -> HttpResponse:
    """Say which room those have who sleep in a room that is to be divided."""
    site = _house(request, code)
    form = GiveRoomForm(request.POST, stays=Stay.objects.stays().visible_to(request.user).filter(site=site))
    if do(request, form, give_room):
        people, room = [stay.individual_id for stay in form.cleaned_data["stays"]], form.cleaned_data["name"]
        families = ", ".join(_families_of(people))
        messages.success(request, _("{family} has {where}.").format(family=families, where=said_as_rooms([room])))
        return see("houses:door", site.code)
    return _draw_house(request, site, form=form, status=422)


@require_POST
@may(Permission.CHECK_IN)
def undo_here(request: StaffRequest, code: str) -> HttpResponse:
    """Take back what the user did last with beds."""
    site, form = _house(request, code), UndoBedsForm(request.POST, by=request.user)
    if do(request, form, undo_beds, *acts_named(form), said=str(UNDONE)):
        return see("houses:door", site.code)
    return _draw_house(request, site, form=form, status=422)


@require_POST
@may(Permission.PLACE)
def again_here(request: StaffRequest, code: str) -> HttpResponse:
    """Hold the same places again for people who did not come."""
    return _do_about_no_shows(request, code, HoldAgainForm, hold_again, str(AGAIN))


@require_POST
@may(Permission.PLACE)
def off_here(request: StaffRequest, code: str) -> HttpResponse:
    """Take people who did not come off the list."""
    return _do_about_no_shows(request, code, NoShowForm, take_off_no_show, str(OFF))


@require_POST
@may(Permission.PLACE)
def back_here(request: StaffRequest, code: str) -> HttpResponse:
    """Put people who did not come on the list again."""
    return _do_about_no_shows(request, code, NoShowForm, put_back_no_show, str(BACK))


def _do_about_no_shows(
    request: StaffRequest, code: str, asked: type[NoShowForm], act: Callable[..., Any], said: str
) -> HttpResponse:
    site = _house(request, code, Permission.PLACE)
    form = asked(request.POST, stays=Stay.objects.holds().visible_to(request.user).filter(site=site))
    if do(request, form, act, said=said):
        return see("houses:door", site.code)
    return _draw_house(request, site, form=form, status=422)


def _said_of(people: Sequence[str], rooms: Sequence[str]) -> str:
    """Which family is in, in which rooms, and how many they are, to be told at the desk."""
    said = _("{family} is checked in: {where}, {people}.") if rooms else _("{family} is checked in: {people}.")
    return said.format(family=", ".join(_families_of(people)), where=said_as_rooms(rooms), people=_in_people(people))


def _in_people(people: Sequence[str]) -> str:
    """How many they are."""
    return ngettext("one person", "%(size)s people", len(people)) % {"size": len(people)}


def _rooms_of(stays: Sequence[str]) -> list[str]:
    """The names of the rooms of these stays, as far as it is known which they are."""
    rows = Stay.objects.filter(pk__in=stays).order_by("room__name").select_related("room")
    return known_of([stay.room for stay in rows])


def _families_of(people: Sequence[Any]) -> list[str]:
    """The numbers of the families of these people, as they are called out."""
    numbers = Membership.objects.today().filter(counted_as__in=people).values_list("household__number", flat=True)
    return list(map(write_number, sorted(set(numbers))))


@form_page
@may(Permission.CHECK_IN)
def roll_call(request: StaffRequest, code: str) -> HttpResponse:
    """The roll call that runs: who was not seen and since when; a card or a tick says that somebody was."""
    site = _house(request, code)
    if request.method != "POST":
        return _draw_roll_call(request, site)
    if "undo" in request.POST:
        return _take_back(request, site)
    if "here" in request.POST:
        return _see_those_looked_up(request, site)
    if "tick" not in request.POST and "card" in request.POST:
        return _read_card(request, site)
    form = SeenForm(request.POST)
    if done := do(request, form, see_people, _called(request, site)):
        _say_seen(request, done, _("{family} seen: {people}."))
        return see("houses:roll_call", site.code)
    return _draw_roll_call(request, site, form=form, status=422)


def _read_card(request: StaffRequest, site: Site) -> HttpResponse:
    """A scanned card ticks all of its family who sleep here; a number typed by hand shows them to be ticked."""
    found = at_the_door(request, site, timezone.now())
    if not (found.scanned and found.asleep):
        return _draw_roll_call(request, site, found=found, status=found.status)
    form = SeenForm(with_values(request.POST, "people", [str(row.individual_id) for row in found.asleep]))
    if done := do(request, form, see_people, _called(request, site), card_read=True):
        _say_seen(request, done, _("{family} seen: {people}."))
        return _draw_roll_call(request, site, found=found)
    return _draw_roll_call(request, site, found=found, form=form, status=422)


def _see_those_looked_up(request: StaffRequest, site: Site) -> HttpResponse:
    """Of the family that was looked up those ticked are here, and nobody else; the list stays ticked as it was."""
    form = _named(request, "family")
    if done := do(request, form, see_people, _called(request, site)):
        _say_seen(request, done, _("{family} seen: {people}."))
        return _draw_roll_call(request, site)
    return _draw_roll_call(request, site, form=form, status=422)


def _take_back(request: StaffRequest, site: Site) -> HttpResponse:
    """A tick was wrong; what else is ticked on the list stays ticked."""
    form = _named(request, "undo")
    if done := do(request, form, take_back_seen, _called(request, site)):
        _say_seen(request, done, _("{family} not seen after all: {people}."))
        return _draw_roll_call(request, site)
    return _draw_roll_call(request, site, form=form, status=422)


def _say_seen(request: StaffRequest, done: Ticked, said: str) -> None:
    """Which family was ticked, or no longer is, and how many of it; who had been ticked before is left out."""
    if done.individuals:
        family = ", ".join(_families_of(done.individuals))
        messages.success(request, said.format(family=family, people=_in_people(done.individuals)))
    else:
        messages.success(request, _("They were seen before: nothing has changed."))


def _named(request: StaffRequest, field: str) -> SeenForm:
    """The people of this field, and not those ticked on the list."""
    return SeenForm(with_values(request.POST, "people", request.POST.getlist(field)))


@require_POST
@may(Permission.CHECK_IN)
def begin_roll(request: StaffRequest, code: str) -> HttpResponse:
    """Begin a roll call."""
    site = _house(request, code)
    press(request, begin_roll_call, site, said=_("The roll call has begun: everybody who sleeps here is on the list."))
    return see("houses:roll_call", site.code)


@require_GET
@may(*READ_WHO_SLEEPS)
def sleeping(request: StaffRequest, code: str) -> HttpResponse:
    """Who sleeps where in the house, now or at an hour of the past, by room, to print: numbers and initials."""
    site, form = _house(request, code, *READ_WHO_SLEEPS), PastForm(request.GET)
    around = {"house": site, "at_the_door": allows(request.user, Permission.CHECK_IN, site)}
    around["places"] = allows(request.user, Permission.PLACE, site)
    if not form.is_valid():
        return draw(request, "shelter/sleeping.html", form, **around)
    at, rows = form.cleaned_data["at"], who_sleeps_in(site, form.cleaned_data["at"])
    asked = _key(request.GET.get("room", ""))
    room = site.rooms.filter(pk=asked).first() if asked else None
    if room is None and request.GET.get("room"):
        not_understood(request, request.GET["room"])
    if room:
        rows = [row for row in rows if row.room_id == room.pk]
    write_log(request.user, LogLine.Verb.OPENED, "house", ["sleeping"], key=site.code, shown=households_of(rows))
    return render(request, "shelter/sleeping.html", around | {"form": form, "rows": rows, "at": at, "room": room})


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
        "expected": [row for row in expected if not (row.away or row.no_show)],
        "no_shows": [row for row in expected if row.no_show and not row.taken_off],
        "taken_off": [row for row in expected if row.no_show and row.taken_off],
        "out": [row for row in expected if row.away],
        "untils": hold_times(now),
        "undoable": what_can_be_undone(request.user, now),
        "left": _left_lately(request.user, site),
        "rows": rows,
        "roomless": _roomless(rows),
        "places": allows(request.user, Permission.PLACE, site),
        "sharing": form if isinstance(form, GiveRoomForm) and form.asks_again else None,
        "errors": [text for texts in form.errors.values() for text in texts] if form else [],
        "anyway": asked_anyway(request, form, (*ASKED_OF, *AGAINST_THE_HOUSE)) if form else None,
        "act": ActForm(),
    }
    return render(request, "shelter/house.html", context, status=status)


def _left_lately(user: User, site: Site) -> list[tuple[uuid.UUID, str]]:
    """The acts by which the user saw families out of the house a moment ago, with their numbers."""
    told: dict[uuid.UUID, list[uuid.UUID]] = {}
    lately = seen_out_lately(user).filter(site=site)
    gone_on = lately.went_on().values("act")  # elsewhere since: there it is changed
    standing = lately.filter(voided_by=None).exclude(act__in=gone_on)
    for key, person in standing.order_by("-recorded_at").values_list("act", "counted_as"):
        told.setdefault(key, []).append(person)
    return [(key, ", ".join(_families_of(people))) for key, people in told.items()]


def _roomless(rows: Sequence[Sleeping]) -> list[tuple[str, list[Sleeping]]]:
    """The families, by number, whose room is to be divided: which one they have is not known yet."""
    families: dict[tuple[str, uuid.UUID], list[Sleeping]] = {}
    for row in rows:
        if row.undivided and (row.has_place or row.shares):
            families.setdefault((row.code, row.room_id), []).append(row)
    return [(code, people) for (code, _room), people in families.items()]


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
        "unseen": [row for row in rows if row.seen_at is None],
        "seen": [row for row in rows if row.seen_at],
        "errors": [text for texts in form.errors.values() for text in texts] if form else [],
        "act": ActForm(),
    }
    return render(request, "shelter/roll_call.html", context, status=status)


def _house(request: StaffRequest, code: str, *permissions: Permission) -> Site:
    """The open site of this code where the user checks in, or may do one of these; else it is not there."""
    ours = Site.objects.filter(allowed_at(request.user, *(permissions or (Permission.CHECK_IN,))))
    return get_object_or_404(ours.open(timezone.now()), code=code)


def _called(request: StaffRequest, site: Site) -> RollCall:
    """The roll call of the house that the page was about."""
    return get_object_or_404(RollCall.objects.filter(site=site), pk=_key(request.POST.get("roll_call", "")))


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
