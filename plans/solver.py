"""A better plan of one evening, or of a part of it, by CP-SAT; never worse than the one it begins from."""

import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping

from ortools.sat.python import cp_model

from plans.classes import Alike, Market, Option, read_market, way_of
from plans.evening import Draft, Evening, Family, Planned, Space, worth_of, write_planned
from plans.greedy import CHILD_ALONE, NO_ROOM
from plans.seats import seat_family

SHARES_OF_TIME = (0.6, 0.5, 1.0)  # of what is left, for each of the three questions
LOOKED = 0.3  # seconds between looks whether somebody stopped it
WORKERS = 2
Told = Callable[[int], object]  # how many people would have a place, as far as is known


class Question:
    """The evening as a model: how many families of each kind sleep in which way, and who of them."""

    def __init__(self, evening: Evening, market: Market, known: Draft) -> None:
        self.model = cp_model.CpModel()
        self.market = market
        self.ways: dict[tuple[int, int], cp_model.IntVar] = {}  # by kind of family and option
        self.has_place: dict[tuple[int, int], cp_model.IntVar] = {}  # by kind of family and who of it, in fair order
        for number, alike in enumerate(market.alike):
            self._ask_of(number, alike)
        self._rooms_are_taken_once()
        self._houses_are_kept(evening)
        self._first_in_turn_stay_first(known)

    def _ask_of(self, number: int, alike: Alike) -> None:
        most = len(alike.families)
        for option in range(len(alike.options)):
            self.ways[number, option] = self.model.new_int_var(0, most, "")
        for who in range(most):
            self.has_place[number, who] = self.model.new_bool_var("")
            if who:
                self.model.add_implication(self.has_place[number, who], self.has_place[number, who - 1])
        ways = [self.ways[number, option] for option in range(len(alike.options))]
        self.model.add(sum(ways) == sum(self.has_place[number, who] for who in range(most)))

    def _rooms_are_taken_once(self) -> None:
        taken = defaultdict(list)
        for key, way in self.ways.items():
            option = self.option(key)
            for kind, share in zip(option.kinds, option.shares, strict=True):
                taken[kind].append(way * share if self.market.kinds[kind][0].shared else way)
        for kind, terms in taken.items():
            rooms = self.market.kinds[kind]
            self.model.add(sum(terms) <= (rooms[0].free if rooms[0].shared else len(rooms)))

    def _houses_are_kept(self, evening: Evening) -> None:
        """No more than a house is open to others for, and no two in one that must not be there together."""
        for site, places in evening.quotas.items():
            there = [way * self.size(key) for key, way in self.ways.items() if self.option(key).site == site]
            self.model.add(sum(there) <= places)
        number_of = {one.families[0].id: number for number, one in enumerate(self.market.alike)}
        for pair in evening.apart:
            theirs = {number_of[family] for family in pair if family in number_of}
            by_site = defaultdict(list)
            for key, way in self.ways.items():
                if len(theirs) == 2 and key[0] in theirs:
                    by_site[self.option(key).site].append(way)
            for ways in (ways for site, ways in by_site.items() if evening.parts_at(site)):
                self.model.add(sum(ways) <= 1)

    def _first_in_turn_stay_first(self, known: Draft) -> None:
        """No fewer of those who are moved up or let go first have a place than in the plan that is known."""
        for turn in (0, 1):
            least = sum(len(one.seats) for one in known.planned if one.family.turn == turn)
            theirs = [
                way * self.size(key)
                for key, way in self.ways.items()
                if self.market.alike[key[0]].families[0].turn == turn
            ]
            self.model.add(sum(theirs) >= least)

    def option(self, key: tuple[int, int]) -> Option:
        """The option of a variable."""
        return self.market.alike[key[0]].options[key[1]]

    def size(self, key: tuple[int, int]) -> int:
        """How many people a family of the kind of a variable has."""
        return len(self.market.alike[key[0]].families[0].people)

    @property
    def questions(self) -> list[cp_model.LinearExprT]:
        """What is asked for, one after the other: people and whole families; needs; hours and thrift."""
        ways = self.ways.items()
        people = sum(way * self.size(key) for key, way in ways)
        split = sum(way for key, way in ways if self.option(key).split)
        needs = sum(way * self.option(key).met for key, way in ways)
        hours = sum(
            has * self.market.alike[number].families[who].hours * len(self.market.alike[number].families[who].people)
            for (number, who), has in self.has_place.items()
        )
        wasted = sum(way * self.option(key).wasted for key, way in ways)
        most_split = len(self.has_place) + 1
        most_wasted = sum(space.free for rooms in self.market.kinds for space in rooms) + 1
        return [people * most_split - split, needs, hours * most_wasted - wasted]


class Tell(cp_model.CpSolverSolutionCallback):
    """Tells how many people would have a place, each time a better plan is found."""

    def __init__(self, question: Question, told: Told) -> None:
        super().__init__()
        self.question, self.told = question, told

    def on_solution_callback(self) -> None:
        """A better plan was found."""
        self.told(sum(self.value(way) * self.question.size(key) for key, way in self.question.ways.items()))


def _nobody(*_told: int) -> bool:
    return False


def improve(
    evening: Evening,
    known: Draft,
    *,
    seconds: float,
    told: Told = _nobody,
    stopped: Callable[[], bool] = _nobody,
) -> Draft:
    """The best plan found within so many seconds, or until somebody stops it; the known one if none is better.

    What it asks for comes in the order of Worth. Of those whose turn comes first, as many have a place as before.
    """
    until = time.monotonic() + seconds
    question = Question(evening, read_market(evening, known), known)
    found = _as_found(question, known)
    for asked, share in zip(question.questions, SHARES_OF_TIME, strict=True):
        left = until - time.monotonic()
        if left <= 0 or stopped():
            break
        found, value = _ask(question, asked, found, left * share, Tell(question, told), stopped)
        if value is not None:
            question.model.add(asked >= value)
    better = _draft_of(evening, question, found)
    return better if worth_of(better, evening.spaces) > worth_of(known, evening.spaces) else known


Found = dict[tuple[int, int], int]  # how many families of each kind sleep in which way


def _as_found(question: Question, known: Draft) -> Found:
    number_of = {family.id: number for number, one in enumerate(question.market.alike) for family in one.families}
    found: Found = defaultdict(int)
    for planned in known.planned:
        number = number_of[planned.family.id]
        way = way_of(planned.seats, question.market.kind_of)
        options = question.market.alike[number].options
        found[number, next(at for at, one in enumerate(options) if _is_way(one, way))] += 1
    return found


def _is_way(option: Option, way: tuple[tuple[int, int], ...]) -> bool:
    return tuple(sorted(zip(option.kinds, option.shares, strict=True))) == way


def _ask(
    question: Question,
    asked: cp_model.LinearExprT,
    known: Found,
    seconds: float,
    tell: Tell,
    stopped: Callable[[], bool],
) -> tuple[Found, int | None]:
    """The best answer found in so many seconds, begun from the one known, and its value; None where none was found."""
    model, solver = question.model, cp_model.CpSolver()
    model.clear_hints()
    for key, way in question.ways.items():
        model.add_hint(way, known.get(key, 0))
    for number, alike in enumerate(question.market.alike):
        placed = sum(known.get((number, option), 0) for option in range(len(alike.options)))
        for who in range(len(alike.families)):
            model.add_hint(question.has_place[number, who], who < placed)
    model.maximize(asked)
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.num_workers = WORKERS
    with _watched(solver, stopped):
        status = solver.solve(model, tell)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return known, None
    return {key: solver.value(way) for key, way in question.ways.items()}, round(solver.objective_value)


class _watched:
    """While the solver works, look again and again whether somebody stopped it."""

    def __init__(self, solver: cp_model.CpSolver, stopped: Callable[[], bool]) -> None:
        self.over = threading.Event()
        self.watch = threading.Thread(target=self._look, args=(solver, stopped), daemon=True)

    def _look(self, solver: cp_model.CpSolver, stopped: Callable[[], bool]) -> None:
        while not self.over.wait(LOOKED):
            if stopped():
                solver.stop_search()

    def __enter__(self) -> None:
        self.watch.start()

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.watch.join()


def _draft_of(evening: Evening, question: Question, found: Mapping[tuple[int, int], int]) -> Draft:
    """The plan by name: of each kind of family who is first in turn; where there is a choice, where they are."""
    pools = {number: list(rooms) for number, rooms in enumerate(question.market.kinds)}
    planned: dict[uuid.UUID, Planned] = {}
    for number, alike in enumerate(question.market.alike):
        options = [(option, found.get((number, at), 0)) for at, option in enumerate(alike.options)]
        lucky = list(alike.families[: sum(times for _option, times in options)])
        for option, times in options:
            for _ in range(times):
                family = next((one for one in lucky if one.site == option.site), lucky[0])
                lucky.remove(family)
                planned[family.id] = _planned(family, option, pools)
    left_out = [(one, _why(one)) for one in evening.families if one.id not in planned]
    return Draft(tuple(planned[one.id] for one in evening.families if one.id in planned), tuple(left_out))


def _planned(family: Family, option: Option, pools: Mapping[int, list[Space]]) -> Planned:
    rooms = [pools[kind][0] if pools[kind][0].shared else pools[kind].pop() for kind in option.kinds]
    largest_first = sorted(zip(rooms, option.shares, strict=True), key=lambda one: -one[1])
    chosen, shares = [room for room, _share in largest_first], [share for _room, share in largest_first]
    seats = seat_family(family, chosen, shares)
    assert seats, "an option was weighed only where each child is beside its carer"
    return write_planned(family, seats, [room for room in chosen if room.id in seats.values()])


def _why(family: Family) -> str:
    return CHILD_ALONE if family.child_alone else NO_ROOM
