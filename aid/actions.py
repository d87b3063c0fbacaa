"""Planning aid, keeping stock, handing out and reversing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.text import slugify

from aid.errors import (
    AlreadyEnded,
    AlreadyHandedOut,
    AlreadyReversed,
    AlreadyWithdrawn,
    EndsBeforeStart,
    GaveSomething,
    ItemExists,
    ItemTwice,
    MoreThanDue,
    NothingToGive,
    NotRunning,
    TooLateToUndo,
)
from aid.models import (
    DISTRIBUTION_ENDS_AFTER_START,
    HANDOUT_ONCE,
    ITEM_ONCE,
    RULE_ONCE,
    Distribution,
    EntitlementRule,
    Handout,
    HandoutPerson,
    Item,
    StockMovement,
)
from aid.selectors import Counted, Entitlement, Line, card_needed, count_household, entitlement, homes_of
from centre.access import NotAllowed, Permission, allows, require
from centre.acts import act
from centre.locks import LockedInVain, lock_by_key, lock_open
from centre.models import Act, Site, User
from centre.refusals import refused_on
from registrations.models import Household

UNDO_WITHIN = timedelta(seconds=60)  # how long one may undo one's own handout without asking


@dataclass(frozen=True)
class Rule:
    """What a distribution gives: a quantity of an item per person or household, perhaps once in so many days."""

    item: Item
    per: str
    quantity: int
    every_days: int | None = None


@dataclass(frozen=True)
class ItemSaved:
    """The item that was put on the list, or whose category was said."""

    item: str


@dataclass(frozen=True)
class Planned:
    """The distribution that was planned, ended or withdrawn."""

    distribution: str


@dataclass(frozen=True)
class HandedOut:
    """The handout that was written, the number of its card, for how many people, and what: item ids, quantities.

    `flagged` is the code of the rule it broke when it had happened anyway, empty when it broke none.
    """

    handout: str
    number: str
    people: int
    items: list[str]
    quantities: list[int]
    flagged: str


@dataclass(frozen=True)
class Reversed:
    """The handout that was reversed."""

    handout: str


@act("add_item", answers=ItemSaved)
def add_item(
    *,
    name_en: str,
    code: str = "",
    name_hy: str = "",
    name_ru: str = "",
    category: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> ItemSaved:
    """Put a kind of thing on the list; without a code it gets one from its name. Refuses with ItemExists."""
    require(by, Permission.PLAN_AID, at=at)
    code = code or slugify(name_en)[:20].strip("-") or f"item-{act.pk.hex[:8]}"
    with refused_on(ITEM_ONCE, ItemExists()):
        item = Item.objects.create(code=code, name_en=name_en, name_hy=name_hy, name_ru=name_ru, category=category)
    return ItemSaved(str(item.pk))


@act("categorise_item", answers=ItemSaved)
def categorise_item(item: Item, *, category: str, by: User, at: datetime, act: Act) -> ItemSaved:
    """Say which like goods an item counts together with from now on; without a category it counts alone."""
    require(by, Permission.PLAN_AID, at=at)
    Item.objects.filter(pk=item.pk).update(category=category)
    return ItemSaved(str(item.pk))


@act("plan_distribution", answers=Planned)
def plan_distribution(
    site: Site,
    *,
    name: str,
    starts_at: datetime,
    ends_at: datetime | None = None,
    rules: Sequence[Rule],
    by: User,
    at: datetime,
    act: Act,
) -> Planned:
    """Plan a round of aid at the site: when it runs and what each household may receive.

    Refuses with SiteClosed, NothingToGive, ItemTwice or EndsBeforeStart; then nothing is planned.
    """
    require(by, Permission.PLAN_AID, site, at)
    lock_open(site, at)
    if not rules:
        raise NothingToGive
    with refused_on(DISTRIBUTION_ENDS_AFTER_START, EndsBeforeStart()):
        distribution = Distribution.objects.create(
            site=site, name=name, starts_at=starts_at, ends_at=ends_at, planned_at=at, planned_by=by, act=act
        )
    with refused_on(RULE_ONCE, ItemTwice()):
        EntitlementRule.objects.bulk_create(
            EntitlementRule(
                distribution=distribution,
                item=rule.item,
                per=rule.per,
                quantity=rule.quantity,
                every_days=rule.every_days,
            )
            for rule in rules
        )
    return Planned(str(distribution.pk))


@act("end_distribution", answers=Planned)
def end_distribution(distribution: Distribution, *, by: User, at: datetime, act: Act) -> Planned:
    """End a running distribution now; cards scanned later are refused. Refuses with AlreadyEnded."""
    require(by, Permission.PLAN_AID, distribution.site, at)
    ended = (
        Distribution.objects.filter(pk=distribution.pk, starts_at__lt=at, withdrawn_at=None)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
        .update(ends_at=at)
    )
    if not ended:
        raise AlreadyEnded
    return Planned(str(distribution.pk))


@act("withdraw_distribution", answers=Planned)
def withdraw_distribution(distribution: Distribution, *, reason: str, by: User, at: datetime, act: Act) -> Planned:
    """Take back a round that was planned by mistake, while nothing stands given in it: no card is scanned for it.

    Refuses with AlreadyWithdrawn or GaveSomething.
    """
    require(by, Permission.PLAN_AID, distribution.site, at)
    standing = Distribution.objects.filter(pk=distribution.pk, withdrawn_at=None)
    with refused_on("withdrawn_round_gave_nothing", GaveSomething()):
        withdrawn = standing.update(withdrawn_at=at, withdrawn_by=by, withdrawn_reason=reason)
    if not withdrawn:
        raise AlreadyWithdrawn
    return Planned(str(distribution.pk))


@act("hand_out", answers=HandedOut, on_paper=True)
def hand_out(
    distribution: Distribution,
    household: Household,
    *,
    given: Sequence[Line] | None = None,
    collected_by: str = "",
    card_read: bool | None = None,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> HandedOut:
    """Give the household what it may receive in the distribution, once, out of the store of its site.

    With `given`, only so much of it: the rest stays due in this round. `collected_by` names who came for the family.
    Refuses with NothingToGive, NotRunning, AlreadyHandedOut, ReceivedWith, NobodyLeft, NobodyThere, ReceivedLately,
    MoreThanDue, and with CardNotSeen when only the number of a family that is not at the site was typed (`card_read`
    is False); then nothing is written. With `happened_anyway`, a reason, it is never refused: what breaks a rule is
    recorded and flagged. Stock may go below zero, for what was handed out was there.
    """
    require(by, Permission.HAND_OUT, distribution.site, act.judged_at)
    counted = _lock_counted(household, by)
    due = entitlement(distribution, household, by, at, counted)
    lines = _add_up(given)
    unseen = card_needed(due, card_read=card_read)
    broken = due.refusal or unseen or _more_than(due, lines) or (due.too_early if happened_anyway else None)
    if broken and not happened_anyway:
        raise broken
    flags = {"happened_anyway_at": at, "happened_anyway_by": by, "happened_anyway_reason": happened_anyway}
    with refused_on(HANDOUT_ONCE, AlreadyHandedOut(), ("handout_of_a_standing_round", NotRunning())):
        handout = Handout.objects.create(
            distribution=distribution,
            household=household,
            counted_as_id=counted.household_id,
            part=due.part,
            people=due.people,
            happened_at=at,
            act=act,
            by=by,
            card_read=card_read,
            collected_by=collected_by,
            **(flags if broken else {}),
        )
    HandoutPerson.objects.bulk_create(
        HandoutPerson(handout=handout, membership_id=counted.memberships[person]) for person in due.reaches
    )
    handed = lines or (due.rules if broken else due.lines)
    _take_from_store(handout, handed, distribution.site, at, act)
    return HandedOut(
        handout=str(handout.pk),
        number=str(household),
        people=due.people,
        items=[str(line.item.pk) for line in handed],
        quantities=[line.quantity for line in handed],
        flagged=broken.code if broken else "",
    )


@act("reverse_handout", answers=Reversed)
def reverse_handout(handout: Handout, *, reason: str, by: User, at: datetime, act: Act) -> Reversed:
    """Take a handout back: its goods return to the store, and the household may receive again.

    Who keeps aid at the site may reverse any; who handed it out may undo it within a minute. Refuses with
    AlreadyReversed or TooLateToUndo.
    """
    _require_reversal(handout, by, at, act)
    lock_by_key(Household.objects.filter(pk=handout.counted_as_id).only("pk"))
    reversed_now = (
        Handout.objects.standing().filter(pk=handout.pk).update(reversed_at=at, reversed_by=by, reversed_reason=reason)
    )
    if not reversed_now:
        raise AlreadyReversed
    StockMovement.objects.bulk_create(
        StockMovement(
            kind=StockMovement.Kind.REVERSED,
            item_id=movement.item_id,
            quantity=movement.quantity,
            to_site_id=movement.from_site_id,
            handout=handout,
            happened_at=at,
            act=act,
        )
        for movement in handout.stock_movements.filter(kind=StockMovement.Kind.HANDED_OUT)
    )
    return Reversed(str(handout.pk))


def _lock_counted(household: Household, by: User) -> Counted:
    """Lock the household and those its people belong to. A merge that was running has ended when this returns."""
    locked = lock_by_key(Household.objects.filter(pk__in=homes_of(household)).only("pk"))
    counted = count_household(household, by)
    if counted.household_id not in {one.pk for one in locked}:
        raise LockedInVain
    return counted


def _add_up(given: Sequence[Line] | None) -> list[Line]:
    """What is given of each item; nothing said is everything due, and nothing given is refused."""
    pieces: Counter[Item] = Counter()
    for line in given or ():
        pieces[line.item] += line.quantity
    lines = [Line(item, quantity) for item, quantity in pieces.items() if quantity]
    if given is not None and not lines:
        raise NothingToGive
    return lines


def _more_than(due: Entitlement, lines: Sequence[Line]) -> MoreThanDue | None:
    most = {line.item: line.quantity for line in due.lines}
    over = next((line for line in lines if line.quantity > most.get(line.item, 0)), None)
    return MoreThanDue(over.item, most.get(over.item, 0)) if over else None


def _take_from_store(handout: Handout, lines: Sequence[Line], site: Site, at: datetime, act: Act) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(
            kind=StockMovement.Kind.HANDED_OUT,
            item=line.item,
            quantity=line.quantity,
            from_site=site,
            handout=handout,
            happened_at=at,
            act=act,
        )
        for line in lines
    )


def _require_reversal(handout: Handout, by: User, at: datetime, act: Act) -> None:
    """The minute is measured by the server's clock too: the time that comes with an act may be wrong."""
    site = handout.distribution.site
    if allows(by, Permission.PLAN_AID, site, at):
        return
    require(by, Permission.HAND_OUT, site, at)
    if handout.by_id != by.pk:
        raise NotAllowed
    told_later = handout.act.written_by != ""  # from paper: when it was given says nothing of when it was typed
    since_given = timedelta() if told_later else at - handout.happened_at
    if max(since_given, act.recorded_at - handout.recorded_at) > UNDO_WITHIN:
        raise TooLateToUndo
