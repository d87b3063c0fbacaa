"""Answers of SQL, read by the names of their columns."""

from dataclasses import dataclass

import pytest

from centre.rows import rows_of, rows_of_everyone, values_of

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Room:
    """A room and its places."""

    name: str
    places: tuple[int, ...]
    free: int


def test_a_row_is_read_by_name_whatever_the_order_of_its_columns():
    rows = rows_of(Room, "SELECT %(free)s AS free, ARRAY[1, 2] AS places, '12' AS name", {"free": 1})
    assert rows == [Room("12", (1, 2), 1)]


def test_a_row_is_not_read_when_a_column_is_no_field():
    with pytest.raises(TypeError, match="held"):
        rows_of(Room, "SELECT '12' AS name, ARRAY[1] AS places, 1 AS free, 0 AS held")


def test_a_plan_is_forced_for_its_own_question_only():
    @dataclass(frozen=True)
    class Plan:
        setting: str

    ask = "SELECT current_setting('enable_nestloop') AS setting"
    assert rows_of_everyone(Plan, ask) == [Plan("off")]
    assert values_of(ask) == ["on"]
