"""Carrying out a plan against a running server, through its HTTP API alone: desks in threads, a census every night."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from centre.public_logins import PASSWORD
from demonstration.desks import Desk, Tally
from demonstration.plan import Plan, Step
from demonstration.rooms import Lodging, RoomList
from demonstration.wire import Refused, Wire, require_demonstration

CENSUS_PATIENCE = 180  # seconds the worker may take for one census
LOOK = 0.2  # seconds between two looks whether it has been taken


@dataclass(frozen=True)
class Night:
    """A census of the replay: the snapshot as it was taken, and what is read of its hour at the end."""

    at: datetime
    snapshot: dict[str, Any]
    seconds: float

    @property
    def figures(self) -> dict[str, Any]:
        return self.snapshot["figures"]

    @property
    def differences(self) -> dict[str, int]:
        """The places whose balance does not add up, with what is missing or too many."""
        places = self.snapshot["places"].items()
        found = {key: place["balance"]["difference"] for key, place in places}
        return {key: difference for key, difference in found.items() if difference}

    @property
    def late(self) -> int:
        """People who are told of late in this census, more or fewer than was known at the one before."""
        places = self.snapshot["places"].items()
        return sum(abs(place["balance"]["late"]) for key, place in places if key != "total")


@dataclass
class Outcome:
    """What a replay did and what the server counted."""

    nights: list[Night]
    read_at_end: dict[datetime, dict[str, Any]]
    tally: Tally
    broken: int
    seconds: float
    problems: list[str] = field(default_factory=list)

    @property
    def acts(self) -> int:
        return sum(self.tally.acts.values())


def carry_out(plan: Plan, base_url: str, *, told: Callable[[], None], say: Callable[[str], None]) -> Outcome:
    """Carry out the plan and take each night's census when every desk is done.

    Raises Refused when the server is no demonstration, has people already, or does not take a census.
    """
    began = time.monotonic()
    require_demonstration(base_url)
    official = Wire.sign_in(base_url, "coordinator", PASSWORD, "replay")
    desks = _open_desks(plan, base_url, official)
    nights: list[Night] = []
    try:
        with ThreadPoolExecutor(len(desks)) as pool:
            for at, steps in plan.nights():
                _work(pool, desks, steps, told)
                nights.append(take_census(official, at))
                say(_told_of(nights[-1]))
            _work(pool, desks, plan.after(), told)
        read = {at: read_census(official, at) for at in _instants(plan)}
    finally:
        broken = sum(wire.broken for desk in desks for wire in (desk.intake, desk.shelter))
        for desk in desks:
            desk.close()
        official.close()
    tally = _together(desk.tally for desk in desks)
    return Outcome(nights, read, tally, broken, time.monotonic() - began, _problems(tally, nights))


def take_census(wire: Wire, at: datetime) -> Night:
    """Ask for the snapshots of an instant, as known now, and wait until the worker has taken that of the operation."""
    began = time.monotonic()
    answer = wire.post("snapshots/take/", {"at": at.isoformat(), "known_at": datetime.now(UTC).isoformat()})
    if not answer.done:
        raise Refused(f"No census of {at:%d.%m. %H:%M}: {answer.status} {answer.body}")
    while time.monotonic() - began < CENSUS_PATIENCE:
        taken = wire.get("snapshots/", whole="true", on=f"{at:%Y-%m-%d}")["results"]
        if taken:
            return Night(at, wire.get(f"snapshots/{taken[0]['id']}/"), time.monotonic() - began)
        time.sleep(LOOK)
    raise Refused(f"The census of {at:%d.%m. %H:%M} was not taken within {CENSUS_PATIENCE} s. Does the worker run?")


def read_census(wire: Wire, at: datetime) -> dict[str, Any]:
    """The figures of an instant as they are known now."""
    return wire.get("census/", at=at.isoformat())["figures"]


def _instants(plan: Plan) -> list[datetime]:
    """Every instant the table speaks of: each announcement and each census."""
    goals = plan.targets
    said = {at for target in (goals.arrived, goals.registered, goals.accommodated) for at in target.given()}
    return sorted(said | set(goals.nights()))


def _open_desks(plan: Plan, base_url: str, official: Wire) -> list[Desk]:
    """Sign in the desks and deal the rooms out among them."""
    if next(official.pages("households/"), None):
        raise Refused("There are families in it already. A replay begins with: manage.py demonstrate --ground-only")
    rooms = _deal(official, plan.desks)
    distributions = {row["site"]: row["id"] for row in official.pages("distributions/")}

    def sign_in(username: str) -> list[Wire]:
        """One after the other: a name that signs in many times at once looks as if somebody were guessing."""
        labels = [f"replay, desk {number}" for number in range(plan.desks)]
        return [Wire.sign_in(base_url, username, PASSWORD, label) for label in labels]

    with ThreadPoolExecutor(2) as pool:
        intake, shelter = pool.map(sign_in, ("volunteer", "coordinator"))
    return [Desk(number, intake[number], shelter[number], rooms[number], distributions) for number in range(plan.desks)]


def _deal(wire: Wire, desks: int) -> list[RoomList]:
    """Each desk gets rooms of every house, so that no two give out the same."""
    marz_of = {row["code"]: row["marz"] for row in wire.pages("sites/")}
    houses: dict[str, list[Lodging]] = defaultdict(list)
    for row in wire.pages("rooms/"):
        houses[row["site"]].append(Lodging(row["id"], row["site"], marz_of[row["site"]], row["free"]))
    dealt: list[list[Lodging]] = [[] for _ in range(desks)]
    for turn, rooms in enumerate(houses.values()):
        for number, room in enumerate(sorted(rooms, key=lambda room: (-room.free, room.room))):
            dealt[(turn + number) % desks].append(room)
    return [RoomList(hand) for hand in dealt]


def _work(pool: ThreadPoolExecutor, desks: Sequence[Desk], steps: Iterable[Step], told: Callable[[], None]) -> None:
    """Let every desk do its steps; when this returns all are done."""
    dealt: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        dealt[step.desk].append(step)
    for done in [pool.submit(desk.work, dealt[desk.number], told) for desk in desks]:
        done.result()


def _together(tallies: Iterable[Tally]) -> Tally:
    whole = Tally(Counter(), Counter())
    for tally in tallies:
        whole.acts += tally.acts
        whole.people += tally.people
        whole.twice += tally.twice
        whole.cut += tally.cut
        whole.late += tally.late
        whole.skipped += tally.skipped
        whole.errors += tally.errors
    return whole


def _problems(tally: Tally, nights: Iterable[Night]) -> list[str]:
    problems = list(tally.errors)
    if tally.skipped:
        problems.append(f"{tally.skipped} acts were skipped because one before them had failed.")
    for night in nights:
        if night.differences:
            problems.append(f"The census of {night.at:%d.%m.} does not add up: {night.differences}")
    return problems


def _told_of(night: Night) -> str:
    figures = night.figures
    return (
        f"{night.at:%d.%m. %H:%M}  at the gate {figures['gate_people']:>7}  registered {figures['registered']:>7}  "
        f"ever accommodated {figures['ever_accommodated']:>6}  told late {night.late:>4}  "
        f"difference {night.snapshot['places']['total']['balance']['difference']}  ({night.seconds:.1f} s)"
    )
