"""Who belongs to another house: one page is theirs, what they need to sign in and out, and nothing else is there."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from centre.middleware import Answer
from centre.models import User
from centre.requests import is_for_the_api

HOME = "/referrals/"
THEIRS = (HOME, "/accounts/", "/settings/language/", "/settings/sessions/", "/help/", "/settings/access/")


def outsiders_stay_outside(get_response: Answer) -> Answer:
    """Lead who belongs to another house from the board to their page; everywhere else there is nothing for them.

    The API, where a token says who asks, holds it by itself: `centre.tokens.WithinItsToken`.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User) or not request.user.is_outside:
            return get_response(request)
        if is_for_the_api(request) or request.path.startswith((*THEIRS, settings.STATIC_URL)):
            return get_response(request)
        if request.path == reverse("census:board") and request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(HOME)
        raise Http404

    return middleware
