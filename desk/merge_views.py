"""The page of duplicates: two families side by side, merged or not, and the merges that stand."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from centre.access import Permission
from centre.doors import do, draw, may, press, see
from centre.forms import ActForm
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffRequest, form_page
from desk.forms import MergeForm, PairForm
from desk.merging import merge_pairs, unmerge
from desk.selectors import read_merges
from registrations.living import known_deaths
from registrations.models import Household, Individual, Merge


@form_page
@may(Permission.MERGE)
def duplicates(request: StaffRequest) -> HttpResponse:
    """Two families side by side, who of them is the same person, and the merges that stand."""
    asked = PairForm(request.GET or None)
    pair = _pair(request, asked) if asked.is_valid() else None
    form = None
    if pair:
        one, other = (list(Individual.objects.members_of(household)) for household in pair)
        form = MergeForm(request.POST or None, one=one, other=[person for person in other if person not in one])
        if do(request, form, merge_pairs, said=_("Merged. It can be undone at any time.")):
            return see("desk:duplicates")
    merges = read_merges(request.user)
    people = [key for merge in merges for key in (merge.merged_id, merge.into_id)]
    write_log(request.user, LogLine.Verb.OPENED, "merge", shown=[*(one.pk for one in pair or ()), *people])
    context = {
        "asked": asked,
        "pair": pair,
        "form": form,
        "merges": merges,
        "undo": ActForm(),
    }
    return draw(request, "desk/duplicates.html", form or asked, **context)


@require_POST
@may(Permission.MERGE)
def undo_merge(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Undo a merge: each record has again what was told of it."""
    seen = Individual.objects.supervised_by(request.user)
    merge = get_object_or_404(Merge.objects.filter(merged__in=seen), pk=key)
    press(request, unmerge, merge, said=_("The merge is undone."))
    return see("desk:duplicates")


def _pair(request: StaffRequest, asked: PairForm) -> tuple[Household, Household] | None:
    """The two families of these numbers, if both are theirs to set right; a number that is not is said at its field."""
    seen = Household.objects.supervised_by(request.user).select_related("site").with_size(known_deaths(request.user))
    found = {household.number: household for household in seen.filter(number__in=asked.cleaned_data.values())}
    for name, number in list(asked.cleaned_data.items()):
        if number not in found:
            asked.add_error(name, _("No family that you may see has this number."))
    if len(found) == 1 and not asked.errors:
        asked.add_error("other", _("Type two different numbers."))
    return None if asked.errors else (found[asked.cleaned_data["one"]], found[asked.cleaned_data["other"]])
