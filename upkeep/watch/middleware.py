"""The outermost step of every request: it gets an id, a time, a line in the log and a place in the figures."""

import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from centre.models import User
from upkeep.watch.logs import Line, now_answering
from upkeep.watch.metrics import count_request

log = logging.getLogger("reception.requests")

QUIET = frozenset({"healthz", "readyz", "metrics"})  # asked every few seconds by machines


def accompany(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the request an id, return it in `X-Request-ID`, and tell how it went without saying what was asked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        line = Line(request_id=uuid.uuid4().hex)
        request.request_id = line.request_id  # type: ignore[attr-defined]  # ours, for the page of error 500
        if request.path_info.removeprefix("/") in QUIET:
            _ask_by_any_name(request)
        token = now_answering.set(line)
        began = time.perf_counter()
        try:
            response = get_response(request)
            seconds = time.perf_counter() - began
            response.headers["X-Request-ID"] = line.request_id
            line.view, line.user = view_of(request), _user_of(request)
            count_request(line.view, request.method or "", response.status_code, seconds)
            if line.view not in QUIET:
                figures = {"status": response.status_code, "milliseconds": round(seconds * 1000, 1)}
                log.info("%s", request.method, extra={"figures": figures})
            return response
        finally:
            now_answering.reset(token)

    middleware.process_view = note_view  # type: ignore[attr-defined]  # Django looks for it there
    return middleware


def _ask_by_any_name(request: HttpRequest) -> None:
    """A machine asks one web of several by its address, which no list of names can hold; the answers name no host."""
    request.get_host = lambda: "localhost"  # type: ignore[method-assign]


def note_view(request: HttpRequest, *_rest: object) -> None:
    """Let what is logged while the view runs, an error above all, name the view and the user."""
    if line := now_answering.get():
        line.view, line.user = view_of(request), _user_of(request)


def view_of(request: HttpRequest) -> str:
    """The name of the view that answers, never the address, which holds what was looked for."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match and match.view_name else "none"


def _user_of(request: HttpRequest) -> str:
    """The id of who is signed in, if the request has found that out; asks the database nothing."""
    user = request.__dict__.get("user")
    known = user if type(user) is User else getattr(request, "_cached_user", None)
    return str(known.pk) if isinstance(known, User) and known.pk else ""
