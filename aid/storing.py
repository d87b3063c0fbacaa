"""Keeping stock: what comes in, what goes to another site and comes there, what is lost,
what was entered wrongly, what is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aid.counts import COUNT_OPEN_ONCE, StockCount
from aid.errors import (
    AlreadyConfirmed,
    AlreadyCounted,
    AlreadySettled,
    AlreadyTakenBack,
    AnsweredSince,
    CountConfirmed,
    CountedByYou,
    CountWithdrawn,
    NoDifference,
    NotOnTheWay,
    NotTakenBackAlone,
    SameSite,
)
from aid.models import CAME_MORE, CAME_SHORT, Item, StockMovement
from centre.access import Permission, allows, require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from centre.refusals import refused_on


@dataclass(frozen=True)
class Stocked:
    """The stock movement that was written."""

    movement: str


@dataclass(frozen=True)
class StockCounted:
    """The count of stock that was written, confirmed or withdrawn."""

    count: str


@act("receive_stock", answers=Stocked)
def receive_stock(
    site: Site,
    *,
    item: Item,
    quantity: int,
    donor: str = "",
    note: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Stocked:
    """Record that so many pieces of an item came into the store of the site, and from which donor."""
    require(by, Permission.PLAN_AID, site, at)
    return _move(StockMovement.Kind.RECEIVED, item, quantity, to_site=site, donor=donor, note=note, at=at, act=act)


@act("send_stock", answers=Stocked)
def send_stock(
    site: Site, *, to_site: Site, item: Item, quantity: int, note: str = "", by: User, at: datetime, act: Act
) -> Stocked:
    """Record that so many pieces left the store of the site for that of another, which says later what came.

    What went is recorded even when the records show less; the stock is then below zero. Refuses with
    SameSite.
    """
    require(by, Permission.PLAN_AID, site, at)
    if to_site == site:
        raise SameSite
    return _move(StockMovement.Kind.SENT, item, quantity, from_site=site, bound_for=to_site, note=note, at=at, act=act)


@act("confirm_stock", answers=Stocked)
def confirm_stock(sent: StockMovement, *, quantity: int, note: str = "", by: User, at: datetime, act: Act) -> Stocked:
    """Record how many pieces of what was sent came into the store it was bound for; another number is a difference.

    Refuses with NotOnTheWay, AlreadyTakenBack or AlreadyConfirmed.
    """
    if sent.bound_for is None:
        raise NotOnTheWay
    require(by, Permission.PLAN_AID, sent.bound_for, at)
    sent = _lock_sent(sent)
    if hasattr(sent, "voided_by"):
        raise AlreadyTakenBack
    if sent.arrival:
        raise AlreadyConfirmed(sent.arrival)
    kind = StockMovement.Kind.CAME
    return _move(kind, sent.item, quantity, to_site=sent.bound_for, answers=sent, note=note, at=at, act=act)


@act("settle_stock", answers=Stocked)
def settle_stock(sent: StockMovement, *, became: str, reason: str, by: User, at: datetime, act: Act) -> Stocked:
    """Say what became of the difference between what was sent and what came, all of it; either site may.

    Less came: it was lost, never sent, or found later in the second store. More came: more was sent than was written,
    or nobody knows from where. Refuses with NoDifference or AlreadySettled.
    """
    if sent.bound_for is None:
        raise NoDifference
    _require_one_of(by, sent.between, at)
    sent = _lock_sent(sent)
    if sent.settlement:
        raise AlreadySettled(sent.settlement)
    if became not in (CAME_SHORT if sent.difference < 0 else CAME_MORE if sent.difference else ()):
        raise NoDifference
    stores = {
        StockMovement.Kind.NEVER_SENT.value: {"to_site": sent.from_site},
        StockMovement.Kind.FOUND.value: {"to_site": sent.bound_for},
        StockMovement.Kind.SENT_MORE.value: {"from_site": sent.from_site},
    }
    return _move(became, sent.item, sent.missing, answers=sent, note=reason, at=at, act=act, **stores.get(became, {}))


@act("write_off", answers=Stocked)
def write_off(site: Site, *, item: Item, quantity: int, note: str, by: User, at: datetime, act: Act) -> Stocked:
    """Record that so many pieces in the store of the site are lost or spoilt; the note says why."""
    require(by, Permission.PLAN_AID, site, at)
    return _move(StockMovement.Kind.LOST, item, quantity, from_site=site, note=note, at=at, act=act)


@act("void_stock", answers=Stocked)
def void_stock(movement: StockMovement, *, reason: str, by: User, at: datetime, act: Act) -> Stocked:
    """Take back an entry of stock that was wrong: the stock of every day is as if it had not been.

    Stock may be below zero then. Refuses with NotTakenBackAlone, AlreadyTakenBack or AnsweredSince.
    """
    _require_one_of(by, movement.told_by, at)
    if not movement.may_be_voided:
        raise NotTakenBackAlone
    sent = _lock_sent(movement.answers or movement)
    rests_on_it = sent.standing_answers if movement == sent else [sent.settlement] if movement == sent.arrival else []
    if any(rests_on_it):
        raise AnsweredSince
    with refused_on(StockMovement.voids.field, AlreadyTakenBack()):
        return _move(
            StockMovement.Kind.VOIDED,
            movement.item,
            movement.quantity,
            from_site=movement.to_site,
            to_site=movement.from_site,
            voids=movement,
            note=reason,
            at=movement.happened_at,
            act=act,
        )


@act("count_stock", answers=StockCounted)
def count_stock(site: Site, *, item: Item, quantity: int, by: User, at: datetime, act: Act) -> StockCounted:
    """Record how many pieces of an item were counted in the store; the stock is as before until it is confirmed.

    Refuses with AlreadyCounted.
    """
    require(by, Permission.PLAN_AID, site, at)
    with refused_on(COUNT_OPEN_ONCE, AlreadyCounted()):
        count = StockCount.objects.create(
            site=site, item=item, quantity=quantity, happened_at=at, act=act, counted_by=by
        )
    return StockCounted(str(count.pk))


@act("confirm_count", answers=StockCounted)
def confirm_count(count: StockCount, *, by: User, at: datetime, act: Act) -> StockCounted:
    """Confirm what somebody else counted: from the hour of the count on, the stock is what was counted.

    Refuses with CountedByYou, CountConfirmed or CountWithdrawn.
    """
    require(by, Permission.PLAN_AID, count.site, at)
    if by == count.counted_by:
        raise CountedByYou
    _close_count(count, confirmed_at=at, confirmed_by=by)
    more = count.quantity - StockCount.objects.with_books().get(pk=count.pk).books
    if more:
        kind, side = (
            (StockMovement.Kind.COUNT_MORE, "to_site") if more > 0 else (StockMovement.Kind.COUNT_LESS, "from_site")
        )
        _move(kind, count.item, abs(more), count=count, at=count.happened_at, act=act, **{side: count.site})
    return StockCounted(str(count.pk))


@act("withdraw_count", answers=StockCounted)
def withdraw_count(count: StockCount, *, reason: str, by: User, at: datetime, act: Act) -> StockCounted:
    """Take back a count that was wrong, while nobody has confirmed it.

    Refuses with CountConfirmed or CountWithdrawn.
    """
    require(by, Permission.PLAN_AID, count.site, at)
    _close_count(count, withdrawn_at=at, withdrawn_by=by, withdrawn_reason=reason)
    return StockCounted(str(count.pk))


def _close_count(count: StockCount, **columns: object) -> None:
    """Confirm or withdraw it, if nobody did before."""
    if StockCount.objects.open().filter(pk=count.pk).update(**columns):
        return
    closed = StockCount.objects.select_related("confirmed_by", "withdrawn_by").get(pk=count.pk)
    raise CountConfirmed(closed) if closed.confirmed_at else CountWithdrawn(closed)


def _lock_sent(sent: StockMovement) -> StockMovement:
    """Lock what was sent, and read it with what stands in answer."""
    lock_by_key(StockMovement.objects.filter(pk=sent.pk).only("pk"))
    return StockMovement.objects.with_answers().select_related("item", "from_site", "bound_for").get(pk=sent.pk)


def _require_one_of(by: User, sites: Sequence[Site], at: datetime) -> None:
    """Who keeps aid at one of these sites may; with none of them, nobody."""
    mine = [site for site in sites if allows(by, Permission.PLAN_AID, site, at)]
    require(by, Permission.PLAN_AID, (mine or sites)[0], at)


def _move(kind: str, item: Item, quantity: int, *, at: datetime, act: Act, **where: object) -> Stocked:
    movement = StockMovement.objects.create(kind=kind, item=item, quantity=quantity, happened_at=at, act=act, **where)
    return Stocked(str(movement.pk))
