"""How often a password may be tried: by account and address together, and judged after the password.

A stranger's wrong tries lock out nobody but the stranger's address, and a browser that the person has signed in with
before is counted by itself. Where the broker is away nobody counts, and sign-in goes on.
"""

import secrets
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from centre.limits import count

WRONG, WRONG_WITHIN = 10, 300  # seconds: of one account from one address or known device
WRONG_CODES, CODES_WITHIN = 20, 3600  # of one account, from anywhere: who is asked for a code knows the password
WRONG_THERE, ALL_THERE, THERE_WITHIN = 60, 300, 60  # from one address: a whole camp signs in from one
KNOWN_FOR = 90 * 24 * 3600  # seconds
SALT = "centre.known"


class TooManyPasswords(Exception):
    """Somebody guesses passwords: they may try again after `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True)
class Tries:
    """One try to sign in: to which account, and from where."""

    account: str
    address: str
    known: str  # what names the device, if this account has signed in there before

    def begin(self) -> None:
        """Refuse what floods an address before a password is hashed for it."""
        if count(f"tries:all:{self.address}", THERE_WITHIN) > ALL_THERE:
            raise TooManyPasswords(THERE_WITHIN)

    def judge(self, *, right: bool) -> None:
        """Count a wrong password; refuse a right one, too, after too many: who guesses learns nothing."""
        more = 0 if right else 1
        if count(f"tries:{self.account}:{self.known or self.address}", WRONG_WITHIN, more) > WRONG:
            raise TooManyPasswords(WRONG_WITHIN)
        if not self.known and count(f"tries:wrong:{self.address}", THERE_WITHIN, more) > WRONG_THERE:
            raise TooManyPasswords(THERE_WITHIN)

    def judge_code(self, *, right: bool) -> None:
        """Count a wrong code as a wrong password is counted, and for the account wherever it was typed."""
        self.judge(right=right)
        if count(f"tries:codes:{self.account}", CODES_WITHIN, 0 if right else 1) > WRONG_CODES:
            raise TooManyPasswords(CODES_WITHIN)


def tries_of(request: HttpRequest, username: str) -> Tries:
    """What this try counts against."""
    account = _marked(username)
    known = request.get_signed_cookie(f"known-{account}", default="", salt=SALT, max_age=KNOWN_FOR)
    return Tries(account, get_adapter().get_client_ip(request), known or "")


def know_device(response: HttpResponse, username: str) -> None:
    """Let this browser's tries for the account count by themselves from now on."""
    response.set_signed_cookie(
        f"known-{_marked(username)}",
        secrets.token_urlsafe(12),
        salt=SALT,
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _marked(username: str) -> str:
    return salted_hmac(SALT, username.lower(), algorithm="sha256").hexdigest()[:16]
