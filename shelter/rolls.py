"""Roll calls of a house: begun at an hour, and who was seen since. Both are facts and never change."""

import uuid
from datetime import datetime

from django.contrib.postgres.functions import TransactionNow
from django.db import models

from centre.access import Permission
from centre.models import Act, Site, User
from centre.sight import allowed_at
from registrations.models import Individual


class RollCallQuerySet(models.QuerySet["RollCall"]):
    """Roll calls."""

    def visible_to(self, user: User, at: datetime | None = None) -> "RollCallQuerySet":
        """Those of sites where the user may place."""
        return self.filter(allowed_at(user, Permission.PLACE, at=at, path="site"))


class RollCall(models.Model):
    """A roll call of the house: everybody who sleeps there is looked for, until the next one begins."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="roll_calls", db_index=False)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")

    objects = RollCallQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at", "-recorded_at")
        indexes = (models.Index(fields=["site", "-happened_at"], name="roll_call_of_house"),)

    def __str__(self) -> str:
        return f"{self.site_id} {self.happened_at:%Y-%m-%d %H:%M}"


SEEN_ONCE = models.UniqueConstraint(fields=["roll_call", "individual"], name="seen_once_in_a_roll_call")


class RollCallSeen(models.Model):
    """Somebody was seen in a roll call: their card was scanned, or they were ticked on the list."""

    id = models.UUIDField(primary_key=True, editable=False, default=uuid.uuid4)
    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="seen", db_index=False)
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="roll_calls")
    card_read = models.BooleanField()  # whether the card of the family was scanned for it
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")

    class Meta:
        constraints = (SEEN_ONCE,)
        indexes = (models.Index(fields=["happened_at"], name="seen_in_roll_calls"),)

    def __str__(self) -> str:
        return f"{self.individual_id} {self.happened_at:%Y-%m-%d %H:%M}"
