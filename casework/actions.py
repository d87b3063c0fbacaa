"""Following a matter for a person until it is closed."""

from dataclasses import dataclass
from datetime import datetime

from casework.errors import AlreadyClosed
from casework.models import Case
from centre.access import Permission, require
from centre.acts import act
from centre.models import Act, User


@dataclass(frozen=True)
class Closed:
    """The case that is closed now."""

    case: str


@act("close_case", answers=Closed)
def close_case(case: Case, *, by: User, at: datetime, act: Act) -> Closed:
    """The case is closed. Refuses with AlreadyClosed when another officer was first."""
    require(by, Permission.SEE_CASES, case.site, at)
    closed = Case.objects.open().filter(pk=case.pk).update(closed_at=at, closed_by=by)
    if not closed:
        raise AlreadyClosed
    return Closed(str(case.pk))
