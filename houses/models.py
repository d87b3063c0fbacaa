"""Houses that others own: what was agreed, what was said on the telephone, and what the owner asks for."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from centre.access import Permission
from centre.models import Act, Site, User
from centre.sight import allowed_at
from registrations.models import both_or_neither

LONGEST_NAME, LONGEST_SENTENCE = 80, 300


class WrittenQuerySet(models.QuerySet[Any]):
    """What was written down about a house, and may have been taken back."""

    def standing(self) -> "WrittenQuerySet":
        """Those that nobody took back."""
        return self.filter(voided_at=None)

    def on(self, day: date) -> "WrittenQuerySet":
        """Contracts that stand for the night of this day."""
        return self.standing().filter(days__contains=day)

    def visible_to(self, user: User, at: datetime | None = None) -> "WrittenQuerySet":
        """Those of houses where the user sets up rooms, or reads the log: they check what is paid."""
        return self.filter(allowed_at(user, Permission.SET_UP_ROOMS, Permission.SEE_LOG, at=at, path="site"))


CONTRACT_DAYS_APART = ExclusionConstraint(
    name="contract_days_apart",
    expressions=[("site", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
    condition=Q(voided_at__isnull=True),
)
INVOICE_OF_MONTH_ONCE = models.UniqueConstraint(
    fields=["site", "month"], condition=Q(voided_at__isnull=True), name="invoice_of_month_once"
)


class Contract(models.Model):
    """What is agreed with the owner of a house: whom to call, and for which nights how many places at what rate.

    It is never changed: one that is wrong is taken back and written anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="contracts")
    contact = models.CharField(max_length=LONGEST_NAME)
    phone = models.CharField(max_length=20)
    days = DateRangeField()  # local days, from the first night to the last; without an end until it is taken back
    places = models.PositiveIntegerField()
    rate = models.DecimalField(max_digits=10, decimal_places=2)  # dram for a place and a night
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = WrittenQuerySet.as_manager()

    class Meta:
        ordering = ("site", "-days")
        constraints = (
            CONTRACT_DAYS_APART,
            models.CheckConstraint(
                condition=Q(days__isempty=False, days__lower_inf=False), name="contract_has_a_first_night"
            ),
            models.CheckConstraint(condition=~Q(places=0), name="contract_has_places"),
            models.CheckConstraint(condition=Q(rate__gte=0), name="contract_rate_is_no_debt"),
            models.CheckConstraint(condition=~Q(contact="") & ~Q(phone=""), name="contract_says_whom_to_call"),
            models.CheckConstraint(
                condition=both_or_neither("voided_at", "voided_by"), name="contract_voided_by_someone"
            ),
        )

    def __str__(self) -> str:
        return f"{self.site_id} {self.days}"

    @property
    def first_night(self) -> date:
        """The local day of the first night."""
        first: date = self.days.lower
        return first

    @property
    def last_night(self) -> date | None:
        """The local day of the last night; None without an end."""
        return self.days.upper - timedelta(days=1) if self.days.upper else None


class Invoice(models.Model):
    """What the owner of a house asks for a month, as it was typed in; taken back and typed anew where it is wrong."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="invoices")
    month = models.DateField()  # its first day
    number = models.CharField(max_length=40, blank=True)
    nights = models.PositiveIntegerField()  # of one place
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # dram
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = WrittenQuerySet.as_manager()

    class Meta:
        ordering = ("site", "-month")
        constraints = (
            INVOICE_OF_MONTH_ONCE,
            models.CheckConstraint(condition=Q(month__day=1), name="invoice_is_of_a_month"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="invoice_amount_is_no_debt"),
            models.CheckConstraint(
                condition=both_or_neither("voided_at", "voided_by"), name="invoice_voided_by_someone"
            ),
        )

    def __str__(self) -> str:
        return f"{self.site_id} {self.month:%Y-%m}"


class ToldQuerySet(models.QuerySet[Any]):
    """What was told of a house."""

    def visible_to(self, user: User, at: datetime | None = None) -> "ToldQuerySet":
        """What was told of houses where the user may place."""
        return self.filter(allowed_at(user, Permission.PLACE, at=at, path="site"))

    def standing(self) -> "ToldQuerySet":
        """Headcounts that no later one took back or put right."""
        return self.filter(persons__isnull=False, voided_by=None)


class ReportedHeadcount(models.Model):
    """A fact: somebody of the house said how many people were there at an hour. Never changed; voided by a later one.

    One that voids another and has a number is its correction; without a number it only takes it back.
    """

    id = models.UUIDField(primary_key=True, editable=False, db_default=Func(function="uuidv7"))
    site = models.ForeignKey(Site, models.PROTECT, related_name="headcounts", db_index=False)
    happened_at = models.DateTimeField()  # the hour that was spoken of
    persons = models.PositiveIntegerField(null=True, blank=True)
    said_by = models.CharField(max_length=LONGEST_NAME, blank=True)
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    voids = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="voided_by")

    objects = ToldQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at", "-recorded_at")
        constraints = (
            models.CheckConstraint(
                condition=Q(persons__isnull=False) | Q(voids__isnull=False), name="headcount_counts_or_voids"
            ),
            models.CheckConstraint(
                condition=Q(persons__isnull=True) | ~Q(said_by=""), name="headcount_was_said_by_someone"
            ),
            models.UniqueConstraint(fields=["id", "site"], name="headcount_of_site"),
        )
        indexes = (models.Index(fields=["site", "-happened_at"], name="headcount_of_house"),)

    def __str__(self) -> str:
        return f"{self.site_id} {self.persons} {self.happened_at:%Y-%m-%d %H:%M}"


class DifferenceQuerySet(models.QuerySet["Difference"]):
    """Differences."""

    def unsettled(self) -> "DifferenceQuerySet":
        """Those that nobody has settled, of headcounts that stand: the open one of a house, and those it stands for."""
        return self.filter(settled_at=None, headcount__in=ReportedHeadcount.objects.standing())

    def open(self) -> "DifferenceQuerySet":
        """Those that are somebody's task: one a house at most."""
        return self.filter(settled_at=None, overtaken_by=None)

    def overtaken(self) -> "DifferenceQuerySet":
        """Those for which the open one of their house stands."""
        return self.unsettled().exclude(overtaken_by=None)

    def visible_to(self, user: User, at: datetime | None = None) -> "DifferenceQuerySet":
        """Those of houses where the user may place."""
        return self.filter(allowed_at(user, Permission.PLACE, at=at, path="site"))


ONE_OPEN_DIFFERENCE = models.UniqueConstraint(
    fields=["site"], condition=Q(settled_at=None, overtaken_by=None), name="difference_open_once_a_house"
)


class Difference(models.Model):
    """A task: the house says another number than is counted. Somebody looks into it, and settles it with a word.

    A later number that differs too takes the place of the one before, which is kept and settled with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    headcount = models.OneToOneField(ReportedHeadcount, models.PROTECT, related_name="difference")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", db_index=False)  # that of the headcount
    counted = models.PositiveIntegerField()  # people present at the hour, as it read when the number was typed
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=LONGEST_SENTENCE, blank=True)  # how it was settled
    overtaken_by = models.ForeignKey(  # the number that takes its place, or takes its own back
        ReportedHeadcount, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        ordering = ("headcount__happened_at",)
        constraints = (
            ONE_OPEN_DIFFERENCE,
            models.CheckConstraint(
                condition=both_or_neither("taken_at", "taken_by"), name="difference_taken_by_someone"
            ),
            models.CheckConstraint(
                condition=both_or_neither("settled_at", "settled_by"), name="difference_settled_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, words="") | Q(settled_at__isnull=False) & ~Q(words=""),
                name="difference_settled_with_a_word",
            ),
        )

    def __str__(self) -> str:
        return f"{self.headcount_id}: {self.counted}"


class Call(models.Model):
    """A fact: a house was called, or called. What was said is kept as it was said; it changes no room and nobody."""

    class Outcome(models.TextChoices):
        SPOKE = "spoke", _("spoke")
        NO_ANSWER = "no_answer", _("no answer")

    class About(models.TextChoices):
        CAME = "came", _("They came")
        LEFT = "left", _("They left")
        MORE = "more", _("More places")
        FEWER = "fewer", _("Fewer places")
        OTHER = "other", _("Something else")

    id = models.UUIDField(primary_key=True, editable=False, db_default=Func(function="uuidv7"))
    site = models.ForeignKey(Site, models.PROTECT, related_name="calls", db_index=False)
    happened_at = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=Outcome)
    about = models.CharField(max_length=5, choices=About, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)  # of people or of places
    until = models.DateField(null=True, blank=True)
    words = models.CharField(max_length=LONGEST_SENTENCE, blank=True)
    said_by = models.CharField(max_length=LONGEST_NAME, blank=True)
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")

    objects = ToldQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at", "-recorded_at")
        constraints = (
            models.CheckConstraint(
                condition=~Q(outcome="no_answer")
                | Q(about="", number__isnull=True, until__isnull=True, words="", said_by=""),
                name="call_unanswered_says_nothing",
            ),
            models.CheckConstraint(condition=Q(about="") | ~Q(words=""), name="call_keeps_its_sentence"),
            models.CheckConstraint(condition=Q(outcome__in=("spoke", "no_answer")), name="call_ended_somehow"),
        )
        indexes = (models.Index(fields=["site", "-happened_at"], name="call_of_house"),)

    def __str__(self) -> str:
        return f"{self.site_id} {self.outcome} {self.happened_at:%Y-%m-%d %H:%M}"
