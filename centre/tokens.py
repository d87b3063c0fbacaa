"""Personal expiring tokens for machines."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from centre.access import BY_PAGES_ALONE, NotAllowed
from centre.factors import NO_FACTOR, lacks_factor
from centre.models import Token, User

USUAL_HOURS = 12  # a shift
LONGEST_HOURS = 72
# What a token may name: the first word of an address of the API. Its own end is open to every token
DOORS = (
    "acts",
    "arrivals",
    "bed-nights",
    "call-list",
    "calls",
    "case-numbers",
    "case-letters",
    "case-steps",
    "cases",
    "census",
    "conflicts",
    "contracts",
    "distributions",
    "door",
    "duties",
    "emergency-openings",
    "gate-counts",
    "handouts",
    "headcount-differences",
    "headcounts",
    "households",
    "individuals",
    "intakes",
    "kept-apart",
    "invoices",
    "items",
    "log",
    "merges",
    "movements",
    "overflows",
    "places",
    "pre-registrations",
    "presences",
    "referrals",
    "roll-calls",
    "rooms",
    "services",
    "sightings",
    "sites",
    "sleeping",
    "snapshots",
    "stock-counts",
    "stock-movements",
    "stays",
    "bed-acts",
    "waiting",
    "waiting-facts",
    "openings",
    "plans",
    "planned-families",
    "transport-runs",
    "passengers",
    "tracing-matches",
    "tonight",
    "tracing-requests",
)


def digest_of_token(plain: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(plain.encode()).hexdigest()


def needs_tokens(user: User) -> bool:
    """Whether a role that the user has now is one whose work a machine may do."""
    return bool(user.roles() - BY_PAGES_ALONE)


def make_token(
    user: User, label: str, expires_at: datetime, *, reads: Sequence[str] = DOORS, writes: Sequence[str] = DOORS
) -> str:
    """Make a token that reads and writes at these doors, and return it; it cannot be read again afterwards."""
    plain = secrets.token_urlsafe(32)
    opens = {"reads": sorted({*reads}), "writes": sorted({*writes})}
    Token.objects.create(user=user, label=label, digest=digest_of_token(plain), expires_at=expires_at, **opens)
    return plain


def live_tokens(user: User) -> QuerySet[Token]:
    """The tokens of the user that still open something, the latest first."""
    return Token.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=timezone.now()).order_by("-made_at")


def revoke_token(token: Token) -> None:
    """End the token now."""
    Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer …`; refuses a token that is unknown, expired or revoked."""

    keyword = "bearer"

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        words = authentication.get_authorization_header(request).split()
        if not words or words[0].lower() != self.keyword.encode():
            return None
        if len(words) != 2:
            raise exceptions.AuthenticationFailed(_("The token is missing or broken in two."))
        now = timezone.now()
        token = (
            Token.objects.select_related("user")
            .filter(digest=digest_of_token(words[1].decode("latin-1")), expires_at__gt=now)
            .filter(Q(revoked_at__isnull=True) | Q(revoked_at__gt=now), user__is_active=True)
            .first()
        )
        if token is None:
            raise exceptions.AuthenticationFailed(_("The token is unknown, expired or revoked."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class WithinItsToken(permissions.BasePermission):
    """A token opens the doors that it names, in the way it names, for who has the second factor they need.

    To who belongs to another house it opens none.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.user, User) and request.user.is_outside:
            raise Http404
        if isinstance(request.auth, Token) and lacks_factor(request.user):
            raise NotAllowed(NO_FACTOR)
        token, match = request.auth, request.resolver_match
        first = request.path.removeprefix(reverse("api") + "v1/").partition("/")[0].partition(".")[0]
        if not isinstance(token, Token) or first == "tokens" or (match and match.url_name == "api"):
            return True
        if first not in (token.reads if request.method in permissions.SAFE_METHODS else token.writes):
            raise NotAllowed(_("This token does not open this address. Make one that does."))
        return True
