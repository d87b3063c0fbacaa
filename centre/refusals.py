"""A refusal: what was asked for cannot be done, and why, in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, TypeAlias

from django.db import IntegrityError, transaction
from django.db.models import BaseConstraint, Field
from django.utils.translation import gettext_lazy as _

Promise: TypeAlias = "BaseConstraint | Field[Any, Any] | str | None"


class Refusal(Exception):
    """What was asked for is refused; `code` and `status` are for machines, the message for people."""

    code = "refused"
    status = HTTPStatus.CONFLICT
    message: Any = _("This cannot be done.")  # a str, or a lazy one that speaks the reader's language

    def __init__(self, message: str | None = None) -> None:
        self.beside: dict[str, Any] = {}  # what the API answers beside code and words
        self.tells_of: set[Any] = set()  # ids of families of whom it lets something be known: they stand in the log
        self.message = message or self.message
        super().__init__(str(self.message))

    def __str__(self) -> str:
        return str(self.message)

    @property
    def headers(self) -> dict[str, str]:
        """What machines are told beside it."""
        return {}


class Changed(Refusal):
    """The same act was sent before with other facts; `answer` is what it was answered with then."""

    code = "changed"
    message = _("This was already sent with different details. Nothing was changed: open a new form.")

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.answer = answer or {}


class SomebodyElse(Refusal):
    """The page was opened by one person, and another has signed in in the same browser since."""

    code = "somebody_else"
    message = _("Somebody else has signed in in this browser. Reload the page and sign in as yourself.")


class TooLarge(Refusal):
    """The request is larger than the house takes."""

    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = _("This is too much to send at once.")


class TooMany(Refusal):
    """More was asked for than hands can ask; it may be asked again after `wait` seconds."""

    code = "too_many"
    status = HTTPStatus.TOO_MANY_REQUESTS
    message = _("This was asked too often.")

    def __init__(self, message: str | None = None, wait: int = 60) -> None:
        super().__init__(message)
        self.wait = wait

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.wait)}


class NotThen(Refusal):
    """The act's time is too far from the server's clock."""

    code = "not_then"
    message = _("The time of this act is too far from now.")


@contextmanager
def refused_on(promise: "Promise", refusal: Refusal, *others: "tuple[Promise, Refusal]") -> Iterator[None]:
    """Turn the violation of one constraint, unique field, or trigger by its name, into its refusal; no other error."""
    refusals = {_name_of(one): why for one, why in ((promise, refusal), *others)}
    try:
        with transaction.atomic():  # a savepoint: the caller may go on querying
            yield
    except IntegrityError as error:
        diag = getattr(error.__cause__, "diag", None)
        if diag is None or diag.constraint_name not in refusals:
            raise
        raise refusals[diag.constraint_name] from error


def _name_of(promise: "Promise") -> str:
    """What PostgreSQL calls it; a field's own key has the name that PostgreSQL gave it."""
    if isinstance(promise, str):
        return promise
    if isinstance(promise, BaseConstraint):
        return promise.name
    assert promise is not None  # each model has a key
    table = promise.model._meta.db_table
    return f"{table}_pkey" if promise.primary_key else f"{table}_{promise.column}_key"
