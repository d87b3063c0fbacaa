"""The API of the ground: sites, and the tokens by which machines sign in."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError as Invalid
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from centre.factors import NO_FACTOR, WRONG_CODE, has_factor, is_code_of, lacks_factor
from centre.fields import Choice, Count, Facts, Text
from centre.filters import SiteFilterSet
from centre.log import write_log
from centre.models import LogLine, Site, Token
from centre.tokens import DOORS, LONGEST_HOURS, USUAL_HOURS, TokenAuthentication, make_token, needs_tokens, revoke_token
from centre.tries import TooManyPasswords
from centre.viewsets import Rows


@extend_schema_field({"type": "array", "items": {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"}})
class Hours(serializers.ListField):
    """Local hours of the day, such as 20:00."""

    child = serializers.TimeField(format="%H:%M")


class SiteRow(serializers.ModelSerializer[Site]):
    """A site."""

    cut_off_hours = Hours()

    class Meta:
        model = Site
        fields = (
            "id",
            "code",
            "name_en",
            "name_hy",
            "name_ru",
            "kind",
            "confidential",
            "marz",
            "p_code",
            "latitude",
            "longitude",
            "cut_off_hours",
            "presumed_left_after",
            "opened_at",
            "closed_at",
        )


class Sites(Rows):
    """Sites; a confidential one is shown to those who work there."""

    queryset = Site.objects.all()
    serializer_class = SiteRow
    filterset_class = SiteFilterSet

    def get_queryset(self) -> Any:
        return Site.objects.visible_to(self.request.user)


class Doors(serializers.ListField):
    """First words of addresses, such as `households`."""

    child = Choice(choices=DOORS)


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema describes a personal token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class TokenFacts(Facts):
    """Who wants a token, what for, for how long, and at which addresses it may ask and act."""

    username = Text(max_length=150)
    password = Text(max_length=128, trim_whitespace=False)
    code = Text(max_length=20, required=False, default="")  # of who has a second factor
    label = Text(max_length=60)  # type: ignore[assignment]  # a serializer's own label is another thing
    hours = Count(min_value=1, max_value=LONGEST_HOURS, default=USUAL_HOURS)
    reads = Doors(max_length=len(DOORS), required=False, help_text="With neither, what the person may by their roles.")
    writes = Doors(max_length=len(DOORS), required=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """A token that opens nothing is of no use; one that names nothing opens every door."""
        if "reads" not in said and "writes" not in said:
            return said | {"reads": list(DOORS), "writes": list(DOORS)}
        said = {"reads": [], "writes": []} | said
        if not said["reads"] and not said["writes"]:
            raise serializers.ValidationError({"reads": _("Name what this token may read or write.")})
        return said


class MadeToken(serializers.Serializer[Any]):
    """A token; it cannot be read again."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class Waits(exceptions.Throttled):
    """Somebody guesses passwords."""

    default_detail = _("Too many tries. Wait some minutes.")
    extra_detail_plural = extra_detail_singular = ""


class Tokens(viewsets.GenericViewSet[Any]):
    """Personal expiring tokens for machines."""

    serializer_class = TokenFacts
    filterset_class = None

    @extend_schema(request=TokenFacts, responses={201: MadeToken}, auth=[])
    def create(self, request: Request) -> Response:
        """Make a token for whoever knows the name and the password; guessing is throttled as on the sign-in page."""
        facts = TokenFacts(data=request.data)
        facts.is_valid(raise_exception=True)
        said = facts.validated_data
        user = _sign_in(request, said["username"], said["password"], said["code"])
        if user.password_given_at:
            raise exceptions.PermissionDenied(_("Choose a password of your own first."))
        if lacks_factor(user):
            raise exceptions.PermissionDenied(NO_FACTOR)
        if not needs_tokens(user):
            raise exceptions.PermissionDenied(_("Your role needs no token. Sign in on the page."))
        expires_at = timezone.now() + timedelta(hours=said["hours"])
        plain = make_token(user, said["label"], expires_at, reads=said["reads"], writes=said["writes"])
        write_log(user, LogLine.Verb.SIGNED_IN, "token")
        return Response(MadeToken({"token": plain, "expires_at": expires_at}).data, status=status.HTTP_201_CREATED)

    def get_permissions(self) -> Sequence[Any]:
        return [AllowAny()] if self.action == "create" else super().get_permissions()

    def get_authenticators(self) -> list[Any]:
        # A password is asked for: nobody's session or token may stand in for it, and no CSRF token is needed.
        return [] if self.request and self.request.method == "POST" else super().get_authenticators()

    def get_authenticate_header(self, request: Request) -> str:
        return TokenAuthentication().authenticate_header(request)

    @extend_schema(responses={204: None})
    @action(detail=False, methods=["delete"])
    def current(self, request: Request) -> Response:
        """Revoke the token this request came with."""
        if not isinstance(request.auth, Token):
            raise exceptions.NotFound(_("This request came without a token."))
        revoke_token(request.auth)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WrongPassword(exceptions.AuthenticationFailed):
    """The name and the password do not belong together."""

    default_detail = _("The name or the password is wrong.")


class WrongCode(exceptions.AuthenticationFailed):
    """The account has a second factor, and this is no code of it."""

    default_detail = WRONG_CODE
    default_code = "code_needed"


def _sign_in(request: Request, username: str, password: str, code: str) -> Any:
    try:
        user = get_adapter().authenticate(request._request, username=username[:150], password=password)
    except TooManyPasswords as error:
        raise Waits(error.wait) from error
    except Invalid as error:
        raise exceptions.PermissionDenied(error.messages[0]) from error
    if user is None or not user.is_active:
        raise WrongPassword
    try:
        if has_factor(user) and not is_code_of(user, code):
            raise WrongCode
    except TooManyPasswords as error:
        raise Waits(error.wait) from error
    return user
