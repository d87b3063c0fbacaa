"""What a household and its people received before: with another household in this round, and within days of an item.

A person's share goes with them: after a split or a change of household nobody gets a second one.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

from django.db.models import Q, QuerySet

from aid.models import Distribution, EntitlementRule, Handout, HandoutPerson, Item, StockMovement
from centre.clock import local_day, local_instant
from centre.models import User
from centre.sight import named_for
from registrations.corrections import Correction
from registrations.models import Membership

MIDNIGHT = datetime.min.time()


@dataclass(frozen=True)
class Had:
    """Standing handouts that reached people of a household, with those people as they count now.

    `parted` are the handouts to the household that this one was split off from since; `elsewhere` the handouts of
    this round to other households.
    """

    household_id: uuid.UUID
    people: Mapping[uuid.UUID, frozenset[uuid.UUID]]
    parted: frozenset[uuid.UUID]
    elsewhere: frozenset[uuid.UUID]

    @property
    def with_others(self) -> frozenset[uuid.UUID]:
        """Who had their share of this round with another household."""
        return frozenset().union(*(self.people[key] for key in self.elsewhere))

    @property
    def before_parting(self) -> bool:
        """Whether the household was split off from one that had received in this round."""
        return bool(self.parted & self.elsewhere)

    def last_elsewhere(self) -> Handout | None:
        """The last handout of this round that reached people of the household with another one."""
        found = Handout.objects.filter(pk__in=self.elsewhere).select_related("household") if self.elsewhere else None
        return found.latest("happened_at") if found else None

    def people_of(self, movement: StockMovement, per: str) -> frozenset[uuid.UUID] | None:
        """Who received these goods, when they are given per person; None when the household received them."""
        if per == EntitlementRule.Per.PERSON:
            return self.people.get(movement.handout_id, frozenset())  # type: ignore[arg-type]
        ours = movement.handout.counted_as_id == self.household_id  # type: ignore[union-attr]
        return None if ours or movement.handout_id in self.parted else frozenset()


@dataclass(frozen=True)
class HeldBack:
    """An item that is not due, for what was received of like goods, with the local day it is due again.

    `at` is where, as the asker may be told; `left` are those for whom it is due, because others of them received it.
    """

    item: Item
    received: Item
    received_on: date
    at: str
    next_on: date
    left: frozenset[uuid.UUID]


def find_had(
    distribution: Distribution,
    household_id: uuid.UUID,
    split_off_in: uuid.UUID | None,
    people: Collection[uuid.UUID],
    rules: Iterable[EntitlementRule],
    at: datetime,
) -> Had:
    """The handouts of the round, and within the days of its items, that reached these people of the household.

    With those that reached whoever came with it, when it was split off in that act.
    """
    parted = _parted_in(split_off_in) if split_off_in else set()
    members = Membership.objects.filter(Q(counted_as__in=people) | Q(pk__in=parted)).order_by()
    of_round = Q(handout__distribution=distribution)
    reached = (
        HandoutPerson.objects.filter(membership__in=members.values("pk"), handout__reversed_at=None)
        .filter(of_round | _within(_longest(rules), "handout__happened_at", at))
        .values_list("handout", "handout__distribution", "handout__counted_as", "membership__counted_as", "membership")
    )
    by_handout: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    before_parting, elsewhere = set(), set()
    for handout, of, counted_as, person, membership in reached:
        by_handout[handout] |= {person} & set(people)
        if membership in parted:
            before_parting.add(handout)
        if of == distribution.pk and counted_as != household_id:
            elsewhere.add(handout)
    had = {handout: frozenset(some) for handout, some in by_handout.items()}
    return Had(household_id, had, frozenset(before_parting), frozenset(elsewhere))


def _parted_in(split: uuid.UUID) -> set[int]:
    """As which members of the household before those who were split off in the act had left it."""
    left = Correction.objects.filter(act=split, field="left_at", membership__isnull=False, voided_by=None)
    return set(left.values_list("membership", flat=True))


def hold_back(
    rules: Iterable[EntitlementRule], had: Had, people: frozenset[uuid.UUID], by: User, at: datetime
) -> list[HeldBack]:
    """The items whose interval of local days is not over; a handout told late counts on both sides of its day.

    What the round itself gave a part of is not held back: the rest of it is due.
    """
    waiting = [rule for rule in rules if rule.every_days]
    received = list(_received(waiting, had, at)) if waiting else []
    held: dict[Item, HeldBack] = {}
    for rule, movement in product(waiting, received):
        day, days = local_day(movement.happened_at), timedelta(days=rule.every_days or 0)
        if not rule.item.is_like(movement.item) or abs(local_day(at) - day) >= days:
            continue
        before = held[rule.item].left if rule.item in held else people
        who = had.people_of(movement, rule.per)
        left = before - who if who is not None else frozenset()
        if left != before or not left:
            where = named_for(by, movement.from_site)
            held[rule.item] = HeldBack(rule.item, movement.item, day, where, day + days, left)
    return list(held.values())


def _received(rules: Collection[EntitlementRule], had: Had, at: datetime) -> "QuerySet[StockMovement]":
    """What the household or its people received in other rounds in the days of these rules, the first of it first."""
    handouts = Handout.objects.standing().filter(
        Q(counted_as=had.household_id) | Q(pk__in=had.people), _within(_longest(rules), "happened_at", at)
    )
    others = handouts.exclude(distribution__in={rule.distribution_id for rule in rules}).order_by()
    given = StockMovement.objects.filter(kind=StockMovement.Kind.HANDED_OUT, handout__in=others.values("pk"))
    return given.select_related("from_site", "handout", "item").order_by("happened_at")


def _longest(rules: Iterable[EntitlementRule]) -> timedelta:
    return timedelta(days=max((rule.every_days or 0 for rule in rules), default=0))


def _within(days: timedelta, field: str, at: datetime) -> Q:
    """From so many local days before the instant until so many after; never, of no days."""
    today = local_day(at)
    since, until = (local_instant(day, MIDNIGHT) for day in (today - days, today + days))
    return Q(**{f"{field}__gte": since, f"{field}__lt": until})
