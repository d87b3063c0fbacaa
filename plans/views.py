"""The pages of plans: an evening over chosen houses, both plans beside each other, and families kept apart."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from centre.access import Permission
from centre.doors import do, draw, may, offered, see, warn
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffRequest, form_page
from plans.actions import ask_plan, search_plan, stop_plan
from plans.confirming import beds_by_plan, beds_elsewhere, confirm_plan, is_there, planned_with_places, rooms_of_family
from plans.errors import SearchAway
from plans.forms import ApartForm, AskForm, ConfirmForm
from plans.models import How, Plan, PlannedFamily
from plans.words import LEFT_OUT, NUMBERS, say
from shelter.apart import end_apart, keep_apart
from shelter.apart_pairs import MAY_KEEP_APART
from shelter.hold_times import hold_times
from shelter.models import ApartPair, Room, Stay
from shelter.one_house import sites_of
from shelter.selectors import places_by_site, rooms_now
from shelter.sight import reach_of, sites_that_wait
from shelter.waiting import MOST_LISTED, who_waits

LISTED = 20  # plans


@dataclass(frozen=True)
class House:
    """A house that can be ticked."""

    key: str
    name: str
    free: int
    left: int | None  # places it is open for, at a house of others


@dataclass(frozen=True)
class Line:
    """A family in a plan, as it is read."""

    row: PlannedFamily
    rooms: list[Room]
    reasons: list[str]
    doubts: list[str]
    left_out: str | Promise
    there: bool  # whether they are at the house already, and are checked in when it is confirmed
    theirs: Stay | None  # a bed or a hold in these rooms that they have by now: there is nothing to confirm
    elsewhere: bool  # whether they have one by now, and not in these rooms

    @property
    def is_left(self) -> bool:
        """Whether there is something to confirm."""
        return not self.theirs and not self.elsewhere


@dataclass(frozen=True)
class Figure:
    """What both plans win, in one respect; empty where there is no second one."""

    name: str | Promise
    greedy: int
    solver: int | None


@form_page
@may(Permission.PLACE)
def plans(request: StaffRequest) -> HttpResponse:
    """Tick houses, and the whole waiting list is planned over them; the plans made before."""
    form = AskForm(request.POST or None, asker=request.user)
    asked = do(request, form, ask_plan, said=_("The plan is made. Nobody is placed yet."))
    if asked:
        plan = Plan.objects.get(pk=asked.plan)
        _search(request, plan)
        return see("plans:plan", plan.pk)
    now = timezone.now()
    waiting, _all = who_waits(request.user, sites_that_wait(request.user, now), now, limit=MOST_LISTED)
    gone = [one for one in waiting if one.presumed_left]
    if gone:
        shown = [one.household_id for one in gone]
        write_log(request.user, LogLine.Verb.OPENED, "plan", ["list"], shown=shown)
    context = {
        "houses": _houses(request),
        "ticked": request.POST.getlist("houses"),
        "families": len(waiting),
        "people": sum(len(one.members) for one in waiting),
        "gone": [one.code for one in gone],
        "made": Plan.objects.visible_to(request.user, now).select_related("act__by")[:LISTED],
    }
    return draw(request, "plans/plans.html", form, **context)


def _houses(request: StaffRequest) -> list[House]:
    now = timezone.now()
    reach = reach_of(request.user, now)
    free = places_by_site(rooms_now(list(reach.sites), now))
    houses = [
        House(str(key), str(site), free[key].free, reach.left.get(key))
        for key, site in reach.sites.items()
        if key in free
    ]
    return sorted(houses, key=lambda house: (-house.free, house.name))


def _search(request: StaffRequest, plan: Plan) -> None:
    """Send for a better plan as well; where that cannot be, the plan made at once can still be used."""
    try:
        search_plan(plan, by=request.user, id=uuid.uuid5(plan.pk, "search"))
    except SearchAway as refusal:
        messages.warning(request, str(refusal))


@require_GET
@may(Permission.PLACE)
def plan(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Both plans beside each other, and the families of one of them with their rooms."""
    return _plan(request, _plan_or_404(request, key), ActForm())


def _plan_or_404(request: StaffRequest, key: uuid.UUID) -> Plan:
    return get_object_or_404(Plan.objects.visible_to(request.user, timezone.now()).select_related("act__by"), pk=key)


@require_POST
@may(Permission.PLACE)
def search(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Search for a better plan."""
    row, form = _plan_or_404(request, key), ActForm(request.POST)
    if do(request, form, search_plan, row, said=_("A better plan is being searched for.")):
        return see("plans:plan", row.pk)
    return _plan(request, row, form)


@require_POST
@may(Permission.PLACE)
def stop(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Stop the search; the best plan found until then is kept."""
    row, form = _plan_or_404(request, key), ActForm(request.POST)
    if do(request, form, stop_plan, row, said=_("The search stops. What it found is kept.")):
        return see("plans:plan", row.pk)
    return _plan(request, row, form)


@require_POST
@may(Permission.PLACE)
def confirm(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Hold places for the families that are ticked, and check in who is there; who is left out is said by number."""
    row = _plan_or_404(request, key)
    form = ConfirmForm(request.POST, plan=row)
    if not form.is_valid():
        return _plan(request, row, form, how=request.POST.get("how", ""))
    facts = form.cleaned_data
    said = confirm_plan(row, families=facts["families"], until=facts["until"], by=request.user)
    held = ngettext("Places are held for %(n)d family.", "Places are held for %(n)d families.", len(said.held))
    if said.held or not said.placed:
        messages.success(request, held % {"n": len(said.held)})
    if said.placed:
        placed = ngettext(
            "%(n)d family that was there already has its beds.",
            "%(n)d families that were there already have their beds.",
            len(said.placed),
        )
        messages.success(request, placed % {"n": len(said.placed)})
    for line in (*said.shortened, *said.left_out):
        messages.warning(request, line)
    return see("plans:plan", row.pk, how=facts["how"])


def _plan(request: StaffRequest, row: Plan, form: ActForm | ConfirmForm, *, how: str = "") -> HttpResponse:
    asked = how or offered(request, "how", set(row.numbers))
    shown = asked if asked in row.numbers else How.SOLVER.value if How.SOLVER in row.numbers else How.GREEDY.value
    families = planned_with_places(row, shown)
    write_log(
        request.user,
        LogLine.Verb.OPENED,
        "plan",
        ["list"],
        key=str(row.pk),
        shown=[one.household_id for one in families],
    )
    now = timezone.now()
    beds, housed = beds_by_plan(families, now), beds_elsewhere(families, now)
    lines = [
        _line(one, is_there(one, request.user, now), beds.get(one.pk), elsewhere=one.pk in housed - beds.keys())
        for one in families
    ]
    context = {
        "ticked": _ticked(request, form, lines),
        "are_left": any(line.is_left for line in lines if line.rooms),
        "plan": row,
        "houses": [house.site for house in row.houses.select_related("site")],
        "figures": _figures(row),
        "shown": shown,
        "planned": [line for line in lines if line.rooms],
        "without": [line for line in lines if not line.rooms],
        "untils": hold_times(now),
        "act": ActForm(),
    }
    return draw(request, "plans/plan.html", form, **context)


def _ticked(request: StaffRequest, form: ActForm | ConfirmForm, lines: Sequence[Line]) -> set[str]:
    """Whose line is ticked: as it was sent; at first all; once some were confirmed nobody, unless all are asked for."""
    if form.is_bound and isinstance(form, ConfirmForm):
        return set(request.POST.getlist("families"))
    begun = any(line.theirs for line in lines)
    left = {str(line.row.pk) for line in lines if line.is_left}
    return set() if begun and offered(request, "ticked", {"all"}) != "all" else left


def _line(row: PlannedFamily, there: bool, theirs: Stay | None, *, elsewhere: bool) -> Line:
    left_out = LEFT_OUT[row.left_out] if row.left_out else ""
    return Line(row, rooms_of_family(row), say(row.reasons), say(row.doubts), left_out, there, theirs, elsewhere)


def _figures(row: Plan) -> Sequence[Figure]:
    greedy, solver = row.numbers[How.GREEDY], row.numbers.get(How.SOLVER)
    return [Figure(words, greedy[name], solver[name] if solver else None) for name, words in NUMBERS.items()]


@form_page
@may(MAY_KEEP_APART)
def apart(request: StaffRequest) -> HttpResponse:
    """Families that no plan puts into one house, with why; two more."""
    form = ApartForm(request.POST or None, asker=request.user)
    if do(request, form, keep_apart, said=_("No plan puts these two families into one house.")):
        return see("plans:apart")
    pairs = ApartPair.objects.standing().supervised_by(request.user).select_related("first", "second", "act__by")
    rows = list(pairs.order_by("-act__at"))
    shown = [key for row in rows for key in (row.first_id, row.second_id)]
    write_log(request.user, LogLine.Verb.OPENED, "apart", ["list"], shown=shown)
    houses = sites_of(rows, request.user, timezone.now())
    return draw(request, "plans/apart.html", form, pairs=[(row, houses[row.pk]) for row in rows], act=ActForm())


@require_POST
@may(MAY_KEEP_APART)
def together(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """These two families may be put into one house again."""
    pair = get_object_or_404(ApartPair.objects.supervised_by(request.user), pk=key)
    form = ActForm(request.POST)
    if not do(request, form, end_apart, pair, said=gettext_lazy("They may be put into one house again.")):
        warn(request, form)
    return see("plans:apart")
