"""The pages of the intake and the gate: a family is written down, counted, or comes with a card."""

import uuid
from dataclasses import replace
from functools import partial

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cards.in_hand import OnTable, as_seen, look_up_card, was_in_hand
from cards.models import Card
from centre.access import Permission
from centre.doors import at_a_site, do, draw, press, pressed, see, warn
from centre.forms import ActForm
from centre.limits import EMERGENCIES, MATCHES, bound
from centre.log import write_log
from centre.models import LogLine, Site
from centre.refusals import Refusal
from centre.requests import StaffRequest, form_page
from desk.actions import Registered, arrive, open_in_emergency, pre_register
from desk.at_the_desk import arrived_in_words, remember_family
from desk.coming import note_seen
from desk.errors import BedsBecomeFree
from desk.forms import LONGEST_SHOWN, EmergencyForm, GateForm, ProofForm
from desk.gate import count_gate, void_gate_count
from desk.gate_forms import CountForm, VoidCountForm
from desk.intake import MORE_ROWS, Intake
from desk.missing import MissingForm
from desk.naming import named_before, take_names
from desk.proof import find_without_number, require_proof, sees
from desk.taking_back import may_undo_own
from registrations.doors import household_or_404
from registrations.matches import find_matches
from registrations.models import GateCount, Household, Membership
from registrations.names import mixes_scripts

LAST_COUNTS = 20


# The intake


@form_page
@at_a_site(Permission.REGISTER)
def intake(request: StaffRequest, site: Site) -> HttpResponse:
    """Take a family's names: register it, or complete the one whose card was given at the gate."""
    if request.method != "POST":
        scanned = request.GET.get("card", "")
        card = look_up_card(request, scanned)
        known = card.household if _is_open(request, card) else None
        people = known.memberships.nameless().count() if known else 0
        typed = Intake(card=_written(card, scanned), people=people, before=_before(request, card))
        return _draw_intake(request, typed, card)
    card = look_up_card(request, request.POST.get("card", ""))
    if "step" in request.POST:
        more = MORE_ROWS if request.POST["step"] == "rows" else 0
        return _draw_intake(request, _again(request, card, more), card)
    typed = Intake(_with_number(request.POST, card), before=_before(request, card))
    if typed.is_valid(card) and not typed.ask_once():
        answer = do(request, typed.form, take_names, card.shown, site=site, members=typed.people())
        if answer:
            return _next(request, answer)
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
def open_file(request: StaffRequest, _site: Site) -> HttpResponse:
    """The file of a family that one does not see, opened for an hour, for a reason that is told at once."""
    bound(request.user, EMERGENCIES)
    card, why = look_up_card(request, request.POST.get("card", "")), EmergencyForm(request.POST)
    if card.household is None or not why.is_valid():
        return _draw_intake(request, _again(request, card), card, why=why, status=422)
    reason = why.cleaned_data["emergency"]
    if press(request, open_in_emergency, card.household, reason=reason, said=_("Open to you for one hour.")):
        return see("desk:family", card.household)
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
    rows = household.memberships.today().select_related("individual__registered_in")
    mixed = [row.position + 1 for row in rows if mixes_scripts(row.individual.full_name)]
    alone = any(row.comes_alone for row in rows)
    carded = Card.objects.live().filter(number=number).exists()
    write_log(request.user, LogLine.Verb.OPENED, household, ["size"])
    context = {"household": household, "size": len(rows), "mixed": mixed, "alone": alone, "carded": carded}
    parts = [row.individual.registered_in for row in rows if row.individual.registered_in]
    saved = max(parts, key=lambda part: part.recorded_at, default=None)
    if saved and saved.kind in ("register", "complete") and may_undo_own(saved, request.user):
        context |= {"undo": ActForm(), "undo_act": saved.pk}
    context["missing"] = MissingForm(household=household)
    return render(request, "desk/done.html", context)


@form_page
@at_a_site(Permission.REGISTER)
def gate(request: StaffRequest, site: Site) -> HttpResponse:
    """Count a family at the gate and give it a number."""
    form = GateForm(request.POST or None)
    if form.is_bound:
        form.show_number(partial(as_seen, request))
    if answer := do(request, form, pre_register, site):
        return _next(request, answer)
    return draw(request, "desk/gate.html", form)


@form_page
@at_a_site(Permission.COUNT_GATE)
def count(request: StaffRequest, site: Site) -> HttpResponse:
    """Record people and vehicles seen crossing since the last count."""
    form = CountForm(request.POST or None)
    if do(request, form, count_gate, site, said=_("Counted.")):
        return see("desk:count")
    return _counts(request, site, form)


@require_POST
@at_a_site(Permission.COUNT_GATE)
def void_count(request: StaffRequest, site: Site, key: uuid.UUID) -> HttpResponse:
    """Take back a count that was wrong."""
    counted = get_object_or_404(GateCount.objects.filter(site=site, voids=None), pk=key)
    form = VoidCountForm(request.POST)
    if do(request, form, void_gate_count, counted, said=_("The count was taken back.")):
        return see("desk:count")
    return _counts(request, site, CountForm(), refused=form)


# What the views share


def _counts(request: StaffRequest, site: Site, form: CountForm, refused: VoidCountForm | None = None) -> HttpResponse:
    counts = GateCount.objects.standing().filter(site=site).select_related("act__by")[:LAST_COUNTS]
    context = {"site": site, "counts": counts, "people": sum(count.people for count in counts)}
    context |= {"vehicles": sum(count.vehicles for count in counts), "take_back": VoidCountForm(auto_id=False)}
    return draw(request, "desk/count.html", refused or form, counting=form, **context)


def _again(request: StaffRequest, card: OnTable, more: int = 0) -> Intake:
    """The screen as it was typed, with the card's number where a card was scanned."""
    return Intake.again(_with_number(request.POST, card), more=more, before=_before(request, card))


def _before(request: StaffRequest, card: OnTable) -> list[Membership]:
    """Who of the card's family had a name before this form, where only those who are left over are named."""
    try:
        act = uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        act = None
    return named_before(card.household, act) if _is_open(request, card) else []


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
    request: StaffRequest,
    typed: Intake,
    card: OnTable,
    proof: ProofForm | None = None,
    why: EmergencyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"intake": typed, "card": card, "proof": proof or ProofForm(), "open": _is_open(request, card)}
    context["why"] = why or EmergencyForm()
    seen = Household.objects.visible_to(request.user)
    context["visible"] = card.household is not None and seen.filter(pk=card.household.pk).exists()
    if card.household and context["open"]:
        write_log(request.user, LogLine.Verb.OPENED, card.household, ["size"])
    return render(request, "desk/intake.html", context, status=status)


def _next(request: StaffRequest, saved: Registered) -> HttpResponse:
    """What comes next for the family; a new page where paper is so old that it is not shown to whoever typed it."""
    if Household.objects.visible_to(request.user).filter(pk=saved.household).exists():
        return see("desk:done", saved.number)
    messages.success(request, _("Saved as %(number)s.") % {"number": saved.number})
    return see("desk:intake")


def _arrive_and_open(request: StaffRequest, household: Household, site: Site) -> HttpResponse:
    form, seen = pressed(request), was_in_hand(request, household.number)
    done = do(request, form, arrive, household, site=site, card_read=seen)
    if done:
        messages.success(request, arrived_in_words(household, len(done.individuals)))
    warn(request, form)
    if done or (sees(request.user, household) and not form.has_error("__all__", BedsBecomeFree.code)):
        return see("desk:family", household)
    remember_family(request, household)
    return see("desk:arrive", household)
