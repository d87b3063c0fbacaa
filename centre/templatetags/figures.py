"""How numbers and times are shown."""

from datetime import datetime, timedelta
from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()

NONE = (None, "")  # what a template reads of a row that is not there


@register.filter
def figure(number: float | Decimal | str | None) -> str:
    """A number with its thousands apart, as the reader's language parts them; a dash where there is none."""
    return "–" if number in NONE else number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def dram(amount: Decimal | str | None) -> str:
    """An amount of money with its thousands apart, and the hundredths only where there are any; a dash where none."""
    whole = isinstance(amount, Decimal) and amount == amount.to_integral_value()
    return figure(int(amount) if whole else amount)  # type: ignore[arg-type]


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
