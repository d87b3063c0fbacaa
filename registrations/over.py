"""A right over families and people: an act on them is for who has it over these, whichever door it came by."""

from datetime import datetime

from centre.access import Permission, judged_at, not_allowed, require
from centre.models import User
from registrations.querysets import HouseholdQuerySet, IndividualQuerySet


def require_over(
    by: User, permission: Permission, rows: HouseholdQuerySet | IndividualQuerySet, at: datetime | None
) -> None:
    """Raise NotAllowed unless roles with the permission show the user each of these households, or of these people.

    A right that is held at one site is none over a family that is only at others. Who never was is at none: leave them
    out of the rows, and let the act say that they never were.
    """
    require(by, permission, None, at)
    shown = rows.visible_to(by, judged_at(at)[-1], permission)
    if shown.distinct().count() < rows.distinct().count():
        raise not_allowed(permission)
