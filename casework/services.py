"""Services outside the house that help people, and the accounts by which they answer."""

import uuid

from django.db import models
from django.db.models import Q

from casework.kinds import Help
from centre.models import Act, User
from registrations.models import both_or_neither


class ServiceQuerySet(models.QuerySet["Service"]):
    """Services."""

    def open(self) -> "ServiceQuerySet":
        """Those to which somebody can be referred."""
        return self.filter(ended_at=None)


class Service(models.Model):
    """Who helps outside the house: with what, where, when, and how many people a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    offers = models.CharField(max_length=10, choices=Help)
    address = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    places_a_day = models.PositiveSmallIntegerField(null=True, blank=True)  # people; null: as many as come
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ("offers", "name")
        constraints = (
            models.CheckConstraint(condition=both_or_neither("ended_at", "ended_by"), name="service_ended_by_someone"),
            models.CheckConstraint(condition=~Q(name=""), name="service_has_a_name"),
            models.CheckConstraint(
                condition=Q(places_a_day__isnull=True) | Q(places_a_day__gt=0), name="service_takes_somebody"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ServiceAccount(models.Model):
    """For which service a user answers; one for each user."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="service_account")
    service = models.ForeignKey(Service, models.PROTECT, related_name="accounts")
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.user_id} for {self.service_id}"
