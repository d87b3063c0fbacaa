"""Who is a second administrator: somebody else than the first, and not by the first one's own doing."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from centre.access import Role
from centre.assignments import TOLD_FOR, AssignmentQuerySet
from centre.errors import NotTheSecond, PasswordFromTheFirst
from centre.models import Assignment, LogLine, Site, User

AFTER_A_PASSWORD = timedelta(days=7)  # whoever gave it may have used it
AFTER_AN_END = timedelta(days=1)  # that an administrator was blocked or ended leaves nobody alone


def require_second(by: User, first: uuid.UUID | None) -> None:
    """Refuse with NotTheSecond or PasswordFromTheFirst unless this is another administrator than the first."""
    if by.pk == first:
        raise NotTheSecond
    given = LogLine.objects.filter(verb=LogLine.Verb.PASSWORD_CHANGED, by=first, subject="user", subject_id=str(by.pk))
    if given.filter(at__gt=timezone.now() - AFTER_A_PASSWORD).exists():
        raise PasswordFromTheFirst


def counts_from(user: User, site: Site | None, by: User) -> datetime | None:
    """When a role that one alone gives counts: not until another agrees; an hour later where there is no other."""
    now = timezone.now()
    return None if _others(user, site, by, now).exists() else now + TOLD_FOR


def _others(user: User, site: Site | None, by: User, now: datetime) -> AssignmentQuerySet:
    """The roles of other administrators there, of now or until lately."""
    since = now - AFTER_AN_END
    blocked = LogLine.objects.filter(verb=LogLine.Verb.SIGN_IN_BLOCKED, at__gt=since).values_list(
        "subject_id", flat=True
    )
    there = Q(site__isnull=True) | Q(site=site) if site else Q(site__isnull=True)
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=since)
    roles = Assignment.objects.filter(there, lasting, role=Role.ADMINISTRATOR, starts_at__lte=now)
    return roles.filter(Q(user__is_active=True) | Q(user__in=list(blocked))).exclude(user__in=[user, by])
