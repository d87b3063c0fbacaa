"""The second factor: who needs one, how its secrets are kept, what proves it, and the lines that it leaves."""

from base64 import urlsafe_b64encode
from typing import Any

import segno
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from centre.access import FOR_A_TIME
from centre.errors import FactorUnreadable
from centre.locks import lock_by_key
from centre.log import digest_of_account, write_log
from centre.models import LogLine, User
from centre.tries import tries_of

NO_FACTOR = _("Set up a second factor first.")
BY_PASSWORD, BY_FACTOR = "password", "mfa"  # what allauth calls the ways in which somebody proved who they are
WRONG_CODE = _("This code is wrong or was used already. Wait for the next one.")


class SealedFactors(DefaultMFAAdapter):
    """What is secret of a factor lies in the database under a key that does not."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; refuses with FactorUnreadable where no key of ours sealed it."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise FactorUnreadable from error

    def build_totp_svg(self, url: str) -> str:
        return segno.make(url, error="m", micro=False).svg_inline(scale=5, light="white")


def has_factor(user: User) -> bool:
    """Whether the user is asked for a second factor at sign-in; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def ways_to_prove(user: User) -> dict[str, Any]:
    """The pages where the user proves themselves again by a factor, each with its name, the likeliest first."""
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    by_code, by_passkey = {"mfa_reauthenticate": _("Code")}, {"mfa_reauthenticate_webauthn": _("Passkey")}
    if Authenticator.Type.WEBAUTHN not in kinds:
        return by_code if Authenticator.Type.TOTP in kinds else {}
    return by_code | by_passkey if Authenticator.Type.TOTP in kinds else by_passkey | by_code


def lacks_factor(user: Any) -> bool:
    """Whether the user has a role, other than a volunteer's, for which they have yet to set up a second factor."""
    return settings.SECOND_FACTOR and bool(user.roles() - set(FOR_A_TIME)) and not has_factor(user)


def is_code_of(user: User, code: str) -> bool:
    """Whether this is a code of the user's telephone or recovery codes that was never used; it is used up now."""
    with transaction.atomic():
        kept = lock_by_key(Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN))
        right = any(_uses_up(authenticator, code) for authenticator in kept)
        if right:
            judge(user, right=True)  # refused, it is not used up
    if not right:
        judge(user, right=False)
    return right


def judge(user: User, *, right: bool) -> None:
    """Count and log a second factor that was wrong; raises TooManyPasswords, also for a right one after too many."""
    if not right:
        write_log(None, LogLine.Verb.SIGN_IN_FAILED, "user", ["code"], key=digest_of_account(user.username))
    tries_of(context.request, user.username).judge_code(right=right)


def people_under_another_key() -> list[str]:
    """The user names of people whose app or recovery codes were sealed under a key that is missing here."""
    kept = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).select_related("user")
    return sorted({one.user.username for one in kept if not _is_readable(one)})


def _is_readable(kept: Authenticator) -> bool:
    try:
        SealedFactors().decrypt(kept.data["secret" if kept.type == Authenticator.Type.TOTP else "seed"])
    except FactorUnreadable:
        return False
    return True


def _uses_up(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return bool(authenticator.wrap().validate_code(code))
    secret = SealedFactors().decrypt(authenticator.data["secret"])
    shown = [at for at in totp.yield_hotp_counters_from_time() if at > authenticator.data.get("used", 0)]
    right = [at for at in shown if totp.compare_user_code(actual=code, expected=_shown_at(secret, at))]
    if right:
        authenticator.data["used"] = right[-1]  # also where the broker, in which allauth notes it, is away
        authenticator.save(update_fields=["data"])
    return bool(right)


def _shown_at(secret: str, counter: int) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def _keys() -> MultiFernet:
    """The first seals, each opens: a key that follows another goes on opening what was sealed before."""
    return MultiFernet([_sealing(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _sealing(secret: str | bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac("centre.factors", "", secret=secret, algorithm="sha256").digest()))


@receiver(signals.authenticator_added)
def log_added(request: HttpRequest, user: User, authenticator: Authenticator, **_told: Any) -> None:
    """A line; the code that set the app up is used up by it, and who set it up has proved that they have it."""
    if authenticator.type == Authenticator.Type.TOTP:
        authenticator.data["used"] = max(totp.yield_hotp_counters_from_time())
        authenticator.save(update_fields=["data"])
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, BY_FACTOR, reauthenticated=True)
    write_log(user, LogLine.Verb.FACTOR_ADDED, user, [authenticator.type])


@receiver(signals.authenticator_removed)
def log_removed(user: User, authenticator: Authenticator, **_told: Any) -> None:
    write_log(user, LogLine.Verb.FACTOR_REMOVED, user, [authenticator.type])


@receiver(signals.authenticator_reset)
def log_renewed(user: User, **_told: Any) -> None:
    write_log(user, LogLine.Verb.CODES_RENEWED, user)
