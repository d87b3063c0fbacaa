"""When somebody is presumed to have left a site without a word: after the hours that the site gives them.

Said here for SQL, for Django's queries and for Python, and nowhere else. It is read, never stored: a person who
returns, or about whom something is reported later, counts as there all the time.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q

if TYPE_CHECKING:
    from centre.models import Site


def hours_of(site: str) -> str:
    """SQL: how long after their arrival somebody is taken to be at the site of this table; null for ever."""
    return f"{site}.presumed_left_after * interval '1 hour'"


def presumed_left(since: str, site: str) -> str:
    """SQL: whether somebody at the site of this table since then is presumed to have left it by %(at)s."""
    return f"coalesce({since} <= %(at)s - {hours_of(site)}, false)"


def presumed_left_by(at: datetime) -> Q:
    """The condition that a person at the site is presumed to have left it by the instant."""
    hours = F("site__presumed_left_after") * timedelta(hours=1)
    return Q(site__presumed_left_after__isnull=False, during__startswith__lte=at - hours)


def is_presumed_left(site: "Site", since: datetime, at: datetime) -> bool:
    """Whether somebody at the site since then is presumed to have left it by the instant."""
    hours = site.presumed_left_after
    return hours is not None and since + timedelta(hours=hours) <= at
