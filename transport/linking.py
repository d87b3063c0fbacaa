"""A link for the driver made and withdrawn.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

from dataclasses import dataclass
from datetime import datetime

from centre.access import Permission, require
from centre.acts import act
from centre.models import Act, User
from transport.errors import NoDriverLink
from transport.links import VALID_FOR, DriverLink, digest_of_link, token_of
from transport.models import TransportRun
from transport.parts import lock_run, withdraw_links


@dataclass(frozen=True)
class Linked:
    """The link that was made or withdrawn; where it leads is kept nowhere."""

    link: str


@act("make_driver_link", answers=Linked)
def make_driver_link(run: TransportRun, *, by: User, at: datetime, act: Act) -> Linked:
    """The driver can read the list of the bus by a link, for a day at most; the one before leads nowhere any more.

    Refuses with BusCancelled or BusArrived.
    """
    require(by, Permission.PLACE, run.site, at)
    row = lock_run(run)
    withdraw_links(row, at, by)
    digest = digest_of_link(token_of(act.pk))
    link = DriverLink.objects.create(run=row, digest=digest, act=act, made_at=at, expires_at=at + VALID_FOR)
    return Linked(str(link.pk))


@act("withdraw_driver_link", answers=Linked)
def withdraw_driver_link(run: TransportRun, *, by: User, at: datetime, act: Act) -> Linked:
    """The link of the bus leads nowhere any more. Refuses with BusCancelled, or with NoDriverLink."""
    require(by, Permission.PLACE, run.site, at)
    row = lock_run(run, also_come=True)
    link = DriverLink.objects.live(at).filter(run=row).first()
    if link is None:
        raise NoDriverLink
    withdraw_links(row, at, by)
    return Linked(str(link.pk))
