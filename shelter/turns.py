"""Whose turn it is on the waiting list: moved up for a reason, and offers that were declined."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from registrations.errors import AlreadyVoided
from registrations.models import Household
from shelter.errors import NotWaiting
from shelter.models import WaitingFact
from shelter.sight import reach_of, sites_that_wait, sites_to_place
from shelter.waiting import who_waits


@dataclass(frozen=True)
class Noted:
    """What was written down of a family that waits."""

    fact: str


@act("move_up", answers=Noted)
def move_up(household: Household, *, reason: str, by: User, at: datetime, act: Act) -> Noted:
    """Let the family, which waits where the user places, go before all who were not moved up, until it has a place.

    Refuses with NotWaiting.
    """
    return _note(household, WaitingFact.Kind.MOVED_UP, reason=reason, by=by, at=at, act=act)


@act("decline_offer", answers=Noted)
def decline_offer(household: Household, *, site: Site, reason: str, by: User, at: datetime, act: Act) -> Noted:
    """Keep that the family was offered places at the site and why it did not take them; it waits on in its turn.

    Refuses with NotWaiting.
    """
    return _note(household, WaitingFact.Kind.DECLINED, site=site, reason=reason, by=by, at=at, act=act)


@act("void_waiting_fact", answers=Noted)
def void_waiting_fact(fact: WaitingFact, *, reason: str, by: User, at: datetime, act: Act) -> Noted:
    """Take back that a family was moved up, or declined: for who could say so of it now.

    Refuses with AlreadyVoided, also of what took one back, and with NotWaiting.
    """
    require(by, Permission.PLACE, None, at)
    lock_by_key(Household.objects.filter(pk=fact.household_id).only("pk"))
    if fact.kind == WaitingFact.Kind.VOIDED or WaitingFact.objects.filter(voids=fact).exists():
        raise AlreadyVoided
    _require_waiting(fact.household_id, fact.kind, by, at)
    voided = WaitingFact.objects.create(
        kind=WaitingFact.Kind.VOIDED,
        household_id=fact.household_id,
        reason=reason,
        happened_at=at,
        voids=fact,
        act=act,
    )
    return Noted(str(voided.pk))


def _note(
    household: Household, kind: str, *, reason: str, by: User, at: datetime, act: Act, site: Site | None = None
) -> Noted:
    require(by, Permission.PLACE, None, at)
    if site and site.pk not in reach_of(by, at).sites:  # nobody is offered places where the user finds none
        require(by, Permission.PLACE, site, at)
    lock_by_key(Household.objects.filter(pk=household.pk).only("pk"))
    _require_waiting(household.pk, kind, by, at)
    fact = WaitingFact.objects.create(kind=kind, household=household, site=site, reason=reason, happened_at=at, act=act)
    return Noted(str(fact.pk))


def _require_waiting(household: uuid.UUID, kind: str, by: User, at: datetime) -> None:
    """Refuse with NotWaiting unless it waits where the user places, or, of what it declined, reads who waits."""
    sites = sites_to_place(by, at) if kind == WaitingFact.Kind.MOVED_UP else sites_that_wait(by, at)
    waits, _all = who_waits(by, sites, at, household=household)
    if not waits:
        raise NotWaiting
