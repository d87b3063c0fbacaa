"""What a server of the tests answers with: the app and the code of all its pages, loaded once for all its processes."""

from django.urls import get_resolver

from reception.wsgi import application

__all__ = ["application"]

get_resolver().url_patterns  # noqa: B018 - reading them loads every view
