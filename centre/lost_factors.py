"""Second factors that were lost with a telephone: one administrator says so, another agrees, and they are removed."""

from datetime import timedelta

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

ASKED_FOR = timedelta(hours=24)  # how long another may agree


class LostFactorQuerySet(models.QuerySet["LostFactor"]):
    def waiting(self) -> "LostFactorQuerySet":
        """Those to which another administrator may still agree."""
        return self.filter(agreed_at__isnull=True, asked_at__gt=timezone.now() - ASKED_FOR)


class LostFactor(models.Model):
    """An administrator's word that a person's second factor is lost, and another's that it may be removed."""

    user = models.ForeignKey("centre.User", models.PROTECT, related_name="lost_factors")
    asked_at = models.DateTimeField(db_default=TransactionNow())
    asked_by = models.ForeignKey("centre.User", models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey("centre.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = LostFactorQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(asked_by=F("user")), name="factor_lost_by_word_of_another"),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | Q(
                    ~Q(agreed_by=F("asked_by")),
                    ~Q(agreed_by=F("user")),
                    agreed_at__isnull=False,
                    agreed_by__isnull=False,
                ),
                name="factor_removed_by_two",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.asked_by} · {self.agreed_by or '–'}"
