"""What a browser may keep and use: nothing after sign-out, no page of people, no camera or place."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from centre.requests import is_for_the_api

UNUSED = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
KEPT_BY_THE_BROWSER = '"cache"'  # drafts go by draft.js: Chromium never ends clearing storage that a page holds open


def leave_nothing(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let the browser store no answer to who is signed in, and forget at sign-out all that it kept.

    It stands before all that may answer in a page's stead. No page of ours asks for camera or place.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        was_in = request.user.is_authenticated
        response = get_response(request)
        response.headers["Permissions-Policy"] = UNUSED
        if was_in or is_for_the_api(request):
            response.headers.setdefault("Cache-Control", "no-store")
        if was_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = KEPT_BY_THE_BROWSER
        return response

    return middleware
