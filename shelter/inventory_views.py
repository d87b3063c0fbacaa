"""Rooms and places: set up, entered from a list, changed, blocked, divided; and houses that begin."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from centre.access import Permission, allows, require
from centre.doors import do, draw, may, offered, see
from centre.forms import ActForm
from centre.limits import HOUSES, bound
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest, form_page
from centre.shift import site_of_shift
from shelter.begun import begin_house, marzes_to_begin, may_take_back
from shelter.board import read_houses
from shelter.dividing import divide_room
from shelter.filters import RoomFilterSet
from shelter.inside import blocked_places, read_places
from shelter.inventory import (
    add_bed,
    add_rooms,
    block_places,
    change_room,
    enter_rooms,
    open_places,
    set_places,
    take_beds_away,
)
from shelter.inventory_forms import (
    AddRoomsForm,
    BeginForm,
    BlockForm,
    ChangeRoomForm,
    DivideForm,
    EnterForm,
    PlacesForm,
    SetPlacesForm,
    block_times,
)
from shelter.models import FEATURES, Room

NOW = "%s-now"  # the ids of the fields of how many places a room has; others of its page are called so too


@form_page
def rooms(request: StaffRequest) -> HttpResponse:
    """The rooms of the sites where the user sets them up, narrowed down by what they have, and a form for more."""
    require(request.user, Permission.SET_UP_ROOMS)
    now = timezone.now()
    sites = Site.objects.where(request.user, Permission.SET_UP_ROOMS, now).open(now)
    asked = sites.filter(code=offered(request, "site", _codes(sites))).first()
    here = asked or site_of_shift(request)
    form = AddRoomsForm(request.POST or None, sites=sites, initial={"site": here})
    if do(request, form, add_rooms, said=_("The rooms are set up.")):
        return see("shelter:rooms")
    houses = read_houses(sites, now)
    otherwise = houses[0] if houses and not asked else None
    opened = next((house for house in houses if house.site == here), otherwise)
    context = {"houses": houses, "opened": opened, "asked": asked, **_narrowed(request, opened)}
    context["blocked"] = blocked_places([opened.site], now) if opened else []
    return draw(request, "shelter/rooms.html", form, **context)


def _narrowed(request: StaffRequest, opened: Any) -> dict[str, Any]:
    """The rooms of the site that have what was asked for, and the filters to choose from."""
    asked = {name: "true" for name in (*FEATURES, "ground_floor") if offered(request, name, {"true"})}
    found = RoomFilterSet(asked, Room.objects.filter(site=opened.site), request=request).qs if opened else ()
    keys = {room.pk for room in found}
    labels = {**FEATURES, "ground_floor": _("ground floor")}
    return {
        "shown": [room for room in opened.rooms if room.id in keys] if opened else [],
        "filters": [(name, label, name in asked) for name, label in labels.items()],
        "narrowed": bool(asked),
    }


@form_page
@may(Permission.PLACE)
def room(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """One room: who sleeps on which place, and blocking, opening or taking away places."""
    found = _room(request, key)
    if "open" in request.POST:
        form, act, said = PlacesForm(request.POST, room=found), open_places, _("The places are open.")
    elif "away" in request.POST:
        form, act, said = PlacesForm(request.POST, room=found), take_beds_away, _("The places are taken away.")
    else:
        form, act, said = BlockForm(request.POST or None, room=found), block_places, _("The places are blocked.")
    if do(request, form, act, said=said):
        return see("shelter:room", found.pk)
    return draw_room(request, found, form)


def draw_room(
    request: StaffRequest,
    found: Room,
    form: PlacesForm,
    more: SetPlacesForm | None = None,
    bed: ActForm | None = None,
    back: ActForm | None = None,
) -> HttpResponse:
    """The page of the room, with the form of it that was refused."""
    now = timezone.now()
    sets_up = allows(request.user, Permission.SET_UP_ROOMS, found.site, now)
    rows = read_places(found, now)
    asleep = [row.stay.individual_id for row in rows if row.stay]
    write_log(request.user, LogLine.Verb.OPENED, "room", key=str(found.pk), shown=asleep)
    count = sum(row.place is not None for row in rows)
    context = {
        "more": more or SetPlacesForm(initial={"places": count}, auto_id=NOW),
        "refused": more or bed or back or form,
        "room": found,
        "places": rows,
        "ticked": set(request.POST.getlist("places")),
        "sets_up": sets_up,
        "changeable": sets_up and any(row.place and not row.stay for row in rows),
        "untils": block_times(now),
        "changes": found.changes.select_related("act__by"),
        "count": count,
        "bed": bed,
        "act": uuid.uuid4,  # called by the page each time: every button carries an act of its own
        "may_take_back": may_take_back(found.site, request.user, now),
    }
    page = draw(request, "shelter/room.html", form, **context)
    if more or bed or back:
        page.status_code = 422
    return page


@form_page
@may(Permission.PLACE)
def change(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """What a room is called and has; what it was stays readable."""
    found = _room(request, key)
    require(request.user, Permission.SET_UP_ROOMS, found.site)
    columns = ("name", "kind", "floor", "area", *FEATURES)
    form = ChangeRoomForm(request.POST or None, initial={name: getattr(found, name) for name in columns})
    if do(request, form, change_room, found, said=_("The room is changed.")):
        return see("shelter:room", found.pk)
    return draw(request, "shelter/change_room.html", form, room=found)


@require_POST
@may(Permission.PLACE)
def places(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """A place more or less."""
    found = _room(request, key)
    form = SetPlacesForm(request.POST, auto_id=NOW)
    if do(request, form, set_places, found, said=_("The places are changed.")):
        return see("shelter:room", found.pk)
    return draw_room(request, found, BlockForm(room=found), more=form)


@require_POST
@may(Permission.PLACE)
def bed(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """A cot or an extra bed comes into the room."""
    found = _room(request, key)
    form = ActForm(request.POST)
    if do(request, form, add_bed, found, said=_("A bed was brought in.")):
        return see("shelter:room", found.pk)
    return draw_room(request, found, BlockForm(room=found), bed=form)


@form_page
@may(Permission.PLACE)
def divide(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Places of a room become a room of their own, with who sleeps on them."""
    found = _room(request, key)
    require(request.user, Permission.SET_UP_ROOMS, found.site)
    form = DivideForm(request.POST or None, room=found)
    if do(request, form, divide_room, found, said=_("The room is made.")):
        return see("shelter:divide_room", found.pk)
    rows = read_places(found, timezone.now())
    asleep = [row.stay.individual_id for row in rows if row.stay]
    write_log(request.user, LogLine.Verb.OPENED, "room", key=str(found.pk), shown=asleep)
    ticked = set(request.POST.getlist("places"))
    return draw(request, "shelter/divide.html", form, room=found, places=rows, ticked=ticked)


@require_GET
@may(Permission.PLACE, Permission.SET_UP_ROOMS)
def blocked(request: StaffRequest) -> HttpResponse:
    """All places that are blocked at the sites where the user places or sets up rooms, and why."""
    now = timezone.now()
    ours = Site.objects.where(request.user, Permission.PLACE, now) | Site.objects.where(
        request.user, Permission.SET_UP_ROOMS, now
    )
    return render(request, "shelter/blocked.html", {"blocked": blocked_places(list(ours.open(now)), now)})


@form_page
def enter(request: StaffRequest) -> HttpResponse:
    """Rooms typed into a grid or pasted from a sheet: all of them, or none and what is wrong beside each."""
    require(request.user, Permission.SET_UP_ROOMS)
    now = timezone.now()
    sites = Site.objects.where(request.user, Permission.SET_UP_ROOMS, now).open(now)
    site = sites.filter(code=offered(request, "site", _codes(sites))).first() or site_of_shift(request)
    form = EnterForm(request.POST or None, sites=sites, initial={"site": site})
    if do(request, form, enter_rooms, said=_("The rooms are set up.")):
        return see("shelter:rooms", site=form.cleaned_data["site"].code)
    return draw(request, "shelter/enter_rooms.html", form)


@form_page
@may(Permission.BEGIN_HOUSE)
def begin(request: StaffRequest) -> HttpResponse:
    """A house by telephone: its name, what it is, where, and how many places."""
    now = timezone.now()
    site = site_of_shift(request)
    marzes = marzes_to_begin(request.user, now)
    form = BeginForm(request.POST or None, marzes=marzes, initial={"marz": site.marz if site else ""})
    if request.method == "POST":
        bound(request.user, HOUSES)
    begun = do(request, form, begin_house, said=_("The house is open: places can be held there now."))
    if begun:
        return see("shelter:room", begun.room)
    return draw(request, "shelter/begin.html", form)


def _codes(sites: "QuerySet[Site]") -> set[str]:
    return set(sites.values_list("code", flat=True))


def _room(request: StaffRequest, key: uuid.UUID) -> Room:
    """The room, at a site where the user may place; else it is not there."""
    ours = Site.objects.where(request.user, Permission.PLACE).open(timezone.now())
    return get_object_or_404(Room.objects.filter(site__in=ours).select_related("site"), pk=key)
