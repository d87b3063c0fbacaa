"""Matters followed for a person until they are closed, and the steps taken in them."""

import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.kinds import Answer, Consent, Declining, Kind, Outcome, Reason, SearchEnd, Sign, Topic, Urgency
from centre.access import Permission
from centre.models import Act, Site, User
from centre.sealing import SealedField
from centre.sight import allowed_at
from centre.words import in_words, label_of
from registrations.models import Household, Individual, NeedCode, both_or_neither

TRACED = [*Consent.choices, *Answer.choices, *SearchEnd.choices]  # what a step of a search may say
UNTAKEN = timedelta(minutes=15)  # how long a matter of now may wait before it goes up


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases."""

    def open(self) -> "CaseQuerySet":
        """Cases not closed yet; one of a merged record goes on in another, and who never was needs nothing."""
        never_were = Individual.objects.filter(never_was=True)  # few: they are looked up, not joined
        return self.filter(closed_at__isnull=True, counted_with__isnull=True).exclude(individual__in=never_were)

    def visible_to(self, user: User, at: datetime | None = None) -> "CaseQuerySet":
        """Cases of people who are, or were last, where the user may follow cases; and those that the user follows."""
        there = allowed_at(user, Permission.SEE_CASES, at=at, path="site")
        follows = user.reach(Permission.SEE_CASES, at) != set()
        return self.filter(there | Q(follower=user) if there and follows else there)

    def nobodys(self) -> "CaseQuerySet":
        """Cases that nobody has taken."""
        return self.open().filter(follower__isnull=True)

    def overdue(self, at: datetime) -> "CaseQuerySet":
        """Cases in which something was to be done by now."""
        return self.open().filter(due_at__lte=at)

    def unanswered(self, at: datetime) -> "CaseQuerySet":
        """Matters of now that nobody has taken in time."""
        return self.nobodys().filter(urgency=Urgency.NOW, urgent_since__lte=at - UNTAKEN)

    def in_order(self, at: datetime) -> "CaseQuerySet":
        """By urgency, then those in which something is overdue, then who has waited longest."""
        late = models.Case(models.When(due_at__lte=at, then=0), default=1)
        return self.annotate(late=late).order_by("urgency", "late", "opened_at", "pk")


class Case(models.Model):
    """A matter followed for a person; not a registration group.

    How urgent it is, who follows it, what is due and whether it is closed are how its steps read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="cases")
    counted_as = models.ForeignKey(Individual, models.PROTECT, related_name="counted_cases", db_index=False)
    counted_with = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="goes_on_for")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="cases")  # all of it
    site = models.ForeignKey(Site, models.PROTECT, related_name="cases")  # where the person is or was last
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.CharField(max_length=20, choices=Reason)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    act = models.ForeignKey(Act, models.PROTECT, related_name="cases")
    urgency = models.CharField(max_length=5, choices=Urgency)
    urgent_since = models.DateTimeField()  # when it was recorded: nobody could look before, whatever hour was said
    follower = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="cases_followed")
    due_at = models.DateTimeField(null=True, blank=True)
    first_action_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CaseQuerySet.as_manager()

    get_kind_display = label_of(Kind, "kind")
    get_reason_display = label_of(Reason, "reason")
    get_urgency_display = label_of(Urgency, "urgency")

    class Meta:
        ordering = ("urgency", "opened_at")
        constraints = (
            models.UniqueConstraint(
                fields=["counted_as", "kind"],
                condition=Q(closed_at__isnull=True, counted_with__isnull=True),
                name="case_open_once",
            ),
            models.CheckConstraint(condition=both_or_neither("closed_at", "closed_by"), name="case_closed_by_someone"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="case_closed_with_an_outcome",
            ),
            models.CheckConstraint(condition=~Q(counted_with=F("id")), name="case_goes_on_in_another"),
        )
        indexes = (
            models.Index(fields=["site", "opened_at"], name="case_at_site"),
            models.Index(
                fields=["urgency", "opened_at"],
                name="case_in_order",
                condition=Q(closed_at__isnull=True, counted_with__isnull=True),
            ),
            models.Index(fields=["counted_as"], name="case_of_person"),
        )

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_absolute_url(self) -> str:
        return reverse("casework:case", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        """Whether something was to be done by now."""
        return self.closed_at is None and self.due_at is not None and self.due_at <= timezone.now()


class StepQuerySet(models.QuerySet["Step"]):
    """Steps in cases."""

    def due(self, until: datetime) -> "StepQuerySet":
        """What is to be done by then in open cases, and is not done."""
        planned = self.standing().filter(kind=Step.Kind.PLANNED, due_at__lte=until, case__in=Case.objects.open())
        return planned.exclude(fulfilled_by__in=Step.objects.standing().filter(fulfils__isnull=False))

    def standing(self) -> "StepQuerySet":
        """Steps that were not taken back, and take back none."""
        return self.filter(voids__isnull=True, voided_by__isnull=True)


class Step(models.Model):
    """A fact of a case: what is known, what is next, what was done, who follows it. Never changed: a step voids one."""

    class Kind(models.TextChoices):
        """What was done in the case."""

        OPENED = "opened", _("Opened")  # also when another reason came while it was open
        KNOWN = "known", _("What is known")
        PLANNED = "planned", _("To do")
        DONE = "done", _("It was done")
        TAKEN = "taken", _("Taken")
        URGENCY = "urgency", _("How urgent")
        HANDING = "handing", _("To be handed to")  # one member of staff asks, another agrees by closing
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Opened again")
        VOIDED = "voided", _("Taken back")
        SOUGHT = "sought", _("Somebody is sought")
        CONSENT = "consent", _("Who seeks was asked")
        MATCHED = "matched", _("May be found")
        ANSWERED = "answered", _("Answer to a match")
        ENDED = "ended", _("Search ended")
        REFERRED = "referred", _("Offered to a service")
        ACCEPTED = "accepted", _("The service accepts")
        DECLINED = "declined", _("The service declines")
        APPOINTED = "appointed", _("Appointment")
        CAME = "came", _("Came to the service")
        MISSED = "missed", _("Did not come to the service")
        DRIVEN = "driven", _("Who drives")
        RESULT = "result", _("Result from the service")
        WITHDRAWN = "withdrawn", _("No longer offered")
        LETTER = "letter", _("Letter or photo")

    class OwnWords(models.TextChoices):
        """Words that the house writes itself: kept as a code, read in the reader's language."""

        TO_HOSPITAL = "to_hospital", _("Sent to a hospital.")
        FROM_HOSPITAL = "from_hospital", _("Back from hospital.")
        DAY_FULL = "day_full", _("The appointment is gone: that day is full. Ask the service for another.")

    id = models.UUIDField(primary_key=True, editable=False, db_default=models.Func(function="uuidv7"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    words = SealedField(blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    act = models.ForeignKey(Act, models.PROTECT, related_name="steps")
    due_at = models.DateTimeField(null=True, blank=True)
    fulfils = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="fulfilled_by")
    follower = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    urgency = models.CharField(max_length=5, choices=Urgency, blank=True)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    topic = models.CharField(max_length=12, choices=Topic, blank=True)
    sign = models.CharField(max_length=16, choices=Sign, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    traced = models.CharField(
        max_length=10, choices=[*Consent.choices, *Answer.choices, *SearchEnd.choices], blank=True
    )
    declined = models.CharField(max_length=10, choices=Declining, blank=True)
    voids = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="voided_by")

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ("happened_at", "recorded_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=(Q(kind="planned") & Q(due_at__isnull=False)) | (~Q(kind="planned") & Q(due_at__isnull=True)),
                name="step_planned_for_a_time",
            ),
            models.CheckConstraint(
                condition=(Q(kind="closed") & ~Q(outcome="")) | (~Q(kind="closed") & Q(outcome="")),
                name="step_closed_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=(Q(kind="voided") & Q(voids__isnull=False)) | (~Q(kind="voided") & Q(voids__isnull=True)),
                name="step_voids_a_step",
            ),
            models.CheckConstraint(
                condition=Q(fulfils__isnull=True) | Q(kind="done"), name="step_done_fulfils_what_was_planned"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["urgency", "opened", "matched"]) | ~Q(urgency=""), name="step_says_how_urgent"
            ),
        )
        indexes = (
            models.Index(fields=["case", "happened_at"], name="step_in_order"),
            models.Index(fields=["due_at"], name="step_due", condition=Q(kind="planned")),
        )

    def __str__(self) -> str:
        return f"{self.kind} in {self.case_id}"

    @property
    def said(self) -> str:
        """The words, also those that the house wrote itself, line by line."""
        return "\n".join(in_words(line, self.OwnWords) for line in self.words.split("\n"))


class CaseRule(models.Model):
    """Which matter a specific need opens, and how soon somebody has to look; a code without one opens nothing."""

    code = models.OneToOneField(NeedCode, models.PROTECT, primary_key=True, related_name="case_rule")
    kind = models.CharField(max_length=20, choices=Kind)
    urgency = models.CharField(max_length=5, choices=Urgency)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code_id}: {self.kind}, {self.urgency}"


class DutyQuerySet(models.QuerySet["Duty"]):
    """Who is on duty."""

    def at(self, at: datetime) -> "DutyQuerySet":
        """Those on duty at the instant."""
        return self.filter(from_at__lte=at, until__gt=at, ended_at__isnull=True)


class Duty(models.Model):
    """Who is called for a matter at a site in a shift, and by which telephone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="duties")
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20)
    from_at = models.DateTimeField()
    until = models.DateTimeField()
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ("from_at",)
        constraints = (
            models.CheckConstraint(condition=Q(until__gt=F("from_at")), name="duty_ends_after_start"),
            models.CheckConstraint(condition=both_or_neither("ended_at", "ended_by"), name="duty_ended_by_someone"),
        )
        indexes = (models.Index(fields=["site", "until"], name="duty_at_site"),)

    def __str__(self) -> str:
        return f"{self.name}, {self.phone}"


from casework.letters import Letter as Letter  # noqa: E402 - its tables refer to those above
from casework.referrals import Referral as Referral  # noqa: E402
from casework.services import Service as Service  # noqa: E402
from casework.services import ServiceAccount as ServiceAccount  # noqa: E402
from casework.tracing import TracingMatch as TracingMatch  # noqa: E402
from casework.tracing import TracingRequest as TracingRequest  # noqa: E402
