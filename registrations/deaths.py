"""That a family was told of a death: before, only who follows cases and who recorded it may read of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centre.models import Act


class DeathTold(models.Model):
    """The family was told of a death: when, to whom, how; by whom, says the act."""

    class How(models.TextChoices):
        """In which way it was said."""

        IN_PERSON = "in_person", _("in person")
        TELEPHONE = "telephone", _("by telephone")
        LETTER = "letter", _("by letter")

    death = models.OneToOneField("registrations.Movement", models.PROTECT, related_name="told")
    happened_at = models.DateTimeField()
    to_whom = models.CharField(max_length=120)
    how = models.CharField(max_length=10, choices=How)
    act = models.OneToOneField(Act, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(to_whom=""), name="death_told_to_somebody"),)

    def __str__(self) -> str:
        return f"{self.death_id} {self.how}"
