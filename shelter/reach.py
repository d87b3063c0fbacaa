"""Holding places at a site of others, as many as it is open for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from centre.access import Permission, allows, require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from shelter.errors import HoldEndsFirst, OpeningSpent
from shelter.models import Opening, Stay

AFTER = timedelta(microseconds=1)


@dataclass(frozen=True)
class OpenedToOthers:
    """For how many places the site is open to others from now on."""

    site: str
    places: int


@act("open_to_others", answers=OpenedToOthers)
def open_to_others(site: Site, *, places: int, until: datetime, by: User, at: datetime, act: Act) -> OpenedToOthers:
    """Let those who place at other sites hold so many places here until a time; none closes the site to them.

    What they hold already stays held, and does not count as held under the new opening. Refuses with HoldEndsFirst.
    """
    require(by, Permission.SET_UP_ROOMS, site, at)
    if until <= at:
        raise HoldEndsFirst
    lock_by_key(Site.objects.filter(pk=site.pk).only("pk"))
    begins = at
    for running in lock_by_key(Opening.objects.filter(site=site, during__overlap=DateTimeTZRange(at, None))):
        begins = max(at, running.during.lower + AFTER)
        running.during = DateTimeTZRange(running.during.lower, begins, "[)")
        running.save(update_fields=["during"])
    if places:
        Opening.objects.create(site=site, places=places, during=DateTimeTZRange(begins, until, "[)"), act=act)
    return OpenedToOthers(str(site.pk), places)


def require_reach(by: User, site: Site, at: datetime) -> bool:
    """Whether the user holds places there as one of another site; raises NotAllowed if they may not hold there."""
    if allows(by, Permission.PLACE, site, at):
        return False
    if not (allows(by, Permission.HOLD_ELSEWHERE, None, at) and by.knows(site, at)):
        require(by, Permission.PLACE, site, at)
    return True


def require_hand_on(stays: Sequence[Stay], site: Site, by: User, at: datetime) -> None:
    """Raise NotAllowed unless the user places there, or all are holds for people who are where they place."""
    if not allows(by, Permission.PLACE, site, at):
        seen = Stay.objects.holds().filter(pk__in=[stay.pk for stay in stays]).in_hand_of(by, at)
        if seen.count() < len(stays):
            require(by, Permission.PLACE, site, at)


def lock_opening(site: Site, needed: int, at: datetime) -> Opening:
    """Lock what the site is open for, so that two who hold there at once see each other; refuses with OpeningSpent."""
    running = lock_by_key(Opening.objects.at(at).filter(site=site).only("pk"))
    opening = Opening.objects.filter(pk__in=[row.pk for row in running]).with_used(at).first()
    left = max(0, opening.places - opening.used) if opening else 0
    if opening is None or left < needed:
        raise OpeningSpent(left, needed)
    return opening
