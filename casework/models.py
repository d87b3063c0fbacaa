"""Matters followed for a person until they are closed."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centre.access import Permission
from centre.models import Act, Site, User
from centre.sight import allowed_at
from registrations.models import Individual, both_or_neither


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases."""

    def open(self) -> "CaseQuerySet":
        """Cases not closed yet."""
        return self.filter(closed_at__isnull=True)

    def visible_to(self, user: User, at: datetime | None = None) -> "CaseQuerySet":
        """Cases at the sites where the user may follow cases."""
        return self.filter(allowed_at(user, Permission.SEE_CASES, at=at, path="site"))


class Case(models.Model):
    """A matter followed for a person; not a registration group."""

    class Reason(models.TextChoices):
        CHILD_ALONE = "child_alone", _("Child without a parent here")
        CHILD_LEFT = "child_left", _("Child has gone with another person")
        URGENT_NEED = "urgent_need", _("Urgent need")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="cases")
    site = models.ForeignKey(Site, models.PROTECT, related_name="cases")
    reason = models.CharField(max_length=20, choices=Reason)
    urgent = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    act = models.ForeignKey(Act, models.PROTECT, related_name="cases")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ("-urgent", "opened_at")
        constraints = (
            models.UniqueConstraint(
                fields=["individual", "reason"], condition=Q(closed_at__isnull=True), name="case_open_once"
            ),
            models.CheckConstraint(condition=both_or_neither("closed_at", "closed_by"), name="case_closed_by_someone"),
        )
        indexes = (models.Index(fields=["site", "opened_at"], name="case_at_site"),)

    def __str__(self) -> str:
        return f"{self.get_reason_display()} · {self.individual_id}"
