"""Sign-in: staff accounts are made by an administrator, and each sign-in leaves a line."""

from datetime import timedelta
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed
from allauth.account.signals import user_logged_in as signed_in
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.exceptions import ValidationError as Invalid
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.actions import choose_language, forget_given_password
from centre.factors import ways_to_prove
from centre.log import digest_of_account, write_log
from centre.models import LogLine, User
from centre.sessions import SessionStore, begin, end_all
from centre.tries import know_device, tries_of

GIVEN_PASSWORD_LASTS = timedelta(hours=24)
LANGUAGE_BEFORE_SIGN_IN = "language_before_sign_in"
SAID_BY_THE_PAGE = ("account/messages/logged_in.txt", "account/messages/logged_out.txt", "mfa/")


class StaffAccounts(DefaultAccountAdapter):
    """Nobody signs up; an administrator opens accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Whose name and password these are; raises TooManyPasswords, or Invalid for a first password too old."""
        tries = tries_of(request, credentials.get("username", ""))
        tries.begin()
        user: User | None = super().authenticate(request, **credentials)
        tries.judge(right=user is not None)
        if user and user.password_given_at and timezone.now() - user.password_given_at > GIVEN_PASSWORD_LASTS:
            raise Invalid(_("This first password is older than 24 hours. Ask your administrator for a new one."))
        return user

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """The password first: it is what a telephone left open does not give; then, of who has one, the factor."""
        ways = {"account_reauthenticate": _("Password"), **ways_to_prove(user)}
        return [{"id": page, "description": str(way), "url": reverse(page)} for page, way in ways.items()]

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say nothing of what the page shows by itself; and one that says *saved* ends a draft."""
        if not (message_template or "").startswith(SAID_BY_THE_PAGE):
            super().add_message(request, level, message_template, *args, **kwargs)


@receiver(signed_in)
def know_the_device(response: HttpResponse, user: User, **_told: Any) -> None:
    know_device(response, user.username)


@receiver(user_logged_in)
def log_sign_in(user: User, **_told: Any) -> None:
    write_log(user, LogLine.Verb.SIGNED_IN)


@receiver(user_logged_in)
def begin_the_session(request: HttpRequest, **_told: Any) -> None:
    begin(cast(SessionStore, request.session), request.headers.get("User-Agent", ""))


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


@receiver(password_changed)
def end_what_the_old_password_opened(request: HttpRequest, user: User, **_told: Any) -> None:
    end_all(user, besides=request.session.session_key)


@receiver(user_login_failed)
def log_failed_sign_in(credentials: dict[str, Any], **_told: Any) -> None:
    write_log(None, LogLine.Verb.SIGN_IN_FAILED, "user", key=digest_of_account(str(credentials.get("username", ""))))
