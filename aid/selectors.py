"""What a household may receive, what a card answers at the scan, and what is in store."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, FilteredRelation, OuterRef, QuerySet, Sum
from django.utils import timezone

from aid.errors import AlreadyHandedOut, NobodyLeft, NotRunning, ReceivedLately, ReceivedWith
from aid.models import Distribution, EntitlementRule, Handout, Item, StockMovement
from aid.querysets import StockMovementQuerySet
from aid.received import Had, HeldBack, find_had, hold_back
from aid.there import There, find_there
from cards.errors import CardNotSeen
from centre.models import Site, User
from centre.refusals import Refusal
from registrations.living import kept_deaths, knows_deaths_of
from registrations.models import Absence, Household, Membership
from registrations.today import today

FRESH = 20  # seconds for which a scan warns by the same reading of the store


@dataclass(frozen=True)
class Line:
    """So much of an item."""

    item: Item
    quantity: int


@dataclass(frozen=True)
class Counted:
    """The household a card counts as, its people of today, and as which member the card names each, where it does.

    `split_off_in` is the act by which it was split off from another household, if it was.
    """

    household_id: uuid.UUID
    living: frozenset[uuid.UUID]
    dead: frozenset[uuid.UUID]
    memberships: Mapping[uuid.UUID, int]
    split_off_in: uuid.UUID | None

    @property
    def people(self) -> int:
        """How many of them live."""
        return len(self.living)


@dataclass(frozen=True)
class Entitlement:
    """What a household may receive in a distribution now: lines, what is held back, and why it may receive nothing.

    `reaches` are the people it is for: those who are there and had no share of this round with another household;
    `elsewhere` is the last handout with which the others had theirs. `rules` is what the distribution gives a household
    of this size when nothing forbids it. `part` is the number of this handout in the round: 1 is the first. `at_site`
    is whether any of them is at the site that gives; `joined` counts the people whom no earlier part reached.
    """

    reaches: frozenset[uuid.UUID]
    lines: tuple[Line, ...]
    held_back: tuple[HeldBack, ...]
    rules: tuple[Line, ...]
    part: int
    elsewhere: Handout | None
    refusal: Refusal | None
    at_site: bool
    joined: int

    @property
    def people(self) -> int:
        """For how many it is."""
        return len(self.reaches)

    @property
    def too_early(self) -> Refusal | None:
        """Why what is held back for everybody is not due yet."""
        waits = [held for held in self.held_back if not held.left]
        return ReceivedLately(max(waits, key=lambda held: held.next_on)) if waits else None


@dataclass(frozen=True)
class Stock:
    """How much of an item the books say is in the store of a site; below zero when more went out than came in.

    `coming` and `leaving` are on the way to it and from it, and in no store.
    """

    site: Site
    item: Item
    quantity: int
    coming: int = 0
    leaving: int = 0


def count_household(household: Household, by: User | None = None) -> Counted:
    """The household a card counts as after merges, and its people of today, each counted where they belong.

    A person whose death `by` may not know counts as living; without `by` every death is known.

    A person who is merged into one of another household belongs to that household. When all people of a household
    belong to one other household, it counts as that one: its card opens the other's entitlement.
    """
    living, dead, members, split_off_in = _count_at_home(household.pk, by)
    homes = set(living.values())
    counts_as = household.pk
    if household.pk not in homes and len(homes) == 1:
        (counts_as,) = homes
        living, dead, at_home, split_off_in = _count_at_home(counts_as, by)
        members = at_home | members
    alive, died = (frozenset(one for one in some if some[one] == counts_as) for some in (living, dead))
    return Counted(counts_as, alive, died, members, split_off_in)


def homes_of(household: Household) -> "QuerySet[Household, Any]":
    """The keys of the household and of those to which the persons of its members of today belong."""
    members = Membership.objects.today().order_by()
    persons = members.filter(household=household).values("counted_as")
    itself = Household.objects.filter(pk=household.pk).order_by().values("pk")
    return itself.union(members.filter(individual__in=persons).values("household"))


Homes = dict[uuid.UUID, uuid.UUID]


def _count_at_home(
    household_id: uuid.UUID, by: User | None
) -> tuple[Homes, Homes, dict[uuid.UUID, int], uuid.UUID | None]:
    """Who the household's members of today count as, and where each is a member themselves: the living, the dead.

    Then which membership each is here, and the act by which the household was split off, if it was.
    """
    own = FilteredRelation("counted_as__memberships", condition=today("counted_as__memberships"))
    members = Membership.objects.today().filter(household=household_id).annotate(own=own).order_by()
    died = Absence.objects.filter(individual=OuterRef("counted_as"), movement__kind="died")
    if by:
        died = died.exclude(pk__in=kept_deaths(by, None).values("pk"))
    homes: tuple[Homes, Homes] = ({}, {})
    rows: dict[uuid.UUID, int] = {}
    split_off_in = None
    told = members.values_list(
        "pk", "counted_as", "own__household", Exists(died), "household__act", "household__act__kind"
    )
    for row, person, home, is_dead, made_in, how in told:
        homes[is_dead][person] = home or household_id
        rows[person] = row
        split_off_in = made_in if how == "split" else None
    return *homes, rows, split_off_in


def entitlement(
    distribution: Distribution, household: Household, by: User, at: datetime, counted: Counted | None = None
) -> Entitlement:
    """What the household may receive in the distribution at the instant, or why nothing, in words for who asks.

    Its share is for those who are there. Where nobody is, what happened anyway is for all who belong to it.
    """
    counted = counted or count_household(household, by)
    said = knows_deaths_of(by, counted.dead)
    there = find_there(counted.living, counted.dead, distribution.site, at, said=said)
    people = (there and there.people) or counted.living
    rules = list(
        EntitlementRule.objects.filter(distribution=distribution).select_related("item").order_by("item__code")
    )
    had = find_had(distribution, counted.household_id, counted.split_off_in, people, rules, at)
    before = _given_before(distribution, counted)
    entitled = people - had.with_others
    held_back = hold_back(rules, had, entitled, by, at)
    share = _Share.of(entitled, had, before)
    shared = [rule for rule in rules if not (had.before_parting and rule.per == rule.Per.HOUSEHOLD)]
    owed = share.lines(shared)
    left = {held.item: held.left for held in held_back}
    due = [line for rule in shared for line in share.among(left.get(rule.item, entitled)).lines([rule])]
    elsewhere = had.last_elsewhere()
    refusal = _why_not(distribution, household, there, at, () if owed else before)
    if elsewhere and not owed and refusal is None:
        refusal = ReceivedWith(elsewhere)
    answer = Entitlement(
        reaches=share.reaches(shared) or entitled or people,
        lines=tuple(due),
        held_back=tuple(held_back),
        rules=tuple(Line(rule.item, rule.quantity_for(len(people))) for rule in rules),
        part=1 + max((one.part for one in before if one.happened_anyway_at is None), default=0),
        elsewhere=elsewhere,
        refusal=refusal,
        at_site=bool(there and there.at_site),
        joined=len(share.joined),
    )
    if refusal or due:
        return answer
    had_before = AlreadyHandedOut(before[0], household, at) if before else None
    return replace(answer, refusal=answer.too_early or had_before)


@dataclass(frozen=True)
class _Share:
    """A share of a round: the people whom its earlier parts reached, who `joined` since, and what was given of it."""

    of_before: frozenset[uuid.UUID]
    joined: frozenset[uuid.UUID]
    given: Mapping[uuid.UUID, int]

    @classmethod
    def of(cls, entitled: frozenset[uuid.UUID], had: Had, before: Sequence[Handout]) -> "_Share":
        """The share of these people; before anything was given, nobody joined."""
        if not before:
            return cls(entitled, frozenset(), {})
        reached = frozenset().union(*(had.people.get(one.pk, frozenset()) for one in before))
        return cls(entitled & reached, entitled - reached, _given(before))

    def among(self, people: frozenset[uuid.UUID]) -> "_Share":
        """As far as it is for these."""
        return replace(self, of_before=self.of_before & people, joined=self.joined & people)

    def lines(self, rules: Iterable[EntitlementRule]) -> list[Line]:
        """What is left of it by these rules; to who joined since, what is given per person."""
        pieces = ((rule, self._rest(rule) + self._for_joined(rule)) for rule in rules)
        return [Line(rule.item, number) for rule, number in pieces if number]

    def reaches(self, rules: Iterable[EntitlementRule]) -> frozenset[uuid.UUID]:
        """Whom the rest is for."""
        return self.joined | (self.of_before if any(map(self._rest, rules)) else frozenset())

    def _rest(self, rule: EntitlementRule) -> int:
        due = rule.quantity_for(len(self.of_before)) if self.of_before else 0
        return max(0, due - self.given.get(rule.item_id, 0))

    def _for_joined(self, rule: EntitlementRule) -> int:
        return rule.quantity_for(len(self.joined)) if self.joined and rule.per == rule.Per.PERSON else 0


def _given(before: Sequence[Handout]) -> Counter[uuid.UUID]:
    """How much of each item these handouts gave."""
    given: Counter[uuid.UUID] = Counter()
    for movement in StockMovement.objects.filter(handout__in=before, kind="handed_out") if before else ():
        given[movement.item_id] += movement.quantity
    return given


def _given_before(distribution: Distribution, counted: Counted) -> list[Handout]:
    """The household's standing handouts of the round, the first one first."""
    before = Handout.objects.standing().filter(distribution=distribution, counted_as=counted.household_id)
    before = before.order_by()  # one or two: sorted by the database, it would read the whole round instead
    return sorted(before, key=lambda handout: handout.happened_at)


def card_needed(due: Entitlement, *, card_read: bool | None) -> CardNotSeen | None:
    """Why a number alone is not enough: nobody of the family is at the site, so anybody may have typed it."""
    return CardNotSeen() if card_read is False and not due.at_site else None


def _why_not(
    distribution: Distribution, household: Household, there: There | None, at: datetime, whole: Sequence[Handout]
) -> Refusal | None:
    """Why it may receive nothing; `whole` are the handouts that gave it all it may receive in the round."""
    if not distribution.runs(at):
        return NotRunning(distribution, at)
    if whole:
        return AlreadyHandedOut(whole[0], household, at)
    return there.nobody if there else NobodyLeft()


def stock_at(site: Site, at: datetime | None = None) -> list[Stock]:
    """How much of each item is in the store of the site at the instant: the sum of its movements."""
    return stock_of([site], at)


def stock_of(sites: Sequence[Site], at: datetime | None = None) -> list[Stock]:
    """How much of each item is in the store of each of these sites at the instant (now when absent)."""
    at = at or timezone.now()
    moved, on_the_way = StockMovement.objects.filter(happened_at__lte=at), StockMovement.objects.on_the_way(at)
    came, went = _sums(moved, "to_site", sites), _sums(moved, "from_site", sites)
    coming, leaving = _sums(on_the_way, "bound_for", sites), _sums(on_the_way, "from_site", sites)
    known = {*came, *went, *coming}
    items = list(Item.objects.filter(pk__in={item for _, item in known}))
    return [
        Stock(site, item, came[key] - went[key], coming[key], leaving[key])
        for site in sites
        for item in items
        if (key := (site.pk, item.pk)) in known
    ]


def _sums(moved: StockMovementQuerySet, side: str, sites: Sequence[Site]) -> Counter[tuple[uuid.UUID, uuid.UUID]]:
    """How many pieces moved on one side of these sites, of each item; one side alone, so that its index answers."""
    pieces = moved.filter(**{f"{side}__in": sites}).order_by().values(side, "item").annotate(pieces=Sum("quantity"))
    return Counter({(site, item): number for site, item, number in pieces.values_list(side, "item", "pieces")})


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
