"""The family that stands at the desk and has shown who it is, until it is chosen who of it came."""

from django.shortcuts import get_object_or_404

from centre.requests import StaffRequest
from registrations.doors import household_or_404
from registrations.models import Household

SHOWN = "family_at_the_desk"


def remember_family(request: StaffRequest, household: Household) -> None:
    """Keep for the session that this family has shown its card, or said what only it can say."""
    request.session[SHOWN] = household.number


def forget_family(request: StaffRequest) -> None:
    """It has been written who of it came."""
    request.session.pop(SHOWN, None)


def arriving_or_404(request: StaffRequest, number: int) -> Household:
    """The household of this number, if it was just shown at this desk or the user may act on it."""
    if request.session.get(SHOWN) == number:
        return get_object_or_404(Household.objects.select_related("site"), number=number)
    return household_or_404(request, number, acting=True)
