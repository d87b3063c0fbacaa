"""Locks, always by key and in this order: household, individuals, places."""

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def lock_by_key(rows: "QuerySet[Row]") -> list[Row]:
    """Lock these rows in the order of their keys until the transaction ends, and return them as they are now."""
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
