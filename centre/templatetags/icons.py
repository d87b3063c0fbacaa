"""Icons, each drawn once: to draw the twenty of a page anew took one part in twenty of its time."""

from functools import lru_cache

from django import template
from lucide.templatetags.lucide import lucide

register = template.Library()
register.simple_tag(lru_cache(maxsize=500)(lucide), name="lucide")
