"""Who may record that somebody leaves: a desk for people at its site, reception for people who sleep in its house."""

import uuid
from collections.abc import Collection
from datetime import datetime

from centre.access import Permission, allows, require
from centre.models import Site, User
from shelter.models import Stay


def require_way_out(by: User, site: Site, at: datetime | None) -> bool:
    """Whether the user sees out those alone who sleep there; raises NotAllowed if they may see nobody out."""
    if allows(by, Permission.REGISTER, site, at) or not allows(by, Permission.CHECK_IN, site, at):
        require(by, Permission.REGISTER, site, at)
        return False
    return True


def sleepers_among(people: Collection[uuid.UUID], site: Site, at: datetime) -> set[uuid.UUID]:
    """Those of these people who sleep at the site."""
    asleep = Stay.objects.stays().at(at).filter(site=site, individual__in=people)
    return set(asleep.values_list("individual", flat=True))
