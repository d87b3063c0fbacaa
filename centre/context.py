"""What every page shows in its top bar: the site, the roles, whether this is a demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from centre.access import permissions_of
from centre.models import User


def shift(request: HttpRequest) -> dict[str, Any]:
    """The assignments that run now and what they allow."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"demonstration": settings.DEMONSTRATION}
    now = timezone.now()
    running = [a for a in user.all_assignments if a.covers(now)]
    return {
        "demonstration": settings.DEMONSTRATION,
        "shift": running,
        "may": {p.value for a in running for p in permissions_of(a.role)},
    }
