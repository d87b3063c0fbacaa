"""Who comes in at a page, and at which site they work."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from centre.access import Permission, allows, require
from centre.models import Site
from centre.shift import site_of_shift

View = Callable[..., HttpResponse]


def at_a_site(permission: Permission) -> Callable[[View], View]:
    """Let in who may do this at the site of their shift, and pass the site; who has not chosen one chooses first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user, permission)
            site = site_of_shift(request)
            if site is None:
                return HttpResponseRedirect(f"{reverse('centre:shift')}?{urlencode({'next': request.path})}")
            require(request.user, permission, site)
            return view(request, site, *args, **kwargs)

        return door

    return decorate


def may(*permissions: Permission) -> Callable[[View], View]:
    """Let in who may do one of these at any site."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(allows(request.user, permission) for permission in permissions):
                require(request.user, permissions[0])
            return view(request, *args, **kwargs)

        return door

    return decorate


def site_or_none(request: HttpRequest, permission: Permission) -> Site | None:
    """The site of the shift if the user may do this there; buttons are drawn by it."""
    site = site_of_shift(request)
    return site if site and allows(request.user, permission, site) else None
