"""Figures frozen: snapshots are taken once, as known at an instant, and never change; a revision stands beside."""

import uuid
from datetime import date, time, timedelta

from django.contrib.postgres.functions import TransactionNow
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.urls import reverse

from centre.clock import local_day, local_instant
from centre.models import Act, Site, User


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Snapshots."""

    def on(self, day: date) -> "SnapshotQuerySet":
        """Snapshots of instants on the local day."""
        start = local_instant(day, time())
        return self.filter(at__gte=start, at__lt=start + timedelta(days=1))

    def the_days_first(self) -> "SnapshotQuerySet":
        """Those taken at a cut-off hour, then those by hand, the latest of each first, as last revised: the day's."""
        by_hand = ExpressionWrapper(Q(taken_by__isnull=False), models.BooleanField())
        return self.order_by(by_hand, "-at", "-revision")


SNAPSHOT_ONCE = models.UniqueConstraint(fields=["site", "at", "revision"], name="snapshot_once", nulls_distinct=False)


class Snapshot(models.Model):
    """A tally frozen at an instant: of one site at its cut-off hour, or of the whole operation when site is empty.

    A revision is the tally of the same instant as known later, and says why; what it revises stays as it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="snapshots")
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    revision = models.PositiveSmallIntegerField(default=1, db_default=1)
    opening = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    tally = models.JSONField(encoder=DjangoJSONEncoder)
    taken_at = models.DateTimeField(db_default=TransactionNow())
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revised_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True, db_default="")

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "site", "-revision")
        constraints = (
            SNAPSHOT_ONCE,
            models.UniqueConstraint(fields=["opening"], condition=Q(revision=1), name="snapshot_continued_once"),
            models.CheckConstraint(
                condition=Q(revision=1, revised_in__isnull=True, reason="")
                | Q(revision__gt=1, revised_in__isnull=False) & ~Q(reason=""),
                name="snapshot_revised_for_a_reason",
            ),
        )
        indexes = (models.Index(fields=["at"], name="snapshot_at"),)

    def __str__(self) -> str:
        return f"{self.site_id or 'all'} {self.at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        """The page of the local day it was taken on."""
        return reverse("census:day", args=[local_day(self.at)])


class CaseReading(models.Model):
    """The numbers of cases as they stood once a local day, for who follows none: what one does shows in no number."""

    on = models.DateField(primary_key=True)
    at = models.DateTimeField()
    numbers = models.JSONField(encoder=DjangoJSONEncoder)  # census.case_numbers

    class Meta:
        ordering = ("-on",)

    def __str__(self) -> str:
        return f"cases {self.on}"
