"""A house that was begun by mistake is taken back, unless a bus is to come to it."""

from datetime import datetime

from centre.acts import act
from centre.models import Act, Site, User
from shelter.begun import TakenBack, close_unused, lock_unused
from transport.errors import BusStopsThere
from transport.models import TransportRun, TransportStop


@act("take_back_house", answers=TakenBack)
def take_back_house(site: Site, *, by: User, at: datetime, act: Act) -> TakenBack:
    """The house was begun by mistake: it is closed, nobody is offered it any more, and their role there ends.

    Only who began it does this, as long as they coordinate it. Refuses with HouseWasUsed where anybody was ever present
    or in a bed there, a place was ever kept, or it is the work of others too, with BusStopsThere, and with SiteClosed
    when it was taken back already.
    """
    lock_unused(site, by, at)
    stops = TransportStop.objects.kept().filter(site=site).values("run")
    runs = TransportRun.objects.filter(arrived_at=None, cancelled_at=None)
    if run := (runs.filter(pk__in=stops) | runs.filter(site=site)).first():
        raise BusStopsThere(run.departs_at)
    return close_unused(site, by, at)
