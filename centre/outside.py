"""Who belongs to another house: one page is theirs, what they need to sign in and out, and nothing else is there."""

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from centre.middleware import Answer
from centre.models import User
from centre.requests import is_for_the_api

HOME = "casework:offers"
THEIRS = (HOME, "centre:language", "centre:sessions", "centre:own_help", "centre:access")
ACCOUNT = "account_login"  # and whatever stands beside it


def outsiders_stay_outside(get_response: Answer) -> Answer:
    """Lead who belongs to another house from the board to their page; everywhere else there is nothing for them.

    The API, where a token says who asks, holds it by itself: `centre.tokens.WithinItsToken`.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User) or not request.user.is_outside:
            return get_response(request)
        if is_for_the_api(request) or request.path.startswith(there_for_outsiders()):
            return get_response(request)
        if request.path == reverse("census:board") and request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(reverse(HOME))
        raise Http404

    return middleware


@cache
def there_for_outsiders() -> tuple[str, ...]:
    """Where the addresses begin that are there for them."""
    account = reverse(ACCOUNT).rstrip("/").rpartition("/")[0]
    return (*map(reverse, THEIRS), f"{account}/", settings.STATIC_URL)
