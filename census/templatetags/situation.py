"""How the situation board draws a site's hours."""

from collections.abc import Sequence
from datetime import datetime

from django import template

from census.chart import Bar, bars
from census.situation import hours_until

register = template.Library()


@register.filter
def bars_of(arrivals: Sequence[int], at: datetime) -> list[Bar]:
    """The bars of one site's last 24 hours."""
    return bars(hours_until(at), arrivals)
