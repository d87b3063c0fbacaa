"""Plans for an evening: over which houses, and who would sleep where in either plan."""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centre.models import Act, Site, User
from registrations.models import Household, Individual, both_or_neither
from shelter.models import Room
from shelter.sight import reach_of, sites_that_wait


class How(models.TextChoices):
    """Which of the two plans."""

    GREEDY = "greedy", _("at once, by turn")
    SOLVER = "solver", _("searched for")


class PlanState(models.TextChoices):
    """How the search for a better plan stands, as its dates say."""

    NOT_SEARCHED = "not_searched", _("not searched for a better one")
    ASKED = "asked", _("waits for the search to begin")
    RUNNING = "running", _("searching for a better one")
    STOPPED = "stopped", _("search stopped")
    DONE = "done", _("search finished")


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans."""

    def visible_to(self, user: User, at: datetime) -> "PlanQuerySet":
        """Plans over houses in all of which the user may hold places, for families all of whom they read as waiting."""
        out_of_reach = PlanHouse.objects.filter(plan=OuterRef("pk")).exclude(site__in=reach_of(user, at).sites)
        unknown = PlannedFamily.objects.filter(plan=OuterRef("pk")).exclude(site__in=sites_that_wait(user, at))
        return self.filter(~Exists(out_of_reach), ~Exists(unknown))


class Plan(models.Model):
    """A plan for the whole waiting list over the houses that somebody chose; what it says of people is PlannedFamily.

    `numbers` are what each of the plans wins, by How and the names of Worth.numbers, as of when it was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.OneToOneField(Act, models.PROTECT, related_name="plan")
    numbers = models.JSONField(default=dict)
    search_asked_at = models.DateTimeField(null=True, blank=True)
    search_asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    search_began_at = models.DateTimeField(null=True, blank=True)
    search_ended_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    percent = models.PositiveSmallIntegerField(default=0)  # of the time for the search that is over
    people_so_far = models.IntegerField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("-act__at", "id")
        constraints = (
            models.CheckConstraint(
                condition=both_or_neither("search_asked_at", "search_asked_by")
                & both_or_neither("stopped_at", "stopped_by"),
                name="search_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(search_began_at__isnull=True) | Q(search_asked_at__isnull=False),
                name="search_begins_once_asked",
            ),
            models.CheckConstraint(
                condition=Q(search_ended_at__isnull=True) | Q(search_began_at__isnull=False),
                name="search_ends_once_begun",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="search_part_of_its_time"),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("plans:plan", args=[self.pk])

    @property
    def state(self) -> PlanState:
        """How the search stands."""
        if self.search_ended_at:
            return PlanState.STOPPED if self.stopped_at else PlanState.DONE
        if self.search_began_at:
            return PlanState.RUNNING
        return PlanState.ASKED if self.search_asked_at else PlanState.NOT_SEARCHED

    @property
    def searching(self) -> bool:
        """Whether a better plan may still come."""
        return self.state in (PlanState.ASKED, PlanState.RUNNING)


class PlanHouse(models.Model):
    """A house over which a plan is made."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="houses")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "site"], name="planned_over_once"),)

    def __str__(self) -> str:
        return str(self.site_id)


class PlannedFamily(models.Model):
    """A family in one of the two plans: where it comes in turn, and what speaks for its rooms or why it has none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="families")
    how = models.CharField(max_length=6, choices=How)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", db_index=False)  # where they waited
    position = models.PositiveIntegerField()
    size = models.SmallIntegerField()  # people who waited
    hours = models.PositiveIntegerField()  # waited
    left_out = models.CharField(max_length=20, blank=True)  # a code of words.LEFT_OUT; empty for who has rooms
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    doubts = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        ordering = ("plan", "how", "position")
        constraints = (
            models.UniqueConstraint(fields=["plan", "how", "household"], name="family_planned_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="planned_family_has_people"),
        )

    def __str__(self) -> str:
        return f"{self.plan_id} {self.how} {self.household_id}"


class PlannedPlace(models.Model):
    """A person of a family in a plan, and in which room they would sleep."""

    family = models.ForeignKey(PlannedFamily, models.PROTECT, related_name="places")
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["family", "individual"], name="person_planned_once"),)

    def __str__(self) -> str:
        return f"{self.individual_id} {self.room_id}"
