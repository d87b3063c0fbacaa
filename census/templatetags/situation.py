"""How the situation board says times and draws a site's hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.utils.translation import gettext as _

from census.chart import Bar, bars
from census.situation import hours_until

register = template.Library()


@register.filter
def hours(waited: timedelta) -> str:
    """A wait in hours and minutes; in whole days and hours from two days on."""
    minutes = int(waited.total_seconds()) // 60
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    if minutes < 48 * 60:
        return _("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return _("%(days)d d %(hours)d h") % {"days": minutes // 1440, "hours": minutes // 60 % 24}


@register.filter
def bars_of(arrivals: Sequence[int], at: datetime) -> list[Bar]:
    """The bars of one site's last 24 hours."""
    return bars(hours_until(at), arrivals)
