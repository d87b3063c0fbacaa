"""Who looks at more families than a desk can serve: it is said to who supervises, while it goes on."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Q

from centre.access import Permission
from centre.models import LogLine, User

WITHIN = timedelta(minutes=10)
TOLD_FOR = timedelta(hours=1)  # that a file was opened in an emergency
MOST_OPENED = 60  # families and people in that time; a desk serves ten
MOST_FAILED = 3  # proofs of a family that did not hold
FRESH = 30  # seconds for which the same answer is shown

OPENED = Q(verb=LogLine.Verb.OPENED, subject__in=("household", "individual"))
EMERGENCY = Q(verb=LogLine.Verb.OPENED, fields__contains=["emergency"])
FAILED = Q(verb=LogLine.Verb.REFUSED, fields__contains=["proof"])


@dataclass(frozen=True)
class Burst:
    """Somebody of the staff, how many they opened lately, how many proofs failed, and why they broke the glass."""

    user: User
    opened: int
    failed: int
    emergencies: tuple[str, ...] = ()
    most = MOST_OPENED


def bursts(now: datetime) -> list[Burst]:
    """Whoever opened or tried too many within ten minutes, or a file in an emergency within the hour."""
    lately = LogLine.objects.filter(at__gt=now - WITHIN, by__isnull=False).order_by().values("by")
    opened = Count("subject_id", distinct=True, filter=OPENED)
    counted = lately.annotate(opened=opened, failed=Count("pk", filter=FAILED))
    loud = {row["by"]: row for row in counted.filter(Q(opened__gt=MOST_OPENED) | Q(failed__gte=MOST_FAILED))}
    broken = LogLine.objects.filter(EMERGENCY, at__gt=now - TOLD_FOR).order_by("pk").values_list("by", "why")
    reasons: dict[uuid.UUID, tuple[str, ...]] = {}
    for by, why in broken:
        reasons[by] = (*reasons.get(by, ()), why)
    users = User.objects.in_bulk([*loud, *reasons])
    quiet = {"opened": 0, "failed": 0}
    return [
        Burst(user, loud.get(key, quiet)["opened"], loud.get(key, quiet)["failed"], reasons.get(key, ()))
        for key, user in sorted(users.items(), key=lambda one: one[1].username)
    ]


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
