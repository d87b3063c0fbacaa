"""The page from which the list of families is taken out."""

from django.http import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from centre.access import Permission
from centre.asked import read_question
from centre.doors import draw, may
from centre.models import Site
from centre.requests import StaffRequest
from desk.filters import FamilyFilterSet
from desk.forms import ListForm
from desk.lists import families_file, families_to_take


@require_GET
@may(Permission.EXPORT_FAMILIES)
def families_list(request: StaffRequest) -> HttpResponseBase:
    """Take out the list of the families that the page of families shows; who and why stands in the log."""
    sites = Site.objects.where(request.user, Permission.EXPORT_FAMILIES).in_the_open().offered(timezone.now())
    families = families_to_take(request.user)
    narrowed = FamilyFilterSet(read_question(request), queryset=families, sites=sites, request=request)
    form = ListForm.asked(request)
    if form.is_valid() and narrowed.form.is_valid():
        return families_file(narrowed.qs, by=request.user, **form.chosen())
    return draw(request, "desk/families_list.html", form, filter=narrowed, families=narrowed.qs.count())
