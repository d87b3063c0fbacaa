"""Which sites a person may place at, and whose beds they may know of."""

import uuid
from datetime import datetime

from django.db.models import Q

from centre.access import Permission, allows
from centre.models import Site, User


def named_sites(user: User, at: datetime) -> set[uuid.UUID]:
    """The sites to which the user is assigned by name; only so is a confidential site reached."""
    return {a.site_id for a in user.all_assignments if a.covers(at) and a.site_id}


def open_to(user: User, at: datetime, site: str = "") -> Q:
    """The condition that a site, or the one at the end of this path, is not hidden from the user."""
    path = f"{site}__" if site else ""
    return Q(**{f"{path}confidential": False}) | Q(**{f"{path}pk__in": named_sites(user, at)})


def sites_to_place(user: User, at: datetime) -> list[Site]:
    """The open sites where the user may place; confidential ones only where they were assigned by name."""
    return list(Site.objects.where(user, Permission.PLACE, at).open(at).filter(open_to(user, at)))


def may_know(user: User, site: Site, at: datetime) -> bool:
    """Whether the user may know that someone sleeps there."""
    if not site.confidential or site.pk in named_sites(user, at):
        return True
    return allows(user, Permission.SEE_CASES, site, at)
