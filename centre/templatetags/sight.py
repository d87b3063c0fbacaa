"""The names of sites, as far as the reader is told."""

from django import template

from centre.models import Site, User
from centre.sight import named_for

register = template.Library()


@register.filter
def told_to(site: Site | None, user: User) -> str:
    """The site's name, where the user may know that somebody was there."""
    return named_for(user, site)
