"""What every page shows around its content: the site, the shift, where to go, what this installation is for."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from centre.access import permissions_of
from centre.bursts import bursts_for
from centre.drafts import draft_key
from centre.insiders import unnamed_to
from centre.models import Assignment, User
from centre.navigation import navigation_of
from centre.operations import current_operation, marked_as
from centre.outside import home_of
from centre.shift import as_looked_for, first_of, site_of_shift, sites_for


def shift(request: HttpRequest) -> dict[str, Any]:
    """The assignments that run now, what they allow, and the site chosen for this shift."""
    operation = current_operation()
    around = {"operation": operation, "marked_as": marked_as(operation)}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return around
    now = timezone.now()
    running = [a for a in user.all_assignments if a.covers(now)]
    sites = sites_for(request)
    here = site_of_shift(request, sites)
    groups, more = first_of(as_looked_for(sites, here, user, request))
    may = {p.value for a in running for p in permissions_of(a.role)}
    return around | {
        "draft_key": draft_key(user),
        "shift": running,
        "announced": () if home_of(user) else Assignment.objects.announced(),  # asked by whole pages alone
        "bursts": partial(bursts_for, user, now),
        "unnamed": SimpleLazyObject(partial(unnamed_to, user)),  # asked once, by a page that names who did something
        "may": may,
        "shift_site": here,
        "shift_sites": sites,
        "shift_groups": groups,
        "shift_more": more,
        "navigation": navigation_of(may, request.path, outside=home_of(user) is not None),
    }
