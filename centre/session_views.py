"""The page on which a person sees where they are signed in, and ends it; and who may change a password."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from centre.doors import see
from centre.requests import StaffRequest
from centre.sessions import end_session, live_sessions
from centre.tokens import live_tokens, revoke_token


def where_there_is_a_password(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The page, for who has a password to change; others get one from an administrator and set none themselves."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise Http404
        return view(request, *args, **kwargs)

    return door


@require_GET
def sessions(request: StaffRequest) -> HttpResponse:
    """Where the person is signed in: browsers, and programs with a token of theirs."""
    shown = {"sessions": live_sessions(request.user), "tokens": live_tokens(request.user)}
    return render(request, "centre/sessions.html", shown | {"this": request.session.session_key})


@require_POST
def end(request: StaffRequest, mark: str) -> HttpResponse:
    """One browser is signed out."""
    session = next((session for session in live_sessions(request.user) if session.mark == mark), None)
    if session is None:
        raise Http404
    end_session(session)
    messages.success(request, _("That device is signed out."))
    return see("centre:sessions")


@require_POST
def end_token(request: StaffRequest, key: int) -> HttpResponse:
    """One program is let in no more."""
    revoke_token(get_object_or_404(live_tokens(request.user), pk=key))
    messages.success(request, _("That program is signed out."))
    return see("centre:sessions")
