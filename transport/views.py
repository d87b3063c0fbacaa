"""The pages of buses: those of a day, one bus, and its list to print."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from cards.selectors import Shown
from casework.anyway import ASKED_OF, asked_anyway
from centre.access import Permission, allows, require
from centre.clock import local_day
from centre.doors import do, draw, may, see, site_or_none
from centre.forms import ActForm
from centre.limits import LOOKS, bound
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest, form_page
from centre.sight import sight_of
from registrations.models import Household, Membership
from shelter.begun import begun_by
from shelter.errors import AGAINST_THE_HOUSE
from shelter.inventory_forms import PlacesForm
from shelter.inventory_views import draw_room
from shelter.models import Room
from transport.actions import Riding, cancel_bus, end_bus, plan_bus, put_on_bus, send_bus, take_off_bus
from transport.closing import close_site, on_the_way_to, take_back_house
from transport.errors import NotOnThisBus, TravelsApart
from transport.filters import RunPageFilterSet, on_day, sites_at_work
from transport.forms import (
    AnywayForm,
    CardOffForm,
    CardOnForm,
    ComeForm,
    GetOffForm,
    LateCardForm,
    PlanForm,
    RerouteForm,
)
from transport.links import DriverLink
from transport.models import TransportRun, families_at
from transport.rerouting import reroute_bus
from transport.riding import board_bus, get_off_bus, void_boarding
from transport.selectors import read_sheet, who_may_be_put_on
from transport.told import WORK, reads_all

ASKED = (*ASKED_OF, TravelsApart.code, *AGAINST_THE_HOUSE)


@dataclass(frozen=True)
class Way:
    """What becomes of a family at a bus: its form, its act, and what is said when it is done."""

    form: type[ActForm]
    action: Callable[..., Any]
    said: str | Promise


FAMILIES: dict[str, Way] = {
    "fill": Way(ActForm, put_on_bus, _("They have seats.")),
    "take-off": Way(ActForm, take_off_bus, _("Their seats are free again.")),
    "on": Way(AnywayForm, board_bus, _("They are on the bus.")),
    "not-on": Way(AnywayForm, void_boarding, _("They are not on the bus.")),
    "off": Way(GetOffForm, get_off_bus, _("They got off, and are at the site.")),
}
RUNS: dict[str, Way] = {
    "leaves": Way(ActForm, send_bus, _("The bus has left.")),
    "comes": Way(ComeForm, end_bus, _("The bus has come to this stop.")),
    "cancel": Way(ActForm, cancel_bus, _("The bus is cancelled. Places stay held.")),
}


@form_page
@may(*WORK)
def buses(request: StaffRequest) -> HttpResponse:
    """The buses that leave today or have not arrived; who places at the site of the shift plans one."""
    now, site = timezone.now(), site_or_none(request, Permission.PLACE)
    form = PlanForm(request.POST or None, sites=_other_sites(request, site))
    planned = do(request, form, plan_bus, site, said=_("The bus is planned.")) if site else None
    if planned:
        return see("transport:run", planned.run)
    shown = TransportRun.objects.visible_to(request.user).select_related("site").with_counts(request.user)
    narrowed = RunPageFilterSet(request.GET, queryset=shown.with_stops(), request=request)
    today, on_the_road = on_day(narrowed.qs, local_day(now)), narrowed.qs.filter(arrived_at=None, cancelled_at=None)
    rows = (today | on_the_road).order_by("departs_at", "pk")
    context = {
        "rows": [(row, reads_all(request.user, row.site)) for row in rows],
        "asked": narrowed.form,
        "site": site,
        "now": now,
    }
    return draw(request, "transport/buses.html", form, **context)


@require_GET
@may(*WORK)
def run(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """One bus: who may be put on it, who is to get on, who is on it, and who did not come."""
    return _run(request, _run_or_404(request, key), ActForm())


@require_GET
@may(*WORK)
def manifest(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The list for the driver, to print: by stop, numbers and heads, and no names."""
    row = _run_or_404(request, key)
    sheet = read_sheet(row, request.user, timezone.now())
    _log(request, row, [one.household.pk for one in sheet.parties])
    return render(request, "transport/manifest.html", {"sheet": sheet, "run": row, "now": timezone.now()})


@require_POST
@may(*WORK)
def family(request: StaffRequest, key: uuid.UUID, number: int, how: str) -> HttpResponse:
    """A family is put on the bus or taken off its list, gets on or off."""
    row, way = _run_or_404(request, key), FAMILIES[how]
    bound(request.user, LOOKS)
    household = get_object_or_404(families_at(row, request.user, acting=True), number=number)
    form = _form(request, way.form)
    done = do(request, form, way.action, row, household=household, said=way.said)
    if done:
        return _after(request, row, done)
    return _run(request, row, form)


@require_POST
@may(*WORK)
def scan(request: StaffRequest, key: uuid.UUID, how: str) -> HttpResponse:
    """A card is read at the door of the bus: its family gets on, or off."""
    row, way = _run_or_404(request, key), FAMILIES[how]
    form = _form(request, CardOffForm if how == "off" else LateCardForm if row.went_at else CardOnForm)
    shown: Shown | None = form.cleaned_data.pop("card") if form.is_valid() else None
    household = _travelling(request, row, shown) if shown else None
    if shown and household is None:
        form.add_error("card", str(NotOnThisBus()))
    elif shown:
        done = do(request, form, way.action, row, household=household, card_read=shown.proven)
        if done:
            site = form.cleaned_data["site"] if how == "off" else row.site
            messages.success(request, " · ".join((str(household), _counted(how, done))), extra_tags=_beside(site))
            return _after(request, row, done)
    return _run(request, row, form, scanned=form)


def _beside(site: Site) -> str:
    """The tag of what is said beside the card field of this door, where whoever reads cards looks."""
    return f"beside-{site.code}"


def _doors(row: TransportRun, stops: Sequence[Site], *, at_the_start: bool) -> list[str]:
    """The tags of the doors at which cards are read on the page."""
    on = [row.site] if at_the_start and row.state in ("planned", "on_the_road") else []
    return [_beside(site) for site in [*on, *(stops if row.went_at else ())]]


def _counted(how: str, done: Riding) -> str:
    """How many of the family a card was read for."""
    people = len(done.individuals)
    if how == "off":
        said = ngettext("%(people)d person got off", "%(people)d people got off", people)
    else:
        said = ngettext("%(people)d person aboard", "%(people)d people aboard", people)
    return said % {"people": people}


def _after(request: StaffRequest, row: TransportRun, done: Riding) -> HttpResponse:
    bedless = len(done.without_bed)
    if bedless:
        said = ngettext(
            "The place that was held for %(people)d person can be given no more. Find another one.",
            "The places that were held for %(people)d people can be given no more. Find others.",
            bedless,
        )
        messages.warning(request, said % {"people": bedless})
    return see("transport:run", row.pk)


@require_POST
@may(*WORK)
def change(request: StaffRequest, key: uuid.UUID, how: str) -> HttpResponse:
    """The bus leaves, has come to its last stop, or does not go."""
    row, way = _run_or_404(request, key), RUNS[how]
    form = _form(request, way.form)
    if do(request, form, way.action, row, said=way.said):
        return see("transport:run", row.pk)
    return _run(request, row, form)


@require_POST
@may(Permission.PLACE)
def reroute(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """The bus goes elsewhere with all who were to get off at one stop; who has no place there is named, with why."""
    row = _run_or_404(request, key)
    form = RerouteForm(request.POST, run=row, sites=_other_sites(request, row.site))
    answer = do(request, form, reroute_bus, row)
    if answer:
        messages.success(request, gettext("The bus goes to %(site)s now.") % {"site": form.cleaned_data["new"]})
        for family in zip(answer.without_places, answer.reasons, strict=True):  # whose number, and why
            messages.warning(request, ": ".join(family))
        return see("transport:run", row.pk)
    return _run(request, row, form, rerouting=form)


def _run_or_404(request: StaffRequest, key: uuid.UUID) -> TransportRun:
    runs = TransportRun.objects.visible_to(request.user).select_related("site").with_counts(request.user)
    return get_object_or_404(runs, pk=key)


def _other_sites(request: StaffRequest, site: Site | None) -> Any:
    """The open sites to which a bus may go, where the user may know of people: only such buses does the user see."""
    sites = Site.objects.filter(sight_of(request.user).told()).offered(timezone.now())
    return sites.exclude(pk=site.pk) if site else sites


def _form(request: StaffRequest, kind: type[ActForm]) -> ActForm:
    """The form of this kind as it was sent; where people got off is one of the sites where the user works."""
    if issubclass(kind, GetOffForm | ComeForm):
        return kind(request.POST, sites=sites_at_work(request))
    return kind(request.POST)


def _travelling(request: StaffRequest, row: TransportRun, shown: Shown) -> Household | None:
    """The family of a card that was seen at the door; of a number alone only one on whom the user may act."""
    families = Household.objects.all() if shown.proven else families_at(row, request.user, acting=True)
    return families.filter(number=shown.number).first()


def _run(
    request: StaffRequest,
    row: TransportRun,
    form: ActForm,
    *,
    scanned: ActForm | None = None,
    rerouting: RerouteForm | None = None,
) -> HttpResponse:
    now, user = timezone.now(), request.user
    row = _run_or_404(request, row.pk)  # as it is now
    sheet = read_sheet(row, user, now)
    places = allows(user, Permission.PLACE, row.site)
    fills = row.state == "planned" and places
    link = DriverLink.objects.live(now).filter(run=row).first()
    offered = who_may_be_put_on(row, user, now) if fills else []
    _log(request, row, [*(one.household.pk for one in sheet.parties), *(one.household_id for one in offered)])
    anyway = asked_anyway(request, form, ASKED) if form.is_bound else None
    works_at = set(sites_at_work(request).values_list("pk", flat=True))
    getting_off = [(stop, _off_at(stop.site, scanned)) for stop in sheet.stops if stop.site.pk in works_at]
    at_the_start = row.site_id in works_at
    context = {
        "run": row,
        "sheet": sheet,
        "offered": offered,
        "sites": Site.objects.in_bulk({one.site_id for one in offered}),
        "fills": fills,
        "link": link,
        "links": places and (link is not None or row.state in ("planned", "on_the_road")),
        "at_the_start": at_the_start,
        "works_at": works_at,
        "late": sheet.late(now),
        "scanned": scanned or CardOnForm(),
        "getting_off": getting_off,
        "says_beside": _doors(row, [stop.site for stop, _form in getting_off], at_the_start=at_the_start),
        "rolling": scanned if isinstance(scanned, LateCardForm) else LateCardForm(auto_id="rolling_%s"),
        "takes_late": row.takes_late(now),
        "rerouting": rerouting or RerouteForm(run=row, sites=_other_sites(request, row.site)),
        "reroutes": row.state in ("planned", "on_the_road")
        and any(allows(user, Permission.PLACE, site) for site in (row.site, *(stop.site for stop in sheet.stops))),
        "anyway": None if scanned else anyway,
        "anyway_beside": anyway if scanned else None,
        "act": ActForm(),
        "now": now,
    }
    return draw(request, "transport/run.html", form, **context)


def _off_at(stop: Site, sent: ActForm | None) -> ActForm:
    """The form for a card that is read at the stop, with ids of its own: the one that was sent there and refused."""
    if isinstance(sent, CardOffForm) and sent.data.get("site") == str(stop.pk):
        return sent
    return CardOnForm(auto_id=f"off_{stop.pk}_%s")


def _log(request: StaffRequest, row: TransportRun, households: list[uuid.UUID]) -> None:
    write_log(request.user, LogLine.Verb.OPENED, "transportrun", ["list"], key=str(row.pk), shown=households)


@require_POST
@may(Permission.BEGIN_HOUSE)
def take_back(request: StaffRequest, code: str) -> HttpResponse:
    """The house was begun by mistake."""
    site = get_object_or_404(begun_by(request.user).open(timezone.now()), code=code)
    form = ActForm(request.POST)
    if do(request, form, take_back_house, site, said=_("The house is taken back: nobody is offered it any more.")):
        return see("shelter:rooms")
    begun = get_object_or_404(Room.objects.select_related("site"), site=site, kind=Room.Kind.UNDIVIDED)
    return draw_room(request, begun, PlacesForm(room=begun), back=form)


@form_page
def close(request: StaffRequest, code: str) -> HttpResponse:
    """Close a site that nobody is at or comes to; it stays in every figure of before."""
    require(request.user, Permission.SET_UP)
    site = get_object_or_404(Site.objects.where(request.user, Permission.SET_UP), code=code)
    form = ActForm(request.POST or None)
    if do(request, form, close_site, site, said=_("The site is closed.")):
        return see("centre:sites")
    coming = on_the_way_to(site, timezone.now())
    told = sight_of(request.user).is_told(site)
    theirs = Membership.objects.today().filter(counted_as__in=coming.values("individual")).values("household")
    families = Household.objects.visible_to(request.user).filter(pk__in=theirs).order_by("number") if told else ()
    context = {"people": coming.count() if told else 0, "families": families}
    return draw(request, "transport/close.html", form, site=site, **context)
