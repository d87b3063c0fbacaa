"""A desk of the replay: does its steps one after the other through the API, and knows what it was answered."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from demonstration.parties import Party
from demonstration.people import InventedMember
from demonstration.plan import Kind, Step
from demonstration.rooms import HousesFull, RoomList
from demonstration.second_days import younger
from demonstration.sites import GATE, GORIS, VAYK
from demonstration.wire import Answer, Refused, Wire
from registrations.facts import COHORTS

WHY = "the gate counted one too many"
VOLUNTEERS = (GATE, GORIS, VAYK)  # where the intake volunteer works; elsewhere the coordinator registers


@dataclass
class Written:
    """What the desk knows of a party from the answers: its household and number, and the places it holds or has."""

    household: str
    number: str
    stays: list[str] = field(default_factory=list)
    house: str = ""
    counted: list[str] = field(default_factory=list)  # those who have no name yet
    records: dict[str, str] = field(default_factory=dict)  # by the id that was sent, the id of the row


@dataclass
class Tally:
    """What a desk sent, and what went wrong. An act answered otherwise than it should is an error."""

    acts: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    twice: int = 0
    cut: int = 0
    late: int = 0
    skipped: int = 0
    errors: list[str] = field(default_factory=list)


class Desk:
    """One desk: two tokens, rooms that it alone gives out, and the parties it has met."""

    def __init__(
        self, number: int, intake: Wire, shelter: Wire, rooms: RoomList, distributions: dict[str, str]
    ) -> None:
        self.number, self.intake, self.shelter = number, intake, shelter
        self.rooms, self.distributions = rooms, distributions
        self.met: dict[Party, Written] = {}
        self.tally = Tally()

    def work(self, steps: Iterable[Step], told: Callable[[], None]) -> None:
        """Do these steps in their order; one whose family could not be written down is skipped and counted."""
        for step in steps:
            try:
                self._do(step)
            except (Refused, HousesFull, httpx.TransportError) as error:
                self.tally.errors.append(f"{step.kind} {step.at:%d.%m. %H:%M}: {error}")
            told()

    def close(self) -> None:
        """Hang up."""
        self.intake.close()
        self.shelter.close()

    def _do(self, step: Step) -> None:
        needs_family = step.kind not in (Kind.COUNT_GATE, Kind.PRE_REGISTER, Kind.REGISTER)
        if needs_family and (step.party not in self.met or not self._has_place(step)):
            self.tally.skipped += 1
            return
        path, body, wire = getattr(self, f"_{step.kind}")(step)
        answer = self._send(step, wire, path, {"id": str(step.id), "at": step.at.isoformat(), **body})
        self._remember(step, answer)

    def _has_place(self, step: Step) -> bool:
        needs_place = step.kind in (Kind.CHECK_IN, Kind.LEAVE) or "to_hold" in step.facts
        return not needs_place or bool(self._written(step).stays)

    def _send(self, step: Step, wire: Wire, path: str, body: dict[str, Any]) -> Answer:
        """Send the act as its step says: perhaps over a line that is cut first, perhaps a second time."""
        if step.cut:
            wire.lose(path, body)
            self.tally.cut += 1
        answer = wire.post(path, body)
        if not answer.done:
            raise Refused(f"{path} {answer.status} {answer.body}")
        if step.twice:
            again = wire.post(path, body)
            self.tally.twice += 1
            if not again.done or _essence(again) != _essence(answer):
                raise Refused(f"{path} sent twice was answered {again.status} {again.body}, before {answer.body}")
        self.tally.acts[step.kind] += 1
        self.tally.late += step.late
        return answer

    def _remember(self, step: Step, answer: Answer) -> None:
        party, said = step.party, answer.body
        if party is None:
            return
        self.tally.people[step.kind] += party.size
        if step.kind == Kind.PRE_REGISTER:
            self.met[party] = Written(said["household"], said["number"], counted=said["individuals"])
        elif step.kind == Kind.REGISTER:
            counted = self.met[party].counted if party in self.met else []
            sent = [str(member.id) for member in _at_first(step)]
            self.met[party] = Written(
                said["household"],
                said["number"],
                counted=[key for key in counted if key not in said["individuals"]],
                records=dict(zip(sent, said["individuals"], strict=True)),
            )
        elif step.kind == Kind.JOIN:
            self._written(step).records[str(_member(step).id)] = said["individuals"][0]
        elif step.kind in (Kind.HOLD, Kind.PLACE, Kind.CHECK_IN):
            self._written(step).stays = said["stays"]
            if len(said["stays"]) != party.size:
                raise Refused(f"{step.kind} of {party.size} people gave {len(said['stays'])} places")

    # What each kind of step sends: the path below the API, the facts, and over which wire.

    def _count_gate(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        return "gate-counts/", {"site": step.site, **step.facts}, self.intake

    def _pre_register(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        assert step.party
        taken_for = [(member.sex, cohort_of(member.age)) for member in step.party.family.members]
        if isinstance(place := step.facts.get("younger"), int):
            taken_for[place] = (taken_for[place][0], younger(taken_for[place][1]))
        if step.facts.get("too_many"):
            taken_for.append(("M", "0-4"))
        groups = Counter(taken_for)
        facts = {
            "site": step.site,
            "going": "shelter",
            "groups": [{"count": n, "sex": sex, "age_group": cohort} for (sex, cohort), n in sorted(groups.items())],
        }
        return "pre-registrations/", facts, self.intake

    def _register(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        assert step.party
        card = self.met[step.party].number if step.party in self.met else ""
        facts = step.party.family.as_intake(id=step.id, at=step.at, site=step.site, card=card)
        facts["members"] = [member.as_row() for member in _at_first(step)]
        return "intakes/", facts, self.intake if step.site in VOLUNTEERS else self.shelter

    def _hand_out(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        facts = {"distribution": self.distributions[step.site], "number": self._written(step).number}
        return "handouts/", facts, self.shelter

    def _hold(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        until = step.facts["until"]
        assert isinstance(until, datetime)
        facts = {"rooms": self._rooms(step), "until": until.isoformat()}
        return f"households/{self._written(step).household}/hold/", facts, self.shelter

    def _place(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        return f"households/{self._written(step).household}/place/", {"rooms": self._rooms(step)}, self.shelter

    def _check_in(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        first, *others = self._written(step).stays
        return f"stays/{first}/check-in/", {"also": others} if others else {}, self.shelter

    def _depart(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        to_hold = {"destination": "site", "destination_site": self._written(step).house}
        where = to_hold if step.facts.get("to_hold") else step.facts
        return f"households/{self._written(step).household}/depart/", {"site": step.site, **where}, self.shelter

    def _leave(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        written = self._written(step)
        return f"households/{written.household}/depart/", {"site": written.house, **step.facts}, self.shelter

    def _join(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        facts = {"site": step.site, "person": _member(step).as_row()}
        return f"households/{self._written(step).household}/join/", facts, self.shelter

    def _correct(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        facts = {"birth_date": _member(step).born.isoformat(), "reason": "on the passport"}
        return f"individuals/{self._record(step)}/correct/", facts, self.shelter

    def _split(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        facts = {"site": step.site, "members": [{"individual": self._record(step), "relationship": "head"}]}
        return f"households/{self._written(step).household}/split/", facts, self.shelter

    def _never_was(self, step: Step) -> tuple[str, dict[str, Any], Wire]:
        written = self._written(step)
        return f"households/{written.household}/never-was/", {"members": written.counted, "reason": WHY}, self.shelter

    def _record(self, step: Step) -> str:
        return self._written(step).records[str(_member(step).id)]

    def _rooms(self, step: Step) -> list[str]:
        assert step.party
        chosen = self.rooms.take(str(step.facts["marz"]), step.party.size)
        self._written(step).house = chosen[0].site
        return [lodging.room for lodging in chosen]

    def _written(self, step: Step) -> Written:
        assert step.party
        return self.met[step.party]


def _member(step: Step) -> InventedMember:
    """Whom the step is about."""
    place = step.facts["member"]
    assert step.party
    assert isinstance(place, int)
    return step.party.family.members[place]


def _at_first(step: Step) -> list[InventedMember]:
    """Who of the family comes to the desk at first."""
    assert step.party
    return [one for place, one in enumerate(step.party.family.members) if place != step.facts.get("without")]


def cohort_of(age: int) -> str:
    """The UNHCR cohort of an age in years."""
    return next((name for limit, name in COHORTS if age < limit), "60+")


def _essence(answer: Answer) -> Any:
    """The answer without what is looked up anew each time: whom the family may be already."""
    return {k: v for k, v in answer.body.items() if k != "matches"} if isinstance(answer.body, dict) else answer.body
