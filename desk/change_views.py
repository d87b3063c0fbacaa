"""Pages by which people and families are said anew: corrected, joined, parted, taken out, taken back."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from centre.access import Permission
from centre.doors import at_a_site, do, draw, may, see, warn
from centre.forms import ActForm
from centre.log import write_log
from centre.models import Act, LogLine, Site
from centre.requests import StaffRequest, form_page
from desk.belonging import change_household, join, make_head, never_was, split, undo
from desk.belonging_forms import HeadForm, JoinForm, NeverWasForm, PartForm, members_of
from desk.change_forms import FamilyForm, PersonForm, SettleForm, UndoForm
from desk.correcting import Corrected, correct, settle
from desk.proof import sees
from desk.wishing import WishForm
from registrations.corrections import Conflict
from registrations.doors import household_or_404
from registrations.models import Household, Individual, Membership


@form_page
@may(Permission.REGISTER)
def correct_person(request: StaffRequest, number: int, key: uuid.UUID) -> HttpResponse:
    """One person of the family, each field as it stands."""
    household, members = _opened(request, number)
    member = next((row for row in members if row.individual_id == key), None)
    if member is None:
        raise Http404
    documents = Individual.objects.filter(pk=key).visible_to(request.user, permission=Permission.SEE_DOCUMENTS).exists()
    if documents:
        write_log(request.user, LogLine.Verb.OPENED, member.individual, ["documents"])
    form = PersonForm(request.POST or None, member=member, members=members, documents=documents)
    if done := do(request, form, correct, household):
        return _corrected(request, household, done)
    return draw(request, "desk/correct_person.html", form, household=household, member=member)


@form_page
@may(Permission.REGISTER)
def correct_family(request: StaffRequest, number: int) -> HttpResponse:
    """What the family says of itself, each field as it stands."""
    household, _members = _opened(request, number)
    form = FamilyForm(request.POST or None, rows=[household])
    if done := do(request, form, correct, household):
        return _corrected(request, household, done)
    return draw(request, "desk/correct_family.html", form, household=household)


@require_POST
@may(Permission.REGISTER)
def shelter_wanted(request: StaffRequest, number: int) -> HttpResponse:
    """The family, which said that it goes to its own address, wants shelter from now on."""
    household = household_or_404(request, number, acting=True)
    form = WishForm(request.POST)
    if do(request, form, correct, household):
        messages.success(request, _("They are on the waiting list from now on."))
    warn(request, form)
    return _on(request, household)


@form_page
@at_a_site(Permission.REGISTER)
def joining(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """Somebody came after the family, and belongs to it."""
    household, members = _opened(request, number)
    form = JoinForm(request.POST or None, members=members)
    if do(request, form, join, household, site=site, said=_("They belong to %(number)s now.") % {"number": household}):
        return see("desk:family", household)
    return draw(request, "desk/join.html", form, household=household)


@form_page
@may(Permission.REGISTER)
def heading(request: StaffRequest, number: int) -> HttpResponse:
    """Another member is the head."""
    household, members = _opened(request, number)
    form = HeadForm(request.POST or None, members=members)
    said = _("Saved. Look whether what each is to the head is still right.")
    if do(request, form, make_head, household, said=said, of=household):
        return see("desk:family", household)
    return draw(request, "desk/head.html", form, household=household)


@form_page
@at_a_site(Permission.REGISTER)
def parting(request: StaffRequest, site: Site, number: int) -> HttpResponse:
    """Some of the family are a family of their own, or belong to another one."""
    household, members = _opened(request, number)
    others = Household.objects.in_hand_of(request.user).exclude(pk=household.pk)
    form = PartForm(request.POST or None, members=members, households=others)
    to = form.cleaned_data["to"] if form.is_valid() else None
    if to is not None:
        done = do(request, form, change_household, household, to=to)
    else:
        done = do(request, form, split, household, site=site)
    if done:
        messages.success(request, _("They belong to %(number)s now.") % {"number": done.numbers[1]})
        return see("desk:family", household)
    if to is not None and form.carers:
        write_log(request.user, LogLine.Verb.OPENED, to, shown=[row.counted_as_id for row in form.there])
    return draw(request, "desk/part.html", form, household=household)


@form_page
@may(Permission.REGISTER)
def taking_out(request: StaffRequest, number: int) -> HttpResponse:
    """Members who never were."""
    household, members = _opened(request, number)
    form = NeverWasForm(request.POST or None, members=members)
    if do(request, form, never_was, household, said=_("Taken out. Every figure follows."), of=household):
        return _on(request, household)
    return draw(request, "desk/never_was.html", form, household=household)


@require_POST
@may(Permission.REGISTER)
def taking_back(request: StaffRequest, number: int) -> HttpResponse:
    """An act that said something wrong of the family is taken back."""
    household = household_or_404(request, number)
    form = UndoForm(request.POST)
    if not form.is_valid():
        raise Http404
    about = Q(corrections__membership__household=household) | Q(memberships__household=household)
    about |= Q(corrections__household=household) | Q(corrections__individual__memberships__household=household)
    done = get_object_or_404(Act.objects.filter(about).distinct(), pk=form.cleaned_data["done"])
    if do(request, _without(form, "done"), undo, done, said=_("It was taken back."), of=household):
        return _on(request, household)
    return _refused(request, form, household)


@require_POST
@may(Permission.MERGE)
def settling(request: StaffRequest, number: int) -> HttpResponse:
    """Between what stands and what another desk meant, one is right."""
    household = household_or_404(request, number)
    form = SettleForm(request.POST)
    if not form.is_valid():
        raise Http404
    about = Q(household=household) | Q(membership__household=household)
    about |= Q(individual__memberships__household=household)
    conflict = get_object_or_404(Conflict.objects.filter(about).distinct(), pk=form.cleaned_data["conflict"])
    if do(request, _without(form, "conflict"), settle, conflict, said=_("Decided."), of=household):
        return _on(request, household)
    return _refused(request, form, household)


def _opened(request: StaffRequest, number: int) -> tuple[Household, list[Membership]]:
    household = household_or_404(request, number, acting=True)
    members = members_of(household)
    write_log(request.user, LogLine.Verb.OPENED, household, shown=[row.counted_as_id for row in members])
    return household, members


def _corrected(request: StaffRequest, household: Household, done: Corrected) -> HttpResponse:
    if done.corrected:
        messages.success(request, " · ".join((str(household), _("Corrected."))))
    if done.conflicts:
        said = ngettext(
            "One field was changed by another desk meanwhile. It was not overwritten: both stand below.",
            "%(fields)d fields were changed by another desk meanwhile. They were not overwritten: both stand below.",
            len(done.conflicts),
        )
        messages.warning(request, said % {"fields": len(done.conflicts)})
    return _on(request, household)


def _on(request: StaffRequest, household: Household) -> HttpResponse:
    """To the file, or to the list when it is no longer shown to whoever saved it."""
    return see("desk:family", household) if sees(request.user, household) else see("desk:families")


def _without(form: Any, *names: str) -> Any:
    """The form, whose act does not take these fields by their names."""
    for name in names:
        form.cleaned_data.pop(name, None)
    return form


def _refused(request: StaffRequest, form: ActForm, household: Household) -> HttpResponse:
    warn(request, form)
    return _on(request, household)
