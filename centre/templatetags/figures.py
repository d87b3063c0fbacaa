"""How numbers and times are shown."""

from datetime import datetime, timedelta
from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def figure(number: float | Decimal | None) -> str:
    """A number with its thousands apart, as the reader's language parts them; a dash where none is known."""
    return "–" if number is None else number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def dram(amount: Decimal | None) -> str:
    """An amount of money with its thousands apart, and the hundredths only where there are any; a dash where none."""
    whole = amount is None or amount == amount.to_integral_value()
    return figure(amount if amount is None or not whole else int(amount))


@register.filter
def hours(waited: timedelta | None) -> str:
    """A wait in hours and minutes; in whole days and hours from two days on; empty where there is none."""
    if waited is None:
        return ""
    minutes = int(waited.total_seconds()) // 60
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    if minutes < 48 * 60:
        return _("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return _("%(days)d d %(hours)d h") % {"days": minutes // 1440, "hours": minutes // 60 % 24}


@register.filter
def since(then: datetime, now: datetime) -> str:
    """How long ago it was, in hours and minutes."""
    return hours(now - then)
