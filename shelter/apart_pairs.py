"""Families that are kept apart: no house takes both."""

import uuid

from django.db import models
from django.db.models import F, Q

from centre.access import Permission
from centre.models import Act, User
from registrations.models import Household, both_or_neither


class ApartPairQuerySet(models.QuerySet["ApartPair"]):
    """Families kept apart."""

    def standing(self) -> "ApartPairQuerySet":
        """Those that still hold."""
        return self.filter(ended_at=None)

    def supervised_by(self, user: User) -> "ApartPairQuerySet":
        """Those of two families both of which the user supervises: they read why, and may end it."""
        theirs = Household.objects.supervised_by(user).values("pk")
        return self.filter(first__in=theirs, second__in=theirs)


class ApartPair(models.Model):
    """Two families that no plan and no hand puts into one house. Why is read by those who supervise both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Household, models.PROTECT, related_name="+")
    second = models.ForeignKey(Household, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ApartPairQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], condition=Q(ended_at=None), name="kept_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="kept_apart_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="kept_apart_for_a_reason"),
            models.CheckConstraint(
                condition=both_or_neither("ended_at", "ended_by"), name="kept_apart_ended_by_someone"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


MAY_KEEP_APART = Permission.MERGE
