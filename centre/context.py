"""What every page shows around its content: the site, the shift, where to go, what this installation is for."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from centre.access import permissions_of
from centre.bursts import bursts_for
from centre.drafts import draft_key
from centre.models import Assignment, User
from centre.navigation import navigation_of
from centre.operations import current_operation, marked_as
from centre.shift import as_looked_for, site_of_shift, sites_of_shift


def shift(request: HttpRequest) -> dict[str, Any]:
    """The assignments that run now, what they allow, and the site chosen for this shift."""
    operation = current_operation()
    around = {"operation": operation, "marked_as": marked_as(operation)}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return around
    now = timezone.now()
    running = [a for a in user.all_assignments if a.covers(now)]
    sites = sites_of_shift(user)
    here = site_of_shift(request, sites)
    may = {p.value for a in running for p in permissions_of(a.role)}
    return around | {
        "draft_key": draft_key(user),
        "shift": running,
        "announced": () if user.is_outside else Assignment.objects.announced(),  # asked by whole pages alone
        "bursts": partial(bursts_for, user, now),
        "may": may,
        "shift_site": here,
        "shift_sites": sites,
        "shift_groups": as_looked_for(sites, here, user, request),
        "navigation": navigation_of(may, request.path, outside=user.is_outside),
    }
