"""Who belongs to another house, or receives at one: a page is theirs, what they need to sign in, and nothing else."""

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from centre.middleware import Answer
from centre.models import User
from centre.requests import is_for_the_api

HOME, DOOR = "casework:offers", "houses:own_door"
ALL = ("centre:language", "centre:sessions", "centre:own_help", "centre:access")
THEIRS = {HOME: (HOME, *ALL), DOOR: (DOOR, "centre:shift", *ALL)}
ACCOUNT = "account_login"  # and whatever stands beside it


def outsiders_stay_outside(get_response: Answer) -> Answer:
    """Lead who belongs to another house, or receives at one, from the board to their page; else nothing is there.

    The API, where a token says who asks, holds it by itself: `centre.tokens.WithinItsToken`, and each act and row.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        home = home_of(request.user)
        if home is None or is_for_the_api(request) or request.path.startswith(there_for_outsiders(home)):
            return get_response(request)
        if request.path == reverse("census:board") and request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(reverse(home))
        raise Http404

    return middleware


def home_of(user: object) -> str | None:
    """The page that is theirs, by name; None for whose pages their permissions say."""
    if not isinstance(user, User):
        return None
    return HOME if user.is_outside else DOOR if user.is_at_one_door else None


@cache
def there_for_outsiders(home: str = HOME) -> tuple[str, ...]:
    """Where the addresses begin that are there for those who have this page."""
    account = reverse(ACCOUNT).rstrip("/").rpartition("/")[0]
    return (*map(reverse, THEIRS[home]), f"{account}/", settings.STATIC_URL)
