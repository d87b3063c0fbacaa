"""The pages of families: the list, a family's file, and the acts at it."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cards.in_hand import OnTable, look_up_card, was_in_hand
from casework.anyway import asked_anyway
from centre.access import Permission, allows
from centre.asked import keep_question, names_somebody, read_question
from centre.doors import at_a_site, do, draw, may, see, site_or_none
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffRequest, form_page
from desk.actions import arrive, depart, record_birth, record_death
from desk.at_the_desk import ASK_WHO, arrived_in_words, arriving_or_404, forget_family
from desk.coming import confirm_seen, dismiss_seen
from desk.correcting import may_correct, may_supervise
from desk.errors import BedsBecomeFree
from desk.filters import FamilyFilterSet
from desk.forms import (
    ArriveForm,
    BornForm,
    ConfirmForm,
    DepartForm,
    DiedForm,
    SeenForm,
    VoidForm,
)
from desk.histories import About, may_be_undone, read_changes, read_conflicts
from desk.hospital import who_may_be_back
from desk.log_lines import reads_who_opened
from desk.missing import MissingForm
from desk.on_paper import PaperForm
from desk.pages import Page
from desk.proof import sees
from desk.selectors import File, read_file, read_rows
from desk.telling_views import untold_in
from desk.voiding import void_movements
from desk.wishing import came_back
from registrations.card_texts import is_scanned, read_card_text
from registrations.choices import Going
from registrations.doors import household_or_404
from registrations.living import known_deaths
from registrations.models import Household, Individual, Sighting
from registrations.numbers import without_letter
from registrations.search import search_households
from registrations.where_told import facts_told_to
from shelter.sight import sites_to_place
from shelter.waiting import lost_their_beds, who_waits


@form_page
@may(Permission.SEE_FAMILIES)
def families(request: StaffRequest) -> HttpResponse:
    """The families one may see, the latest first; or those whom a name or a number finds, the likeliest first.

    A card scanned into the search opens its family's file.
    """
    if names_somebody(request):
        return keep_question(request)
    asked = read_question(request)
    typed = asked.get("search", "")
    scanned = look_up_card(request, typed) if is_scanned(typed) else None
    if scanned and scanned.household and sees(request.user, scanned.household):
        return see("desk:family", scanned.household)
    sites = Site.objects.where(request.user, Permission.SEE_FAMILIES).in_the_open().offered(timezone.now())
    shown = Household.objects.visible_to(request.user).select_related("site")
    sized = shown.with_size(known_deaths(request.user))
    narrowed = FamilyFilterSet(asked, queryset=sized.order_by("-number"), sites=sites, request=request)
    query = narrowed.form.cleaned_data.get("search", "") if narrowed.form.is_valid() else ""
    listed: Any = narrowed.qs
    found: dict[uuid.UUID, uuid.UUID] = {}
    if query:
        people = Individual.objects.visible_to(request.user)
        listed, found = search_households(narrowed.qs, people, query, by=request.user)
    page = Page.of(listed, request.GET.get("page", ""))
    shown_here = [row.pk for row in page.rows]
    write_log(
        request.user,
        LogLine.Verb.SEARCHED if query else LogLine.Verb.OPENED,
        "household",
        [name for name in FamilyFilterSet.base_filters if asked.get(name)],
        shown=shown_here + [found[key] for key in shown_here if key in found],
    )
    rows = read_rows(page.rows, request.user, timezone.now(), found, listed.earlier if query else {})
    context = {
        "filter": narrowed,
        "page": page,
        "rows": rows,
        "query": query,
        "found": listed if query else None,
        **(_wrong_number(request, query, scanned) if scanned or not rows else {}),
    }
    return render(request, "desk/families.html", context)


@require_GET
@may(Permission.SEE_FAMILIES)
def family(request: StaffRequest, number: int) -> HttpResponse:
    """A family's file."""
    return draw_file(request, household_or_404(request, number))


@form_page
@at_a_site(Permission.REGISTER)
def arrival(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """The family has arrived at the site, whole or whoever is chosen of it."""
    household = arriving_or_404(request, number)
    chooses = request.method != "POST" or "choosing" in request.POST
    file = _open_file(request, household)
    people, expected = file.coming_to(site), file.expected_at(site, request.user, timezone.now())
    who: dict[str, Any] = {"people": people, "chosen": expected}
    who["sleep_elsewhere"] = file.sleep_elsewhere(site, request.user, timezone.now())
    form = ArriveForm(request.POST or None, **who) if chooses else PaperForm(request.POST)
    seen = was_in_hand(request, number)
    if moved := do(request, form, arrive, household, site=site, card_read=seen):
        messages.success(request, _arrived_in_words(household, moved.individuals, len(file.members)))
        forget_family(request)
        return _saved(request, household)
    if not chooses and not any(form.has_error("__all__", code) for code in ASK_WHO):
        return draw_file(request, household, form)
    if not chooses:
        form = ArriveForm.after(form, **who)
    return draw(request, "desk/arrive.html", form, household=household, site=site)


def _arrived_in_words(household: Household, records: Sequence[str], size: int) -> str:
    """Who arrived, by name where that is not the whole family."""
    if len(records) == size:
        return arrived_in_words(household, size)
    names = Individual.objects.filter(pk__in=records).order_by("memberships__position").distinct()
    who = ", ".join(dict.fromkeys(map(str, names)))
    return _("%(number)s: arrived here are %(names)s.") % {"number": household, "names": who}


@require_POST
@may(Permission.REGISTER)
def confirm_arrival(request: StaffRequest, number: int) -> HttpResponse:
    """The family, which was seen at another site, did arrive there."""
    return _answer_seen(request, number, confirm_seen, ConfirmForm, _("The arrival is recorded."))


@require_POST
@may(Permission.REGISTER)
def not_them(request: StaffRequest, number: int) -> HttpResponse:
    """It was not the family that was seen at another site."""
    return _answer_seen(request, number, dismiss_seen, SeenForm, _("Noted: it was not them."))


@form_page
@at_a_site(Permission.REGISTER)
def departure(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """The family, or some of it, leaves the site."""
    household = household_or_404(request, number, acting=True)
    file = _open_file(request, household)
    here = [member.person for member in file.members if member.person.pk in file.at(site)]
    elsewhere = Site.objects.in_the_open().exclude(pk=site.pk).offered(timezone.now())
    form = DepartForm(request.POST or None, people=here, sites=elsewhere)
    if do(request, form, depart, household, site=site, said=_("%(number)s left.") % {"number": household}):
        return _saved(request, household)
    return draw(request, "desk/depart.html", form, household=household, file=file, site=site)


@form_page
@at_a_site(Permission.REGISTER)
def death(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """A member died."""
    household = household_or_404(request, number, acting=True)
    file = _open_file(request, household)
    form = DiedForm(request.POST or None, people=file.living)
    said = _("The death is recorded.")
    if do(request, form, record_death, site=site, told_of=household, said=said, of=household):
        return _saved(request, household)
    return draw(request, "desk/died.html", form, household=household)


@form_page
@at_a_site(Permission.REGISTER)
def birth(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """A child was born into the family at the site."""
    household = household_or_404(request, number, acting=True)
    form = BornForm(request.POST or None, household=household)
    if do(request, form, record_birth, household, site=site, said=_("The birth is recorded."), of=household):
        return _saved(request, household)
    write_log(request.user, LogLine.Verb.OPENED, household, ["number"])
    return draw(request, "desk/born.html", form, household=household)


@require_POST
@may(Permission.REGISTER)
def void(request: StaffRequest, number: int) -> HttpResponse:
    """Take back what was wrongly told of the family."""
    household = household_or_404(request, number)
    people = household.memberships.today().values("counted_as")
    told = facts_told_to(request.user, timezone.now())
    form = VoidForm(request.POST, movements=told.filter(counted_as__in=people))
    if do(request, form, void_movements, said=_("It was taken back."), of=household):
        return _saved(request, household)
    return draw_file(request, household, form)


# What the views share


def _answer_seen(
    request: StaffRequest, number: int, answer: Callable[..., Any], asks: type[SeenForm], said: str
) -> HttpResponse:
    household = household_or_404(request, number)
    seen_at = Site.objects.visible_to(request.user).filter(sightings__household=household).distinct()
    form = asks(request.POST, sites=seen_at)
    if do(request, form, answer, household, said=said, of=household):
        return see("desk:seen") if "listed" in request.POST else _saved(request, household)
    return draw_file(request, household, form)


def _open_file(request: StaffRequest, household: Household) -> File:
    """What the file shows, with a line in the log that says of whom."""
    file = read_file(household, request.user, timezone.now())
    write_log(request.user, LogLine.Verb.OPENED, household, shown=[member.person.pk for member in file.members])
    return file


def draw_file(request: StaffRequest, household: Household, form: ActForm | None = None) -> HttpResponse:
    """The family's file, around the form that was not carried out."""
    file = _open_file(request, household)
    reads_only = not sees(request.user, household)
    site = None if reads_only else site_or_none(request, Permission.REGISTER)
    here, coming = file.at(site), file.coming_to(site) if site else {}
    expected = file.expected_at(site, request.user, timezone.now()) if site else set()
    moves = site is not None and file.sleep_elsewhere(site, request.user, timezone.now())
    may_be_back = who_may_be_back(coming, site, request.user, timezone.now()) if site else set()
    supervises = may_supervise(request.user, household, timezone.now())
    changes = read_changes(About.of(household))
    missing = form if isinstance(form, MissingForm) else MissingForm(household=household)
    context = {
        "household": household,
        "file": file,
        "site": site,
        "here": here,
        "coming": len(coming),
        "untold": not reads_only and allows(request.user, Permission.SEE_CASES) and untold_in(household, request.user),
        "may_be_back": may_be_back,
        "coming_by_themselves": coming.keys() - may_be_back,
        "just_told": next((told for told in file.history if told.just_told), None),
        "others": file.names_of(expected) if here else "",
        "all_expected": bool(expected) and coming.keys() == expected,
        "reads_only": reads_only,
        "corrects": not reads_only and may_correct(request.user, household, timezone.now()),
        "supervises": supervises,
        "reads_who_opened": reads_who_opened(request.user, household),
        "changes": [(one, may_be_undone(one, request.user, supervises)) for one in changes],
        "conflicts": read_conflicts(household, file.unnamed),
        "missing": None if reads_only else missing,
        "came_back": not reads_only and came_back(household, request.user, timezone.now()),
        "moves": moves,
        "next": "" if reads_only else _next_act(request, household, here, moves=moves),
        "anyway": asked_anyway(request, form) if form else None,
        "beds": asked_anyway(request, form, [BedsBecomeFree.code], "beds_become_free") if form else None,
        "seen": Sighting.objects.open().in_hand_of(request.user).filter(household=household),
    }
    return draw(request, "desk/family.html", form or PaperForm(), **context)


def _next_act(request: StaffRequest, household: Household, here: list[Any], *, moves: bool) -> str:
    """What comes next for the family, whose button is the filled one: its names, its arrival or a place, or nothing.

    Who would leave a bed elsewhere is looked up more often than they move.
    """
    if household.registered_at is None:
        return "names"
    if not here:
        return "" if moves else "arrival"
    now = timezone.now()
    sites = sites_to_place(request.user, now)
    if not sites:
        return ""
    if household.going == Going.SHELTER:
        return "places" if who_waits(request.user, sites, now, household=household.pk)[0] else ""
    if came_back(household, request.user, now):
        return ""  # whether they want shelter is asked first
    return "places" if lost_their_beds(here, sites, now) else ""


def _saved(request: StaffRequest, household: Household) -> HttpResponse:
    """To the file, or to the list when it is no longer shown to whoever saved it."""
    return see("desk:family", household) if sees(request.user, household) else see("desk:families")


def _wrong_number(request: StaffRequest, query: str, scanned: OnTable | None) -> dict[str, Any]:
    """What is wrong with a query that was meant as a number, or with the card that was scanned.

    And the family that may be meant where the letter alone is missing, if they see it.
    """
    if scanned:
        return {"wrong_number": scanned.error}
    if not any(letter.isdigit() for letter in query):
        return {}
    try:
        read_card_text(query)
    except ValidationError as error:
        meant = Household.objects.visible_to(request.user).filter(number=without_letter(error)).first()
        return {"wrong_number": error.messages[0], "meant": meant}
    return {}
