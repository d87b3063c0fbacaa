"""Buses: a run from one site to others, its stops, and who has a seat on it."""

import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centre.models import Act, Site, User
from centre.sight import sight_of
from registrations.models import Household, Individual, Membership, Movement, both_or_neither
from shelter.models import Stay
from transport.links import DriverLink  # noqa: F401  # a table of this app, in a file of its own
from transport.told import rides_in_sight, works_at


class RunState(models.TextChoices):
    """How a run stands, as its dates say."""

    PLANNED = "planned", _("not left yet")
    ON_THE_ROAD = "on_the_road", _("on the road")
    ARRIVED = "arrived", _("has arrived")
    CANCELLED = "cancelled", _("cancelled")


STATES: dict[str, Q] = {
    RunState.PLANNED: Q(went_at=None, cancelled_at=None),
    RunState.ON_THE_ROAD: Q(went_at__isnull=False, arrived_at=None),
    RunState.ARRIVED: Q(arrived_at__isnull=False),
    RunState.CANCELLED: Q(cancelled_at__isnull=False),
}

READ_ON_FOR = timedelta(minutes=30)  # after the bus left: a driver stops for a family at the gate


class TransportRunQuerySet(models.QuerySet["TransportRun"]):
    """Runs."""

    def visible_to(self, user: User, at: datetime | None = None) -> "TransportRunQuerySet":
        """Runs of which the user is told, from, or to, the sites where they place or register."""
        stops = TransportStop.objects.kept().filter(run=OuterRef("pk"))
        at_a_door = works_at(user, at=at) | Q(Exists(stops.filter(works_at(user, at=at))))
        return self.told_to(user, at).filter(at_a_door)

    def told_to(self, user: User, at: datetime | None = None) -> "TransportRunQuerySet":
        """Runs where the user may know of people at every stop: a bus is shown as a whole or not at all.

        A bus that is shown without one of its stops has a gap, and the gap would tell of the stop.
        """
        told = sight_of(user, at).told("site")
        stops = TransportStop.objects.kept().filter(run=OuterRef("pk"))
        return self.exclude(Exists(stops.exclude(told))) if told else self  # an empty condition is true of all

    def with_stops(self) -> "TransportRunQuerySet":
        """Give each run `stops_kept`: the stops still made, with their sites, in order."""
        kept = TransportStop.objects.kept().select_related("site")
        return self.prefetch_related(models.Prefetch("stops", kept, to_attr="stops_kept"))

    def with_counts(self, reader: User | None = None) -> "TransportRunQuerySet":
        """Annotate people by what became of their seat: `taken` seats, babies `on_laps`, `aboard`, `off`.

        It counts all riders, or with `reader` those whom the reader sees.
        """
        told = rides_in_sight(reader, "site", "passengers__site") if reader else Q()
        travelling = (Q(passengers__ended_at=None) | Q(passengers__ended_as__in=TRAVELLED)) & told
        aboard = Q(passengers__boarded_at__isnull=False) & told
        return self.annotate(
            taken=models.Count("passengers", filter=travelling & Q(passengers__on_lap=False)),
            on_laps=models.Count("passengers", filter=travelling & Q(passengers__on_lap=True)),
            aboard=models.Count("passengers", filter=aboard & Q(passengers__ended_at=None)),
            off=models.Count("passengers", filter=Q(passengers__ended_as=Passenger.End.GOT_OFF) & told),
        )


class TransportRun(models.Model):
    """A bus, or a car, that takes families from one site to others."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="runs")
    seats = models.PositiveSmallIntegerField()
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField()  # at its last stop, as planned
    vehicle = models.CharField(max_length=80, blank=True)
    driver = models.CharField(max_length=80, blank=True)
    driver_phone = models.CharField(max_length=20, blank=True)
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    went_at = models.DateTimeField(null=True, blank=True)
    went_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TransportRunQuerySet.as_manager()

    class Meta:
        ordering = ("departs_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(seats__gt=0), name="vehicle_has_seats"),
            models.CheckConstraint(condition=Q(arrives_at__gt=F("departs_at")), name="run_arrives_after_it_leaves"),
            models.CheckConstraint(
                condition=both_or_neither("went_at", "went_by")
                & both_or_neither("arrived_at", "arrived_by")
                & both_or_neither("cancelled_at", "cancelled_by"),
                name="run_changed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True) | Q(went_at__isnull=False), name="run_arrives_once_it_left"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(went_at__isnull=True), name="run_that_left_is_not_cancelled"
            ),
        )
        indexes = (models.Index(fields=["departs_at"], name="run_by_departure"),)

    def __str__(self) -> str:
        return self.vehicle or str(_("Bus"))

    def get_absolute_url(self) -> str:
        return reverse("transport:run", args=[self.pk])

    def takes_late(self, at: datetime) -> bool:
        """Whether somebody may still have got on at the instant, though the bus had left and is on the road."""
        return self.went_at is not None and self.arrived_at is None and at <= self.went_at + READ_ON_FOR

    @property
    def state(self) -> RunState:
        """How it stands."""
        if self.cancelled_at:
            return RunState.CANCELLED
        if self.arrived_at:
            return RunState.ARRIVED
        return RunState.ON_THE_ROAD if self.went_at else RunState.PLANNED


def families_at(run: "TransportRun", user: User, *, acting: bool = False) -> "models.QuerySet[Household]":
    """The families of a run whom the user sees at a door of it, besides those whom they see or act on anyway."""
    seen = Household.objects.in_hand_of(user) if acting else Household.objects.visible_to(user)
    riding = Passenger.objects.filter(run=run).at_a_door_of(user).values("household")
    return Household.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=riding))


class TransportStopQuerySet(models.QuerySet["TransportStop"]):
    """Stops."""

    def kept(self) -> "TransportStopQuerySet":
        """Those at which the bus still stops."""
        return self.filter(given_up_in=None)


class TransportStop(models.Model):
    """A site at which a run stops, in its order; one that was given up names the act that took the bus elsewhere."""

    run = models.ForeignKey(TransportRun, models.PROTECT, related_name="stops")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    given_up_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TransportStopQuerySet.as_manager()

    class Meta:
        ordering = ("run", "position", "id")
        constraints = (
            models.UniqueConstraint(fields=["run", "site"], condition=Q(given_up_in=None), name="stops_there_once"),
        )

    def __str__(self) -> str:
        return str(self.site)


class PassengerQuerySet(models.QuerySet["Passenger"]):
    """Passengers."""

    def open(self) -> "PassengerQuerySet":
        """Those who have a seat, or sit in one, now."""
        return self.filter(ended_at=None)

    def seated(self) -> "PassengerQuerySet":
        """Those who need a seat of their own."""
        return self.filter(on_lap=False)

    def aboard(self) -> "PassengerQuerySet":
        """Those who got on and did not get off, as far as anybody said."""
        on = Q(boarded_at__isnull=False)
        return self.filter(on & (Q(ended_at=None) | Q(ended_as=Passenger.End.NOT_SEEN)))

    def at_a_door_of(self, user: User, at: datetime | None = None) -> "PassengerQuerySet":
        """Riders, and people left behind, whom the user sees: at the site where the bus leaves, or where they get off.

        A person who boarded is present at no site, and a desk still has to read them off the bus. The desk that sent
        them sees that they got off, wherever it was: otherwise a person who is missing from its list would be known to
        have got off at a hidden site.
        """
        gone = (Passenger.End.TAKEN_OFF, Passenger.End.CANCELLED, Passenger.End.MERGED)
        sent = self.filter(works_at(user, "run__site", at))
        awaited = self.filter(works_at(user, "site", at)).exclude(ended_as=Passenger.End.GOT_OFF)
        return (sent | awaited).filter(sight_of(user, at).told("site")).exclude(ended_as__in=gone)

    def without_place(self, at: datetime) -> "PassengerQuerySet":
        """Riders for whom no place is held where they get off."""
        records = Membership.objects.filter(counted_as=OuterRef(OuterRef("individual"))).values("individual")
        return self.exclude(Exists(Stay.objects.holds().at(at).filter(site=OuterRef("site"), individual__in=records)))

    def missed(self) -> "PassengerQuerySet":
        """Those whose bus left without them, as far as anybody said."""
        return self.filter(ended_as=Passenger.End.MISSED)

    def waiting(self) -> "PassengerQuerySet":
        """Those who have a seat and have not got on."""
        return self.open().filter(boarded_at=None)


class Passenger(models.Model):
    """A person's seat on a run, from when it was promised to when they got off or it was given up.

    A child under two travels on a lap and takes no seat. `departure` is what the journal was told as they got on.
    """

    class End(models.TextChoices):
        """What became of a seat."""

        TAKEN_OFF = "taken_off", _("taken off the list")
        MISSED = "missed", _("did not get on")
        GOT_OFF = "got_off", _("got off")
        NOT_SEEN = "not_seen", _("not seen getting off")
        CANCELLED = "cancelled", _("the bus was cancelled")
        MERGED = "merged", _("the same person had another seat")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(TransportRun, models.PROTECT, related_name="passengers")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="+")
    merged_from = models.ForeignKey(  # the record that had the seat, where it counts as another since
        Individual, models.PROTECT, null=True, blank=True, related_name="+"
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")  # where they get off
    on_lap = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)  # chosen one by one: their family may be on several runs
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    boarded_at = models.DateTimeField(null=True, blank=True)
    boarded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    departure = models.ForeignKey(Movement, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_as = models.CharField(max_length=9, choices=End, blank=True)

    objects = PassengerQuerySet.as_manager()

    class Meta:
        ordering = ("run", "act", "id")
        constraints = (
            models.UniqueConstraint(fields=["individual"], condition=Q(ended_at=None), name="on_one_bus"),
            ExclusionConstraint(
                name="family_on_one_bus",
                expressions=[("household", RangeOperators.EQUAL), ("run", RangeOperators.NOT_EQUAL)],
                condition=Q(ended_at=None, by_hand=False),
            ),
            models.CheckConstraint(
                condition=both_or_neither("boarded_at", "boarded_by") & both_or_neither("boarded_at", "departure"),
                name="passenger_got_on_by_a_fact",
            ),
            models.CheckConstraint(
                condition=both_or_neither("ended_at", "ended_by")
                & (Q(ended_at__isnull=True, ended_as="") | (Q(ended_at__isnull=False) & ~Q(ended_as=""))),
                name="seat_ended_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(ended_as__in=["got_off", "not_seen"]) | Q(boarded_at__isnull=False),
                name="who_gets_off_got_on",
            ),
        )
        indexes = (models.Index(fields=["household"], name="passenger_of_family"),)

    def __str__(self) -> str:
        return f"{self.individual_id} on {self.run_id}"


TRAVELLED = (Passenger.End.GOT_OFF, Passenger.End.NOT_SEEN)
