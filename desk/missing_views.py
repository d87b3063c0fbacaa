"""The answer to who is missing: nobody, the gate counted too many."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from centre.access import Permission
from centre.doors import do, may, see
from centre.requests import StaffRequest
from desk.belonging import never_was
from desk.missing import MissingForm
from desk.views import draw_file
from registrations.doors import household_or_404


@require_POST
@may(Permission.REGISTER)
def counted_by_mistake(request: StaffRequest, number: int) -> HttpResponse:
    """People without a name were counted at the gate by mistake: they never were."""
    household = household_or_404(request, number, acting=True)
    form = MissingForm(request.POST, household=household)
    if do(request, form, never_was, household, said=_("Removed from the family."), of=household):
        return see("desk:family", household)
    return draw_file(request, household, form)
