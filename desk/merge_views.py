"""The page of duplicates: two families side by side, merged or not, and the merges that stand."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from centre.access import Permission
from centre.doors import may
from centre.forms import ActForm, act_id
from desk.forms import MergeForm, PairForm
from desk.merging import merge_pairs, unmerge
from desk.selectors import read_merges
from registrations.models import Household, Individual, Merge


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.MERGE)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Two families side by side, who of them is the same person, and the merges that stand."""
    asked = PairForm(request.GET or None)
    pair = _pair(request, asked) if asked.is_valid() else None
    form = None
    if pair:
        one, other = (list(Individual.objects.members_of(household)) for household in pair)
        form = MergeForm(request.POST or None, one=one, other=[person for person in other if person not in one])
        if form.is_valid():
            facts = {"reason": form.cleaned_data["reason"], "by": request.user, "id": form.cleaned_data["id"]}
            if form.carry_out(merge_pairs, form.pairs(), **facts):
                messages.success(request, _("Merged. It can be undone at any time."))
                return HttpResponseRedirect(reverse("desk:duplicates"), status=303)
    merges = read_merges(request.user)
    context = {"asked": asked, "pair": pair, "form": form, "merges": merges, "undo": ActForm()}
    bad = (form is not None and form.is_bound) or (asked.is_bound and pair is None)
    return render(request, "desk/duplicates.html", context, status=422 if bad else 200)


@require_POST
@may(Permission.MERGE)
def undo_merge(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Undo a merge: each record has again what was told of it."""
    seen = Individual.objects.visible_to(request.user)
    merge = get_object_or_404(Merge.objects.filter(merged__in=seen), pk=key)
    unmerge(merge, by=request.user, id=act_id(request))
    messages.success(request, _("The merge is undone."))
    return HttpResponseRedirect(reverse("desk:duplicates"), status=303)


def _pair(request: HttpRequest, asked: PairForm) -> tuple[Household, Household] | None:
    """The two families of these numbers, if the user may see both; each number not seen is said beside its field."""
    seen = Household.objects.visible_to(request.user).select_related("site").with_size()
    found = {household.number: household for household in seen.filter(number__in=asked.cleaned_data.values())}
    for name, number in list(asked.cleaned_data.items()):
        if number not in found:
            asked.add_error(name, _("No family that you may see has this number."))
    if len(found) == 1 and not asked.errors:
        asked.add_error("other", _("Type two different numbers."))
    return None if asked.errors else (found[asked.cleaned_data["one"]], found[asked.cleaned_data["other"]])
