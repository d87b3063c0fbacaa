"""The names of sites and of staff, as far as the reader is told."""

from collections.abc import Collection

from django import template

from centre.insiders import named
from centre.models import Site, User
from centre.sight import named_for

register = template.Library()


@register.filter
def told_to(site: Site | None, user: User) -> str:
    """The site's name, where the user may know that somebody was there."""
    return named_for(user, site)


@register.filter
def unless(by: User, unnamed: Collection[object]) -> str:
    """Who did something, by name, unless they are one of those whose name tells of a hidden house."""
    return named(by, unnamed)
