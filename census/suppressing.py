"""Small cells hidden so that nobody can work them out from what is shown.

A table that adds up is a circulation: every cell is a flow from one node to another, and at each node as much comes
in as goes out. What is hidden may vary along the rings of hidden cells. So how far a hidden cell could be raised,
for all that a reader knows, is a maximum flow, and what must be hidden beside it is a cheapest path. Readers are
taken to know that every hidden cell holds at least one person, because zeros are shown.
"""

import heapq
import math
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Key = Any  # a name: Hashable, but no Mapping of str is a Mapping of Hashable
Node = Hashable

TOTAL_COSTS = 100  # a total is hidden only where no cell will do


@dataclass(frozen=True)
class Cell:
    """People counted in a cell of a table, and the two sums the cell is part of."""

    people: int
    tail: Node
    head: Node
    total: bool = False


def cells_of_table(rows: Mapping[Key, Sequence[int]]) -> dict[tuple[Key, int | None], Cell]:
    """The cells of a table with its sums, by row and column: None names the sum of a row, of a column, of all."""
    cells: dict[tuple[Key, int | None], Cell] = {}
    width = max((len(counts) for counts in rows.values()), default=0)
    for row, counts in rows.items():
        for column, people in enumerate(counts):
            cells[row, column] = Cell(people, ("row", row), ("column", column))
        cells[row, None] = Cell(sum(counts), "rows", ("row", row), total=True)
    for column in range(width):
        people = sum(counts[column] for counts in rows.values())
        cells[None, column] = Cell(people, ("column", column), "columns", total=True)
    cells[None, None] = Cell(sum(map(sum, rows.values())), "columns", "rows", total=True)
    return cells


def cells_of_list(counts: Mapping[Key, int]) -> dict[Key, Cell]:
    """The cells of a list with its sum, by name: None names the sum."""
    cells: dict[Key, Cell] = {name: Cell(people, "whole", "parts") for name, people in counts.items()}
    return cells | {None: Cell(sum(counts.values()), "parts", "whole", total=True)}


def hide_small(cells: Mapping[Key, Cell], threshold: int, known: Collection[Key] = ()) -> set[Key] | None:
    """The cells to hide, so that every cell under the threshold might, for all that is shown, hold as many more.

    A zero is not hidden, nor a cell that is known from elsewhere. None where that cannot be done.
    """
    small = {key for key, cell in cells.items() if 0 < cell.people < threshold}
    if small & set(known):
        return None
    hidden = set(small)
    while True:
        for key in _in_order(hidden):
            beside = (
                _beside(cells, hidden, key, threshold, known) if key in small else _loosened(cells, hidden, key, known)
            )
            if beside is None:
                return None
            if beside:
                hidden |= beside
                break
        else:
            return hidden


def _loosened(cells: Mapping[Key, Cell], hidden: set[Key], key: Key, known: Collection[Key]) -> set[Key] | None:
    """What to hide besides a larger cell, so that it could hold one more or one less; None where nothing helps."""
    raised = _beside(cells, hidden, key, 1, known)
    if raised == set():
        return raised
    lowered = _beside(cells, hidden, key, -1, known)
    return lowered if raised is None or lowered == set() else raised


def _beside(cells: Mapping[Key, Cell], hidden: set[Key], key: Key, by: int, known: Collection[Key]) -> set[Key] | None:
    """What to hide besides, so that the cell could be changed by as many; None where nothing helps."""
    cell = cells[key]
    start, end = (cell.head, cell.tail) if by > 0 else (cell.tail, cell.head)
    open_cells = {name: one for name, one in cells.items() if name != key and one.people and name not in known}
    flow = dict.fromkeys(open_cells, 0)
    missing = abs(by)
    while missing > 0:
        path = _cheapest(open_cells, hidden, flow, start, end)
        if path is None:
            return None
        beside = {name for name, _ in path} - hidden
        if beside:
            return beside
        least = min([missing, *(_room(open_cells[name], flow[name], way) for name, way in path)])
        for name, way in path:
            flow[name] += way * least
        missing -= least
    return set()


def _room(cell: Cell, flow: int, way: int) -> int:
    """By how many people the cell can still be raised (way 1), or lowered until one is left (way -1)."""
    return 10**9 if way > 0 else cell.people + flow - 1


def _cheapest(
    cells: Mapping[Key, Cell], hidden: set[Key], flow: Mapping[Key, int], start: Node, end: Node
) -> list[tuple[Key, int]] | None:
    """The path that hides least: cells in order, each with whether it is raised or lowered; Dijkstra's."""
    ways: dict[Node, list[tuple[Key, int, Node]]] = {}
    for name, cell in cells.items():
        for way, from_node, to_node in ((1, cell.tail, cell.head), (-1, cell.head, cell.tail)):
            if _room(cell, flow[name], way) > 0:
                ways.setdefault(from_node, []).append((name, way, to_node))
    best: dict[Node, float] = {start: 0.0}
    came: dict[Node, tuple[Node, Key, int]] = {}
    queue: list[tuple[float, int, Node]] = [(0.0, 0, start)]
    counter = 0
    while queue:
        cost, _, node = heapq.heappop(queue)
        if node == end:
            return list(_back(came, start, end))[::-1]
        if cost > best[node]:
            continue
        for name, way, to_node in ways.get(node, []):
            reached = cost + (0.0 if name in hidden else _cost(cells[name]))
            if reached < best.get(to_node, math.inf):
                best[to_node], came[to_node] = reached, (node, name, way)
                counter += 1
                heapq.heappush(queue, (reached, counter, to_node))
    return None


def _back(came: Mapping[Node, tuple[Node, Key, int]], start: Node, node: Node) -> Iterator[tuple[Key, int]]:
    while node != start:
        node, name, way = came[node]
        yield name, way


def _cost(cell: Cell) -> float:
    """What is lost when the cell is hidden: more for larger ones, most for a total."""
    return 1 + math.log2(cell.people) / 8 + (TOTAL_COSTS if cell.total else 0)


def _in_order(keys: set[Key]) -> list[Key]:
    return sorted(keys, key=repr)
