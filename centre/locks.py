"""Locks: taken by key, once, and in one order, so that no two acts ever wait for each other.

PostgreSQL ends one of two that do, and the act is tried once more; but a desk waits a second for it. So the order is
kept here, and an act that breaks it fails at once, at the first desk and in every test.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model, QuerySet

from centre.errors import SiteClosed
from centre.rows import values_of

if TYPE_CHECKING:
    from centre.models import Site

Row = TypeVar("Row", bound=Model)

ORDER = (
    "user", "assignment", "site", "card", "transportrun", "household", "individual", "room", "place", "opening",
    "authenticator", "stockmovement", "service", "case", "apartpair",
    "plan",
)  # fmt: skip

_reached: ContextVar[int | None] = ContextVar("reached", default=None)


class OutOfOrder(Exception):
    """An act locks rows of a kind that it has locked already, or of one that comes before."""


class LockedInVain(Exception):
    """What had to be locked became other rows while the act waited for the lock: the act is done anew, once."""


@contextmanager
def in_order() -> Iterator[None]:
    """Within an act: what is locked comes after what was locked."""
    before = _reached.set(-1)
    try:
        yield
    finally:
        _reached.reset(before)


def lock_by_key(rows: "QuerySet[Row]") -> list[Row]:
    """Lock these rows in the order of their keys until the transaction ends, and return them as they are now."""
    _keep_order(rows.model._meta.model_name or "")
    return lock_with_its_people(rows)


def lock_with_its_people(rows: "QuerySet[Row]") -> list[Row]:
    """Lock rows of people who are locked, in the order of their keys: as often as an act comes to them."""
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))


def lock_open(site: "Site", at: datetime) -> None:
    """Keep the site open until the transaction ends: what brings somebody or something there begins with it.

    Refuses with SiteClosed where it is closed by the instant, or was closed since the site was read. The weakest lock
    there is, which only `lock_to_close` waits for, and that waits for nothing after: so it stands in no order.
    """
    (closed_at,) = values_of("SELECT closed_at FROM centre_site WHERE id = %s FOR KEY SHARE", [site.pk])
    if closed_at is not None and (site.closed_at is None or closed_at <= at):
        raise SiteClosed


def lock_to_close(site: "Site") -> None:
    """Wait for all who come to the site, and let those who come after read that it is closed."""
    _keep_order("site")
    list(type(site).objects.filter(pk=site.pk).select_for_update(of=("self",)))


def _keep_order(kind: str) -> None:
    reached, rank = _reached.get(), ORDER.index(kind)
    if reached is None:
        return
    if rank <= reached:
        raise OutOfOrder(f"{kind} is locked after {ORDER[reached]}; once each, in the order {', '.join(ORDER)}")
    _reached.set(rank)
