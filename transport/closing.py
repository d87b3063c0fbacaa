"""A site is closed, or a house taken back that was begun by mistake, unless a bus or a family is to come to it.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from centre.access import Permission, require
from centre.acts import act
from centre.errors import SiteClosed, SiteInUse
from centre.locks import lock_to_close
from centre.models import Act, Site, User
from registrations.models import Absence, Presence
from shelter.begun import TakenBack, close_unused, lock_unused
from shelter.models import Stay
from transport.errors import BusStopsThere, PeopleOnTheWay
from transport.models import TransportRun, TransportStop

AWAITED = timedelta(days=3)  # who has not come by then keeps no site open; wherever they come, they are read in


@dataclass(frozen=True)
class Closed:
    """The site that is closed."""

    site: str


@act("close_site", answers=Closed)
def close_site(site: Site, *, by: User, at: datetime, act: Act) -> Closed:
    """Close the site: nobody arrives there, no place is kept and no role is given there any more.

    Refuses with SiteInUse while anybody is present there, or a place is kept; with BusStopsThere or PeopleOnTheWay
    while a bus is to leave from it or come to it, or somebody is awaited who was said to go there; with SiteClosed when
    it is closed.
    """
    require(by, Permission.SET_UP, site, at)
    lock_to_close(site)
    here = Presence.objects.filter(site=site).at(at)
    if here.exists() or Stay.objects.filter(site=site).from_(at).exists():
        raise SiteInUse
    _require_no_bus(site, by, at)
    if people := on_the_way_to(site, at).count():
        raise PeopleOnTheWay(people)
    if not Site.objects.filter(pk=site.pk, closed_at=None).update(closed_at=at):
        raise SiteClosed
    return Closed(str(site.pk))


@act("take_back_house", answers=TakenBack)
def take_back_house(site: Site, *, by: User, at: datetime, act: Act) -> TakenBack:
    """The house was begun by mistake: it is closed, nobody is offered it any more, and their role there ends.

    Only who began it does this, as long as they coordinate it. Refuses with HouseWasUsed where anybody was ever present
    or in a bed there, a place was ever kept, or it is the work of others too, with BusStopsThere, and with SiteClosed
    when it was taken back already.
    """
    lock_unused(site, by, at)
    _require_no_bus(site, by, at)
    return close_unused(site, by, at)


def on_the_way_to(site: Site, at: datetime) -> "QuerySet[Absence]":
    """Who was sent to the site, did not arrive anywhere, and is awaited still."""
    sent = Absence.objects.filter(movement__destination_site=site, during__contains=at)
    return sent.filter(during__startswith__gt=at - AWAITED)


def _require_no_bus(site: Site, by: User, at: datetime) -> None:
    """Refuse with BusStopsThere while a bus from the site, or to it, is still to come to its last stop.

    Unless the user may not know of it: who is on one of these is on the way, or at the site.
    """
    stops = TransportStop.objects.kept().filter(site=site).values("run")
    runs = TransportRun.objects.told_to(by, at).filter(arrived_at=None, cancelled_at=None)
    if run := (runs.filter(pk__in=stops) | runs.filter(site=site)).first():
        raise BusStopsThere(run.departs_at)
