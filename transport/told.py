"""What is told of a bus: by the doors at which the reader works, and never by which stops this bus makes.

A bus that stops, too, where the reader may know of nobody must read as one that does not. So of every bus alike: who
works where it leaves reads all who ride on it, and of none of them where they get off; who works at stops alone reads
who gets off there, and no sums of the bus. Who may know of people at every site reads all of it, and who works at a
confidential site by name reads who gets off there wherever else they work.
"""

from datetime import datetime

from django.db.models import Q

from centre.access import Permission, allows
from centre.models import Site, User
from centre.sight import allowed_at, is_in_the_open, sight_of

WORK = (Permission.PLACE, Permission.REGISTER)  # either reads families on and off at a door of the bus


def at_the_start(user: User, path: str = "site", at: datetime | None = None) -> Q:
    """The condition that the user works where the bus leaves: the site at the end of this path."""
    return allowed_at(user, *WORK, at=at, path=path)


def at_the_stop(user: User, path: str = "site", at: datetime | None = None) -> Q:
    """The condition that the user works where somebody gets off, and may know that they do."""
    return allowed_at(user, *WORK, at=at, path=path) & sight_of(user, at).told(path)


def rides_in_sight(user: User, start: str = "run__site", stop: str = "site", at: datetime | None = None) -> Q:
    """The condition that the user is told that somebody rides: these are the sites at the ends of their way."""
    doors = at_the_start(user, start, at), at_the_stop(user, stop, at)
    return doors[0] | doors[1] if all(doors) else Q()  # an empty condition is true of all


def reads_all(user: User, start: Site) -> bool:
    """Whether the user reads all who ride on a bus from this site, and so its sums."""
    return sight_of(user).of_people_everywhere or _works(user, start)


def reads_where(user: User, start: Site, stop: Site) -> bool:
    """Whether the user is told that who rides from the one site gets off at the other."""
    sight = sight_of(user)
    if sight.of_people_everywhere:
        return True
    by_name = not is_in_the_open(stop)
    return sight.is_told(stop) and _works(user, stop) and (by_name or not _works(user, start))


def _works(user: User, site: Site) -> bool:
    return any(allows(user, permission, site) for permission in WORK)
