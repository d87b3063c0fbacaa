"""Who looks at more families than a desk can serve: it is said to who supervises, while it goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Q

from centre.access import Permission
from centre.models import LogLine, User

WITHIN = timedelta(minutes=10)
MOST_OPENED = 60  # families and people in that time; a desk serves ten
MOST_FAILED = 3  # proofs of a family that did not hold
FRESH = 30  # seconds for which the same answer is shown

OPENED = Q(verb=LogLine.Verb.OPENED, subject__in=("household", "individual"))
FAILED = Q(verb=LogLine.Verb.REFUSED, fields__contains=["proof"])


@dataclass(frozen=True)
class Burst:
    """Somebody of the staff, how many they opened lately, and how many proofs failed."""

    user: User
    opened: int
    failed: int
    most = MOST_OPENED


def bursts(now: datetime) -> list[Burst]:
    """Whoever opened or tried too many within ten minutes."""
    lately = LogLine.objects.filter(at__gt=now - WITHIN, by__isnull=False).order_by().values("by")
    opened = Count("subject_id", distinct=True, filter=OPENED)
    counted = lately.annotate(opened=opened, failed=Count("pk", filter=FAILED))
    loud = counted.filter(Q(opened__gt=MOST_OPENED) | Q(failed__gte=MOST_FAILED))
    users = User.objects.in_bulk([row["by"] for row in loud])
    return [Burst(users[row["by"]], row["opened"], row["failed"]) for row in loud]


def bursts_for(user: User, now: datetime) -> list[Burst]:
    """Those whom the user supervises: who reads the log, all; who merges, those of their sites."""
    reaches = [user.reach(permission) for permission in (Permission.SEE_LOG, Permission.MERGE)]
    own = {site for reach in reaches for site in reach or ()}
    if None not in reaches and not own:
        return []
    found = cache.get("bursts")
    if found is None:
        found = bursts(now)
        cache.set("bursts", found, FRESH)
    others = [one for one in found if one.user != user]
    return [one for one in others if None in reaches or own & {a.site_id for a in one.user.all_assignments}]
