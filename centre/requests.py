"""The request of whoever is signed in."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from centre.models import User


class StaffRequest(HttpRequest):
    """What a page is asked with; the middleware lets nobody in who is not signed in."""

    user: User
    session: SessionBase
    htmx: HtmxDetails
    LANGUAGE_CODE: str


class StaffCall(Request):
    """What the API is asked with."""

    user: User


def is_for_the_api(request: HttpRequest) -> bool:
    """Whether a machine asks, which is answered in JSON and led nowhere."""
    return request.path.startswith(reverse("api"))
