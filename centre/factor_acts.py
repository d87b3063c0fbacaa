"""What administrators do about a second factor that was lost with a telephone."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from centre.acts import act
from centre.errors import AskedAlready, NoFactor, NotOneself, RequestGone
from centre.factors import has_factor
from centre.locks import lock_by_key
from centre.log import write_log
from centre.models import Act, LogLine, LostFactor, User
from centre.seconds import require_second
from centre.sessions import end_all
from centre.staff_acts import StaffSaved, require_over


@act("ask_to_remove_factor", answers=StaffSaved)
def ask_to_remove_factor(user: User, *, by: User, at: datetime, act: Act) -> StaffSaved:
    """Say that the person has lost their second factor; another administrator has a day to agree.

    Refuses with NotOneself, NoFactor or AskedAlready.
    """
    require_over(user, by, at)
    if user.pk == by.pk:
        raise NotOneself
    lock_by_key(User.objects.filter(pk=user.pk))
    if not has_factor(user):
        raise NoFactor
    if LostFactor.objects.waiting().filter(user=user).exists():
        raise AskedAlready
    LostFactor.objects.create(user=user, asked_by=by)
    return StaffSaved(str(user.pk))


@act("agree_to_remove_factor", answers=StaffSaved)
def agree_to_remove_factor(lost: LostFactor, *, by: User, at: datetime, act: Act) -> StaffSaved:
    """Remove every second factor of the person, as a second administrator, and end their sessions and tokens.

    Refuses with NotOneself, NotTheSecond, PasswordFromTheFirst, or RequestGone after a day.
    """
    require_over(lost.user, by, at)
    if by.pk == lost.user_id:
        raise NotOneself
    require_second(by, lost.asked_by_id)
    lock_by_key(User.objects.filter(pk=lost.user_id))
    if not LostFactor.objects.waiting().filter(pk=lost.pk).update(agreed_at=timezone.now(), agreed_by=by):
        raise RequestGone
    _remove_factors(lost.user)
    return StaffSaved(str(lost.user_id))


def remove_factor_at_terminal(user: User) -> None:
    """Remove the person's second factors from the machine itself: who has it has all. Refuses with NoFactor."""
    with transaction.atomic():
        if not has_factor(user):
            raise NoFactor
        _remove_factors(user)
        write_log(None, LogLine.Verb.FACTOR_REMOVED, user)


def _remove_factors(user: User) -> None:
    Authenticator.objects.filter(user=user).delete()
    end_all(user)
