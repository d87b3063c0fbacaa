"""The answers of questions in SQL, read by the names of their columns."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar, get_origin

from django.db import connection, transaction
from psycopg.rows import RowFactory, class_row, kwargs_row, scalar_row

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")
Parameters = Mapping[str, Any] | Sequence[Any]


def rows_of(row: type[Row], sql: str, parameters: Parameters = ()) -> list[Row]:
    """The answer's rows; the fields of `row` are the columns, and an array is a tuple where its field is one."""
    arrays = [field.name for field in fields(row) if get_origin(field.type) is tuple]
    if not arrays:
        return _answer(class_row(row), sql, parameters)

    def make(**columns: Any) -> Row:
        return row(**columns | {name: tuple(columns[name]) for name in arrays})

    return _answer(kwargs_row(make), sql, parameters)


def values_of(sql: str, parameters: Parameters = ()) -> list[Any]:
    """The answer's only column."""
    return _answer(scalar_row, sql, parameters)


def rows_of_everyone(row: type[Row], sql: str, parameters: Parameters = ()) -> list[Row]:
    """The answer's rows, planned by sorting and hashing.

    Where PostgreSQL has not yet seen how its tables grew (in the first minutes of a reception centre) it would
    compare every row of such a question with every other, and run for minutes.
    """
    with transaction.atomic(), connection.cursor() as setting:
        setting.execute("SET LOCAL enable_nestloop = off")
        rows = rows_of(row, sql, parameters)
        setting.execute("SET LOCAL enable_nestloop = on")
        return rows


def _answer(factory: RowFactory[Any], sql: str, parameters: Parameters) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.cursor.row_factory = factory
        cursor.execute(sql, parameters)
        return cursor.fetchall()
