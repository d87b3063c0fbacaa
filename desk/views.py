"""The pages of the desk: intake, gate, families, and the acts at a family's file."""

import uuid
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cards.in_hand import OnTable, look_up_card, was_in_hand
from cards.models import Card
from centre.access import Permission
from centre.asked import keep_question, names_somebody, read_question
from centre.doors import at_a_site, do, draw, may, press, pressed, see, site_or_none, warn
from centre.forms import ActForm
from centre.limits import MATCHES, bound
from centre.log import write_log
from centre.models import LogLine, Site
from centre.refusals import Refusal
from centre.requests import StaffRequest
from desk.actions import (
    arrive,
    count_gate,
    depart,
    pre_register,
    record_birth,
    record_death,
    void_gate_count,
    void_movements,
)
from desk.coming import confirm_seen, note_seen
from desk.filters import FamilyFilterSet
from desk.forms import LONGEST_SHOWN, BornForm, CountForm, DepartForm, DiedForm, GateForm, ProofForm, SeenForm, VoidForm
from desk.intake import MORE_ROWS, Intake
from desk.naming import take_names
from desk.pages import Page
from desk.proof import find_without_number, require_proof, sees
from desk.selectors import File, read_file, read_rows
from registrations.card_texts import is_scanned, read_card_text
from registrations.choices import Going
from registrations.doors import household_or_404
from registrations.matches import find_matches
from registrations.models import GateCount, Household, Individual, Membership, Movement
from registrations.names import mixes_scripts
from registrations.search import search_households
from shelter.selectors import who_waits
from shelter.sight import sites_to_place

LAST_COUNTS = 20


# The intake


@require_http_methods(["GET", "HEAD", "POST"])
@at_a_site(Permission.REGISTER)
def intake(request: StaffRequest, site: Site) -> HttpResponse:
    """Take a family's names: register it, or complete the one whose card was given at the gate."""
    if request.method != "POST":
        scanned = request.GET.get("card", "")
        card = look_up_card(request, scanned)
        counted = card.household if card.shown and card.shown.counted else None
        known = counted is not None and _is_open(request, card)
        people = counted.size if known else 0  # type: ignore[union-attr]  # a card is looked up with_size
        return _draw_intake(request, Intake(card=_written(card, scanned), people=people), card)
    card = look_up_card(request, request.POST.get("card", ""))
    if "step" in request.POST:
        more = MORE_ROWS if request.POST["step"] == "rows" else 0
        return _draw_intake(request, _again(request, card, more), card)
    typed = Intake(_with_number(request.POST, card))
    if typed.is_valid(card) and not typed.ask_once():
        answer = do(request, typed.form, take_names, card.shown, site=site, members=typed.people())
        if answer:
            return see("desk:done", answer.number)
    return _draw_intake(request, typed, card, status=422)


@require_POST
@at_a_site(Permission.REGISTER)
def matches(request: StaffRequest, _site: Site) -> HttpResponse:
    """The families that may be the one being typed; at most five, and it blocks nothing."""
    bound(request.user, MATCHES)
    people, settlement = Intake(request.POST).typed_so_far()
    card = look_up_card(request, request.POST.get("card", ""))
    but = card.household.pk if card.household else None
    found = find_matches(people, settlement=settlement, by=request.user, but=but)
    rows = [[match for match in found if match.person.int == row] for row in range(Intake.rows_in(request.POST))]
    split = [([one for one in row if one.household], any(not one.household for one in row)) for row in rows]
    return render(request, "desk/_matches.html", {"matches": found, "rows": split})


@require_POST
@at_a_site(Permission.REGISTER)
def arrive_by_card(request: StaffRequest, site: Site) -> HttpResponse:
    """The family whose card lies on the table, or that says who one of them is, is here now."""
    card = look_up_card(request, request.POST.get("card", ""))
    proof = ProofForm(request.POST)
    if card.shown is None or card.shown.new or not proof.is_valid():
        return _draw_intake(request, _again(request, card), card, proof, status=422)
    try:
        household = require_proof(card.shown, proof.member(), by=request.user)
    except Refusal as refusal:
        card = replace(card, error=str(refusal))
        return _draw_intake(request, _again(request, card), card, proof, status=422)
    return _arrive_and_open(request, household, site)


@require_POST
@at_a_site(Permission.REGISTER)
def seen_here(request: StaffRequest, site: Site) -> HttpResponse:
    """A family that shows no more than its number is noted as seen here; it stays where it is."""
    card = look_up_card(request, request.POST.get("card", ""))
    if card.household is None:
        return _draw_intake(request, _again(request, card), card, status=422)
    press(request, note_seen, card.household, site=site, said=_("Noted. Whoever has them can confirm the arrival."))
    return see("desk:intake")


@require_POST
@at_a_site(Permission.REGISTER)
def same_family(request: StaffRequest, site: Site) -> HttpResponse:
    """The family being typed is one that is registered: birth date and father's name agree, and so it is here."""
    people, settlement = Intake(request.POST).typed_so_far()
    chosen = request.POST.get("same", "")
    household = find_without_number(people, settlement=settlement, chosen=chosen, by=request.user)
    return _arrive_and_open(request, household, site)


@require_GET
@at_a_site(Permission.REGISTER)
def done(request: StaffRequest, _site: Site, number: int) -> HttpResponse:
    """What was saved: the number in large letters, and what comes next."""
    household = household_or_404(request, number)
    rows = household.memberships.today().select_related("individual")
    mixed = [row.position + 1 for row in rows if mixes_scripts(row.individual.full_name)]
    alone = any(row.carer_kind not in ("", Membership.Carer.MEMBER) for row in rows)
    carded = Card.objects.live().filter(number=number).exists()
    write_log(request.user, LogLine.Verb.OPENED, household, ["size"])
    context = {"household": household, "size": len(rows), "mixed": mixed, "alone": alone, "carded": carded}
    return render(request, "desk/done.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_a_site(Permission.REGISTER)
def gate(request: StaffRequest, site: Site) -> HttpResponse:
    """Count a family at the gate and give it a number."""
    form = GateForm(request.POST or None)
    if form.is_bound:
        form.show_number()
    if answer := do(request, form, pre_register, site):
        return see("desk:done", answer.number)
    return draw(request, "desk/gate.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@at_a_site(Permission.COUNT_GATE)
def count(request: StaffRequest, site: Site) -> HttpResponse:
    """Record people and vehicles seen crossing since the last count."""
    form = CountForm(request.POST or None)
    if do(request, form, count_gate, site, said=_("Counted.")):
        return see("desk:count")
    counts = GateCount.objects.standing().filter(site=site).select_related("act__by")[:LAST_COUNTS]
    context = {"site": site, "counts": counts, "people": sum(count.people for count in counts)}
    context |= {"vehicles": sum(count.vehicles for count in counts), "take_back": ActForm(auto_id=False)}
    return draw(request, "desk/count.html", form, **context)


@require_POST
@at_a_site(Permission.COUNT_GATE)
def void_count(request: StaffRequest, site: Site, key: uuid.UUID) -> HttpResponse:
    """Take back a count that was wrong."""
    counted = get_object_or_404(GateCount.objects.filter(site=site, voids=None), pk=key)
    form = pressed(request)
    do(request, form, void_gate_count, counted, said=_("The count was taken back."))
    warn(request, form)
    return see("desk:count")


# Families


@require_http_methods(["GET", "HEAD", "POST"])
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
    sites = Site.objects.open(timezone.now()).where(request.user, Permission.SEE_FAMILIES).in_the_open()
    shown = Household.objects.visible_to(request.user).select_related("site")
    narrowed = FamilyFilterSet(asked, queryset=shown.with_size().order_by("-number"), sites=sites, request=request)
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
    rows = read_rows(page.rows, request.user, timezone.now(), found)
    context = {
        "filter": narrowed,
        "page": page,
        "rows": rows,
        "query": query,
        "found": listed if query else None,
        "wrong_number": _wrong_number(query, scanned) if scanned or not rows else "",
    }
    return render(request, "desk/families.html", context)


@require_GET
@may(Permission.SEE_FAMILIES)
def family(request: StaffRequest, number: int) -> HttpResponse:
    """A family's file."""
    return _draw_file(request, household_or_404(request, number))


@require_POST
@at_a_site(Permission.REGISTER)
def arrival(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """The whole family, or whoever of it is not here yet, has arrived at the site."""
    household = household_or_404(request, number)
    form = ActForm(request.POST)
    said, seen = _("%(number)s arrived here.") % {"number": household}, was_in_hand(request, number)
    if do(request, form, arrive, household, site=site, card_read=seen, said=said):
        return _saved(request, household)
    return _draw_file(request, household, form)


@require_POST
@may(Permission.REGISTER)
def confirm_arrival(request: StaffRequest, number: int) -> HttpResponse:
    """The family, which was seen at another site, did arrive there."""
    household = household_or_404(request, number)
    seen_at = Site.objects.visible_to(request.user).filter(sightings__household=household).distinct()
    form = SeenForm(request.POST, sites=seen_at)
    if do(request, form, confirm_seen, household, said=_("The arrival is recorded.")):
        return _saved(request, household)
    return _draw_file(request, household, form)


@require_http_methods(["GET", "HEAD", "POST"])
@at_a_site(Permission.REGISTER)
def departure(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """The family, or some of it, leaves the site."""
    household = household_or_404(request, number)
    file = _open_file(request, household)
    here = [member.person for member in file.members if member.person.pk in file.at(site)]
    elsewhere = Site.objects.open(timezone.now()).in_the_open().exclude(pk=site.pk)
    form = DepartForm(request.POST or None, people=here, sites=elsewhere)
    if do(request, form, depart, household, site=site, said=_("%(number)s left.") % {"number": household}):
        return _saved(request, household)
    return draw(request, "desk/depart.html", form, household=household, file=file, site=site)


@require_http_methods(["GET", "HEAD", "POST"])
@at_a_site(Permission.REGISTER)
def death(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """A member died."""
    household = household_or_404(request, number)
    file = _open_file(request, household)
    form = DiedForm(request.POST or None, people=file.living)
    if do(request, form, record_death, site=site, told_of=household, said=_("The death is recorded.")):
        return _saved(request, household)
    return draw(request, "desk/died.html", form, household=household)


@require_http_methods(["GET", "HEAD", "POST"])
@at_a_site(Permission.REGISTER)
def birth(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """A child was born into the family at the site."""
    household = household_or_404(request, number)
    form = BornForm(request.POST or None)
    if do(request, form, record_birth, household, site=site, said=_("The birth is recorded.")):
        return _saved(request, household)
    write_log(request.user, LogLine.Verb.OPENED, household, ["number"])
    return draw(request, "desk/born.html", form, household=household)


@require_POST
@may(Permission.MERGE)
def void(request: StaffRequest, number: int) -> HttpResponse:
    """Take back what was wrongly told of the family."""
    household = household_or_404(request, number)
    people = household.memberships.today().values("counted_as")
    form = VoidForm(request.POST, movements=Movement.objects.filter(counted_as__in=people))
    if do(request, form, void_movements, said=_("It was taken back.")):
        return _saved(request, household)
    return _draw_file(request, household, form)


# What the views share


def _again(request: StaffRequest, card: OnTable, more: int = 0) -> Intake:
    """The screen as it was typed, with the card's number where a card was scanned."""
    return Intake.again(_with_number(request.POST, card), more=more)


def _with_number(posted: QueryDict, card: OnTable) -> QueryDict:
    """What was sent, with the card's number in place of what was scanned: no page shows a secret again."""
    typed = posted.copy()
    typed["card"] = _written(card, typed.get("card", ""))
    return typed


def _written(card: OnTable, typed: str) -> str:
    return str(card.shown) if card.shown else typed[:LONGEST_SHOWN]


def _is_open(request: StaffRequest, card: OnTable) -> bool:
    """Whether the card was seen, or its family is shown anyway: else nothing of the family is said."""
    shown, household = card.shown, card.household
    return shown is not None and household is not None and (shown.proven or sees(request.user, household))


def _draw_intake(
    request: StaffRequest, typed: Intake, card: OnTable, proof: ProofForm | None = None, status: int = 200
) -> HttpResponse:
    context = {"intake": typed, "card": card, "proof": proof or ProofForm(), "open": _is_open(request, card)}
    context["visible"] = card.household is not None and sees(request.user, card.household)
    if card.household and context["open"]:
        write_log(request.user, LogLine.Verb.OPENED, card.household, ["size"])
    return render(request, "desk/intake.html", context, status=status)


def _arrive_and_open(request: StaffRequest, household: Household, site: Site) -> HttpResponse:
    form = pressed(request)
    said, seen = _("%(number)s arrived here.") % {"number": household}, was_in_hand(request, household.number)
    do(request, form, arrive, household, site=site, card_read=seen, said=said)
    warn(request, form)
    return see("desk:family", household)


def _open_file(request: StaffRequest, household: Household) -> File:
    """What the file shows, with a line in the log that says of whom."""
    file = read_file(household, request.user, timezone.now())
    write_log(request.user, LogLine.Verb.OPENED, household, shown=[member.person.pk for member in file.members])
    return file


def _draw_file(request: StaffRequest, household: Household, form: ActForm | None = None) -> HttpResponse:
    file = _open_file(request, household)
    site = site_or_none(request, Permission.REGISTER)
    here = file.at(site)
    context = {
        "household": household,
        "file": file,
        "site": site,
        "here": here,
        "all_here": len(here) == len(file.living),
        "next": _next_act(request, household, here),
        "seen": household.sightings.filter(confirmed_in=None, site__in=Site.objects.visible_to(request.user)),
    }
    return draw(request, "desk/family.html", form or ActForm(), **context)


def _next_act(request: StaffRequest, household: Household, here: list[Any]) -> str:
    """What comes next for the family, whose button is the filled one: its names, its arrival or a place, or nothing."""
    if household.registered_at is None:
        return "names"
    if not here:
        return "arrival"
    now = timezone.now()
    sites = sites_to_place(request.user, now) if household.going == Going.SHELTER else []
    return "places" if sites and who_waits(request.user, sites, now, household=household.pk)[0] else ""


def _saved(request: StaffRequest, household: Household) -> HttpResponse:
    """To the file, or to the list when it is no longer shown to whoever saved it."""
    return see("desk:family", household) if sees(request.user, household) else see("desk:families")


def _wrong_number(query: str, scanned: OnTable | None) -> str:
    """What is wrong with a query that was meant as a number, or with the card that was scanned."""
    if scanned:
        return scanned.error
    if not any(letter.isdigit() for letter in query):
        return ""
    try:
        read_card_text(query)
    except ValidationError as error:
        return str(error.messages[0])
    return ""
