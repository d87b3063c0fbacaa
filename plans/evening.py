"""An evening: who waits in fair order, which rooms have places, and what a plan for it is worth. No database."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from shelter.wants import FAMILY, met_by

SHARED_KINDS = frozenset({"tent", "hall", "undivided"})  # where families sleep beside others


@dataclass(frozen=True)
class Person:
    """Somebody who waits for a place."""

    id: uuid.UUID
    woman_or_boy: bool  # known to be a woman or girl, or a child younger than twelve
    carers: frozenset[uuid.UUID] | None = None  # who looks after a child; None for who needs nobody


@dataclass(frozen=True)
class Family:
    """Those of a family who wait at one site, with what bears on a room."""

    id: uuid.UUID
    number: int
    site: uuid.UUID
    people: tuple[Person, ...]
    hours: int = 0  # waited, in whole hours
    turn: int = 2  # 0 was moved up, 1 is let go first, 2 are the others
    size: int = 0  # the whole family, also those who have a bed
    wants: frozenset[str] = frozenset()  # features of a room
    barred: frozenset[uuid.UUID] = frozenset()  # where a family sleeps that must not be near them, as far as it is told

    @property
    def women_only(self) -> bool:
        """Whether they may sleep where only women do."""
        return all(one.woman_or_boy for one in self.people)

    @property
    def is_family(self) -> bool:
        """Whether they are more than one."""
        return max(self.size, len(self.people)) >= FAMILY

    @property
    def child_alone(self) -> bool:
        """Whether a child of theirs has nobody with it who looks after it."""
        with_them = {one.id for one in self.people}
        return any(one.carers is not None and not one.carers & with_them for one in self.people)


@dataclass(frozen=True)
class Space:
    """A room with free places."""

    id: uuid.UUID
    site: uuid.UUID
    name: str
    free: int
    floor: int | None = None
    shared: bool = False  # whether families may sleep beside others
    others: int = 0  # who sleep here or are awaited
    women_only: bool = False
    families_only: bool = False
    features: frozenset[str] = frozenset()

    @property
    def usable(self) -> bool:
        """Whether strangers of those who sleep here may come in."""
        return self.free > 0 and (self.shared or not self.others)

    def takes(self, family: Family) -> bool:
        """Whether somebody of the family may sleep here at all, places apart."""
        if self.site in family.barred or (self.women_only and not family.women_only):
            return False
        return self.usable and (not self.families_only or family.is_family)


@dataclass(frozen=True)
class Evening:
    """What a plan is made from: families in fair order, and rooms of the chosen houses."""

    families: tuple[Family, ...]
    spaces: tuple[Space, ...]
    apart: frozenset[frozenset[uuid.UUID]] = frozenset()  # pairs of families that must not be in one house
    quotas: Mapping[uuid.UUID, int] = field(default_factory=dict)  # places others may still hold, by house

    @property
    def kept_from(self) -> dict[uuid.UUID, set[uuid.UUID]]:
        """From which families each family is kept."""
        found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        for one, other in map(sorted, self.apart):
            found[one].add(other)
            found[other].add(one)
        return found

    def parts_at(self, site: uuid.UUID) -> bool:
        """Whether those kept apart are parted at the house: who plans for one of others is told of nobody there."""
        return site not in self.quotas


Seats = dict[uuid.UUID, uuid.UUID]  # which person has which room


@dataclass(frozen=True)
class Planned:
    """Where a family would sleep, with what speaks for it and against it, as codes."""

    family: Family
    seats: Seats
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def rooms(self) -> list[uuid.UUID]:
        """The rooms, each once, in the order of the people."""
        return list(dict.fromkeys(self.seats[one.id] for one in self.family.people))


@dataclass(frozen=True)
class Draft:
    """A plan: who would sleep where, and who is left out with the code of why; both in fair order."""

    planned: tuple[Planned, ...]
    left_out: tuple[tuple[Family, str], ...]


@dataclass(frozen=True, order=True)
class Worth:
    """What a plan wins, compared in this order: more is better."""

    people: int  # who would have a place
    whole: int  # families split, less than none
    needs: int  # needs met
    hours: int  # waited by all who would have a place, together
    thrift: int  # places wasted, less than none

    @property
    def numbers(self) -> dict[str, int]:
        """The same as it is told."""
        return {
            "people": self.people,
            "split": -self.whole,
            "needs": self.needs,
            "hours": self.hours,
            "wasted": -self.thrift,
        }


def worth_of(draft: Draft, spaces: Collection[Space]) -> Worth:
    """What the plan wins. A place is wasted that is free beside a family in a room of their own."""
    by_id = {space.id: space for space in spaces}
    sleepers = Counter(room for one in draft.planned for room in one.seats.values())
    wasted = sum(by_id[room].free - people for room, people in sleepers.items() if not by_id[room].shared)
    return Worth(
        people=sum(len(one.seats) for one in draft.planned),
        whole=-sum(len(one.rooms) > 1 for one in draft.planned),
        needs=sum(len(met(one.family, [by_id[room] for room in one.rooms])) for one in draft.planned),
        hours=sum(one.family.hours * len(one.seats) for one in draft.planned),
        thrift=-wasted,
    )


def met(family: Family, rooms: Sequence[Space]) -> frozenset[str]:
    """Which of their needs these rooms meet."""
    return met_by(family.wants, [room.features for room in rooms])


def write_planned(family: Family, seats: Seats, rooms: Sequence[Space]) -> Planned:
    """The family in these rooms, with reasons and doubts as codes that shown.py says in words."""
    fulfilled = met(family, rooms)
    reasons = [f"has_{want}" for want in sorted(fulfilled)]
    doubts = [f"no_{want}" for want in sorted(family.wants - fulfilled)]
    if len(rooms) > 1:
        doubts.append("split")
    elif len(family.people) > 1:
        reasons.append("together")
    if any(room.shared for room in rooms):
        doubts.append("beside_others")
    else:
        reasons.append("own_room")
        if sum(room.free for room in rooms) == len(family.people):
            reasons.append("no_place_left")
    reasons.append("same_house" if rooms[0].site == family.site else "other_house")
    if rooms[0].women_only:
        reasons.append("women_only")
    return Planned(family, seats, tuple(reasons), tuple(doubts))
