"""The log read back: who was shown whom, in words."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from casework.models import Case
from centre.access import Permission, allows
from centre.insiders import insiders
from centre.log import digest_of_account
from centre.models import LogLine, Site, User
from centre.navigation import title_of
from centre.sight import sight_of
from registrations.matches import Agreement
from registrations.models import Household, Membership
from registrations.numbers import write_number
from transport.links import DriverLink
from transport.models import TransportRun

NAMED = 3  # families of a line that are named by number; of the others it says how many

KINDS = {
    "household": _("families"),
    "individual": _("people"),
    "presence": _("where people are"),
    "stay": _("beds"),
    "case": _("cases"),
    "tracingrequest": _("who is sought"),
    "tracingmatch": _("who may be found"),
    "handout": _("aid received"),
    "merge": _("duplicates"),
    "room": _("a room"),
    "house": _("a house"),
    "bed_nights": _("bed nights"),
    "card": _("cards"),
    "plan": _("a plan for the evening"),
    "plannedfamily": _("who would sleep where by a plan"),
    "apart": _("families kept apart"),
    "apartpair": _("families kept apart"),
    "transportrun": _("a bus"),
    "passenger": _("who is on a bus"),
    "driverlink": _("the driver's list of a bus"),
    "census": _("census"),
    "log": _("the log"),
    "user": _("an account"),
    "token": _("with a key for programs"),
}
PARTS = {
    "barred": _("families kept apart"),
    "board": _("shelter board"),
    "card": _("card"),
    "cases": _("cases"),
    "code": _("Code"),
    "day": _("by day"),
    "documents": _("documents"),
    "emergency": _("in an emergency"),
    "handouts": _("aid received"),
    "letter": _("a letter"),
    "list": _("list"),
    "log": _("the log"),
    "needs": _("needs"),
    "number": _("by number"),
    "numbers": _("in numbers"),
    "overflow": _("without a place"),
    "password": _("password"),
    "present_at": _("by site"),
    "referrals": _("referrals"),
    "roll call": _("roll call"),
    "round": _("round"),
    "search": _("by words"),
    "searches": _("who is sought"),
    "secret": _("Code"),
    "site": _("by site"),
    "size": _("how many people"),
    "sleeping": _("who sleeps there"),
    "state": _("by state"),
    "stays": _("beds"),
    "told": _("what was told"),
    "waiting": _("who waits"),
    "words": _("what was said"),
    "years": _("many birth years for one name"),
    **{one.value: one.label for one in Agreement},
}


@dataclass(frozen=True)
class LineRow:
    """A line in words; of the families it is about the first few, and how many rows were shown besides."""

    line: LogLine
    what: str
    parts: str
    families: list[str]
    more: int
    account: User | None  # whose it is, where the line is about an account that there is


CASEWORK = frozenset(str(model._meta.model_name) for model in apps.get_app_config("casework").get_models())


def told_of_cases(lines: "QuerySet[LogLine]", household: Household, user: User) -> "QuerySet[LogLine]":
    """The lines without those that say, by what was opened, that there is a case which the user may not see."""
    people = Membership.objects.filter(household=household).values_list("individual", "counted_as")
    records = {key for row in people for key in row}
    seen = list(Case.objects.visible_to(user).filter(individual__in=records).values_list("individual", flat=True))
    of_cases = Q(subject__in=CASEWORK)
    return lines.exclude(of_cases & ~Q(keys__overlap=seen)) if seen else lines.exclude(of_cases)


def told_of_buses(lines: "QuerySet[LogLine]", household: Household, user: User) -> "QuerySet[LogLine]":
    """The lines without those that say, by what was opened, that they ride on a bus of which the user is not told."""
    runs = TransportRun.objects.told_to(user)
    links = DriverLink.objects.filter(run__in=runs)
    rides = runs.filter(passengers__household=household).exists()
    lists = Q() if rides else Q(subject="passenger")
    for kind, told in (("transportrun", runs), ("driverlink", links)):
        keys = told.order_by().annotate(key=Cast("pk", TextField())).values("key")
        lists |= Q(subject=kind) & ~Q(subject_id__in=keys)
    return lines.exclude(lists)


def told_to(lines: "QuerySet[LogLine]", user: User) -> "QuerySet[LogLine]":
    """The lines that the user may read: none by staff of a site whose people the user may not know, none of its house.

    Otherwise the name of who opened a family would tell that the family is, or was, at a confidential site.
    """
    untold = Site.objects.exclude(sight_of(user).told())  # an empty condition excludes nothing, and then all are told
    if not sight_of(user).told() or not untold.exists():
        return lines
    houses = Q(subject="house", subject_id__in=untold.values("code"))
    return lines.exclude(Q(by__in=insiders(user).values("pk")) & Q(by__isnull=False)).exclude(houses)


def reads_cases(user: User) -> bool:
    """Whether who reads the log may know of every case. Who may not reads of a case that people were shown."""
    return user.reach(Permission.SEE_CASES) is None


def reads_who_opened(user: User, household: Household) -> bool:
    """Whether the user, who sees the family, reads who opened it: they supervise it, or read the log of its site."""
    if allows(user, Permission.SEE_LOG, household.site):
        return True
    return Household.objects.supervised_by(user).filter(pk=household.pk).exists()


def without_case(line: Any) -> Any:
    """The line as who may not know of the case reads it: whose data were shown stays, that it is a case does not."""
    if line.subject in CASEWORK:
        line.subject, line.subject_id, line.fields = "individual", "", []
    return line


def lines_about(lines: "QuerySet[LogLine]", number: int) -> "QuerySet[LogLine]":
    """The lines of answers that showed the household of this number or anybody of it, also under another record."""
    records = Membership.objects.filter(household__number=number).values_list("household", "individual", "counted_as")
    keys = {key for row in records for key in row}
    keys |= set(Household.objects.filter(number=number).values_list("pk", flat=True))
    subjects = Q(subject__in=("household", "individual"), subject_id__in=[str(key) for key in keys])
    return lines.filter(Q(keys__overlap=list(keys)) | subjects) if keys else lines.none()


def to_be_read(lines: "QuerySet[LogLine]") -> Any:
    """The lines, the latest first, with no more of the ids they hold than `read_lines` names: a file has thousands."""
    first = lines.defer("keys").annotate(first=F(f"keys__0_{NAMED}"), shown=F("keys__len"))
    return first.select_related("by").order_by("-pk")


def read_lines(lines: Iterable[Any], *, cases: bool) -> list[LineRow]:
    """The lines in words; `cases` is whether the reader may know of the cases in them."""
    lines = [line if cases else without_case(line) for line in lines]
    numbers = numbers_of({key for line in lines for key in _first(line)})
    accounts = _accounts() if any(line.subject == "user" for line in lines) else {}
    return [_row(line, numbers, accounts) for line in lines]


def _accounts() -> dict[str, User]:
    """Each account by its id, and by what the log says of its name where nobody could sign in."""
    users = list(User.objects.all())
    return {str(user.pk): user for user in users} | {digest_of_account(user.username): user for user in users}


def _row(line: Any, numbers: dict[uuid.UUID, int], accounts: dict[str, User]) -> LineRow:
    families = {write_number(numbers[key]) for key in _first(line) if key in numbers}
    parts = {str(PARTS[part]): None for part in line.fields if part in PARTS}
    kind = "case" if line.subject in CASEWORK - KINDS.keys() else line.subject
    what = KINDS.get(kind) or title_of(kind) or kind  # of a page, what leads there; of the API, its address
    return LineRow(
        line, str(what), ", ".join(parts), sorted(families), max(line.shown - NAMED, 0), accounts.get(line.subject_id)
    )


def _first(line: Any) -> list[uuid.UUID]:
    own = [uuid.UUID(line.subject_id)] if line.subject in ("household", "individual") and line.subject_id else []
    return own or line.first


def numbers_of(keys: set[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The number of each household, and of the household each person is in today."""
    found = dict(Household.objects.filter(pk__in=keys).values_list("pk", "number"))
    people = Membership.objects.today().filter(individual__in=keys - set(found))
    return found | dict(people.values_list("individual", "household__number"))
