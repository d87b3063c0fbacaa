"""For which reasons a role shows a household, as SQL: every search asks it, and Django writes it slowly."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BooleanField, Expression, F
from django.db.models.expressions import RawSQL

from centre.access import Permission, Role, permissions_of
from registrations.today import today_in_sql

if TYPE_CHECKING:
    from centre.models import User

FRESH = timedelta(hours=72)  # how long a volunteer's site keeps sight of a family

_MEMBERS = f"""
registrations_membership AS m JOIN {{rows}} AS r ON r.individual_id = m.{{individual}}_id
WHERE {today_in_sql("m")} AND r.site_id = ANY(%s) AND
"""

Rows = tuple[str, str, Sequence[str]]
"""The column that names the household, the rows of some sites in which it is, and the instants that those ask for."""


def _of_members(rows: str, condition: str, *instants: str, individual: str = "counted_as") -> Rows:
    """Such a row of a member of today; presences and stays are those of whom the member counts as."""
    return "m.household_id", _MEMBERS.format(rows=rows, individual=individual) + condition, instants


def _begun(column: str) -> Rows:
    return "h.id", f"registrations_household AS h WHERE h.site_id = ANY(%s) AND h.{column} >= %s", ("fresh",)


_HERE_OR_PLACED = tuple(
    _of_members(rows, "r.during @> %s", "at") for rows in ("registrations_presence", "shelter_stay")
)

SIGHT: dict[str, Sequence[Rows]] = {
    Role.VOLUNTEER: (
        _begun("registered_at"),
        _begun("pre_registered_at"),
        _of_members("registrations_presence", "r.during && tstzrange(%s, %s, '[]')", "fresh", "at"),
    ),
    Role.COORDINATOR: _HERE_OR_PLACED,
    Role.PROTECTION: (*_HERE_OR_PLACED, _of_members("casework_case", "r.closed_at IS NULL", individual="individual")),
}

FOLLOWED = f"""
registrations_membership AS m JOIN casework_case AS r ON r.counted_as_id = m.counted_as_id
WHERE {today_in_sql("m")} AND r.follower_id = %s AND r.closed_at IS NULL
"""


OPENED_IN_EMERGENCY = "desk_emergencyopening AS e WHERE e.by_id = %s AND e.until > %s"


class Reason(NamedTuple):
    """Why households are shown: they are in these rows."""

    household: str
    rows: str
    values: Sequence[Any]

    @property
    def households(self) -> RawSQL:
        """The keys of the households shown for this reason."""
        return RawSQL(f"SELECT {self.household} FROM {self.rows}", self.values)  # our own text

    def holds_of(self, household: str) -> str:
        """The condition that the household in this column is one of them."""
        return f"EXISTS (SELECT FROM {self.rows} AND {self.household} = {household})"


class InSight(Expression):
    """The condition that the household at the end of this path is shown for one of these reasons."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, household: str, reasons: Sequence[Reason]) -> None:
        super().__init__()
        self.household: Any = F(household)
        self.reasons = reasons

    def get_source_expressions(self) -> list[Any]:
        return [self.household]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.household,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        household, _params = compiler.compile(self.household)
        asked = " OR ".join(reason.holds_of(household) for reason in self.reasons)
        return f"({asked})", [value for reason in self.reasons for value in reason.values]


def reasons_to_see(user: "User", at: datetime, permission: Permission) -> list[Reason] | None:
    """The reasons for which the user's roles with the permission show a household; None where they show all."""
    sites: dict[str, list[uuid.UUID]] = {}
    for assignment in user.all_assignments:
        if assignment.role not in SIGHT or permission not in permissions_of(assignment.role):
            continue
        if not assignment.covers(at):
            continue
        if assignment.site_id is None and assignment.role != Role.VOLUNTEER:
            return None
        if assignment.site_id is not None:
            sites.setdefault(assignment.role, []).append(assignment.site_id)
    when = {"at": at, "fresh": at - FRESH}
    reasons = [
        Reason(household, rows, [own, *(when[instant] for instant in instants)])
        for role, own in sites.items()
        for household, rows, instants in SIGHT[role]
    ]
    if Role.PROTECTION in sites:
        reasons.append(Reason("m.household_id", FOLLOWED, [user.pk]))
    if reasons and permission == Permission.SEE_FAMILIES:
        reasons.append(Reason("e.household_id", OPENED_IN_EMERGENCY, [user.pk, at]))
    return reasons
