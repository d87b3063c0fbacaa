"""What every page request passes: the reader's language, whose page it is, sign-in and back, refusals put in words.

A request sent from within a page says whose page it is (`X-Page-Of`: the user's id, or `nobody`); for a fragment
htmx says `HX-Request` too.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote, urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from centre.access import NotAllowed
from centre.factors import NO_FACTOR, lacks_factor
from centre.log import write_log
from centre.models import LogLine, User
from centre.refusals import Refusal, SomebodyElse, TooLarge
from centre.requests import is_for_the_api
from centre.sessions import SessionStore, is_idle, see_at_work
from centre.tries import TooManyPasswords

Answer = Callable[[HttpRequest], HttpResponse]

PAGE_OF = "X-Page-Of"
RENEWS = "X-Renews"  # of a request that the page sends by itself
NOBODY = "nobody"
ENDED = "ended"
UNSAVED = "unsaved"  # what ended says where something was sent, and not asked for
FACTOR_PAGES = ("mfa_index", "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn")
SAFE = ("GET", "HEAD", "OPTIONS")


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


def while_at_work(get_response: Answer) -> Answer:
    """End a session in which nobody has worked for a while; a page that renews itself is nobody's work."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            session = cast(SessionStore, request.session)
            if is_idle(session):
                logout(request)
            elif RENEWS not in request.headers:
                see_at_work(session)
        return get_response(request)

    return middleware


def first_things_first(get_response: Answer) -> Answer:
    """Send a person to the page where they choose a password of their own, then to the one for a second factor."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or _may_come_first(request.path):
            return get_response(request)
        if user.password_given_at:
            return _to_come_first(request, "account_change_password", _("Choose a password of your own first."))
        if request.path not in map(reverse, FACTOR_PAGES) and lacks_factor(user):
            return _to_come_first(request, "mfa_index", str(NO_FACTOR))
        return get_response(request)

    return middleware


def _to_come_first(request: HttpRequest, page: str, why: str) -> HttpResponse:
    if is_for_the_api(request):
        return JsonResponse({"detail": why}, status=HTTPStatus.FORBIDDEN)
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(reverse(page))
    return HttpResponseRedirect(reverse(page))


def without_nul(get_response: Answer) -> Answer:
    """An address with a NUL in it asks for nothing: PostgreSQL can keep none. A machine reads where it stands."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.GET.lists() if "\0" in unquote(request.META.get("QUERY_STRING", "")) else ()
        named = [name for name, values in asked if "\0" in name + "".join(values)]
        if is_for_the_api(request):
            said = {name.replace("\0", "\ufffd"): [_("Null characters are not allowed.")] for name in named}
            return JsonResponse(said, status=HTTPStatus.BAD_REQUEST) if said else get_response(request)
        if named or "\0" in request.path:
            raise BadRequest
        return get_response(request)

    return middleware


def _may_come_first(path: str) -> bool:
    first = ("account_change_password", "account_logout", "centre:language")
    return path in {reverse(name) for name in first} or path.startswith(settings.STATIC_URL)


class WordedRefusals:
    """Show a refusal that no form caught as a page of its own, or above the page for a fragment; with its status.

    Too many tries to sign in are a page of their own with status 429, which says how long to wait.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TooManyPasswords):
            answer = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
            answer["Retry-After"] = str(exception.wait)
            return answer
        if isinstance(exception, NotAllowed) and isinstance(request.user, User) and request.resolver_match:
            write_log(request.user, LogLine.Verb.REFUSED, request.resolver_match.view_name)
        return _in_words(request, exception) if isinstance(exception, Refusal) else None


def _in_words(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    context: dict[str, Any] = {"refusal": refusal}
    whole = not is_from_a_page(request)
    if whole:
        context["back"] = page_before(request)
    answer = render(request, "refusal.html" if whole else "_refusal.html", context, status=refusal.status)
    for name, value in refusal.headers.items():
        answer[name] = value
    return answer if whole else reswap(retarget(answer, "#notices"), "innerHTML")


def no_larger_than_taken(get_response: Answer) -> Answer:
    """Refuse with 413, before anything of it is read, what says that it is larger than the house takes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return get_response(request)
        refusal = TooLarge()
        if is_for_the_api(request):
            return JsonResponse({"code": refusal.code, "detail": str(refusal)}, status=refusal.status)
        return _in_words(request, refusal)

    return middleware


def page_before(request: HttpRequest) -> str:
    """The page of ours that the refused act was sent from; the board when the browser does not say."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    asked = urlsplit(address)._replace(scheme="", netloc="").geturl() if own else ""
    # What began with two strokes behind our name is another's name without it
    return asked if url_has_allowed_host_and_scheme(asked, None) else reverse("census:board")


def is_from_a_page(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which puts the answer into the page that is open."""
    return PAGE_OF in request.headers or "HX-Request" in request.headers


def sign_in_and_back(get_response: Answer) -> Answer:
    """Say at sign-in that a session has ended, and lead back from there; a page that asked is told to go there.

    The page stays where it is until then: 401, with the address in `X-Sign-In` and, for htmx, in `HX-Redirect`.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        if not response.headers.get("Location", "").startswith(sign_in) or _is_open_to_all(request):
            return response
        sent = request.method not in SAFE
        back = page_before(request) if sent or is_from_a_page(request) else request.get_full_path()
        was_in = settings.SESSION_COOKIE_NAME in request.COOKIES or request.headers.get(PAGE_OF, NOBODY) != NOBODY
        asked = {REDIRECT_FIELD_NAME: back} | ({ENDED: UNSAVED if sent else "1"} if was_in else {})
        address = f"{sign_in}?{urlencode(asked)}"
        if not is_from_a_page(request):
            return HttpResponseRedirect(address)
        answer = HttpResponseClientRedirect(address)
        answer.status_code = HTTPStatus.UNAUTHORIZED
        answer["X-Sign-In"] = address
        return answer

    return middleware


def _is_open_to_all(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and not getattr(match.func, "login_required", True)


def page_of_its_user(get_response: Answer) -> Answer:
    """Refuse a form of one person's page when another has signed in since."""

    def middleware(request: HttpRequest) -> HttpResponse:
        signed_in = str(request.user.pk) if request.user.is_authenticated else ""
        page_of = request.headers.get(PAGE_OF, signed_in)
        if signed_in and page_of != signed_in and request.method not in SAFE:
            return render(request, "_refusal.html", {"refusal": SomebodyElse()}, status=409)
        return get_response(request)

    return middleware
