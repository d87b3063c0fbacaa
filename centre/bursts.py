"""Who looks at more families than a desk can serve: it is said to who supervises, while it goes on."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Q

from centre.access import Permission
from centre.insiders import unnamed_to
from centre.models import LogLine, User

WITHIN = timedelta(minutes=10)
TOLD_FOR = timedelta(days=1)  # that a file was opened in an emergency: also whoever comes in the morning reads it
MOST_OPENED = 60  # families and people in that time; a desk serves ten
MOST_FAILED = 3  # proofs of a family that did not hold
MOST_BARRED = 3  # holds in houses of others, refused for who else is there: where somebody sleeps is sought so
MOST_MATCHED = 50  # questions that one family answered; a form of six, typed and corrected, asks twenty
FRESH = 30  # seconds for which the same answer is shown

KEPT = "bursts"
PROOF, IN_EMERGENCY = "proof", "emergency"  # what the log calls an attempt that failed, and a glass that was broken
YEARS_TRIED = "years"  # and a question with one birth year after the other for a name of whom somebody does not see
BARRED = "barred"  # and a hold that was refused, in a house of others, for who is kept apart from whom
OPENED = Q(verb=LogLine.Verb.OPENED, subject__in=("household", "individual"))
EMERGENCY = Q(verb=LogLine.Verb.OPENED, fields__contains=[IN_EMERGENCY])
FAILED = Q(verb=LogLine.Verb.REFUSED, fields__contains=[PROOF])
TRIED = Q(verb=LogLine.Verb.REFUSED, fields__contains=[YEARS_TRIED])
KEPT_OUT = Q(verb=LogLine.Verb.REFUSED, fields__contains=[BARRED])


@dataclass(frozen=True)
class Burst:
    """Somebody of the staff, and what is told of them.

    How many they opened lately, how many proofs failed, how often one family answered their questions, why they broke
    the glass, how many holds were refused to them for who else is in a house of others, and how many more birth years
    they tried for a name than they are told of.
    """

    user: User
    opened: int
    failed: int
    matched: int = 0
    emergencies: tuple[str, ...] = ()
    barred: int = 0
    years: int = 0
    most = MOST_OPENED


def bursts(now: datetime) -> list[Burst]:
    """Whoever opened, tried or guessed too many within ten minutes, or opened a file in an emergency within a day."""
    return _named(_counted(now))


def say_at_once() -> None:
    """Let nobody be shown what was counted before this transaction."""
    transaction.on_commit(lambda: cache.delete(KEPT))


def bursts_for(user: User, now: datetime) -> list[Burst]:
    """The staff whom the user supervises: all for a user who reads the log, those of their sites for one who merges.

    As in the log, staff of a hidden house are left out: what they did, and why, would tell of the house.
    """
    reaches = [user.reach(permission) for permission in (Permission.SEE_LOG, Permission.MERGE)]
    own = {site for reach in reaches for site in reach or ()}
    if None not in reaches and not own:
        return []
    found = cache.get(KEPT)
    if found is None:
        found = _counted(now)
        cache.set(KEPT, found, FRESH)
    unnamed = unnamed_to(user) if found else ()
    others = _named({key: counts for key, counts in found.items() if key != user.pk and key not in unnamed})
    return [one for one in others if None in reaches or own & {a.site_id for a in one.user.all_assignments}]


class Counts(NamedTuple):
    """What a burst says of somebody, before they are named."""

    opened: int = 0
    failed: int = 0
    matched: int = 0
    emergencies: tuple[str, ...] = ()
    barred: int = 0
    years: int = 0


def _counted(now: datetime) -> dict[uuid.UUID, Counts]:
    lately = LogLine.objects.filter(at__gt=now - WITHIN, by__isnull=False).order_by().values("by")
    apart = Count("subject_id", distinct=True, filter=OPENED)
    tries = {"failed": FAILED, "barred": KEPT_OUT, "years": TRIED}
    counted = lately.annotate(opened=apart, **{name: Count("pk", filter=lines) for name, lines in tries.items()})
    many = Q(opened__gt=MOST_OPENED) | Q(failed__gte=MOST_FAILED) | Q(barred__gte=MOST_BARRED) | Q(years__gt=0)
    loud = counted.filter(many).values_list("by", "opened", *tries)
    found = {by: Counts(opened, failed, 0, (), barred, years) for by, opened, failed, barred, years in loud}
    asked = lately.filter(verb=LogLine.Verb.MATCHED).values("by", "subject_id").annotate(times=Count("pk"))
    for by, times in asked.filter(times__gt=MOST_MATCHED).order_by("times").values_list("by", "times"):
        found[by] = found.get(by, Counts())._replace(matched=times)
    broken = LogLine.objects.filter(EMERGENCY, at__gt=now - TOLD_FOR).order_by("pk")
    for by, why in broken.values_list("by", "why"):
        counts = found.get(by, Counts())
        found[by] = counts._replace(emergencies=(*counts.emergencies, why))
    return found


def _named(found: Mapping[uuid.UUID, Counts]) -> list[Burst]:
    users = User.objects.filter(pk__in=found).order_by("username") if found else ()
    return [Burst(user, *found[user.pk]) for user in users]
