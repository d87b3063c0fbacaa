"""What comes to be said anew in a messy replay: who came later, who was taken for another age, who never was.

The shares are guesses; each mends itself before anybody sleeps by it, so that the announced counts stay as they are.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from demonstration.parties import Party
from demonstration.plan import Kind, Step, new_step
from demonstration.targets import Targets
from registrations.facts import COHORTS

COMES_LATER = 0.06  # of families whose names were the first thing told: a husband or wife who drove behind
GUESSED_WRONG = 0.3  # of families counted at the gate: a child taken for the next younger age
COUNTED_TOO_MANY = 0.15  # of them: one person more than there was
CORRECTED = 0.08  # of families: somebody's birth
PARTED = 0.04  # of families: a grown-up who is a household of their own from then on
Happens = Callable[[float], bool]  # whether what has this share happens now
ONE = timedelta(minutes=1)
GROUPS = [name for _limit, name in COHORTS]


def with_second_days(
    steps: Sequence[Step], party: Party, goals: Targets, rng: Random, *, often: float = 1
) -> list[Step]:
    """The steps of one party with what is said anew of it between them, so many times as often as usual."""

    def happens(share: float) -> bool:
        return rng.random() < share * often

    by_kind = {step.kind: step for step in steps}
    register = by_kind.get(Kind.REGISTER)
    if register is None:
        return list(steps)
    if counted := by_kind.get(Kind.PRE_REGISTER):
        more = list(_guessed(counted, register, party, rng, happens))
    else:
        more = list(_comes_later(register, steps, party, goals, rng, happens))
    more += _corrected(register, party, rng, happens)
    more += _parted(max(step.at for step in [*steps, *more]), register, party, rng, happens)
    return sorted([*steps, *more], key=lambda step: step.at)


def _guessed(counted: Step, register: Step, party: Party, rng: Random, happens: Happens) -> Iterator[Step]:
    """The gate took a child for younger, or counted one too many, who is said never to have been."""
    children = [place for place, member in enumerate(party.family.members) if 5 <= member.age < 18]
    if children and happens(GUESSED_WRONG):
        counted.facts["younger"] = rng.choice(children)
    if happens(COUNTED_TOO_MANY):
        counted.facts["too_many"] = True
        yield new_step(rng, Kind.NEVER_WAS, register.at + ONE, register)


def _comes_later(
    register: Step, steps: Sequence[Step], party: Party, goals: Targets, rng: Random, happens: Happens
) -> Iterator[Step]:
    """One of a couple arrives after the others, and before anything else is told of them."""
    members = party.family.members
    carers = {member.carer for member in members}
    later = [n for n, one in enumerate(members) if one.relationship == "spouse" and str(one.id) not in carers]
    if not later or party.family.going == "own_address" or not happens(COMES_LATER):
        return
    next_at = min((step.at for step in steps if step.at > register.at), default=register.at + timedelta(hours=3))
    at = register.at + (next_at - register.at) / 2
    if any(register.at < said <= at for said in goals.registered.given()) or at >= goals.end:
        return
    register.facts["without"] = later[0]
    yield new_step(rng, Kind.JOIN, at, register, member=later[0])


def _corrected(register: Step, party: Party, rng: Random, happens: Happens) -> Iterator[Step]:
    """Somebody's birth is said anew, a day later at most; nobody becomes a child by it, or grown up."""
    sure = [n for n, one in enumerate(party.family.members) if not 15 < one.age < 20]
    wrong = [n for n in sure if party.family.members[n].mistaken] or sure
    if wrong and happens(CORRECTED):
        at = register.at + timedelta(hours=rng.uniform(6, 30))
        yield new_step(rng, Kind.CORRECT, at, register, member=rng.choice(wrong))


def _parted(last: datetime, register: Step, party: Party, rng: Random, happens: Happens) -> Iterator[Step]:
    """A grown-up whom nobody needs is a household of their own, after all else."""
    members = party.family.members
    carers = {member.carer for member in members}
    grown = [n for n, one in enumerate(members) if n and one.age >= 21 and str(one.id) not in carers]
    if grown and happens(PARTED):
        yield new_step(rng, Kind.SPLIT, last + ONE, register, member=grown[-1])


def younger(cohort: str) -> str:
    """The next younger age group."""
    return GROUPS[GROUPS.index(cohort) - 1]
