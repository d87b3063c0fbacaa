"""What every page says of beds: who is kept apart, and sleeps in one house."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from centre.models import User
from shelter.one_house import in_one_house_for


def in_one_house(request: HttpRequest) -> dict[str, Any]:
    """Of the families that the reader supervises; asked by whole pages alone."""
    user = getattr(request, "user", None)
    return {"in_one_house": partial(in_one_house_for, user, timezone.now())} if isinstance(user, User) else {}
