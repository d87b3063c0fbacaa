"""What a household may receive, what a card answers at the scan, and what is in store."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db.models import Exists, FilteredRelation, OuterRef, Sum
from django.utils import timezone

from aid.errors import AlreadyHandedOut, NobodyLeft, NotRunning, ReceivedLately
from aid.models import Distribution, EntitlementRule, Handout, Item, StockMovement
from aid.there import There, find_there
from cards.errors import CardNotSeen
from centre.clock import local_day, local_instant
from centre.models import Site, User
from centre.refusals import Refusal
from centre.sight import named_for
from registrations.models import Absence, Household, Individual, Membership, Presence
from registrations.today import today

MIDNIGHT = datetime.min.time()
FRESH = 20  # seconds for which a scan warns by the same reading of the store


@dataclass(frozen=True)
class Line:
    """So much of an item."""

    item: Item
    quantity: int


@dataclass(frozen=True)
class HeldBack:
    """An item the household received so lately that it is not due, with the local day it is due again.

    `at` is where, as the asker may be told.
    """

    item: Item
    received_on: date
    at: str
    next_on: date


@dataclass(frozen=True)
class Counted:
    """The household a card counts as, and its people of today."""

    household_id: uuid.UUID
    living: frozenset[uuid.UUID]
    dead: frozenset[uuid.UUID]

    @property
    def people(self) -> int:
        """How many of them live."""
        return len(self.living)


@dataclass(frozen=True)
class Entitlement:
    """What a household may receive in a distribution now: lines, what is held back, and why it may receive nothing.

    `rules` is what the distribution gives a household of this size when nothing stands against it. `part` counts
    what it received in this round: 1 is its first.
    """

    people: int
    lines: tuple[Line, ...]
    held_back: tuple[HeldBack, ...]
    rules: tuple[Line, ...]
    part: int
    refusal: Refusal | None

    @property
    def too_early(self) -> Refusal | None:
        """Why what is held back is not due yet."""
        return ReceivedLately(max(self.held_back, key=lambda held: held.next_on)) if self.held_back else None


@dataclass(frozen=True)
class Stock:
    """How much of an item the books say is in the store of a site; below zero when more went out than came in."""

    site: Site
    item: Item
    quantity: int


def count_household(household: Household) -> Counted:
    """The household a card counts as after merges, and its people of today, each counted where they belong.

    A person merged into one of another household belongs there. A household all of whose people belong to one
    other is that one: its card opens the other's entitlement.
    """
    living, dead = _count_at_home(household.pk)
    homes = set(living.values())
    counts_as = household.pk
    if household.pk not in homes and len(homes) == 1:
        (counts_as,) = homes
        living, dead = _count_at_home(counts_as)
    return Counted(counts_as, *(frozenset(one for one in some if some[one] == counts_as) for some in (living, dead)))


def _count_at_home(household_id: uuid.UUID) -> tuple[dict[uuid.UUID, uuid.UUID], dict[uuid.UUID, uuid.UUID]]:
    """Who the household's members of today count as, and where each is a member themselves: the living, the dead."""
    own = FilteredRelation("counted_as__memberships", condition=today("counted_as__memberships"))
    members = Membership.objects.today().filter(household=household_id).annotate(own=own).order_by()
    died = Absence.objects.filter(individual=OuterRef("counted_as"), movement__kind="died")
    homes: tuple[dict[uuid.UUID, uuid.UUID], dict[uuid.UUID, uuid.UUID]] = ({}, {})
    for person, home, is_dead in members.values_list("counted_as", "own__household", Exists(died)):
        homes[is_dead][person] = home or household_id
    return homes


def entitlement(
    distribution: Distribution, household: Household, by: User, at: datetime, counted: Counted | None = None
) -> Entitlement:
    """What the household may receive in the distribution at the instant, or why nothing, in words for who asks.

    Its share is for those who are there. Where nobody is, what happened anyway is for all who belong to it.
    """
    counted = counted or count_household(household)
    there = find_there(counted.living, counted.dead, distribution.site, at)
    people = (there and there.people) or counted.people
    rules = list(
        EntitlementRule.objects.filter(distribution=distribution).select_related("item").order_by("item__code")
    )
    before = _given_before(distribution, counted)
    held_back = _hold_back(rules, counted.household_id, by, at)
    all_lines = _lines(rules, people)
    waiting = {held.item for held in held_back}
    owed = _less(_lines(rules, min([people, *(one.people for one in before[:1])])), before)
    due = tuple(line for line in owed if line.item not in waiting)
    part = 1 + max((one.part for one in before if one.happened_anyway_at is None), default=0)
    refusal = _why_not(distribution, household, there, at, () if owed else before)
    answer = Entitlement(people, due, tuple(held_back), tuple(all_lines), part, refusal)
    return answer if refusal or due else replace(answer, refusal=answer.too_early)


def _lines(rules: Iterable[EntitlementRule], people: int) -> list[Line]:
    lines = [Line(rule.item, rule.quantity_for(people)) for rule in rules]
    return [line for line in lines if line.quantity]


def _less(lines: Iterable[Line], before: Iterable[Handout]) -> list[Line]:
    """What is left of these lines after what these handouts gave."""
    given: Counter[uuid.UUID] = Counter()
    for movement in StockMovement.objects.filter(handout__in=before, kind="handed_out") if before else ():
        given[movement.item_id] += movement.quantity
    return [Line(line.item, left) for line in lines if (left := line.quantity - given[line.item.pk]) > 0]


def _given_before(distribution: Distribution, counted: Counted) -> list[Handout]:
    """The household's standing handouts of the round, the first one first."""
    before = (
        Handout.objects.standing()
        .filter(distribution=distribution, counted_as=counted.household_id)
        .select_related("distribution__site", "by", "household")
        .order_by()  # one or two: sorted by the database, it would read the whole round instead
    )
    return sorted(before, key=lambda handout: handout.happened_at)


def card_needed(
    distribution: Distribution, household: Household, at: datetime, *, card_read: bool | None
) -> CardNotSeen | None:
    """Why a number alone is not enough: nobody of the family is at the site, so anybody may have typed it."""
    if card_read is not False:
        return None
    people = Individual.objects.members_of(household).order_by()
    here = Presence.objects.at(at).filter(site=distribution.site_id, individual__in=people).exists()
    return None if here else CardNotSeen()


def _why_not(
    distribution: Distribution, household: Household, there: There | None, at: datetime, whole: Sequence[Handout]
) -> Refusal | None:
    """Why it may receive nothing; `whole` are the handouts that gave it all it may receive in the round."""
    if not distribution.runs(at):
        return NotRunning(distribution, at)
    if whole:
        return AlreadyHandedOut(whole[0], household, at)
    return there.nobody if there else NobodyLeft()


def _hold_back(rules: Iterable[EntitlementRule], household_id: uuid.UUID, by: User, at: datetime) -> list[HeldBack]:
    """The items whose interval of local days is not over; a handout told late counts on both sides of its day.

    What the round itself gave a part of is not held back: the rest of it is due.
    """
    waiting = {rule.item_id: rule for rule in rules if rule.every_days}
    if not waiting:
        return []
    today = local_day(at)
    longest = timedelta(days=max(rule.every_days or 0 for rule in waiting.values()))
    received = (
        StockMovement.objects.filter(
            kind=StockMovement.Kind.HANDED_OUT,
            item__in=waiting,
            handout__counted_as=household_id,
            handout__reversed_at__isnull=True,
            happened_at__gte=local_instant(today - longest, MIDNIGHT),
            happened_at__lt=local_instant(today + longest, MIDNIGHT),
        )
        .exclude(handout__distribution__in={rule.distribution_id for rule in waiting.values()})
        .select_related("from_site")
        .order_by("happened_at")
    )
    held: dict[uuid.UUID, HeldBack] = {}
    for movement in received:
        rule = waiting[movement.item_id]
        day, days = local_day(movement.happened_at), timedelta(days=rule.every_days or 0)
        if abs(today - day) < days:
            held[rule.item_id] = HeldBack(rule.item, day, named_for(by, movement.from_site), day + days)
    return list(held.values())


def stock_at(site: Site, at: datetime | None = None) -> list[Stock]:
    """How much of each item is in the store of the site at the instant: the sum of its movements."""
    return stock_of([site], at)


def stock_of(sites: Sequence[Site], at: datetime | None = None) -> list[Stock]:
    """How much of each item is in the store of each of these sites at the instant (now when absent)."""
    moved = StockMovement.objects.filter(happened_at__lte=at or timezone.now()).order_by()
    sums: Counter[tuple[uuid.UUID, uuid.UUID]] = Counter()
    for side, sign in (("to_site", 1), ("from_site", -1)):  # each by itself, so that its index alone answers
        pieces = moved.filter(**{f"{side}__in": sites}).values(side, "item").annotate(pieces=Sum("quantity"))
        for site, item, quantity in pieces.values_list(side, "item", "pieces"):
            sums[site, item] += sign * quantity
    items = list(Item.objects.filter(pk__in={item for _, item in sums}))
    return [Stock(site, item, sums[site.pk, item.pk]) for site in sites for item in items if (site.pk, item.pk) in sums]


def short_of(site: Site, lines: Iterable[Line]) -> list[Stock]:
    """Of these lines, the items of which the books say the store has not enough, as they stood moments ago.

    A scan only warns, and the sum over all movements at every card would cost more than handing out.
    """
    key = f"aid.stock.{site.pk}"
    stored = cache.get(key)
    if stored is None:
        stored = {stock.item.pk: stock.quantity for stock in stock_at(site)}
        cache.set(key, stored, FRESH)
    return [
        Stock(site, line.item, stored.get(line.item.pk, 0))
        for line in lines
        if stored.get(line.item.pk, 0) < line.quantity
    ]
