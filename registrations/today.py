"""Which memberships are of today, and which were of an hour, in Django's words and in SQL's."""

from django.db.models import Q


def today(path: str = "") -> Q:
    """The condition that a membership, or the one at the end of this path, has not ended."""
    return Q(**{f"{path}__left_at__isnull" if path else "left_at__isnull": True})


def today_in_sql(table: str) -> str:
    """The same in SQL."""
    return f"{table}.left_at IS NULL"


def then_in_sql(table: str, at: str) -> str:
    """The condition, in SQL, that a membership was of this instant, a parameter or a column."""
    return (
        f"NOT {table}.never_was AND {table}.joined_at <= {at} AND ({table}.left_at IS NULL OR {table}.left_at > {at})"
    )
