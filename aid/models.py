"""Things: what is in store, what is planned, what was handed out."""

import uuid
from datetime import datetime

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from centre.access import Permission
from centre.models import Act, Site, User
from centre.sight import allowed_at
from centre.words import in_words
from registrations.models import Household, Membership, both_or_neither

ITEM_ONCE = models.UniqueConstraint(fields=["code"], name="item_once")


class Item(models.Model):
    """A kind of thing, such as a blanket or a food parcel; those of one category are like goods."""

    class Category(models.TextChoices):
        """What counts together over the days of a rule; an item without one counts alone."""

        FOOD = "food", _("Food")
        HYGIENE = "hygiene", _("Hygiene")
        BEDDING = "bedding", _("Bedding")
        CLOTHING = "clothing", _("Clothing and shoes")
        BABY = "baby", _("For babies")
        HOUSEHOLD = "household", _("Kitchen and home")
        FUEL = "fuel", _("Fuel and heating")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=20)
    name_en = models.CharField(max_length=80)
    name_hy = models.CharField(max_length=80, blank=True)
    name_ru = models.CharField(max_length=80, blank=True)
    category = models.CharField(max_length=9, choices=Category, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = (ITEM_ONCE,)

    def __str__(self) -> str:
        return getattr(self, f"name_{(get_language() or 'en')[:2]}", "") or self.name_en

    def is_like(self, other: "Item") -> bool:
        """Whether they count together over the days of a rule."""
        return self == other or self.category == other.category != ""


class DistributionQuerySet(models.QuerySet["Distribution"]):
    """Distributions; what is shown to a person starts at where."""

    def where(self, user: User, permission: Permission, at: datetime | None = None) -> "DistributionQuerySet":
        """Distributions at sites where the user's role allows the permission."""
        return self.filter(allowed_at(user, permission, at=at, path="site"))

    def running(self, at: datetime) -> "DistributionQuerySet":
        """Distributions under way at the instant."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)

    def planned(self, at: datetime) -> "DistributionQuerySet":
        """Distributions that begin after the instant."""
        return self.filter(starts_at__gt=at)

    def done(self, at: datetime) -> "DistributionQuerySet":
        """Distributions that had ended by the instant."""
        return self.filter(ends_at__lte=at)

    def with_reached(self) -> "DistributionQuerySet":
        """Annotate `handed_out`, standing handouts, `people`, those they reached, each once, and `flagged`."""
        standing = Q(handouts__reversed_at__isnull=True)
        first = standing & ~Q(handouts__in=Handout.objects.repeats())
        return self.annotate(
            handed_out=Count("handouts", filter=standing),
            people=Coalesce(Sum("handouts__people", filter=first), 0),
            flagged=Count("handouts", filter=standing & Q(handouts__happened_anyway_at__isnull=False)),
        )


DISTRIBUTION_ENDS_AFTER_START = models.CheckConstraint(
    condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
    name="distribution_ends_after_start",
)


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
        constraints = (DISTRIBUTION_ENDS_AFTER_START,)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("aid:distribution", args=[self.pk])

    def runs(self, at: datetime) -> bool:
        """Whether it is under way at the instant."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


RULE_ONCE = models.UniqueConstraint(fields=["distribution", "item"], name="rule_once")


class EntitlementRule(models.Model):
    """What a household may receive of one item: a quantity for each person, or for the household.

    With `every_days`, like goods at most once in so many local days, whichever distribution they came from.
    """

    class Per(models.TextChoices):
        PERSON = "person", _("per person")
        HOUSEHOLD = "household", _("per household")

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="rules")
    item = models.ForeignKey(Item, models.PROTECT, related_name="rules")
    per = models.CharField(max_length=10, choices=Per)
    quantity = models.PositiveSmallIntegerField()
    every_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("distribution", "item")
        constraints = (
            RULE_ONCE,
            models.CheckConstraint(condition=Q(quantity__gt=0), name="rule_gives_something"),
            models.CheckConstraint(
                condition=Q(every_days__isnull=True) | Q(every_days__gt=0), name="rule_waits_for_days"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} {self.get_per_display()}"

    def quantity_for(self, people: int) -> int:
        """How much of the item a household of so many people may receive."""
        return self.quantity * people if self.per == self.Per.PERSON else self.quantity


class HandoutQuerySet(models.QuerySet["Handout"]):
    """Handouts; what is shown to a person starts at where."""

    def where(self, user: User, permission: Permission, at: datetime | None = None) -> "HandoutQuerySet":
        """Handouts at sites where the user's role allows the permission."""
        return self.filter(allowed_at(user, permission, at=at, path="distribution__site"))

    def standing(self) -> "HandoutQuerySet":
        """Handouts that were not reversed."""
        return self.filter(reversed_at__isnull=True)

    def flagged(self) -> "HandoutQuerySet":
        """Standing handouts that broke a rule and were recorded because they had happened."""
        return self.standing().filter(happened_anyway_at__isnull=False)

    def repeats(self) -> "HandoutQuerySet":
        """Handouts to a household that another standing one reached before in the round: later parts, and flagged ones.

        A flagged handout also comes after an unflagged one.
        """
        others = self.model.objects.standing().filter(
            distribution=OuterRef("distribution"), counted_as=OuterRef("counted_as")
        )
        unflagged = Q(happened_anyway_at__isnull=True)
        earlier = Q(happened_at__lt=OuterRef("happened_at")) | Q(
            happened_at=OuterRef("happened_at"), pk__lt=OuterRef("pk")
        )
        reached = Exists(others.exclude(pk=OuterRef("pk")).filter(unflagged | earlier))
        later_part = Q(Exists(others.filter(unflagged, part__lt=OuterRef("part"))), part__gt=1)
        return self.standing().filter((~unflagged & reached) | (unflagged & later_part))


HANDOUT_ONCE = models.UniqueConstraint(
    fields=["distribution", "counted_as", "part"],
    condition=Q(reversed_at__isnull=True, happened_anyway_at__isnull=True),
    name="handout_once",
)


class Handout(models.Model):
    """What a household did receive in a distribution, in one or several parts; reversed, never edited."""

    class OwnReason(models.TextChoices):
        """Reasons that the house writes itself: kept as a code, read in the reader's language."""

        FOUND_ONE_FAMILY = "found_one_family", _("Two cards were found to be one family")
        UNDONE_AT_ONCE = "undone_at_once", _("undone at once")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="handouts", db_index=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="handouts")
    counted_as = models.ForeignKey(Household, models.PROTECT, related_name="counted_handouts", db_index=False)
    part = models.PositiveSmallIntegerField(default=1)  # of its share of the round, in the order they were given
    people = models.PositiveSmallIntegerField()
    collected_by = models.CharField(max_length=80, blank=True)  # who came for it, when not the family
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.OneToOneField(Act, models.PROTECT, related_name="handout")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    card_read = models.BooleanField(null=True, blank=True)  # whether the card was seen; null where nobody asked
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reversed_reason = models.CharField(max_length=200, blank=True)
    happened_anyway_at = models.DateTimeField(null=True, blank=True)
    happened_anyway_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    happened_anyway_reason = models.CharField(max_length=200, blank=True)

    objects = HandoutQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at",)
        constraints = (
            HANDOUT_ONCE,
            models.CheckConstraint(
                condition=both_or_neither("reversed_at", "reversed_by"), name="handout_reversed_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True, reversed_reason="")
                | (Q(reversed_at__isnull=False) & ~Q(reversed_reason="")),
                name="handout_reversed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=both_or_neither("happened_anyway_at", "happened_anyway_by"),
                name="handout_anyway_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(happened_anyway_at__isnull=True, happened_anyway_reason="")
                | (Q(happened_anyway_at__isnull=False) & ~Q(happened_anyway_reason="")),
                name="handout_anyway_for_a_reason",
            ),
        )
        indexes = (
            models.Index(fields=["distribution", "-happened_at"], name="handouts_of_a_round"),
            models.Index(fields=["counted_as", "distribution"], name="handouts_of_a_household"),
        )

    def __str__(self) -> str:
        return f"{self.distribution_id} → {self.household_id}"

    @property
    def why_reversed(self) -> str:
        """Why it was reversed, in words."""
        return in_words(self.reversed_reason, self.OwnReason)

    @property
    def why_anyway(self) -> str:
        """Why it was recorded although it broke a rule, in words."""
        return in_words(self.happened_anyway_reason, self.OwnReason)


class HandoutPerson(models.Model):
    """A person whom a handout was for, as a member of the household then; whom they count as follows their merges."""

    handout = models.ForeignKey(Handout, models.PROTECT, related_name="reached", db_index=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="handouts")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["handout", "membership"], name="handed_to_a_person_once"),)

    def __str__(self) -> str:
        return f"{self.handout_id} for {self.membership_id}"


class StockMovementQuerySet(models.QuerySet["StockMovement"]):
    """Stock movements."""

    def at(self, site: Site) -> "StockMovementQuerySet":
        """Movements into or out of the store of this site."""
        return self.filter(Q(from_site=site) | Q(to_site=site))

    def where(self, user: User, permission: Permission) -> "StockMovementQuerySet":
        """Movements into or out of stores where the user's role allows the permission."""
        stores = Site.objects.where(user, permission).order_by().values("pk")
        return self.filter(Q(from_site__in=stores) | Q(to_site__in=stores))

    def standing(self) -> "StockMovementQuerySet":
        """Movements that were not taken back, without those that took them back."""
        return self.filter(voids=None, voided_by=None)


class StockMovement(models.Model):
    """Double-entry stock: a quantity of an item goes from one store to another; without a store it is outside."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        SENT = "sent", _("sent to another site")
        HANDED_OUT = "handed_out", _("handed out")
        REVERSED = "reversed", _("handout reversed")
        LOST = "lost", _("lost or spoilt")
        VOIDED = "voided", _("entered wrongly, taken back")

    id = models.UUIDField(primary_key=True, editable=False, default=uuid.uuid4)
    kind = models.CharField(max_length=10, choices=Kind)
    item = models.ForeignKey(Item, models.PROTECT, related_name="movements")
    quantity = models.PositiveIntegerField()
    from_site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="stock_out", db_index=False)
    to_site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="stock_in", db_index=False)
    handout = models.ForeignKey(Handout, models.PROTECT, null=True, blank=True, related_name="stock_movements")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="stock_movements")
    voids = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="voided_by")
    note = models.CharField(max_length=200, blank=True)

    objects = StockMovementQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at",)
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_moves_something"),
            models.CheckConstraint(condition=~Q(kind="lost", note=""), name="loss_has_a_reason"),
            models.CheckConstraint(condition=~Q(kind="voided", note=""), name="stock_taken_back_for_a_reason"),
            models.CheckConstraint(
                condition=Q(kind="voided", voids__isnull=False) | (~Q(kind="voided") & Q(voids__isnull=True)),
                name="stock_taken_back_names_what",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=["received", "reversed"], from_site__isnull=True, to_site__isnull=False))
                | Q(kind__in=["handed_out", "lost"], from_site__isnull=False, to_site__isnull=True)
                | Q(kind="voided")  # the mirror of what it voids: stock_void_mirrors
                | Q(kind="sent", from_site__isnull=False, to_site__isnull=False) & ~Q(from_site=F("to_site")),
                name="stock_goes_where_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["handed_out", "reversed"], handout__isnull=False)
                | (~Q(kind__in=["handed_out", "reversed"]) & Q(handout__isnull=True)),
                name="stock_of_a_handout",
            ),
        )
        indexes = (
            models.Index(fields=["from_site", "item"], include=["happened_at", "quantity"], name="stock_out_of_a_site"),
            models.Index(fields=["to_site", "item"], include=["happened_at", "quantity"], name="stock_into_a_site"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity} × {self.item_id}"

    @property
    def told_by(self) -> Site:
        """The site whose store told of it."""
        site = self.from_site or self.to_site
        assert site is not None  # stock_goes_where_its_kind_says
        return site

    @property
    def may_be_voided(self) -> bool:
        """Whether it is one that is taken back by itself; a handout's goods go back with the handout."""
        return self.kind in {self.Kind.RECEIVED, self.Kind.SENT, self.Kind.LOST}
