"""What a browser may keep and use: nothing after sign-out, no page of people, no camera or place."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

UNUSED = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
KEPT_BY_THE_BROWSER = '"cache"'  # drafts go by draft.js: Chromium never ends clearing storage that a page holds open


def leave_nothing(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Have the browser forget, at sign-out, all that it kept; no page of ours asks for its camera or place."""

    def middleware(request: HttpRequest) -> HttpResponse:
        was_in = request.user.is_authenticated
        response = get_response(request)
        response.headers["Permissions-Policy"] = UNUSED
        if was_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = KEPT_BY_THE_BROWSER
        return response

    return middleware
