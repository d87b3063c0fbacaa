"""The plan of a replay: every act, its hour, its desk and how it is sent; a pure function of series, seed and scale.

Messy, as it was: half of those who leave say nothing, a quarter drive on and register elsewhere, desks lose the network
for hours and send late, some send an act twice and some lose the connection before the answer. With `second_days` what
was told is said anew: births are corrected, somebody comes later, families part, the gate counted one too many.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from demonstration.parties import Party, has_adult, parties
from demonstration.people import MARZ_WEIGHTS
from demonstration.sites import GATE, GORIS, VAYK
from demonstration.targets import Targets, targets

GATE_DESK = 0
BETWEEN_COUNTS = timedelta(minutes=15)
SENT_TWICE = CUT = 0.01  # of all acts
KIT = 0.7  # of the families who want shelter, how many are handed an arrival kit where they were registered
LONGEST_TRAVEL = timedelta(hours=6)
HOLD_LASTS = timedelta(hours=12)
LEAVE_AGAIN = 0.15  # of those in places, how many leave within three days
ABROAD = 0.1  # of those who leave a place, how many leave the country
OUTAGE = 0.3  # a day and desk, how often the network goes for some hours


class Kind(StrEnum):
    """What is done."""

    COUNT_GATE = "count_gate"
    PRE_REGISTER = "pre_register"
    REGISTER = "register"
    HAND_OUT = "hand_out"
    HOLD = "hold"
    DEPART = "depart"
    CHECK_IN = "check_in"
    PLACE = "place"
    LEAVE = "leave"
    JOIN = "join"
    CORRECT = "correct"
    SPLIT = "split"
    NEVER_WAS = "never_was"


@dataclass(frozen=True, eq=False)
class Step:
    """One act of the replay: when it happened, when and how its desk sends it. `facts` are what the kind needs."""

    id: uuid.UUID
    kind: Kind
    at: datetime
    sent_at: datetime
    desk: int
    site: str
    party: Party | None = None
    facts: dict[str, object] = field(default_factory=dict)
    twice: bool = False
    cut: bool = False

    @property
    def late(self) -> bool:
        """Whether it is sent after it happened."""
        return self.sent_at > self.at


@dataclass(frozen=True)
class Plan:
    """Every act of a replay, in the order in which they are sent."""

    targets: Targets
    steps: tuple[Step, ...]
    desks: int

    def nights(self) -> list[tuple[datetime, list[Step]]]:
        """The hour of each census with the acts sent before it; acts sent after the last are in `after`."""
        hours = self.targets.nights()
        return [
            (hour, [step for step in self.steps if before < step.sent_at <= hour])
            for before, hour in zip([self.targets.start - BETWEEN_COUNTS, *hours], hours, strict=False)
        ]

    def after(self) -> list[Step]:
        """The acts that reach the server when the last census has been taken."""
        return [step for step in self.steps if step.sent_at > self.targets.end]

    def arrived(self, by: datetime) -> int:
        """People seen at the gate by the instant."""
        return sum(_count(step, "people") for step in self._of(Kind.COUNT_GATE, by=by))

    def vehicles(self, by: datetime) -> int:
        """Vehicles seen at the gate by the instant."""
        return sum(_count(step, "vehicles") for step in self._of(Kind.COUNT_GATE, by=by))

    def registered(self, by: datetime) -> int:
        """People whose names were taken by the instant."""
        return sum(step.party.size for step in self._of(Kind.REGISTER, by=by) if step.party)

    def accommodated(self, by: datetime) -> int:
        """People who were ever given a bed by the instant."""
        return sum(step.party.size for step in self._of(Kind.CHECK_IN, Kind.PLACE, by=by) if step.party)

    def _of(self, *kinds: Kind, by: datetime) -> Iterator[Step]:
        return (step for step in self.steps if step.kind in kinds and step.at <= by)


SecondDays = Callable[[Sequence[Step], Party, Targets, Random], list[Step]]


def make_plan(
    scale: float,
    *,
    seed: int = 1,
    desks: int = 8,
    messy: bool = True,
    start: datetime | None = None,
    end: datetime | None = None,
    second_days: SecondDays | None = None,
) -> Plan:
    """Plan a replay of the announcements at a scale; the same arguments give the same plan.

    Refuses with PlanImpossible when the window begins so late that its families were registered before it.
    """
    goals = targets(scale, start, end)
    steps = list(_gate(goals, seed))
    for number, party in enumerate(parties(goals, seed, messy=messy)):
        rng = Random(f"party {seed} {number}")
        told = list(_Day(party, number % desks, rng).steps())
        if second_days:
            told = second_days(told, party, goals, Random(f"second day {seed} {number}"))
        steps += [step for step in told if step.at <= goals.end]
    if messy:
        steps = _sent_as_they_can(steps, _Outages(goals, seed, desks), Random(f"wire {seed}"))
    return Plan(goals, tuple(sorted(steps, key=lambda step: (step.sent_at, step.at))), desks)


def _gate(goals: Targets, seed: int) -> Iterator[Step]:
    """Gate counts every quarter of an hour and at each announcement, so that their sum is what was announced."""
    rng = Random(f"gate {seed}")
    ticks = int((goals.end - goals.start) / BETWEEN_COUNTS) + 1
    hours = {goals.start + tick * BETWEEN_COUNTS for tick in range(1, ticks)}
    people = vehicles = 0
    for at in sorted(hours | set(goals.arrived.given()) | set(goals.vehicles.given()) | {goals.end}):
        facts = {"people": goals.arrived.by(at) - people, "vehicles": goals.vehicles.by(at) - vehicles}
        if any(facts.values()):
            yield Step(_key(rng), Kind.COUNT_GATE, at, at, GATE_DESK, GATE, None, dict(facts))
        people, vehicles = people + facts["people"], vehicles + facts["vehicles"]


class _Day:
    """What the desk writes of one party, act by act."""

    def __init__(self, party: Party, desk: int, rng: Random) -> None:
        self.party, self.desk, self.rng = party, desk, rng

    def steps(self) -> Iterator[Step]:
        party = self.party
        if party.counted_at:
            yield self._step(Kind.PRE_REGISTER, party.counted_at, GATE)
        if party.registered_at is None:
            return
        yield self._step(Kind.REGISTER, party.registered_at, party.site, card=party.counted_at is not None)
        if party.family.going == "shelter" and party.site in (GATE, GORIS, VAYK) and self.rng.random() < KIT:
            yield self._step(Kind.HAND_OUT, self._between(party.registered_at, self._leaves_desk()), party.site)
        if party.housed_at:
            yield from self._to_a_place(party.registered_at, party.housed_at)
        elif party.family.going == "shelter" and self._departs():
            left = party.registered_at + timedelta(hours=self.rng.uniform(2, 30))
            yield self._step(Kind.DEPART, left, party.site, **self._away())

    def _to_a_place(self, registered_at: datetime, housed_at: datetime) -> Iterator[Step]:
        """A place held, the way there, the bed; one in ten comes to the door without any of it."""
        held_at = max(housed_at - self.rng.random() * LONGEST_TRAVEL, registered_at + (housed_at - registered_at) / 3)
        marz = {"marz": self.party.housed_in}
        if self.rng.random() < 0.1:
            yield self._step(Kind.PLACE, housed_at, "", **marz)
        else:
            yield self._step(Kind.HOLD, held_at, "", until=held_at + HOLD_LASTS, **marz)
            if self._departs():
                yield self._step(Kind.DEPART, self._between(held_at, housed_at), self.party.site, to_hold=True)
            yield self._step(Kind.CHECK_IN, housed_at, "")
        if self.rng.random() < LEAVE_AGAIN and self._departs():
            yield self._step(Kind.LEAVE, housed_at + timedelta(hours=self.rng.uniform(10, 72)), "", **self._away())

    def _departs(self) -> bool:
        return not self.party.silent and has_adult(self.party.family)

    def _leaves_desk(self) -> datetime:
        assert self.party.registered_at
        soon = self.party.registered_at + timedelta(minutes=30)
        if not self.party.housed_at:
            return soon
        return min(soon, self.party.registered_at + (self.party.housed_at - self.party.registered_at) / 3)

    def _away(self) -> dict[str, object]:
        if self.rng.random() < ABROAD:
            return {"destination": "abroad"}
        marz = self.rng.choices(list(MARZ_WEIGHTS), list(MARZ_WEIGHTS.values()))[0]
        return {"destination": "own_address", "destination_marz": marz}

    def _between(self, start: datetime, end: datetime) -> datetime:
        return start + (end - start) * self.rng.uniform(0.2, 0.8)

    def _step(self, kind: Kind, at: datetime, site: str, **facts: object) -> Step:
        return Step(_key(self.rng), kind, at, at, self.desk, site, self.party, facts)


class _Outages:
    """When each desk had no network: some hours on some days, and one desk a night across the census."""

    def __init__(self, goals: Targets, seed: int, desks: int) -> None:
        rng = Random(f"outages {seed}")
        self.of_desk: list[list[tuple[datetime, datetime]]] = [[] for _ in range(desks)]
        for day, census in enumerate(goals.nights()):
            for desk, outages in enumerate(self.of_desk):
                if desk == day % desks:
                    outages.append((census - timedelta(minutes=80), census + timedelta(minutes=70)))
                elif rng.random() < OUTAGE:
                    lost = census - timedelta(hours=rng.uniform(3, 20))
                    outages.append((lost, lost + timedelta(hours=rng.uniform(0.5, 3))))

    def sent(self, step: Step) -> datetime:
        """When the desk can send the act."""
        for lost, back in self.of_desk[step.desk]:
            if lost <= step.at < back:
                return back
        return step.at


def _sent_as_they_can(steps: list[Step], outages: _Outages, rng: Random) -> list[Step]:
    return [
        replace(step, sent_at=outages.sent(step), twice=rng.random() < SENT_TWICE, cut=rng.random() < CUT)
        for step in steps
    ]


def new_step(rng: Random, kind: Kind, at: datetime, told: Step, **facts: object) -> Step:
    """A step of the same party at the same desk and site as another one."""
    return Step(_key(rng), kind, at, at, told.desk, told.site, told.party, facts)


def _key(rng: Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def _count(step: Step, name: str) -> int:
    count = step.facts[name]
    assert isinstance(count, int)
    return count
