"""A person is offered to a service, which accepts or declines, sees them, and says what came of it.

An act's file like actions.py: it authorises, locks, decides and writes. The service is locked before the case: its
places of a day are what runs short.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from casework.actions import lock_case, lock_open, require_to_follow, take_step
from casework.errors import (
    AlreadyAccepted,
    AlreadyClosed,
    AlreadyOffered,
    NotAccepted,
    NoTransport,
    ReferralEnded,
    ServiceFull,
)
from casework.kinds import Declining, ReferralEnd, Transport
from casework.models import Case, Step
from casework.referrals import Referral, is_day_full, service_of
from casework.service_actions import lock_service
from casework.services import Service
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, User


@dataclass(frozen=True)
class Referred:
    """The referral; its case is not for everybody who answers it."""

    referral: str


@act("refer", answers=Referred)
def refer(
    case: Case,
    *,
    service: Service,
    words: str,
    names_person: bool = False,
    transport: str = "",
    wished_at: datetime | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Referred:
    """Offer the person of the case to a service, which reads `words`; with `names_person` also who it is.

    Refuses with ServiceEnded, AlreadyOffered, AlreadyClosed or GoesOnElsewhere.
    """
    require_to_follow(case, by, at)
    lock_service(service)
    row = lock_open(case, by, at)
    if Referral.objects.of(row).filter(service=service, closed_at=None).exists():
        raise AlreadyOffered
    referral = Referral.objects.create(
        case=row,
        service=service,
        words=words,
        names_person=names_person,
        transport=Transport(transport) if transport else "",
        wished_at=wished_at,
        offered_at=at,
        offered_by=by,
        act=act,
    )
    return _said(referral, act, by, words, kind=Step.Kind.REFERRED)


@act("accept_referral", answers=Referred)
def accept_referral(
    referral: Referral, *, appointment_at: datetime | None = None, by: User, at: datetime, act: Act
) -> Referred:
    """The service accepts, perhaps for an instant. Refuses with ReferralEnded, AlreadyAccepted or ServiceFull."""
    row = _lock(referral, by, at)
    if row.accepted_at:
        raise AlreadyAccepted
    if appointment_at:
        _require_place(row, appointment_at)
    _change(row, accepted_at=at, accepted_by=by, appointment_at=appointment_at)
    return _said(row, act, by, _minute(appointment_at), kind=Step.Kind.ACCEPTED)


@act("decline_referral", answers=Referred)
def decline_referral(referral: Referral, *, why: str, words: str = "", by: User, at: datetime, act: Act) -> Referred:
    """The service declines, also what it accepted before. Refuses with ReferralEnded."""
    row = _lock(referral, by, at)
    _change(row, end=ReferralEnd.DECLINED, why=Declining(why), closed_at=at, closed_by=by)
    return _said(row, act, by, words, kind=Step.Kind.DECLINED, declined=Declining(why))


@act("appoint_referral", answers=Referred)
def appoint_referral(referral: Referral, *, appointment_at: datetime, by: User, at: datetime, act: Act) -> Referred:
    """The person is expected then, and no longer at another time; nobody has said whether they came.

    Refuses with ReferralEnded, NotAccepted or ServiceFull.
    """
    row = _lock_accepted(referral, by, at)
    _require_place(row, appointment_at)
    _change(row, appointment_at=appointment_at, came=None, came_at=None, came_by=None)
    return _said(row, act, by, _minute(appointment_at), kind=Step.Kind.APPOINTED)


@act("say_came", answers=Referred)
def say_came(referral: Referral, *, came: bool, by: User, at: datetime, act: Act) -> Referred:
    """The person came to the service, or did not. Refuses with ReferralEnded or NotAccepted."""
    row = _lock_accepted(referral, by, at)
    _change(row, came=came, came_at=at, came_by=by)
    return _said(row, act, by, kind=Step.Kind.CAME if came else Step.Kind.MISSED)


@act("end_referral", answers=Referred)
def end_referral(referral: Referral, *, words: str, by: User, at: datetime, act: Act) -> Referred:
    """The service says what came of it. Refuses with ReferralEnded or NotAccepted."""
    row = _lock_accepted(referral, by, at)
    _change(row, end=ReferralEnd.HELPED, result=words, closed_at=at, closed_by=by)
    return _said(row, act, by, words, kind=Step.Kind.RESULT)


@act("name_driver", answers=Referred)
def name_driver(referral: Referral, *, driver: str, phone: str = "", by: User, at: datetime, act: Act) -> Referred:
    """Somebody drives the person there. Refuses with ReferralEnded or NoTransport."""
    require_to_follow(referral.followed_in, by, at)
    row = _lock(referral, by, at)
    if not row.transport:
        raise NoTransport
    _change(row, driver=driver, driver_phone=phone)
    return _said(row, act, by, " ".join(filter(None, (driver, phone))), kind=Step.Kind.DRIVEN)


@act("withdraw_referral", answers=Referred)
def withdraw_referral(referral: Referral, *, by: User, at: datetime, act: Act) -> Referred:
    """The offer is taken back, and the service reads it no more. Refuses with ReferralEnded."""
    require_to_follow(referral.followed_in, by, at)
    row = _lock(referral, by, at)
    _change(row, end=ReferralEnd.WITHDRAWN, closed_at=at, closed_by=by)
    return _said(row, act, by, kind=Step.Kind.WITHDRAWN)


def _lock(referral: Referral, by: User, at: datetime) -> Referral:
    """The referral as it is now that its service and its case are locked, for who may follow it or answers for it.

    Refuses with ReferralEnded, also for a service when the case is closed, of which it is told nothing.
    """
    outside = service_of(by, at) == referral.service
    if not outside:
        require_to_follow(referral.followed_in, by, at)
    lock_by_key(Service.objects.filter(pk=referral.service_id))
    try:
        lock_case(referral.followed_in)
    except AlreadyClosed:
        if outside:
            raise ReferralEnded from None
        raise
    now = Referral.objects.select_related("case__counted_with", "service").get(pk=referral.pk)
    if now.closed_at:
        raise ReferralEnded
    return now


def _lock_accepted(referral: Referral, by: User, at: datetime) -> Referral:
    row = _lock(referral, by, at)
    if not row.accepted_at:
        raise NotAccepted
    return row


def _require_place(referral: Referral, appointment_at: datetime) -> None:
    """Refuse with ServiceFull where the service, which is locked, has no place for it on that day."""
    if is_day_full(referral, appointment_at):
        raise ServiceFull


def _change(referral: Referral, **columns: Any) -> None:
    """Write this into the referral, which is locked and open; another answer before it would be lost otherwise."""
    if not Referral.objects.filter(pk=referral.pk, closed_at=None).update(**columns):
        raise ReferralEnded


def _minute(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d.%m.%Y %H:%M}" if at else ""


def _said(referral: Referral, act: Act, by: User, words: str = "", **facts: Any) -> Referred:
    """Write the step, which names the service, into the case."""
    take_step(referral.followed_in, act, by, words="\n".join(filter(None, (str(referral.service), words))), **facts)
    return Referred(str(referral.pk))
