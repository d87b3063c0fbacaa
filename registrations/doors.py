"""The household that a page is about."""

from django.shortcuts import get_object_or_404

from centre.limits import LOOKS, bound
from centre.requests import StaffRequest
from registrations.models import Household


def household_or_404(request: StaffRequest, number: int) -> Household:
    """The household of this number if the user may see it; for all others it is not there."""
    bound(request.user, LOOKS)
    return get_object_or_404(Household.objects.visible_to(request.user).select_related("site"), number=number)
