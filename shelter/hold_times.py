"""When a hold may end, to choose from: what people say, such as tonight or in 24 hours."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from centre.clock import local_day, local_instant

EVENING, NOON = time(22), time(12)
MORNING = time(6)  # before it, the coming noon is said to be today's
USUAL = timedelta(hours=4)


@dataclass(frozen=True)
class HoldTime:
    """An end that is offered: the instant, how it is said, and whether it is the usual one."""

    at: datetime
    words: str
    usual: bool = False

    def __str__(self) -> str:
        return self.words


def hold_times(at: datetime) -> list[HoldTime]:
    """What is offered at the instant, the nearest first; where two ways say the same instant, the hour of the day.

    Hours are counted from the full quarter before: none is later than the longest hold.
    """
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    counted = {hours: quarter + timedelta(hours=hours) for hours in (2, 4, 24, 72)}
    said = {
        counted[2]: _("in 2 hours, %(at)s") % {"at": _hour(counted[2])},
        counted[4]: _("in 4 hours, %(at)s") % {"at": _hour(counted[4])},
        counted[24]: _("in 24 hours, %(at)s") % {"at": day_and_hour(counted[24])},
        counted[72]: _("in 3 days, %(at)s") % {"at": day_and_hour(counted[72])},
    }
    said |= _of_the_day(at)
    return [HoldTime(until, words, until == quarter + USUAL) for until, words in sorted(said.items())]


def _of_the_day(at: datetime) -> dict[datetime, str]:
    """Ten in the evening, where that is to come, and the noon after this night."""
    today, night = local_day(at), timezone.localtime(at).time() < MORNING
    evening = local_instant(today, EVENING)
    noon = local_instant(today if night else today + timedelta(days=1), NOON)
    said = {noon: (_("today %(at)s") if night else _("tomorrow %(at)s")) % {"at": _hour(noon)}}
    if evening > at:
        said[evening] = (_("today %(at)s") if night else _("tonight %(at)s")) % {"at": _hour(evening)}
    return said


def hour_of(at: datetime) -> str:
    """The hour, with its day where that is another one than today."""
    return _hour(at) if local_day(at) == local_day(timezone.now()) else day_and_hour(at)


def _hour(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def day_and_hour(at: datetime) -> str:
    """The day and the hour."""
    return date_format(timezone.localtime(at), "DAY_HOUR_FORMAT")
