"""The census pages: the board, the days, one day, and its file."""

import hashlib
import uuid
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from census import tasks
from census.actions import revise_snapshot
from census.chart import chart
from census.cuts import cut_to_show, cuts_for, name_of_part
from census.files import census_file
from census.forms import FileForm, ReviseForm, TakeForm
from census.models import Snapshot
from census.reading import (
    COHORTS,
    read_figures,
    read_people,
    read_places,
    read_revised,
    read_total,
    read_whereabouts,
    revised_lines,
    used_lines,
)
from census.selectors import Tally, last_snapshot
from census.sight import snapshots_for, tally_for
from census.situation import hours_until, read_site, read_sites, situation
from census.waits import waits_at, waits_for
from centre.access import Permission, allows, require
from centre.clock import local_day
from centre.doors import do, draw, may, offered, see
from centre.limits import CENSUSES, bound
from centre.refusals import Refusal
from centre.requests import StaffRequest
from centre.sheets import list_separator
from centre.shift import site_of_shift
from centre.sight import is_in_the_open
from shelter.selectors import places_now


@require_GET
def board(request: StaffRequest) -> HttpResponse:
    """The situation board: the figures, arrivals, sites, and what waits for the one who looks."""
    return render(request, "census/board.html", _situation(request))


@require_GET
def board_now(request: StaffRequest) -> HttpResponse:
    """The board as it is now; nothing where it reads as the one that is shown."""
    shown = _situation(request)
    if shown["mark"] == request.GET.get("mark"):
        return HttpResponse(status=204)
    return render(request, "census/_situation.html", shown)


def _situation(request: StaffRequest) -> dict[str, Any]:
    counted = situation()
    sites = read_sites(counted, request.user)
    reads = allows(request.user, Permission.SEE_CENSUS)
    figures = read_figures(vars(counted.figures), counted.at) if reads else []
    hourly = [sum(people) for people in zip(*(row.now.arrivals for row in sites), strict=True)]
    shown: dict[str, Any] = {
        "figures": figures,
        "answer": sorted((one for one in figures if one.rank), key=lambda one: one.rank),
        "sites": sites,
        "chart": chart(hours_until(counted.at), hourly) if hourly else None,
        "waits": waits_for(request.user, site_of_shift(request), counted),
    }
    told = repr(
        [
            [(one.people, one.note) for one in figures],
            [(row.site, row.now) for row in sites],
            shown["waits"],
            f"{counted.at:%H:%M}",
        ]
    )
    return shown | {"at": counted.at, "mark": hashlib.sha256(told.encode()).hexdigest()[:16]}


@require_GET
def site_now(request: StaffRequest, code: str) -> HttpResponse:
    """One site as it is now; one that the reader may not know of is not there."""
    counted = situation()
    row = read_site(counted, request.user, code)
    if row is None or row.site is None:
        raise Http404
    site, at = row.site, counted.at
    shown = {
        "at": at,
        "today": local_day(at),
        "row": row,
        "site": site,
        "places": places_now([site.pk], at).get(site.pk),
        "chart": chart(hours_until(at), row.now.arrivals),
        "waits": waits_at(request.user, site, at),
        "reads_there": allows(request.user, Permission.SEE_CENSUS, site, at),
        "sleepers_there": any(
            allows(request.user, one, site, at) for one in (Permission.CHECK_IN, Permission.SEE_CASES)
        ),
        "sees_there": allows(request.user, Permission.SEE_FAMILIES, site, at) and is_in_the_open(site),
    }
    return render(request, "census/site.html", shown)


@require_GET
@may(Permission.SEE_CENSUS)
def days(request: StaffRequest) -> HttpResponse:
    """The snapshots of the operation, the newest first."""
    snapshots = Snapshot.objects.filter(site=None)[:60]
    rows = [(snapshot, read_total(snapshot.tally), snapshot.tally["figures"]) for snapshot in snapshots]
    return render(request, "census/days.html", {"rows": rows, "form": TakeForm(), "today": timezone.localdate()})


@require_GET
@may(Permission.SEE_CENSUS)
def day(request: StaffRequest, on: date) -> HttpResponse:
    """One day: its snapshot as last revised or as asked for, or what is counted now when none was taken today yet."""
    snapshots = _snapshots_of(on)
    revisions = [one for one in snapshots if one.at == snapshots[0].at]
    asked = offered(request, "revision", {str(one.revision) for one in revisions})
    shown = next((one for one in revisions if str(one.revision) == asked), None)
    snapshot = shown or next(iter(revisions), None)
    at, known_at, tally = _tally_of(on, snapshot)
    reach = request.user.reach(Permission.TAKE_CENSUS)
    of_sites = snapshots_for(request.user).on(on).filter(site__isnull=False).select_related("site")
    context = {
        "on": on,
        "at": at,
        "known_at": known_at,
        "snapshot": snapshot,
        "revisions": revisions,
        "revisable": snapshot is not None and snapshot == revisions[0] and reach is None,
        "earlier": [one for one in snapshots if one not in revisions],
        "sites": [(one, reach is None or one.site_id in reach) for one in of_sites],
    }
    context |= _told_apart(request, at, known_at) | _read(tally_for(request.user, tally), at, snapshot)
    return render(request, "census/day.html", context)


def _told_apart(request: StaffRequest, at: datetime, known_at: datetime) -> dict[str, Any]:
    """Those present and on the way by what the reader chose of what they may read."""
    cuts = cuts_for(request.user)
    asked = offered(request, "by", set(map(str, cuts)))
    by = next((by for by in cuts if by == asked), None)
    if by is None:
        return {"cuts": cuts}
    bound(request.user, CENSUSES)
    parts = [(name_of_part(by, part.value), part) for part in cut_to_show(by, at, known_at)]
    return {"cuts": cuts, "cut": by, "parts": parts}


@require_GET
@may(Permission.SEE_CENSUS)
def day_file(request: StaffRequest, on: date) -> HttpResponse:
    """Take the day's census out as a file; who, when and why stand in it and in the log."""
    if on > timezone.localdate():
        raise Http404
    chosen = {"language": request.LANGUAGE_CODE, "suffix": "xlsx"}
    form = FileForm(request.GET or None, initial=chosen)
    if form.is_valid():
        try:
            parted = list_separator(form.cleaned_data["language"])
            return census_file(on, by=request.user, separator=parted, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("profile", str(refusal))
    return draw(request, "census/file.html", form, on=on)


@require_POST
def take(request: StaffRequest) -> HttpResponse:
    """Ask for a snapshot of this moment; the worker takes it when its facts have settled."""
    require(request.user, Permission.TAKE_CENSUS)
    form = TakeForm(request.POST)
    if form.is_valid():
        at = form.cleaned_data["at"] or timezone.now()
        tasks.ask_for_snapshots(at, by=request.user)
        messages.success(request, _("A snapshot is being taken. It appears here within three minutes."))
    return see("census:days")


@require_http_methods(["GET", "POST"])
@may(Permission.TAKE_CENSUS)
def revise(request: StaffRequest, snapshot: uuid.UUID) -> HttpResponse:
    """Freeze the hour of a snapshot once more, as known now, and say why."""
    revised = get_object_or_404(snapshots_for(request.user).select_related("site"), pk=snapshot)
    form = ReviseForm(request.POST or None)
    if do(request, form, revise_snapshot, revised, said=_("The snapshot was revised. The one before stays as it was.")):
        return see("census:day", local_day(revised.at))
    return draw(request, "census/revise.html", form, snapshot=revised, on=local_day(revised.at))


def _read(tally: dict[str, Any], at: datetime, snapshot: Snapshot | None) -> dict[str, Any]:
    """What the page of a day shows of a tally."""
    places, total, figures = read_places(tally), read_total(tally), tally["figures"]
    return {
        "figures": read_figures(figures, at),
        "whereabouts": read_whereabouts(figures),
        "registered": figures["registered"],
        "beyond_gate": figures["registered"] - figures["gate_people"],
        "places": [place for place in places if not place.quiet],
        "total": total,
        "lines": used_lines([*places, total] if total else places),
        "differing": [place for place in places if place.difference],
        "people": list(read_people(total.people)) if total else [],
        "cohorts": COHORTS,
        "revised": read_revised(tally),
        "revised_lines": revised_lines(snapshot.revision) if snapshot else [],
    }


def _snapshots_of(on: date) -> list[Snapshot]:
    return list(Snapshot.objects.on(on).filter(site=None).the_days_first().select_related("revised_in__by"))


def _tally_of(on: date, snapshot: Snapshot | None) -> tuple[datetime, datetime, dict[str, Any]]:
    """What the day's snapshot says; today's tally of this moment when there is none; 404 on any other day."""
    if snapshot:
        return snapshot.at, snapshot.known_at, snapshot.tally
    now = timezone.now()
    if on != local_day(now):
        raise Http404
    return now, now, Tally(now, now).row(None, last_snapshot(None, now, now))
