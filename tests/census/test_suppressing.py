"""What is hidden cannot be worked out: by no sums of what is shown, and not by trying what would fit."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from census.suppressing import Cell, cells_of_list, cells_of_table, hide_small

THRESHOLD = 5
COUNTS = st.one_of(st.integers(0, 8), st.integers(0, 300))
TABLES = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(COUNTS, min_size=width, max_size=width), min_size=1, max_size=6)
)
BRIEF = settings(max_examples=120, deadline=None, derandomize=True, database=None)


def sums(cells: dict[object, Cell]) -> list[dict[object, int]]:
    """What holds whatever is hidden: at each node, what comes in goes out."""
    equations: dict[object, dict[object, int]] = {}
    for key, cell in cells.items():
        for node, sign in ((cell.tail, -1), (cell.head, 1)):
            equations.setdefault(node, {})[key] = sign
    return list(equations.values())


def worked_out(cells: dict[object, Cell], hidden: set[object]) -> set[object]:
    """The hidden cells whose number follows from the sums and the cells that are shown, by elimination."""
    unknown = sorted(hidden, key=repr)
    rows = [[Fraction(equation.get(key, 0)) for key in unknown] for equation in sums(cells)]
    solved: list[list[Fraction]] = []
    for column in range(len(unknown)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [value / pivot[column] for value in pivot]
        rows = [[v - row[column] * p for v, p in zip(row, pivot, strict=True)] for row in rows]
        solved = [[v - row[column] * p for v, p in zip(row, pivot, strict=True)] for row in solved] + [pivot]
    alone = [row for row in solved if sum(map(bool, row)) == 1]
    return {unknown[next(i for i, value in enumerate(row) if value)] for row in alone}


@given(TABLES)
@BRIEF
def test_nothing_hidden_in_a_table_follows_from_its_sums(rows):
    cells = cells_of_table(dict(enumerate(rows)))
    hidden = hide_small(cells, THRESHOLD)
    assert hidden is not None
    assert {key for key, cell in cells.items() if 0 < cell.people < THRESHOLD} <= hidden
    assert not any(cells[key].people == 0 for key in hidden)
    assert worked_out(cells, hidden) == set()


@given(st.dictionaries(st.integers(0, 9), COUNTS, min_size=1, max_size=10))
@BRIEF
def test_nothing_hidden_in_a_list_follows_from_its_sum(counts):
    cells = cells_of_list(counts)
    hidden = hide_small(cells, THRESHOLD)
    assert hidden is not None
    assert worked_out(cells, hidden) == set()


@given(TABLES)
@BRIEF
def test_what_is_known_from_elsewhere_is_not_hidden_and_helps_nobody(rows):
    cells = cells_of_table(dict(enumerate(rows)))
    hidden = hide_small(cells, THRESHOLD, known=[(None, None)])
    if hidden is not None:
        assert (None, None) not in hidden
        assert worked_out(cells, hidden) == set()


def fitting(rows: list[list[int]], hidden: set[object]) -> list[dict[object, Cell]]:
    """Every way to fill what is hidden of a small table so that all shows as it did; nobody hidden is nobody."""
    shown = cells_of_table(dict(enumerate(rows)))
    inner = [key for key in hidden if None not in key]
    found = []
    for guess in product(range(1, 15), repeat=len(inner)):
        filled = [list(row) for row in rows]
        for (row, column), people in zip(inner, guess, strict=True):
            filled[row][column] = people
        cells = cells_of_table(dict(enumerate(filled)))
        if all(cells[key].people == cell.people for key, cell in shown.items() if key not in hidden):
            found.append(cells)
    return found


@pytest.mark.parametrize("rows", [[[3, 9], [9, 9]], [[1, 8], [7, 9]], [[2, 12, 0], [0, 6, 9]], [[4, 4], [9, 9]]])
def test_a_small_cell_might_as_well_be_no_small_one(rows):
    cells = cells_of_table(dict(enumerate(rows)))
    hidden = hide_small(cells, THRESHOLD)
    ways = fitting(rows, hidden)
    for key, cell in cells.items():
        if 0 < cell.people < THRESHOLD:
            assert max(way[key].people for way in ways) >= cell.people + THRESHOLD


def test_a_total_is_hidden_only_where_no_cell_will_do():
    hidden = hide_small(cells_of_table({"goris": [3, 40, 50], "sisian": [60, 70, 80]}), THRESHOLD)
    assert hidden
    assert not any(None in key for key in hidden)
    assert len(hidden) == 4


def test_without_small_cells_nothing_is_hidden():
    assert hide_small(cells_of_table({"goris": [5, 0], "sisian": [60, 70]}), THRESHOLD) == set()


def test_a_small_cell_that_is_known_elsewhere_cannot_be_hidden():
    assert hide_small(cells_of_list({"died": 3, "here": 80}), THRESHOLD, known=["died"]) is None
