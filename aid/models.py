"""Things: what is in store, what is planned, what was handed out."""

import uuid
from datetime import datetime

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aid.counts import StockCount
from aid.querysets import DistributionQuerySet, HandoutQuerySet, StockMovementQuerySet
from centre.models import Act, Site, User
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


DISTRIBUTION_ENDS_AFTER_START = models.CheckConstraint(
    condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
    name="distribution_ends_after_start",
)


class Distribution(models.Model):
    """A planned round of aid at a site; withdrawn when it was planned by mistake and gave nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    site = models.ForeignKey(Site, models.PROTECT, related_name="distributions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    act = models.OneToOneField(Act, models.PROTECT, related_name="distribution")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = DistributionQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at", "name")
        constraints = (
            DISTRIBUTION_ENDS_AFTER_START,
            models.CheckConstraint(
                condition=both_or_neither("withdrawn_at", "withdrawn_by"), name="round_withdrawn_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="round_withdrawn_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("aid:distribution", args=[self.pk])

    def runs(self, at: datetime) -> bool:
        """Whether it is under way at the instant."""
        begun, over = self.starts_at <= at, self.ends_at is not None and self.ends_at <= at
        return begun and not over and self.withdrawn_at is None


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


CAME_SHORT = ("way_lost", "never_sent", "found")
CAME_MORE = ("sent_more", "found_more")
SETTLES = (*CAME_SHORT, *CAME_MORE)  # kinds that say what became of a difference


class StockMovement(models.Model):
    """Double-entry stock: a quantity of an item goes from one store to another; without a store it is outside.

    What was sent is outside, `bound_for` a store, until that one says in answer what came. If another number came, a
    second answer says what became of the difference.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        SENT = "sent", _("sent to another site")
        HANDED_OUT = "handed_out", _("handed out")
        REVERSED = "reversed", _("handout reversed")
        LOST = "lost", _("lost or spoilt")
        VOIDED = "voided", _("entered wrongly, taken back")
        CAME = "came", _("came from another site")
        LOST_ON_WAY = "way_lost", _("lost on the way")
        NEVER_SENT = "never_sent", _("never sent: it is still in the first store")
        FOUND = "found", _("found later in the second store")
        SENT_MORE = "sent_more", _("more was sent than was written")
        FOUND_MORE = "found_more", _("nobody knows where the rest came from")
        COUNT_MORE = "count_more", _("counted: more than in the records")
        COUNT_LESS = "count_less", _("counted: less than in the records")

    id = models.UUIDField(primary_key=True, editable=False, default=uuid.uuid4)
    kind = models.CharField(max_length=10, choices=Kind)
    item = models.ForeignKey(Item, models.PROTECT, related_name="movements")
    quantity = models.PositiveIntegerField()
    from_site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="stock_out", db_index=False)
    to_site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="stock_in", db_index=False)
    bound_for = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    answers = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="answered", db_index=False)
    handout = models.ForeignKey(Handout, models.PROTECT, null=True, blank=True, related_name="stock_movements")
    count = models.OneToOneField(StockCount, models.PROTECT, null=True, blank=True, related_name="correction")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="stock_movements")
    voids = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="voided_by")
    donor = models.CharField(max_length=80, blank=True)  # who gave it; one a movement
    note = models.CharField(max_length=200, blank=True)

    standing_answers: list["StockMovement"]  # of with_answers

    objects = StockMovementQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at",)
        constraints = (
            models.CheckConstraint(  # nothing may have come, and be taken back
                condition=Q(quantity__gt=0) | Q(kind__in=["came", "voided"]), name="stock_moves_something"
            ),
            models.CheckConstraint(condition=~Q(kind__in=["lost", *SETTLES], note=""), name="loss_has_a_reason"),
            models.CheckConstraint(condition=~Q(kind="voided", note=""), name="stock_taken_back_for_a_reason"),
            models.CheckConstraint(
                condition=Q(kind="voided", voids__isnull=False) | (~Q(kind="voided") & Q(voids__isnull=True)),
                name="stock_taken_back_names_what",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["received", "reversed", "came", "never_sent", "found", "count_more"],
                    from_site__isnull=True,
                    to_site__isnull=False,
                )
                | Q(
                    kind__in=["handed_out", "lost", "sent_more", "count_less"],
                    from_site__isnull=False,
                    to_site__isnull=True,
                )
                | Q(kind__in=["way_lost", "found_more"], from_site__isnull=True, to_site__isnull=True)
                | Q(kind="voided")  # the mirror of what it voids: stock_void_mirrors
                | Q(kind="sent", from_site__isnull=False, to_site__isnull=True, bound_for__isnull=False)
                & ~Q(from_site=F("bound_for"))
                | Q(kind="sent", from_site__isnull=False, to_site__isnull=False, bound_for__isnull=True)  # of before
                & ~Q(from_site=F("to_site")),
                name="stock_goes_where_its_kind_says",
            ),
            models.CheckConstraint(condition=Q(kind="received") | Q(donor=""), name="a_receipt_alone_names_its_donor"),
            models.CheckConstraint(
                condition=Q(kind="sent") | Q(bound_for__isnull=True), name="only_sent_is_on_the_way"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["came", *SETTLES], answers__isnull=False)
                | (~Q(kind__in=["came", *SETTLES]) & Q(answers__isnull=True)),
                name="what_came_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["handed_out", "reversed"], handout__isnull=False)
                | (~Q(kind__in=["handed_out", "reversed"]) & Q(handout__isnull=True)),
                name="stock_of_a_handout",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["count_more", "count_less"], count__isnull=False)
                | (~Q(kind__in=["count_more", "count_less"]) & Q(count__isnull=True)),
                name="stock_of_a_count",
            ),
        )
        indexes = (
            models.Index(fields=["from_site", "item"], include=["happened_at", "quantity"], name="stock_out_of_a_site"),
            models.Index(fields=["to_site", "item"], include=["happened_at", "quantity"], name="stock_into_a_site"),
            models.Index(fields=["bound_for"], condition=Q(bound_for__isnull=False), name="stock_bound_for_a_site"),
            models.Index(fields=["answers"], condition=Q(answers__isnull=False), name="stock_that_answers"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity} × {self.item_id}"

    @property
    def told_by(self) -> tuple[Site, ...]:
        """The site whose store recorded it; either site of a transfer may record what became of a difference."""
        if self.answers and self.kind in SETTLES:
            return self.answers.between
        return tuple(site for site in (self.from_site or self.to_site,) if site)

    @property
    def between(self) -> tuple[Site, ...]:
        """The sites that sent it and that it is bound for."""
        return tuple(site for site in (self.from_site, self.bound_for) if site)

    @property
    def may_be_voided(self) -> bool:
        """Whether it is one that is taken back by itself; a handout's goods go back with the handout."""
        return self.kind not in {self.Kind.HANDED_OUT, self.Kind.REVERSED, self.Kind.VOIDED}

    @property
    def arrival(self) -> "StockMovement | None":
        """The movement that confirmed what arrived; read with `with_answers`."""
        return next((one for one in self.standing_answers if one.kind == self.Kind.CAME), None)

    @property
    def settlement(self) -> "StockMovement | None":
        """What became of the difference."""
        return next((one for one in self.standing_answers if one.kind in SETTLES), None)

    @property
    def difference(self) -> int:
        """How much more came than was sent; below zero when less came."""
        return self.arrival.quantity - self.quantity if self.arrival else 0

    @property
    def missing(self) -> int:
        """How many pieces the difference is, whichever way."""
        return abs(self.difference)

    @property
    def on_the_way(self) -> int:
        """How much of it nobody has said came."""
        return self.quantity if self.bound_for_id and not self.arrival and not hasattr(self, "voided_by") else 0
