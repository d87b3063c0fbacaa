"""What every page request passes: the reader's language, and refusals put in words."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

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


class WordedRefusals:
    """Show a refusal that no form caught as a page of its own, with status 409."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return render(request, "refusal.html", {"refusal": exception}, status=409)
        return None
