"""The shelter board, the rooms, and a family's beds."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from casework.anyway import ASKED_OF, asked_anyway
from centre.access import Permission
from centre.clock import read_instant
from centre.doors import do, may, see
from centre.forms import ActForm
from centre.log import write_log
from centre.models import Act, LogLine, Site
from centre.requests import StaffRequest
from centre.shift import site_of_shift
from registrations.card_texts import read_card_text
from registrations.doors import household_or_404
from registrations.models import Household, Individual
from registrations.numbers import without_letter, write_number
from shelter.actions import check_in, end_stays, hold_places, keep_beds, move, place_household
from shelter.board import as_typed, read_board
from shelter.changed import acts_since
from shelter.errors import AGAINST_THE_HOUSE
from shelter.forms import (
    CheckInForm,
    HoldAgainForm,
    HoldForm,
    KeepForm,
    MoveForm,
    NoShowForm,
    PlaceForm,
    StaysForm,
    SwapForm,
    UndoBedsForm,
)
from shelter.hold_times import hold_times
from shelter.houses_shown import pins_of
from shelter.lodging import Placed
from shelter.models import Room, Stay
from shelter.no_shows import hold_again, put_back_no_show, take_off_no_show
from shelter.people import beds_of, read_people
from shelter.selectors import known_of
from shelter.sight import reach_of, sites_that_wait, sites_to_place
from shelter.swapping import swap
from shelter.undoing import undo_beds, what_can_be_undone
from shelter.waiting import who_waits

LONGEST_OPEN = timedelta(minutes=10)  # a board renews itself more often
LONGEST_SHOWN = 20  # of what was scanned and leads nowhere: no page needs more of it
FAMILY = "family-shelter"  # the fragment in a family's file, by its id
TYPED = ("fact", "happened_anyway", "other", "reason", "site", "until")  # drawn again in a form that was refused
AGAIN = gettext_lazy("The places are held again.")
OFF = gettext_lazy("They are off the list. If they come all the same, they are checked in as before.")
UNDONE = gettext_lazy("Undone: everything is as it was before.")
BACK = gettext_lazy("They are on the list again.")
Deed = Callable[..., Any]


@require_GET
@may(Permission.PLACE)
def board(request: StaffRequest) -> HttpResponse:
    """Who waits and where there is room; `?family=4127K` chooses a family."""
    return _draw_board(request)


@require_GET
@may(Permission.PLACE)
def changed(request: StaffRequest) -> JsonResponse:
    """How many acts there are since a board was read: small, so that every board may ask it again and again."""
    try:
        since = read_instant(request.GET.get("since", ""))
    except ValidationError:
        raise BadRequest from None
    return JsonResponse({"acts": acts_since(max(since, timezone.now() - LONGEST_OPEN), request.user)})


@require_GET
@may(Permission.PLACE)
def map_of_houses(request: StaffRequest) -> HttpResponse:
    """The houses where they lie, drawn from their coordinates by this server alone."""
    now = timezone.now()
    pins, elsewhere = pins_of(list(reach_of(request.user, now).sites.values()), now)
    return render(request, "shelter/map.html", {"pins": pins, "elsewhere": elsewhere, "at": now})


@require_POST
@may(Permission.PLACE)
def place(request: StaffRequest, number: str) -> HttpResponse:
    """Give those of the family who were shown a place in the rooms."""
    household = _household(request, number)
    form = PlaceForm(request.POST, sites=_sites(request), people=Individual.objects.members_of(household))
    return do_on_board(request, form, place_household, household, said=_("{family} is checked in: {where}."))


@require_POST
@may(Permission.PLACE)
def hold(request: StaffRequest, number: str) -> HttpResponse:
    """Hold places in the rooms for those of the family who were shown."""
    household = waiting_or_404(request, number)
    sites = list(reach_of(request.user, timezone.now()).sites.values())
    form = HoldForm(request.POST, sites=sites, people=Individual.objects.members_of(household))
    return do_on_board(request, form, hold_places, household, said=_("Places are held for {family}: {where}."))


@require_POST
@may(Permission.PLACE)
def check_in_holds(request: StaffRequest) -> HttpResponse:
    """Check in those for whom these places are held."""
    form = CheckInForm(request.POST, stays=Stay.objects.holds().visible_to(request.user))
    return do_on_board(request, form, check_in, said=_("Checked in."))


@require_POST
@may(Permission.PLACE)
def end(request: StaffRequest) -> HttpResponse:
    """End these stays, or give back these holds."""
    form = StaysForm(request.POST, stays=Stay.objects.visible_to(request.user))
    return do_on_board(request, form, end_stays, said=_("The places are free again."))


@require_POST
@may(Permission.PLACE)
def undo(request: StaffRequest) -> HttpResponse:
    """Take back what the user did last with beds."""
    form = UndoBedsForm(request.POST, by=request.user)
    return do_on_board(request, form, undo_beds, *acts_named(form), said=str(UNDONE))


@require_POST
@may(Permission.PLACE)
def keep(request: StaffRequest) -> HttpResponse:
    """Keep these beds while their people are away."""
    form = KeepForm(request.POST, stays=Stay.objects.stays().visible_to(request.user))
    return do_on_board(request, form, keep_beds, said=_("The beds are kept."))


@require_POST
@may(Permission.PLACE)
def again(request: StaffRequest) -> HttpResponse:
    """Hold the same places again for people who did not come."""
    form = HoldAgainForm(request.POST, stays=Stay.objects.holds().visible_to(request.user))
    return do_on_board(request, form, hold_again, said=str(AGAIN))


@require_POST
@may(Permission.PLACE)
def off(request: StaffRequest) -> HttpResponse:
    """Take people who did not come off the list."""
    form = NoShowForm(request.POST, stays=Stay.objects.holds().visible_to(request.user))
    return do_on_board(request, form, take_off_no_show, said=str(OFF))


@require_POST
@may(Permission.PLACE)
def back(request: StaffRequest) -> HttpResponse:
    """Put people who did not come on the list again."""
    form = NoShowForm(request.POST, stays=Stay.objects.holds().visible_to(request.user))
    return do_on_board(request, form, put_back_no_show, said=str(BACK))


@require_POST
@may(Permission.PLACE)
def move_stays(request: StaffRequest) -> HttpResponse:
    """Move these people to other rooms."""
    form = MoveForm(request.POST, stays=Stay.objects.stays().visible_to(request.user), sites=_sites(request))
    return do_on_board(request, form, move, said=_("Moved: {where}."))


@require_POST
@may(Permission.PLACE)
def swap_stays(request: StaffRequest) -> HttpResponse:
    """Let these people and another family have each other's places."""
    form = SwapForm(request.POST, stays=Stay.objects.stays().visible_to(request.user))
    return do_on_board(request, form, swap, said=_("The two families have swapped places."))


@require_GET
def family(request: StaffRequest, number: str) -> HttpResponse:
    """The beds and holds of a family, for its file; whoever may not place sees them and changes nothing."""
    household = _household(request, number)
    return _draw_family(request, household)


def acts_named(form: UndoBedsForm) -> list[Act]:
    """The act that the form names, which is its subject and no fact of it; none where it cannot be undone."""
    return [form.cleaned_data.pop("done")] if form.is_valid() else []


def _sites(request: StaffRequest) -> list[Site]:
    return sites_to_place(request.user, timezone.now())


def _household(request: StaffRequest, number: str) -> Household:
    """The household of this number if the user may see it, or act on it where a form was sent; else it is not there."""
    return household_or_404(request, _read_number(number))


def _read_number(number: str) -> int:
    try:
        return read_card_text(number).number
    except ValidationError:
        raise Http404 from None


def waiting_or_404(request: StaffRequest, number: str) -> Household:
    """The household of this number if the user sees it, or reads of it that it waits; else it is not there."""
    try:
        return _household(request, number)
    except Http404:
        now = timezone.now()
        found = Household.objects.filter(number=_read_number(number)).first()
        sites = sites_that_wait(request.user, now)
        # Of one that is hidden as much is asked as of one that does not exist
        waits, _all = who_waits(request.user, sites, now, household=found.pk if found else uuid.uuid4())
        if found is None or not waits:
            raise
        return found


def do_on_board(request: StaffRequest, form: ActForm, act: Deed, *about: Household | Act, said: str) -> HttpResponse:
    """Do what was asked and show the board, or the family's beds, as it is then; or why it was refused."""
    in_file = request.htmx and request.htmx.target == FAMILY
    if done := do(request, form, act, *about):
        where = _where(form.cleaned_data.get("rooms", ()))
        messages.success(request, said.format(family=next(iter(about), ""), where=where))
        if isinstance(form, CheckInForm):
            say_who_is_left(request, form, done)
        if in_file:
            return see("shelter:family", request.GET.get("family", ""))
        return see("shelter:board", **{name: request.GET[name] for name in ("site",) if name in request.GET})
    refused = {
        "texts": list(dict.fromkeys(text for texts in form.errors.values() for text in texts)),
        "wrong": {name: " ".join(map(str, texts)) for name, texts in form.errors.items()},
        "form": form,
        "typed": {name: form.data.get(name, "") for name in TYPED},
        "to": request.path,
        "anyway": asked_anyway(request, form, (*ASKED_OF, *AGAINST_THE_HOUSE)),
    }
    if in_file:
        return _draw_family(request, _household(request, request.GET.get("family", "")), refused, status=422)
    return _draw_board(request, refused, status=422)


def say_who_is_left(request: StaffRequest, form: CheckInForm, done: Placed) -> None:
    """Say above the next page for whom a place is held still: they were told to be elsewhere since, and not named."""
    asked = Stay.objects.filter(pk__in=[hold.pk for hold in form.cleaned_data["stays"]]).with_person()
    left = asked.exclude(person__in=done.individuals).values_list("person", flat=True)
    if people := Individual.objects.filter(pk__in=left):
        names = ", ".join(person.initials or "–" for person in people)
        messages.warning(request, _("Told to be elsewhere since, and not checked in: %(names)s.") % {"names": names})


def _draw_board(request: StaffRequest, refused: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    household, sought = _look_up(request, request.GET.get("family", "").strip())
    shift, named = site_of_shift(request), request.GET.getlist("named")
    drawn = read_board(request.user, timezone.now(), request.GET.dict(), household, shift, named)
    if refused:
        sent = refused["form"].data
        drawn = as_typed(drawn, sent.dict(), sent.getlist("rooms"), refused["wrong"])
    if request.headers.get("X-Shown") == drawn.mark:
        return HttpResponse(status=204)
    write_log(request.user, LogLine.Verb.OPENED, "household", ["board"], shown=drawn.households)
    context = {
        "board": drawn,
        "act": uuid.uuid4,
        **sought,
        "undoable": what_can_be_undone(request.user, drawn.at),
        "refused": refused,
        "site": request.GET.get("site", ""),
    }
    return _draw(request, "shelter/board.html", "shelter/_board.html", context, status)


def _look_up(request: StaffRequest, asked: str) -> tuple[Household | None, dict[str, Any]]:
    """The family that was asked for on the board; or what was typed, what is wrong with it, and which may be meant."""
    if not asked:
        return None, {}
    try:
        return waiting_or_404(request, write_number(read_card_text(asked).number)), {}
    except Http404:
        return None, {"unknown": asked[:LONGEST_SHOWN]}
    except ValidationError as error:
        number = without_letter(error)
        sought = {"unknown": asked[:LONGEST_SHOWN], "wrong_number": error.messages[0]}
    try:
        return None, sought | {"meant": number and waiting_or_404(request, write_number(number))}
    except Http404:
        return None, sought


def _draw_family(
    request: StaffRequest, household: Household, refused: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    write_log(request.user, LogLine.Verb.OPENED, household, ["stays"])
    context = {
        "household": household,
        "beds": beds_of(read_people(household, now, request.user), request.user, now),
        "untils": hold_times(now),
        "act": uuid.uuid4,  # called by the page each time: every button carries an act of its own
        "refused": refused,
    }
    response = _draw(request, "shelter/family.html", "shelter/_family.html", context, status)
    response["HX-Push-Url"] = "false"  # of a boosted form htmx heeds no other word: the file keeps its address
    return response


def _draw(request: StaffRequest, page: str, fragment: str, context: dict[str, Any], status: int) -> HttpResponse:
    """The fragment for htmx, else the page around it; a refused act's address is not one to come back to."""
    response = render(request, fragment if request.htmx else page, context, status=status)
    if status != 200:
        response["HX-Push-Url"] = "false"
    patch_vary_headers(response, ("HX-Request",))
    return response


def _where(rooms: Sequence[Room]) -> str:
    """The rooms in words, such as Hotel North, 12 + 14; where it is not known which they are, the house alone."""
    names = " + ".join(known_of(rooms))
    return ", ".join(filter(None, (str(rooms[0].site), names))) if rooms else ""
