"""Who comes when: invented families, in numbers that meet the counts announced for each hour exactly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from demonstration.kin import ADULT
from demonstration.people import MARZ_WEIGHTS, InventedFamily, invent_families
from demonstration.series import accommodated_by_marz
from demonstration.sites import CENTRES, GATE, GORIS, VAYK
from demonstration.targets import MOMENT, Stretch, Target, Targets

# Guesses that look right; what is known is in the series.
SHELTER_SHARE = 0.62  # of those registered from the first day on, how many end in a place of the state
DRIVE_ON = 0.25  # of the arrived, how many were unregistered at any hour of the peak
CARDS = 0.12  # of those registered at the gate or in Goris, how many were counted with a card first
NEVER_SEEN_AGAIN = 0.004  # of the arrived: counted with a card, and never at a desk
STILL_WAITING = 0.10  # of those registered who get no place here: wanted one all the same
STAY = 0.03  # of them: stay at the point where they were registered
SOONEST_PLACE = timedelta(minutes=25)  # between the desk and the bed
CENTRES_OPEN = timedelta(hours=36)  # after the first arrivals; before, who drove on came back to Goris


class PlanImpossible(ValueError):
    """More people were to be in places than had been registered: the window begins too late."""


@dataclass(frozen=True, eq=False)
class Party:
    """A family of the replay and what becomes of it; None where something does not happen to it."""

    family: InventedFamily
    site: str
    registered_at: datetime | None
    counted_at: datetime | None = None
    housed_at: datetime | None = None
    housed_in: str = ""
    silent: bool = False

    @property
    def size(self) -> int:
        return len(self.family.members)


def parties(targets: Targets, seed: int, *, messy: bool) -> list[Party]:
    """Every family of the replay, in the order of their first desk."""
    rng = Random(f"parties {seed}")
    housed = list(_housed(targets, seed, rng))
    on_their_own = list(_others(targets, housed, seed, rng))
    unseen = _never_seen_again(targets, seed, rng) if messy else []
    registered = [_at_a_desk(party, targets, rng, messy=messy) for party in [*housed, *on_their_own]]
    return sorted([*registered, *unseen], key=_first_desk)


def _first_desk(party: Party) -> datetime:
    first = party.counted_at or party.registered_at
    assert first
    return first


# Those who get a place


def _housed(targets: Targets, seed: int, rng: Random) -> Iterator[Party]:
    """Families that get a place, with the hour they get it and the hour they were registered before that."""
    placed = []
    for number, stretch in enumerate(targets.accommodated.stretches()):
        for family, middle in _families(f"{seed} housed {number}", stretch):
            housed_at = targets.accommodated.when(middle, stretch)
            placed.append(
                Party(
                    family=_with_destination(family, "shelter"),
                    site="",
                    registered_at=_registered_before(housed_at, middle, targets.registered),
                    housed_at=housed_at,
                    housed_in=_marz_of_place(housed_at, rng),
                )
            )
    yield from _within(placed, targets.registered)


def _registered_before(housed_at: datetime, people: float, registered: Target) -> datetime:
    """When someone before whom so many got a place was registered: early, as they waited longest at the end."""
    whole = Stretch(registered.start, registered.end, 0, registered.total)
    at = registered.when(people / SHELTER_SHARE, whole)
    return max(min(at, housed_at - SOONEST_PLACE), registered.start + MOMENT)


def _within(placed: Sequence[Party], registered: Target) -> list[Party]:
    """The same, registered early enough that no stretch registers more of them than people were registered in it."""
    waiting = sorted(placed, key=lambda party: party.registered_at or registered.end)
    kept: list[Party] = []
    for stretch in reversed(list(registered.stretches())):
        late = [party for party in waiting if party.registered_at and party.registered_at > stretch.start]
        waiting = waiting[: len(waiting) - len(late)]
        room = stretch.people - sum(party.size for party in late)
        while room < 0:
            early = late.pop(0)
            room += early.size
            waiting.append(replace(early, registered_at=stretch.start - MOMENT))
        kept += late
    if waiting:
        raise PlanImpossible("More people got places in this window than were registered in it. Begin it earlier.")
    return kept


def _marz_of_place(at: datetime, rng: Random) -> str:
    """A province, by the published list of about that hour."""
    lists = accommodated_by_marz()
    shares = lists[min((hour for hour in lists if hour >= at), default=max(lists))]
    return rng.choices(list(shares), list(shares.values()))[0]


# The others


def _others(targets: Targets, housed: Iterable[Party], seed: int, rng: Random) -> Iterator[Party]:
    """Families that fill each stretch of registrations up to what was announced."""
    already = [(party.registered_at, party.size) for party in housed]
    for number, stretch in enumerate(targets.registered.stretches()):
        taken = sum(size for at, size in already if at and stretch.start < at <= stretch.end)
        left = Stretch(stretch.start, stretch.end, 0, stretch.people - taken)
        for family, middle in _families(f"{seed} others {number}", left):
            share = middle / left.people
            at = targets.registered.when(stretch.before + share * stretch.people, stretch)
            going = rng.choices(("shelter", "stays", "own_address"), (STILL_WAITING, STAY, 1 - STILL_WAITING - STAY))[0]
            going = going if has_adult(family) else "shelter"
            yield Party(family=_with_destination(family, going, rng), site="", registered_at=at)


def _never_seen_again(targets: Targets, seed: int, rng: Random) -> list[Party]:
    """Families that took a card at the gate and never came to a desk."""
    people = round(targets.arrived.total * NEVER_SEEN_AGAIN)
    whole = Stretch(targets.start, targets.end, 0, targets.arrived.total)
    return [
        Party(
            family=family,
            site=GATE,
            registered_at=None,
            counted_at=targets.arrived.when(rng.random() * targets.arrived.total, whole),
            silent=True,
        )
        for family in invent_families(f"{seed} unseen", people=people)
    ]


def _at_a_desk(party: Party, targets: Targets, rng: Random, *, messy: bool) -> Party:
    """The party with the desk that registers it, whether it was counted with a card, and whether it says goodbye."""
    assert party.registered_at
    drove_on = rng.random() < (DRIVE_ON if messy else 0)
    open_by = targets.start + CENTRES_OPEN
    if drove_on and party.registered_at > open_by:
        marz = party.housed_in or party.family.destination_marz or _weighted(MARZ_WEIGHTS, rng)
        site = CENTRES[marz]
    else:
        site = rng.choices((GATE, GORIS, VAYK), (30, 55, 15 if party.registered_at > open_by else 0))[0]
    counted_at = party.registered_at - timedelta(minutes=rng.randrange(40, 300))
    has_card = site in (GATE, GORIS) and rng.random() < CARDS and counted_at > targets.start
    return replace(party, site=site, counted_at=counted_at if has_card else None, silent=messy and rng.random() < 0.5)


def has_adult(family: InventedFamily) -> bool:
    """Whether anybody in the family is grown; a child alone goes nowhere without a protection officer."""
    return any(member.age >= ADULT for member in family.members)


def _families(seed: str, stretch: Stretch) -> Iterator[tuple[InventedFamily, float]]:
    """Families for exactly the people of a stretch, each with how many had come when half of it had."""
    before = stretch.before
    for family in invent_families(seed, people=stretch.people):
        yield family, before + len(family.members) / 2
        before += len(family.members)


def _with_destination(family: InventedFamily, going: str, rng: Random | None = None) -> InventedFamily:
    marz = _weighted(MARZ_WEIGHTS, rng) if going == "own_address" and rng else ""
    return replace(family, going=going, destination_marz=marz)


def _weighted(weights: dict[str, int], rng: Random) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
