"""What a desk may open beyond its sight."""

from django.db import models
from django.db.models import Q

from centre.models import Act, User
from registrations.models import Household


class EmergencyOpening(models.Model):
    """A file that was opened without seeing the family, for a reason that its supervisors read at once."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    until = models.DateTimeField()
    act = models.OneToOneField(Act, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(reason__regex=r"\S.*\S.*\S"), name="emergency_has_a_reason"),)
        indexes = (models.Index(fields=["by", "until"], name="emergency_of_user"),)

    def __str__(self) -> str:
        return f"{self.household_id} by {self.by_id}"
