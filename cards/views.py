"""The pages of cards: blocks printed beforehand, a family's own card, and the sheets to print."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cards.actions import print_card, print_cards, revoke_block, revoke_card
from cards.forms import BlockForm, ComplaintsForm, FamilyCardForm, RevokeFamilyCardForm, RevokeForm
from cards.models import Card
from cards.selectors import read_blocks
from cards.sheets import read_sheet
from centre.access import Permission
from centre.actions import say_where_to_complain
from centre.doors import at_a_site, do, draw, may, see, warn
from centre.log import write_log
from centre.models import LogLine, Operation, Site
from centre.requests import StaffRequest, form_page
from registrations.doors import household_or_404
from registrations.models import Household


@form_page
@at_a_site(Permission.PRINT_CARDS)
def cards(request: StaffRequest, site: Site) -> HttpResponse:
    """The blocks that were printed here, and one more."""
    operation = Operation.objects.current()
    form = BlockForm(request.POST or None, initial={"language": "hy"})
    if printed := do(request, form, print_cards, site):
        return see("cards:sheet", printed.act)
    context = {"site": site, "blocks": read_blocks([site]), "revoke": RevokeForm(), "operation": operation}
    return draw(request, "cards/cards.html", form, **context)


@form_page
@may(Permission.SET_UP)
def complaints(request: StaffRequest) -> HttpResponse:
    """Where people can complain, as every card says."""
    operation = Operation.objects.current()
    told = {"complaints_to": operation.complaints_to} if operation else {}
    form = ComplaintsForm(request.POST or None, initial=told)
    if do(request, form, say_where_to_complain, said=_("It will be printed on every new card.")):
        return see("cards:cards")
    return draw(request, "cards/complaints.html", form)


@require_POST
@at_a_site(Permission.PRINT_CARDS)
def revoke_cards(request: StaffRequest, site: Site, block: uuid.UUID) -> HttpResponse:
    """The cards of a block that nobody carries are worth nothing from now on."""
    form = RevokeForm(request.POST)
    if revoked := do(request, form, revoke_block, block, site=site):
        count = len(revoked.cards)
        done = ngettext("%(count)d card is revoked.", "%(count)d cards are revoked.", count)
        messages.success(request, done % {"count": count})
    warn(request, form)
    return see("cards:cards")


@require_GET
@never_cache
def sheet(request: StaffRequest, act: uuid.UUID) -> HttpResponse:
    """The cards of one printing, to be printed, cut and folded; for whoever printed them, within the hour."""
    faces = read_sheet(act, request.user)
    write_log(request.user, LogLine.Verb.PRINTED, "card", ["number", "secret"])
    context = {"faces": faces, "operation": Operation.objects.get()}
    return render(request, "cards/sheet.html", context)


@form_page
@at_a_site(Permission.REGISTER)
def family_card(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """The family's card: printed, and in place of which."""
    household = household_or_404(request, number, acting=True)
    last = Card.objects.filter(number=number).select_related("site", "revoked_by").order_by("-recorded_at").first()
    live = last if last and last.revoked_at is None else None
    form = FamilyCardForm(request.POST or None, household=household, card=live)
    if printed := do(request, form, print_card, household, site=site):
        return see("cards:sheet", printed.act)
    return _draw_card(request, household, form, last)


@require_POST
@at_a_site(Permission.REGISTER)
def revoke_family_card(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """The family's card is worth nothing from now on."""
    household = household_or_404(request, number)
    last = Card.objects.filter(number=number).select_related("site", "revoked_by").order_by("-recorded_at").first()
    form = RevokeFamilyCardForm(request.POST, household=household, card=last)
    said = _("The card of %(number)s is revoked.") % {"number": household}
    if form.is_valid() and form.cleaned_data["instead_of"] and do(request, form, revoke_card, site=site, said=said):
        return see("desk:family", household)
    return _draw_card(request, household, form, last)


def _draw_card(request: StaffRequest, household: Household, form: FamilyCardForm, last: Card | None) -> HttpResponse:
    write_log(request.user, LogLine.Verb.OPENED, household, ["card"])
    template = "cards/_family_card.html" if request.htmx else "cards/family_card.html"
    return draw(request, template, form, household=household, last=last, now=timezone.now())
