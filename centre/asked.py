"""A question that names somebody is sent, and kept in the session: no address and no browser's history names them."""

import secrets
from http import HTTPStatus

from django.http import HttpResponse, HttpResponseRedirect, QueryDict

from centre.bodies import LONGEST_SEARCH
from centre.requests import StaffRequest

ASKED = "asked"
MOST_KEPT = 20  # questions a session, the latest
TOO_LONG = LONGEST_SEARCH + 1  # letters, so that it is still refused as too long
MOST_FIELDS = 20  # of a question, and so many values of each


def names_somebody(request: StaffRequest) -> bool:
    """Whether words of a search were sent, or stand in an address where they may not stay."""
    return "search" in request.POST or "search" in request.GET


def keep_question(request: StaffRequest) -> HttpResponse:
    """Lead to the same page, where read_question finds what was sent."""
    told = QueryDict(mutable=True)
    for name, values in list((request.POST or request.GET).lists())[:MOST_FIELDS]:
        if name != "csrfmiddlewaretoken":
            told.setlist(name[:TOO_LONG], [value[:TOO_LONG] for value in values[:MOST_FIELDS]])
    key = secrets.token_urlsafe(6)
    kept = [*request.session.get(ASKED, {}).items(), (key, told.urlencode())]
    request.session[ASKED] = dict(kept[-MOST_KEPT:])
    return HttpResponseRedirect(f"{request.path}?{ASKED}={key}", status=HTTPStatus.SEE_OTHER)


def read_question(request: StaffRequest) -> QueryDict:
    """What is asked: what was kept, and what the address adds to it."""
    kept = request.session.get(ASKED, {}).get(request.GET.get(ASKED, ""), "")
    told = QueryDict(kept, mutable=True)
    for name, values in request.GET.lists():
        told.setlist(name, values)
    return told
