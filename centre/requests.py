"""The request of whoever is signed in."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from centre.models import User

form_page = require_http_methods(["GET", "HEAD", "POST"])
"""A page with a form: it is read, and its form is sent to the same address."""


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
