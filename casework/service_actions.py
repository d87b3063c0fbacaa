"""Services set up, their accounts and their end.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

from dataclasses import dataclass
from datetime import datetime

from casework.errors import NotOutside, ServiceEnded
from casework.services import Service, ServiceAccount
from centre.access import Permission, require_everywhere
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, User


@dataclass(frozen=True)
class Offering:
    """The service that was set up or changed."""

    service: str


@act("add_service", answers=Offering)
def add_service(
    *,
    name: str,
    offers: str,
    address: str = "",
    hours: str = "",
    phone: str = "",
    places_a_day: int | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Offering:
    """People can be referred to this service; `places_a_day` is how many people it sees in a day, None any number."""
    require_services(by, at)
    service = Service.objects.create(
        name=name, offers=offers, address=address, hours=hours, phone=phone, places_a_day=places_a_day, act=act
    )
    return Offering(str(service.pk))


@act("end_service", answers=Offering)
def end_service(service: Service, *, by: User, at: datetime, act: Act) -> Offering:
    """Nobody is referred to this service any more; what was offered goes on. Refuses with ServiceEnded."""
    require_services(by, at)
    lock_service(service)
    Service.objects.filter(pk=service.pk).update(ended_at=at, ended_by=by)
    return Offering(str(service.pk))


@act("give_service_account", answers=Offering)
def give_service_account(service: Service, *, user: User, by: User, at: datetime, act: Act) -> Offering:
    """The user answers for this service, and for no other any more. Refuses with NotOutside or ServiceEnded."""
    require_services(by, at)
    if not user.is_outside:
        raise NotOutside
    lock_service(service)
    ServiceAccount.objects.update_or_create(user=user, defaults={"service": service, "act": act})
    return Offering(str(service.pk))


def lock_service(service: Service) -> Service:
    """The service, locked. Refuses with ServiceEnded."""
    (row,) = lock_by_key(Service.objects.filter(pk=service.pk))
    if row.ended_at:
        raise ServiceEnded
    return row


def may_set_up_services(by: User, at: datetime | None = None) -> bool:
    """Whether the user follows cases, or sets up, at all sites."""
    return None in (by.reach(Permission.SEE_CASES, at), by.reach(Permission.SET_UP, at))


def require_services(by: User, at: datetime | None = None) -> None:
    """Raise NotAllowed unless the user may set up services."""
    if not may_set_up_services(by, at):
        require_everywhere(by, Permission.SET_UP, at)
