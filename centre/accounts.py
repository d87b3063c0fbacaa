"""Sign-in: staff accounts are made by an administrator, and each sign-in leaves a line."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from centre.actions import choose_language, forget_given_password
from centre.log import digest_of_account, write_log
from centre.models import LogLine, User

LANGUAGE_BEFORE_SIGN_IN = "language_before_sign_in"
SAID_BY_THE_BAR = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class StaffAccounts(DefaultAccountAdapter):
    """Nobody signs up; an administrator opens accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say nothing of signing in and out: the top bar shows it, and a page that says *saved* ends a draft."""
        if message_template not in SAID_BY_THE_BAR:
            super().add_message(request, level, message_template, *args, **kwargs)


@receiver(user_logged_in)
def log_sign_in(user: User, **_told: Any) -> None:
    write_log(user, LogLine.Verb.SIGNED_IN)


@receiver(user_logged_in)
def speak_the_language_chosen_before(request: HttpRequest, user: User, **_told: Any) -> None:
    chosen = request.session.pop(LANGUAGE_BEFORE_SIGN_IN, None)
    if chosen:
        choose_language(chosen, by=user)
        user.language = chosen


@receiver(password_changed)
def forget_the_given_password(user: User, **_told: Any) -> None:
    forget_given_password(by=user)
    write_log(user, LogLine.Verb.PASSWORD_CHANGED, user)


@receiver(user_login_failed)
def log_failed_sign_in(credentials: dict[str, Any], **_told: Any) -> None:
    write_log(None, LogLine.Verb.SIGN_IN_FAILED, "user", key=digest_of_account(str(credentials.get("username", ""))))
