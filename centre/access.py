"""Who may do what: one readable table."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from centre.models import Site, User


class Role(models.TextChoices):
    """What a person is at a site."""

    VOLUNTEER = "volunteer", _("Intake volunteer")
    AID_VOLUNTEER = "aid_volunteer", _("Aid volunteer")
    RECEPTIONIST = "receptionist", _("Reception of a house")
    COORDINATOR = "coordinator", _("Coordinator")
    PROTECTION = "protection", _("Protection officer")
    OFFICIAL = "official", _("Official")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")
    SERVICE = "service", _("Outside service")


class Permission(models.TextChoices):
    """What a role may do."""

    REGISTER = "register", _("Register families, record arrivals and departures")
    COUNT_GATE = "count_gate", _("Count people and vehicles at the gate")
    SEE_FAMILIES = "see_families", _("See families of their site")
    EXPORT_FAMILIES = "export_families", _("Download lists of families")
    SEE_NEEDS = "see_needs", _("See specific needs")
    SEE_DOCUMENTS = "see_documents", _("See and search the numbers of documents, one person at a time")
    SEE_CASES = "see_cases", _("See and follow cases")
    ANSWER_REFERRALS = "answer_referrals", _("Answer what is offered to their own service")
    MERGE = "merge", _("Merge and unmerge duplicates, void what was wrong")
    PLACE = "place", _("Hold places, check families in and move them")
    CHECK_IN = "check_in", _("Check in those who are expected, see them out, call the roll")
    HOLD_ELSEWHERE = "hold_elsewhere", _("Hold places at other sites, as many as they are open to others for")
    PRINT_CARDS = "print_cards", _("Print cards beforehand, revoke what was not given")
    SET_UP_ROOMS = "set_up_rooms", _("Set up rooms, block and open places")
    BEGIN_HOUSE = "begin_house", _("Begin a house in a province where they coordinate a site")
    HAND_OUT = "hand_out", _("Hand out aid")
    PLAN_AID = "plan_aid", _("Plan distributions, keep stock, reverse handouts")
    SEE_CENSUS = "see_census", _("Read the census and export it")
    TAKE_CENSUS = "take_census", _("Take a snapshot")
    SEE_LOG = "see_log", _("Read the log")
    SET_UP = "set_up", _("Set up sites, staff and devices")


# Who has the role, and why it may do what it may
GIVEN_TO: dict[Role, Promise] = {
    Role.VOLUNTEER: _(
        "For people at the gate and registration desks: they register families, so they see the families of their site."
    ),
    Role.AID_VOLUNTEER: _("For people who hand out aid: they see what a family receives, and no names."),
    Role.RECEPTIONIST: _(
        "For those who receive at a house: they see who is expected and who sleeps there, by number and initials."
    ),
    Role.COORDINATOR: _(
        "For those who run a site: they place families, plan aid and correct mistakes, so they see needs, and no cases."
    ),
    Role.PROTECTION: _(
        "For specialists who help children without their parents and people in danger: only they see cases."
    ),
    Role.OFFICIAL: _("For authorities and agencies that need figures: they read the census, and no names."),
    Role.AUDITOR: _("For those who check the work afterwards: they read the log and the census, and open no family."),
    Role.ADMINISTRATOR: _("For those who set up sites, staff and roles: they open no family."),
    Role.SERVICE: _(
        "For hospitals and other services outside: they answer what is offered to them, and see nothing else."
    ),
}

P = Permission

MAY: dict[str, frozenset[Permission]] = {
    Role.VOLUNTEER: frozenset({P.REGISTER, P.COUNT_GATE, P.SEE_FAMILIES}),
    Role.AID_VOLUNTEER: frozenset({P.HAND_OUT}),
    Role.RECEPTIONIST: frozenset({P.CHECK_IN}),
    Role.COORDINATOR: frozenset(
        {
            P.REGISTER,
            P.COUNT_GATE,
            P.SEE_FAMILIES,
            P.EXPORT_FAMILIES,
            P.SEE_NEEDS,
            P.SEE_DOCUMENTS,
            P.MERGE,
            P.PRINT_CARDS,
            P.PLACE,
            P.CHECK_IN,
            P.HOLD_ELSEWHERE,
            P.SET_UP_ROOMS,
            P.BEGIN_HOUSE,
            P.HAND_OUT,
            P.PLAN_AID,
            P.SEE_CENSUS,
            P.TAKE_CENSUS,
        }
    ),
    Role.PROTECTION: frozenset(
        {P.REGISTER, P.SEE_FAMILIES, P.EXPORT_FAMILIES, P.SEE_NEEDS, P.SEE_DOCUMENTS, P.SEE_CASES, P.MERGE}
    ),
    Role.OFFICIAL: frozenset({P.SEE_CENSUS}),
    Role.AUDITOR: frozenset({P.SEE_CENSUS, P.SEE_LOG}),
    Role.ADMINISTRATOR: frozenset({P.SET_UP, P.PRINT_CARDS, P.SET_UP_ROOMS, P.SEE_LOG, P.SEE_CENSUS, P.TAKE_CENSUS}),
    Role.SERVICE: frozenset({P.ANSWER_REFERRALS}),
}


FOR_A_TIME = (Role.VOLUNTEER, Role.AID_VOLUNTEER, Role.RECEPTIONIST)
# Roles that open files, and the one that could agree to them: no single administrator gives one on the quiet
BY_TWO = [role for role in Role if MAY[role] & {P.SEE_FAMILIES, P.SET_UP}]
OUTSIDE = frozenset({Role.SERVICE})  # who belongs to another house: one page is theirs, and nothing else is there
AT_ONE_DOOR = frozenset({Role.RECEPTIONIST})  # their own house is all there is for them
BY_PAGES_ALONE = OUTSIDE | {Role.ADMINISTRATOR}  # whoever can give roles does it in person


def permissions_of(role: str) -> frozenset[Permission]:
    """What the role may do."""
    return MAY[role]


def judged_at(at: datetime | None) -> tuple[datetime, ...]:
    """When a right must hold: when it happened, and now. A demonstration plays its past as if that were now."""
    now = timezone.now()
    if at is None:
        return (now,)
    return (at,) if settings.DEMONSTRATION else (at, now)


class NotAllowed(PermissionDenied):
    """The person's role does not cover the act at that site and time."""


def require(by: "User", permission: Permission, site: "Site | None" = None, at: datetime | None = None) -> None:
    """Raise NotAllowed unless the user has the permission, then and now: at the site, or anywhere when None."""
    if not allows(by, permission, site, at):
        raise not_allowed(permission)


def not_allowed(permission: Permission) -> NotAllowed:
    """That nothing the user is gives them the permission here."""
    return NotAllowed(
        _("Your role does not allow this here: %(permission)s.") % {"permission": permission.label.lower()}
    )


def require_everywhere(by: "User", permission: Permission, at: datetime | None = None) -> None:
    """Raise NotAllowed unless the user has the permission, then and now, at every site."""
    if by.reach(permission, at) is not None:
        raise NotAllowed(
            _("Your role does not allow this for all sites: %(permission)s.") % {"permission": permission.label.lower()}
        )


def allows(by: "User", permission: Permission, site: "Site | None" = None, at: datetime | None = None) -> bool:
    """Whether the user has the permission, then and now: at the site, or anywhere when None."""
    reach = by.reach(permission, at)
    if reach is None:
        return site is None or by.knows(site, at)
    return site.pk in reach if site else bool(reach)
