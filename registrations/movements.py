"""The journal of where people came and went, and where each was, as it reads today.

Imported by registrations.models, where Django looks for tables; here it names people by their names.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.functions import TransactionNow
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from centre.models import Act, Marz, Site
from registrations.querysets import MovementQuerySet, PresenceQuerySet, SightingQuerySet


class Movement(models.Model):
    """A fact of the journal: someone arrived, was born, departed or died. Never changed; voided by a later fact."""

    class Kind(models.TextChoices):
        ARRIVED = "arrived", _("arrived")
        BORN = "born", _("was born")
        DEPARTED = "departed", _("departed")
        DIED = "died", _("died")
        VOIDED = "voided", _("voided")

    class Destination(models.TextChoices):
        """Where someone departed to."""

        SITE = "site", _("Another site")
        OWN_ADDRESS = "own_address", _("Own address or relatives")
        ABROAD = "abroad", _("Left the country")
        UNKNOWN = "unknown", _("Not known")

    id = models.UUIDField(primary_key=True, editable=False, db_default=Func(function="uuidv7"))
    kind = models.CharField(max_length=8, choices=Kind)
    individual = models.ForeignKey("registrations.Individual", models.PROTECT, related_name="movements")
    counted_as = models.ForeignKey(
        "registrations.Individual", models.PROTECT, related_name="counted_movements", db_index=False
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="movements")
    destination = models.CharField(max_length=11, choices=Destination, blank=True)
    destination_site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    destination_marz = models.CharField(max_length=5, choices=Marz, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="movements")
    voids = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="voided_by")
    card_read = models.BooleanField(null=True, blank=True)  # whether their card was seen; null where nobody asked

    objects = MovementQuerySet.as_manager()

    class Meta:
        ordering = ("happened_at", "recorded_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["died", "voided"]) | Q(site__isnull=False), name="movement_at_a_site"
            ),
            models.CheckConstraint(
                condition=~Q(kind="voided") | Q(voids__isnull=False), name="voided_names_what_it_voids"
            ),
            models.CheckConstraint(
                condition=(Q(kind="departed") & ~Q(destination="")) | (~Q(kind="departed") & Q(destination="")),
                name="departed_has_destination",
            ),
            models.CheckConstraint(
                condition=Q(destination="site", destination_site__isnull=False)
                | (~Q(destination="site") & Q(destination_site__isnull=True)),
                name="destination_site_is_named",
            ),
            models.CheckConstraint(
                condition=Q(destination="own_address") | Q(destination_marz=""),
                name="marz_of_own_address_only",
            ),
            models.CheckConstraint(
                condition=Q(destination_site__isnull=True) | ~Q(destination_site=F("site")),
                name="destination_is_elsewhere",
            ),
        )
        indexes = (
            models.Index(fields=["counted_as", "happened_at", "recorded_at", "id"], name="movement_in_order"),
            models.Index(fields=["happened_at"], name="movement_happened"),
            models.Index(fields=["recorded_at"], name="movement_recorded"),
            models.Index(fields=["counted_as"], name="movement_died", condition=Q(kind="died")),  # few among many
        )

    def __str__(self) -> str:
        return f"{self.individual_id} {self.kind} {self.happened_at:%Y-%m-%d %H:%M}"


SEEN_ONCE = models.UniqueConstraint(
    fields=["household", "site"],
    condition=Q(confirmed_in__isnull=True, dismissed_in__isnull=True),
    name="seen_once",
)


class Sighting(models.Model):
    """A household's number that was shown at a site without proof: it ends nothing until who has them confirms it.

    Who has them answers it once: they are there, or it was not them.
    """

    household = models.ForeignKey("registrations.Household", models.PROTECT, related_name="sightings")
    site = models.ForeignKey(Site, models.PROTECT, related_name="sightings")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    confirmed_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")
    dismissed_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SightingQuerySet.as_manager()

    class Meta:
        ordering = ("happened_at",)
        constraints = (
            SEEN_ONCE,
            models.CheckConstraint(
                condition=Q(confirmed_in__isnull=True) | Q(dismissed_in__isnull=True), name="sighting_answered_one_way"
            ),
        )

    def __str__(self) -> str:
        return f"{self.household_id} at {self.site_id}"


class Presence(models.Model):
    """An individual's time at a site, as the movements read today; written by lay_out_presences alone."""

    movement = models.OneToOneField(Movement, models.PROTECT, primary_key=True, related_name="presence")
    individual = models.ForeignKey("registrations.Individual", models.PROTECT, related_name="presences", db_index=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="presences", db_index=False)
    during = DateTimeRangeField()
    ended_by = models.ForeignKey(Movement, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="present_once",
                expressions=[("individual", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="presence_lasts"),
            models.CheckConstraint(
                condition=Q(during__upper_inf=True, ended_by__isnull=True)
                | Q(during__upper_inf=False, ended_by__isnull=False),
                name="presence_ended_by_a_fact",
            ),
        )
        indexes = (
            # With who it is: or the wider index of who is at a site once is read whole, once for every site
            GistIndex(fields=["site", "during"], include=["individual"], name="presence_at_site"),
        )

    def __str__(self) -> str:
        return f"{self.individual_id} at {self.site_id}"


class Absence(models.Model):
    """An individual's time away from every site, since a departure or a death; written by lay_out_presences alone.

    The movement that began it says where they went.
    """

    movement = models.OneToOneField(Movement, models.PROTECT, primary_key=True, related_name="absence")
    individual = models.ForeignKey("registrations.Individual", models.PROTECT, related_name="absences", db_index=False)
    during = DateTimeRangeField()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="absent_once",
                expressions=[("individual", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="absence_lasts"),
        )

    def __str__(self) -> str:
        return f"{self.individual_id} away"
