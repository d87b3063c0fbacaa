"""The pages of the second factor, which are allauth's, where it is asked for; and of one that was lost."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from centre.doors import see
from centre.factor_acts import agree_to_remove_factor, ask_to_remove_factor
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
