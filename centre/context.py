"""What every page shows around its content: the site, the shift, where to go, whether this is a demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from centre.access import permissions_of
from centre.models import User
from centre.navigation import navigation_of
from centre.shift import site_of_shift, sites_of_shift


def shift(request: HttpRequest) -> dict[str, Any]:
    """The assignments that run now, what they allow, and the site chosen for this shift."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"demonstration": settings.DEMONSTRATION}
    now = timezone.now()
    running = [a for a in user.all_assignments if a.covers(now)]
    may = {p.value for a in running for p in permissions_of(a.role)}
    return {
        "demonstration": settings.DEMONSTRATION,
        "shift": running,
        "may": may,
        "shift_site": site_of_shift(request),
        "shift_sites": sites_of_shift(user),
        "navigation": navigation_of(may, request.path),
    }
