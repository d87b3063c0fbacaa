"""At which sites a person may place."""

from datetime import datetime

from centre.access import Permission
from centre.models import Site, User


def sites_to_place(user: User, at: datetime) -> list[Site]:
    """The open sites where the user may place; confidential ones only where they were assigned by name."""
    return list(Site.objects.where(user, Permission.PLACE, at).open(at))
