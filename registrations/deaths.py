"""That a family was told of a death: before, only who follows cases and who recorded it may read of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centre.models import Act

TOLD_ONCE = models.UniqueConstraint(fields=["death"], condition=Q(undone_act__isnull=True), name="death_told_once")


class DeathToldQuerySet(models.QuerySet["DeathTold"]):
    """What families were told of deaths."""

    def standing(self) -> "DeathToldQuerySet":
        """What was not taken back."""
        return self.filter(undone_act=None)


class DeathTold(models.Model):
    """The family was told of a death: when, to whom, how; by whom, says the act. One that was wrong is taken back."""

    class How(models.TextChoices):
        """In which way it was said."""

        IN_PERSON = "in_person", _("in person")
        TELEPHONE = "telephone", _("by telephone")
        LETTER = "letter", _("by letter")

    death = models.ForeignKey("registrations.Movement", models.PROTECT, related_name="tellings")
    happened_at = models.DateTimeField()
    to_whom = models.CharField(max_length=120)
    how = models.CharField(max_length=10, choices=How)
    act = models.OneToOneField(Act, models.PROTECT, related_name="+")
    undone_act = models.OneToOneField(Act, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeathToldQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(to_whom=""), name="death_told_to_somebody"),
            TOLD_ONCE,
        )

    def __str__(self) -> str:
        return f"{self.death_id} {self.how}"
