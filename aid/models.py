"""Things: what is in store, what is planned, what was handed out."""

import uuid
from datetime import datetime

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from centre.models import Act, Site, User
from registrations.models import Household, both_or_neither


class Item(models.Model):
    """A kind of thing, such as a blanket or a food parcel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=20, unique=True)
    name_en = models.CharField(max_length=80)
    name_hy = models.CharField(max_length=80, blank=True)
    name_ru = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return getattr(self, f"name_{(get_language() or 'en')[:2]}", "") or self.name_en


class DistributionQuerySet(models.QuerySet["Distribution"]):
    """Distributions."""

    def running(self, at: datetime) -> "DistributionQuerySet":
        """Distributions under way at the instant."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)


class Distribution(models.Model):
    """A planned round of aid at a site."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    site = models.ForeignKey(Site, models.PROTECT, related_name="distributions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    act = models.OneToOneField(Act, models.PROTECT, related_name="distribution")

    objects = DistributionQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at", "name")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="distribution_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return self.name


class EntitlementRule(models.Model):
    """What a household may receive of one item: a quantity for each person, or for the household."""

    class Per(models.TextChoices):
        PERSON = "person", _("per person")
        HOUSEHOLD = "household", _("per household")

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="rules")
    item = models.ForeignKey(Item, models.PROTECT, related_name="rules")
    per = models.CharField(max_length=10, choices=Per)
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("distribution", "item")
        constraints = (
            models.UniqueConstraint(fields=["distribution", "item"], name="rule_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="rule_gives_something"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} {self.get_per_display()}"


class Handout(models.Model):
    """What a household did receive in a distribution; reversed, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="handouts")
    household = models.ForeignKey(Household, models.PROTECT, related_name="handouts")
    counted_as = models.ForeignKey(Household, models.PROTECT, related_name="counted_handouts")
    people = models.PositiveSmallIntegerField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.OneToOneField(Act, models.PROTECT, related_name="handout")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reversed_reason = models.CharField(max_length=200, blank=True)
    happened_anyway_at = models.DateTimeField(null=True, blank=True)
    happened_anyway_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    happened_anyway_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-happened_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["distribution", "counted_as"],
                condition=Q(reversed_at__isnull=True, happened_anyway_at__isnull=True),
                name="handout_once",
            ),
            models.CheckConstraint(
                condition=both_or_neither("reversed_at", "reversed_by"), name="handout_reversed_by_someone"
            ),
            models.CheckConstraint(
                condition=both_or_neither("happened_anyway_at", "happened_anyway_by"),
                name="handout_anyway_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.distribution_id} → {self.household_id}"


class StockMovement(models.Model):
    """Double-entry stock: a quantity of an item goes from one store to another; without a store it is outside."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        SENT = "sent", _("sent to another site")
        HANDED_OUT = "handed_out", _("handed out")
        REVERSED = "reversed", _("handout reversed")
        LOST = "lost", _("lost or spoilt")

    id = models.UUIDField(primary_key=True, editable=False, default=uuid.uuid4)
    kind = models.CharField(max_length=10, choices=Kind)
    item = models.ForeignKey(Item, models.PROTECT, related_name="movements")
    quantity = models.PositiveIntegerField()
    from_site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="stock_out")
    to_site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="stock_in")
    handout = models.ForeignKey(Handout, models.PROTECT, null=True, blank=True, related_name="stock_movements")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="stock_movements")

    class Meta:
        ordering = ("-happened_at",)
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_moves_something"),
            models.CheckConstraint(
                condition=(Q(kind__in=["received", "reversed"], from_site__isnull=True, to_site__isnull=False))
                | Q(kind__in=["handed_out", "lost"], from_site__isnull=False, to_site__isnull=True)
                | Q(kind="sent", from_site__isnull=False, to_site__isnull=False) & ~Q(from_site=F("to_site")),
                name="stock_goes_where_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["handed_out", "reversed"], handout__isnull=False)
                | (~Q(kind__in=["handed_out", "reversed"]) & Q(handout__isnull=True)),
                name="stock_of_a_handout",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity} × {self.item_id}"
