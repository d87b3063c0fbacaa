"""Who of the riders of a bus is told to whom, of the buses of which one is told at all (TransportRun.told_to).

Who works where a bus leaves reads all who ride on it, and where each gets off; who works at stops alone reads who gets
off there, and no sums of the bus. Who may know of people at every site reads all of it.
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
    """The condition that the user is told that somebody rides: these are the sites at the ends of their way.

    Also of who got off, or was to, at a confidential site before the bus was sent to another.
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
