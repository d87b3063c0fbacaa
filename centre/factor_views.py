"""The pages of the second factor, which are allauth's, where it is asked for; and of one that was lost."""

import time
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from centre.doors import see
from centre.factor_acts import agree_to_remove_factor, ask_to_remove_factor
from centre.factors import BY_FACTOR, BY_PASSWORD, ways_to_prove
from centre.requests import StaffRequest
from centre.setup_views import carry_out_for, person_of


def where_asked_for(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The page, where this installation asks for second factors; elsewhere there is none."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.SECOND_FACTOR:
            raise Http404
        return view(request, *args, **kwargs)

    return door


def where_proved(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The page, for who said their password a moment ago and, where they have one, proved themselves by their factor.

    Who knows a password and finds a screen open neither takes the factor away nor adds one of their own.
    """

    @where_asked_for
    @wraps(view)
    def door(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        by_factor = [(BY_FACTOR, page) for page in ways_to_prove(request.user)][:1]
        asked = [(BY_PASSWORD, "account_reauthenticate"), *by_factor]
        for method, page in asked:
            if not _proved_again(request, method):
                return suspend_request(request, reverse(page))
        return view(request, *args, **kwargs)

    return door


def _proved_again(request: HttpRequest, method: str) -> bool:
    """Whether they proved themselves in this way, after signing in, within allauth's few minutes."""
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    proofs = get_authentication_records(request, request.user)
    return any(proof["method"] == method and proof.get("reauthenticated") and proof["at"] > since for proof in proofs)


@require_GET
def passkeys(request: StaffRequest) -> HttpResponse:
    """Where allauth leads after a passkey was removed: they stand with the other factors."""
    return see("mfa_index")


@require_POST
def lost(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """An administrator says that a person's telephone is lost."""
    user = person_of(request, key)
    return carry_out_for(request, user, ask_to_remove_factor, user, said=_("Another administrator has to agree."))


@require_POST
def agree(request: StaffRequest, key: uuid.UUID, lost: int) -> HttpResponse:
    """A second administrator agrees: the factor is removed now."""
    user = person_of(request, key)
    asked = get_object_or_404(user.lost_factors, pk=lost)
    said = _("The second factor is removed. They set up a new one when they sign in.")
    return carry_out_for(request, user, agree_to_remove_factor, asked, said=said)
