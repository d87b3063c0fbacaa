"""The dead neither come nor go nor sleep anywhere, nor do those who never were: guards for acts that name people."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from centre.access import Permission, allows
from centre.models import User
from registrations.errors import NeverWas, RecordClosed
from registrations.models import Individual, Movement


def is_told_of_deaths(user: User, at: datetime | None) -> bool:
    """Whether the user may know that somebody died."""
    return allows(user, Permission.SEE_NEEDS, None, at)


def require_living(people: Collection[uuid.UUID], at: datetime, by: User) -> None:
    """Refuse with RecordClosed when one of these persons is known to have died by the instant."""
    living = Individual.objects.filter(pk__in=people).living(at)
    if living.count() < len(set(people)):
        raise _closed(by)


def require_no_death(person: uuid.UUID, by: User) -> None:
    """Refuse with RecordClosed when a death of the person is recorded, whenever it was: nobody dies twice."""
    if Movement.objects.of([person]).filter(kind=Movement.Kind.DIED, voided_by=None).exists():
        raise _closed(by)


def require_was(records: Collection[uuid.UUID]) -> None:
    """Refuse with NeverWas when one of these records, which are locked, was taken out as a mistake."""
    if Individual.objects.filter(pk__in=records, never_was=True).exists():
        raise NeverWas


def _closed(by: User) -> RecordClosed:
    """In words that say no more than the reader's pages do."""
    if is_told_of_deaths(by, None):
        return RecordClosed(_("This person is recorded as having died. If that is wrong, undo that entry first."))
    return RecordClosed()
