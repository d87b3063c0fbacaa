"""Roles as they are given: proposed by one, agreed by another, or told to all for an hour where there is only one."""

from datetime import date, datetime, timedelta

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.access import BY_TWO, FOR_A_TIME, Role

TOLD_FOR = timedelta(hours=1)  # how long all are told of a role that one administrator gave alone


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def running(self, at: datetime) -> "AssignmentQuerySet":
        """The roles that count at the instant."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)

    def waiting(self) -> "AssignmentQuerySet":
        """The roles that do not count yet: another administrator has not agreed, or their hour has not passed."""
        now = timezone.now()
        lasting = self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), withdrawn_at__isnull=True)
        return lasting.filter(Q(starts_at__isnull=True) | Q(starts_at__gt=now))

    def announced(self) -> "AssignmentQuerySet":
        """The roles of which all are told: one administrator alone gave them, and their hour runs."""
        return self.filter(starts_at__gt=timezone.now()).select_related("user", "site", "given_by").order_by("pk")


class Assignment(models.Model):
    """A user's role at one site, or at all, for a time; it has no start until it counts."""

    user = models.ForeignKey("centre.User", models.PROTECT, related_name="assignments")
    site = models.ForeignKey("centre.Site", models.PROTECT, null=True, blank=True, related_name="assignments")
    role = models.CharField(max_length=20, choices=Role)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey("centre.User", models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(null=True, db_default=TransactionNow())  # null: before this was kept
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey("centre.User", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("centre.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="assignment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=FOR_A_TIME) | Q(ends_at__isnull=False),
                name="volunteers_expire",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=BY_TWO)
                | Q(given_by__isnull=True)
                | Q(starts_at__isnull=True)
                | Q(starts_at__gte=F("agreed_at"), agreed_at__isnull=False)
                | Q(starts_at__gte=F("given_at") + TOLD_FOR),
                name="role_counts_when_agreed_or_told",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False),
                name="role_agreed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True)
                | (~Q(agreed_by=F("given_by")) & ~Q(agreed_by=F("user")) & Q(given_by__isnull=False)),
                name="role_agreed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, starts_at__isnull=True),
                name="role_withdrawn_by_someone_never_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.site or _('all sites')}"

    @property
    def last_day(self) -> date | None:
        """The last local day on which it runs."""
        return timezone.localtime(self.ends_at - timedelta(microseconds=1)).date() if self.ends_at else None

    def covers(self, at: datetime) -> bool:
        """Whether the assignment runs at the instant."""
        return self.starts_at is not None and self.starts_at <= at and (self.ends_at is None or at < self.ends_at)
