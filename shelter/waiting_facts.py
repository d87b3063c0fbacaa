"""What is said of a family that waits for a place. Facts all: none changes."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from centre.models import Act, Site
from registrations.models import Household


class WaitingFact(models.Model):
    """A fact about a family that waits for a place, never changed: it counts for as long as they wait this time.

    They were let go first for a reason, or were offered places and did not take them, which costs them nothing.
    """

    class Kind(models.TextChoices):
        MOVED_UP = "moved_up", _("moved up")
        DECLINED = "declined", _("offer declined")
        VOIDED = "voided", _("voided")

    id = models.UUIDField(primary_key=True, editable=False, db_default=Func(function="uuidv7"))
    kind = models.CharField(max_length=10, choices=Kind)
    household = models.ForeignKey(Household, models.PROTECT, related_name="waiting_facts")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=200)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="waiting_facts")
    voids = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="voided_by")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="waiting_fact_has_a_reason"),
            models.CheckConstraint(
                condition=Q(kind="declined", site__isnull=False) | (~Q(kind="declined") & Q(site__isnull=True)),
                name="offer_names_its_site",
            ),
            models.CheckConstraint(
                condition=Q(kind="voided", voids__isnull=False) | (~Q(kind="voided") & Q(voids__isnull=True)),
                name="voided_waiting_names_what",
            ),
        )

    def __str__(self) -> str:
        return f"{self.household_id} {self.kind} {self.happened_at:%Y-%m-%d %H:%M}"
