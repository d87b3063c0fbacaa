"""The household that a page is about."""

from django.shortcuts import get_object_or_404

from centre.limits import LOOKS, bound
from centre.requests import StaffRequest
from registrations.models import Household


def household_or_404(
    request: StaffRequest, number: int, *, acting: bool = False, supervising: bool = False
) -> Household:
    """The household of this number if the user may see it, or may act on it where a form is sent or `acting` shown.

    Where `supervising`, if the user sets right what a desk wrote of it. Else it is not there.
    """
    bound(request.user, LOOKS)
    rows = Household.objects.select_related("site")
    acting = acting or request.method == "POST"
    shown = rows.in_hand_of(request.user) if acting else rows.visible_to(request.user)
    if supervising:
        shown = rows.supervised_by(request.user)
    return get_object_or_404(shown, number=number)
