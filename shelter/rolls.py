"""Roll calls of a house: begun at an hour, who was seen since, which tick was wrong. Facts all: none changes."""

import uuid
from datetime import datetime

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q

from centre.access import Permission
from centre.models import Act, Site, User
from centre.sight import allowed_at
from registrations.models import Individual


class RollCallQuerySet(models.QuerySet["RollCall"]):
    """Roll calls."""

    def visible_to(self, user: User, at: datetime | None = None) -> "RollCallQuerySet":
        """Those of sites where the user checks people in."""
        return self.filter(allowed_at(user, Permission.CHECK_IN, at=at, path="site"))


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


class RollCallSeenQuerySet(models.QuerySet["RollCallSeen"]):
    """Ticks of roll calls."""

    def standing(self) -> "RollCallSeenQuerySet":
        """Those that nobody took back; SQL that reads ticks says the same with `standing_in_sql`."""
        return self.filter(taken_back=None)


class RollCallSeen(models.Model):
    """Somebody was seen in a roll call: their card was scanned, or they were ticked on the list."""

    id = models.UUIDField(primary_key=True, editable=False, default=uuid.uuid4)
    roll_call = models.ForeignKey(RollCall, models.PROTECT, related_name="seen", db_index=False)
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="roll_calls")
    card_read = models.BooleanField()  # whether the card of the family was scanned for it
    after = models.OneToOneField(  # what took the tick before this one back; without it, it is the first
        "RollCallUnseen", models.PROTECT, null=True, blank=True, related_name="seen_anew"
    )
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")

    objects = RollCallSeenQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["roll_call", "individual"], condition=Q(after__isnull=True), name="seen_once_in_a_roll_call"
            ),
        )
        indexes = (models.Index(fields=["happened_at"], name="seen_in_roll_calls"),)

    def __str__(self) -> str:
        return f"{self.individual_id} {self.happened_at:%Y-%m-%d %H:%M}"


class RollCallUnseen(models.Model):
    """A tick of a roll call was wrong: it counts nowhere any more; they may be ticked anew."""

    id = models.UUIDField(primary_key=True, editable=False, default=uuid.uuid4)
    seen = models.OneToOneField(RollCallSeen, models.PROTECT, related_name="taken_back")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.seen_id} {self.happened_at:%Y-%m-%d %H:%M}"


def standing_in_sql(seen: str) -> str:
    """That nobody took back the tick of this alias."""
    return f"NOT EXISTS (SELECT FROM shelter_rollcallunseen back WHERE back.seen_id = {seen}.id)"
