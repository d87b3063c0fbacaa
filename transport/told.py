"""Which riders of a bus a user sees. Whether the user sees the bus at all is decided before: TransportRun.told_to.

A user who works where the bus leaves sees all riders, and where each gets off. A user who works only at a stop sees
the people who get off there, and no sums. A user who may know of people at every site sees everything.
"""

from datetime import datetime

from django.db.models import Q

from centre.access import Permission, allows
from centre.models import Site, User
from centre.sight import allowed_at, sight_of

WORK = (Permission.PLACE, Permission.REGISTER)  # either reads families on and off at a door of the bus


def works_at(user: User, path: str = "site", at: datetime | None = None) -> Q:
    """The condition that the user works at a door of the bus: at the site at the end of this path."""
    return allowed_at(user, *WORK, at=at, path=path)


def rides_in_sight(user: User, start: str = "run__site", stop: str = "site", at: datetime | None = None) -> Q:
    """The condition that the user sees a rider, whose way begins at the site at the path `start` and ends at `stop`.

    It holds back also a rider who got off at a confidential site, or was to, before the bus was sent to another one.
    """
    doors = works_at(user, start, at), works_at(user, stop, at)
    at_a_door = doors[0] | doors[1] if all(doors) else Q()  # an empty condition is true of all
    return at_a_door & sight_of(user, at).told(stop)


def reads_all(user: User, start: Site) -> bool:
    """Whether the user reads all who ride on a bus from this site, and so its sums."""
    return sight_of(user).of_people_everywhere or _works(user, start)


def reads_stop(user: User, start: Site, stop: Site) -> bool:
    """Whether the user reads all who ride from the one site and get off at the other."""
    return reads_all(user, start) or _works(user, stop)


def _works(user: User, site: Site) -> bool:
    return any(allows(user, permission, site) for permission in WORK)
