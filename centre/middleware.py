"""What every page request passes: the reader's language, sign-in for fragments, refusals put in words."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from centre.models import User
from centre.refusals import Refusal

Answer = Callable[[HttpRequest], HttpResponse]


def language_of_the_user(get_response: Answer) -> Answer:
    """Speak the signed-in user's language; before sign-in, the one the browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        known = request.user.language if isinstance(request.user, User) else None
        language = known or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return middleware


def own_password_first(get_response: Answer) -> Answer:
    """Lead whoever signed in with a password that was given to them to choose their own, before anything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or user.password_given_at is None or _may_come_first(request.path):
            return get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": str(_("Choose a password of your own first."))}, status=HTTPStatus.FORBIDDEN)
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(reverse("account_change_password"))
        return HttpResponseRedirect(reverse("account_change_password"))

    return middleware


def _may_come_first(path: str) -> bool:
    first = ("account_change_password", "account_logout", "centre:language")
    return path in {reverse(name) for name in first} or path.startswith(settings.STATIC_URL)


class WordedRefusals:
    """Show a refusal that no form caught as a page of its own, or above the page for a fragment; with status 409."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if request.headers.get("HX-Request"):
            answer = render(request, "_refusal.html", {"refusal": exception}, status=409)
            return reswap(retarget(answer, "#notices"), "innerHTML")
        return render(request, "refusal.html", {"refusal": exception, "back": _page_before(request)}, status=409)


def _page_before(request: HttpRequest) -> str:
    """The page of ours that the refused act was sent from; the board when the browser does not say."""
    address = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if own else "/"


def sign_in_for_the_whole_page(get_response: Answer) -> Answer:
    """Where a fragment was asked for and the session has ended, send the page to sign-in and back, not the fragment."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        if not request.headers.get("HX-Request") or not response.headers.get("Location", "").startswith(sign_in):
            return response
        current = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = current._replace(scheme="", netloc="").geturl() or "/"
        answer = HttpResponseClientRedirect(f"{sign_in}?{urlencode({REDIRECT_FIELD_NAME: back})}")
        answer.status_code = HTTPStatus.UNAUTHORIZED  # so that no draft is taken for saved
        return answer

    return middleware
