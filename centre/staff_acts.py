"""Setting up who works here: accounts, roles, and who may sign in."""

import hashlib
import hmac
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from centre.access import BY_TWO, FOR_A_TIME, Permission, Role, judged_at, require, require_everywhere
from centre.acts import act
from centre.errors import (
    EndNeeded,
    EndsBeforeStart,
    LastAdministrator,
    NotOneself,
    RoleDecided,
    RoleEnded,
    RoleHeld,
    SiteClosed,
    UsernameTaken,
)
from centre.locks import lock_by_key
from centre.log import write_log
from centre.models import Act, Assignment, LogLine, Site, User
from centre.refusals import refused_on
from centre.seconds import counts_from, require_second
from centre.sessions import end_all

TIME_TO_MAKE_ANOTHER = timedelta(days=7)  # an administrator whose role ends sooner is not the one who stays


@dataclass(frozen=True)
class StaffSaved:
    """The person whose account or role was set up; never their password."""

    user: str


def one_time_password(act_id: Any) -> str:
    """The password of the act that gave it: the same when it is sent again, and kept nowhere. 60 bits, four by four."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"one-time password {act_id}".encode(), hashlib.sha256).digest()
    letters = b32encode(digest).decode().lower()[:12]
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


@act("add_staff", answers=StaffSaved)
def add_staff(
    *,
    username: str,
    first_name: str,
    last_name: str,
    language: str,
    role: str,
    site: Site | None = None,
    ends_at: datetime | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> StaffSaved:
    """Open an account with a one-time password and a first role.

    Refuses with UsernameTaken, EndNeeded, EndsBeforeStart or SiteClosed; then there is no account.
    """
    _require_there(by, site, at)
    with refused_on(User.username.field, UsernameTaken()):
        user = User.objects.create(
            username=username,
            first_name=first_name,
            last_name=last_name,
            language=language,
            password=make_password(one_time_password(act.pk)),
            password_given_at=at,
            password_given_by=by,
        )
    _assign(user, role, site, ends_at, by=by, at=at)
    return StaffSaved(str(user.pk))


@act("give_role", answers=StaffSaved)
def give_role(
    user: User,
    *,
    role: str,
    site: Site | None = None,
    ends_at: datetime | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> StaffSaved:
    """Give the person a role at the site, or at all; one that opens files counts when another administrator agrees.

    Where there is no other it counts an hour later, and all are told until then. Refuses with NotOneself, RoleHeld,
    EndNeeded, EndsBeforeStart or SiteClosed.
    """
    _require_there(by, site, at)
    if user.pk == by.pk:
        raise NotOneself
    _assign(user, role, site, ends_at, by=by, at=at)
    return StaffSaved(str(user.pk))


def give_role_at_terminal(user: User, *, role: str, site: Site | None = None, ends_at: datetime | None = None) -> None:
    """Give the role from the machine itself, or the same that waits: it counts at once. Who has the machine has all.

    Refuses with RoleHeld, EndNeeded, EndsBeforeStart or SiteClosed.
    """
    with transaction.atomic():
        now = timezone.now()
        if site is not None and site.is_closed(now):
            raise SiteClosed
        waiting = Assignment.objects.waiting().filter(user=user, role=role, site=site)
        lasting = {"ends_at": ends_at} if ends_at else {}
        if not waiting.update(starts_at=now, given_by=None, **lasting):
            _assign(user, role, site, ends_at, by=None, at=now)
        write_log(None, LogLine.Verb.ROLE_GIVEN, user)


@act("agree_to_role", answers=StaffSaved)
def agree_to_role(assignment: Assignment, *, by: User, at: datetime, act: Act) -> StaffSaved:
    """Let the role count from now on, as a second administrator.

    Refuses with NotOneself, NotTheSecond, PasswordFromTheFirst, SiteClosed, or RoleDecided when it counts, has ended
    or is withdrawn.
    """
    _require_there(by, assignment.site, at)
    if by.pk == assignment.user_id:
        raise NotOneself
    require_second(by, assignment.given_by_id)
    now = timezone.now()
    if assignment.site is not None and assignment.site.is_closed(now):
        raise SiteClosed
    waiting = Assignment.objects.waiting().filter(pk=assignment.pk)
    if not waiting.update(starts_at=now, agreed_at=now, agreed_by=by):
        raise RoleDecided
    return StaffSaved(str(assignment.user_id))


@act("withdraw_role", answers=StaffSaved)
def withdraw_role(assignment: Assignment, *, by: User, at: datetime, act: Act) -> StaffSaved:
    """Take the role back before it counts; it never does then. Refuses with RoleDecided."""
    _require_there(by, assignment.site, at)
    waiting = Assignment.objects.waiting().filter(pk=assignment.pk)
    if not waiting.update(starts_at=None, withdrawn_at=timezone.now(), withdrawn_by=by):
        raise RoleDecided
    return StaffSaved(str(assignment.user_id))


@act("end_role", answers=StaffSaved)
def end_role(assignment: Assignment, *, by: User, at: datetime, act: Act) -> StaffSaved:
    """End the role now. Refuses with RoleEnded or LastAdministrator."""
    _require_there(by, assignment.site, at)
    everybodys = assignment.role == Role.ADMINISTRATOR and assignment.site_id is None
    if everybodys and not [one for one in _lasting_administrators(at) if one.pk != assignment.pk]:
        raise LastAdministrator
    ended = Assignment.objects.running(at).filter(pk=assignment.pk).update(ends_at=at)
    if not ended:
        raise RoleEnded
    if assignment.role == Role.ADMINISTRATOR:
        _withdraw_proposals(assignment.user, by)
    return StaffSaved(str(assignment.user_id))


@act("block_sign_in", answers=StaffSaved)
def block_sign_in(user: User, *, by: User, at: datetime, act: Act) -> StaffSaved:
    """Let the person in no more, and end their sessions and tokens for good; their past stays readable.

    The roles that they gave and that do not count yet are withdrawn.
    Refuses with NotOneself or LastAdministrator.
    """
    require_over(user, by, at)
    if user.pk == by.pk:
        raise NotOneself
    lasting = _lasting_administrators(at, user)
    sets_up_all = Assignment.objects.running(at).filter(user=user, role=Role.ADMINISTRATOR, site=None).exists()
    if sets_up_all and not [one for one in lasting if one.user_id != user.pk]:
        raise LastAdministrator
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_all(user)
    _withdraw_proposals(user, by)
    return StaffSaved(str(user.pk))


@act("allow_sign_in", answers=StaffSaved)
def allow_sign_in(user: User, *, by: User, at: datetime, act: Act) -> StaffSaved:
    """Let the person in again, with the roles that still run; nothing that was signed in before comes back."""
    require_over(user, by, at)
    end_all(user)  # what signed in while sign-in was being blocked
    User.objects.filter(pk=user.pk).update(is_active=True)
    return StaffSaved(str(user.pk))


@act("give_password", answers=StaffSaved)
def give_password(user: User, *, by: User, at: datetime, act: Act) -> StaffSaved:
    """Replace a forgotten password by a one-time one, and end their sessions and tokens. Refuses with NotOneself."""
    require_over(user, by, at)
    if user.pk == by.pk:
        raise NotOneself
    User.objects.filter(pk=user.pk).update(
        password=make_password(one_time_password(act.pk)), password_given_at=at, password_given_by=by
    )
    end_all(user)
    return StaffSaved(str(user.pk))


def _lasting_administrators(at: datetime, *locked: User) -> list[Assignment]:
    """Who sets up all sites and may sign in, now and for a week to come; their accounts and these stay locked."""
    now = judged_at(at)[-1]
    roles = (
        Assignment.objects.running(now)
        .filter(role=Role.ADMINISTRATOR, site=None)
        .exclude(ends_at__lte=now + TIME_TO_MAKE_ANOTHER)
    )
    held = Q(pk__in=roles.values("user")) | Q(pk__in=[user.pk for user in locked])
    active = [user for user in lock_by_key(User.objects.filter(held)) if user.is_active]
    return lock_by_key(roles.filter(user__in=active))


def _assign(
    user: User, role: str, site: Site | None, ends_at: datetime | None, *, by: User | None, at: datetime
) -> None:
    lock_by_key(User.objects.filter(pk=user.pk))
    same = Assignment.objects.filter(user=user, role=role, site=site)
    if same.running(at).exists() or same.waiting().exists():
        raise RoleHeld
    if ends_at is None and role in FOR_A_TIME:
        raise EndNeeded
    if site is not None and site.is_closed(at):
        raise SiteClosed
    starts_at = counts_from(user, site, by) if by and role in BY_TWO else at
    if ends_at is not None and ends_at <= (starts_at or at):
        raise EndsBeforeStart
    Assignment.objects.create(user=user, role=role, site=site, starts_at=starts_at, ends_at=ends_at, given_by=by)


def _withdraw_proposals(user: User, by: User) -> None:
    """The roles that the user gave and that do not count yet never will."""
    Assignment.objects.waiting().filter(given_by=user).update(
        starts_at=None, withdrawn_at=timezone.now(), withdrawn_by=by
    )


def _require_there(by: User, site: Site | None, at: datetime) -> None:
    """Roles at all sites are given by those who set up all of them."""
    if site is None:
        require_everywhere(by, Permission.SET_UP, at)
    else:
        require(by, Permission.SET_UP, site, at)


def require_over(user: User, by: User, at: datetime) -> None:
    """An account is changed by who sets up every site it works at, or nobody could be safe from a smaller site's."""
    sites = [assignment.site for assignment in Assignment.objects.running(at).filter(user=user).select_related("site")]
    for site in sites or [None]:
        _require_there(by, site, at)
