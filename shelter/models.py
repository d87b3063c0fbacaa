"""Places of rooms, and who holds or sleeps on which."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.functions import TransactionNow
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.access import Permission
from centre.models import Act, Site, User
from centre.sight import allowed_at, sight_of
from centre.words import in_words
from registrations.models import Individual, Membership, Presence, both_or_neither
from shelter.apart_pairs import ApartPair  # noqa: F401  # a table of this app, in a file of its own
from shelter.beginnings import Beginning  # noqa: F401  # the models of other files are found here
from shelter.rolls import RollCall, RollCallSeen, RollCallUnseen  # noqa: F401  # so are these
from shelter.rooms import FEATURES as FEATURES
from shelter.rooms import ROOM_NAME_ONCE as ROOM_NAME_ONCE
from shelter.rooms import Room as Room
from shelter.rooms import RoomChange as RoomChange
from shelter.rooms import features_in_words as features_in_words
from shelter.waiting_facts import WaitingFact as WaitingFact

COMING_IN = ("place", "check_in")  # the acts by which those for whom a place was held come to sleep on it
MOST_PLACES = 500  # of one room


class PlaceQuerySet(models.QuerySet["Place"]):
    """Places."""

    def standing(self) -> "PlaceQuerySet":
        """Places that were not taken away."""
        return self.filter(retired_at__isnull=True)

    def blocked(self, at: datetime) -> "PlaceQuerySet":
        """Standing places that may not be given at the instant; a block ends by itself when its time has come."""
        return self.standing().filter(blocked_then(at))

    def usable(self, at: datetime) -> "PlaceQuerySet":
        """Standing places not blocked at the instant."""
        return self.standing().exclude(blocked_then(at))

    def free(self, at: datetime) -> "PlaceQuerySet":
        """Usable places that nobody holds or sleeps on at the instant or was promised later."""
        return self.usable(at).exclude(Exists(Stay.objects.filter(place=OuterRef("pk")).from_(at)))

    def taken(self, at: datetime) -> "PlaceQuerySet":
        """Places that somebody holds or sleeps on at the instant or was promised later."""
        return self.filter(Exists(Stay.objects.filter(place=OuterRef("pk")).from_(at)))


def blocked_then(at: datetime, path: str = "") -> Q:
    """The condition that a place, or the one at the end of this path, is blocked at the instant."""
    ends_later = Q(**{f"{path}blocked_until__isnull": True}) | Q(**{f"{path}blocked_until__gt": at})
    return Q(**{f"{path}blocked_at__isnull": False}) & ends_later


class Place(models.Model):
    """The spot where one individual sleeps. One that was taken away stays, for those who slept on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="places")
    number = models.PositiveSmallIntegerField()
    extra = models.BooleanField(default=False)  # a cot or a bed that was brought for somebody
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    blocked_reason = models.CharField(max_length=120, blank=True)
    blocked_until = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField(null=True, blank=True)  # empty: before this was kept
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ("room", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["room", "number"], condition=Q(retired_at__isnull=True), name="place_number_once"
            ),
            models.UniqueConstraint(fields=["id", "room"], name="place_of_room"),
            models.CheckConstraint(
                condition=both_or_neither("blocked_at", "blocked_by"), name="place_blocked_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(blocked_until__isnull=True)
                | Q(blocked_until__gt=F("blocked_at"), blocked_at__isnull=False),
                name="place_opens_after_it_was_blocked",
            ),
            models.CheckConstraint(condition=both_or_neither("added_at", "added_by"), name="place_added_by_someone"),
            models.CheckConstraint(
                condition=both_or_neither("retired_at", "retired_by"), name="place_retired_by_someone"
            ),
        )

    def __str__(self) -> str:
        return f"{self.room_id} / {self.number}"

    def is_blocked(self, at: datetime) -> bool:
        """Whether it may not be given at the instant."""
        return self.blocked_at is not None and (self.blocked_until is None or self.blocked_until > at)

    def is_usable(self, at: datetime) -> bool:
        """Whether it stands and is not blocked at the instant."""
        return self.retired_at is None and not self.is_blocked(at)


class Bedding(models.Model):
    """A fact of the journal: someone checked in, moved or left a room. Never changed; voided by a later fact."""

    class Kind(models.TextChoices):
        CHECKED_IN = "checked_in", _("checked in")
        MOVED = "moved", _("moved")
        LEFT = "left", _("left the room")
        VOIDED = "voided", _("voided")

    id = models.UUIDField(primary_key=True, editable=False, db_default=Func(function="uuidv7"))
    kind = models.CharField(max_length=10, choices=Kind)
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="bedding")
    counted_as = models.ForeignKey(Individual, models.PROTECT, related_name="counted_bedding", db_index=False)
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="bedding")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="bedding")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    act = models.ForeignKey(Act, models.PROTECT, related_name="bedding")
    voids = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="voided_by")
    reason = models.CharField(max_length=200, blank=True)
    shares = models.BooleanField(default=False, db_default=False)  # a baby, beside who looks after it

    class Meta:
        ordering = ("happened_at", "recorded_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(shares=False) | Q(place__isnull=True), name="baby_told_without_a_place"),
            models.CheckConstraint(
                condition=Q(kind__in=["left", "voided"]) | Q(room__isnull=False), name="bedding_in_a_room"
            ),
            models.CheckConstraint(
                condition=~Q(kind="voided") | Q(voids__isnull=False), name="voided_bedding_names_what"
            ),
        )
        indexes = (
            models.Index(fields=["counted_as", "happened_at", "recorded_at", "id"], name="bedding_in_order"),
            models.Index(fields=["happened_at"], name="bedding_happened"),
            models.Index(fields=["recorded_at"], name="bedding_recorded"),
        )

    def __str__(self) -> str:
        return f"{self.individual_id} {self.kind} {self.happened_at:%Y-%m-%d %H:%M}"


class StayQuerySet(models.QuerySet["Stay"]):
    """Holds and stays."""

    def holds(self) -> "StayQuerySet":
        """Places kept for individuals until a time."""
        return self.filter(kind=Stay.Kind.HOLD)

    def run_out(self, at: datetime) -> "StayQuerySet":
        """Holds that ended by themselves by the instant, and no act ended sooner."""
        return self.holds().filter(given_up_in=None, during__endswith__lte=at)

    def stays(self) -> "StayQuerySet":
        """Times asleep in a room."""
        return self.filter(kind=Stay.Kind.STAY)

    def of(self, people: Iterable[uuid.UUID]) -> "StayQuerySet":
        """Those of these persons; a hold stays with the record it was made for, also when that counts as another."""
        records = Membership.objects.filter(counted_as__in=list(people)).order_by()
        return self.filter(individual__in=records.values("individual"))

    def with_person(self) -> Any:
        """Annotate whom the record counts as today: `person`."""
        records = Membership.objects.today().filter(individual=OuterRef("individual")).order_by()
        counted_as = Subquery(records.values("counted_as")[:1])
        return self.annotate(person=Coalesce(counted_as, F("individual_id"), output_field=models.UUIDField()))

    def beyond(self) -> "StayQuerySet":
        """Those without a place who would need one: overflow."""
        return self.filter(place=None, shares=False)

    def lost_in(self, act: Act) -> "StayQuerySet":
        """Stays whose place, as the act laid them out, somebody else has, or nobody any more."""
        lost = Stay.OwnReason.PLACE_TAKEN, Stay.OwnReason.PLACE_GONE
        return self.filter(happened_anyway_at=act.at, happened_anyway_by=act.by, happened_anyway_reason__in=lost)

    def at(self, at: datetime) -> "StayQuerySet":
        """Those that run at the instant; an expired hold does not."""
        return self.filter(during__contains=at)

    def from_(self, at: datetime) -> "StayQuerySet":
        """Those that run at the instant or begin later."""
        return self.filter(during__overlap=DateTimeTZRange(at, None))

    def visible_to(self, user: User, at: datetime | None = None) -> "StayQuerySet":
        """Holds and stays at the sites where the user places or checks in; a confidential one must be theirs by name.

        And every hold at a site of others, as far as they may be told of it, for people who are where the user places:
        else whoever holds a place in a house of their own takes a family out of the hands of those it waits with.
        """
        here = allowed_at(user, Permission.PLACE, Permission.CHECK_IN, at=at, path="site")
        return self.filter(here | self._held_elsewhere(user, at))

    def in_hand_of(self, user: User, at: datetime | None = None) -> "StayQuerySet":
        """Those of them which the user may give back, hold again or take off the lists: reception may not."""
        return self.filter(allowed_at(user, Permission.PLACE, at=at, path="site") | self._held_elsewhere(user, at))

    def _held_elsewhere(self, user: User, at: datetime | None) -> Q:
        here = Presence.objects.filter(allowed_at(user, Permission.PLACE, at=at, path="site"))
        of_them = here.filter(individual__counted_memberships__individual=OuterRef("individual"))
        theirs = Exists(of_them.filter(during__contains=at or timezone.now()))
        return sight_of(user, at).told("site") & Q(theirs, kind=Stay.Kind.HOLD)


class OpeningQuerySet(models.QuerySet["Opening"]):
    """Openings."""

    def at(self, at: datetime) -> "OpeningQuerySet":
        """Those that run at the instant."""
        return self.filter(during__contains=at)

    def with_used(self, at: datetime) -> Any:
        """Annotate `used`: the places held under it, now or later, or until their people were checked in."""
        running = Q(holds__during__overlap=DateTimeTZRange(at, None))  # another desk's hold may begin a moment later
        came = Q(holds__given_up_in__kind__in=COMING_IN)
        return self.annotate(used=models.Count("holds__place", filter=running | came))


class Opening(models.Model):
    """So many places of a site that those who place at other sites may hold, while it lasts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="openings", db_index=False)
    places = models.SmallIntegerField()
    during = DateTimeRangeField()
    act = models.ForeignKey(Act, models.PROTECT, related_name="openings")

    objects = OpeningQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="one_opening",
                expressions=[("site", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__upper_inf=False), name="opening_lasts_and_ends"
            ),
            models.CheckConstraint(condition=Q(places__gt=0), name="opening_has_places"),
        )

    def __str__(self) -> str:
        return f"{self.site_id}: {self.places}"


PLACE_TAKEN_ONCE = ExclusionConstraint(
    name="place_taken_once",
    expressions=[("place", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
)


class Stay(models.Model):
    """A hold or a stay: one individual, one room, one range of time.

    A stay is written by lay_out_stays alone and carries the id of the bedding fact that began it. A hold ends by
    itself when its range does; one that an act ended sooner names that act. One that ran out and
    that nobody came for is on the lists of who did not come, until an act, which it names, takes it off. A stay without
    a place is a baby who shares the bed of who looks after it, or an overflow: the room was full and it happened
    anyway.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("hold")
        STAY = "stay", _("stay")

    class OwnReason(models.TextChoices):
        """Reasons that the house writes itself: kept as a code, read in the reader's language."""

        PLACE_TAKEN = "place_taken", _("The place had been given to someone else.")
        PLACE_GONE = "place_gone", _("The place had been taken away.")
        AWAY = "away", _("away for a while")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=4, choices=Kind)
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="stays")
    site = models.ForeignKey(Site, models.PROTECT, related_name="stays", db_index=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="stays")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="stays", db_index=False)
    during = DateTimeRangeField()
    began_by = models.OneToOneField(Bedding, models.PROTECT, null=True, blank=True, related_name="stay")
    act = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="holds")
    opening = models.ForeignKey(Opening, models.PROTECT, null=True, blank=True, related_name="holds", db_index=False)
    given_up_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    kept_until = models.DateTimeField(null=True, blank=True)  # when it was to end, where an act ended it sooner
    taken_off_in = models.ForeignKey(Act, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=200, blank=True)
    shares = models.BooleanField(default=False, db_default=False)  # a baby, beside who looks after it
    hidden = models.BooleanField(default=False, db_default=False)  # a hold where not everybody may know of the house
    happened_anyway_at = models.DateTimeField(null=True, blank=True)
    happened_anyway_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    happened_anyway_reason = models.CharField(max_length=200, blank=True)
    sleeper = models.GeneratedField(
        expression=Case(When(kind="stay", then=F("individual")), default=Value(None)),
        output_field=models.UUIDField(null=True),
        db_persist=True,
    )

    objects = StayQuerySet.as_manager()

    class Meta:
        constraints = (
            PLACE_TAKEN_ONCE,
            ExclusionConstraint(
                name="one_bed",
                expressions=[("individual", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(kind="stay"),
            ),
            ExclusionConstraint(
                name="one_hold",
                expressions=[("individual", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(kind="hold", hidden=False),
            ),
            ExclusionConstraint(  # beside one that everybody may know of: else its refusal would tell of the house
                name="one_hidden_hold",
                expressions=[("individual", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(kind="hold", hidden=True),
            ),
            models.CheckConstraint(condition=Q(kind="hold") | Q(hidden=False), name="stay_is_not_hidden"),
            models.CheckConstraint(condition=Q(during__isempty=False), name="stay_lasts"),
            models.CheckConstraint(
                condition=Q(kind="hold", began_by__isnull=True, act__isnull=False, during__upper_inf=False)
                & (Q(place__isnull=False) | Q(shares=True))
                | Q(kind="stay", began_by__isnull=False, act__isnull=True, given_up_in__isnull=True),
                name="hold_ends_and_stay_began",
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=False) | Q(shares=True) | Q(happened_anyway_at__isnull=False),
                name="overflow_is_flagged",
            ),
            models.CheckConstraint(
                condition=Q(shares=False) | Q(place__isnull=True, happened_anyway_at__isnull=True),
                name="baby_shares_without_a_place",
            ),
            models.CheckConstraint(condition=Q(opening__isnull=True) | Q(kind="hold"), name="stay_of_no_opening"),
            models.CheckConstraint(
                condition=Q(taken_off_in__isnull=True) | Q(kind="hold", given_up_in__isnull=True),
                name="taken_off_after_it_ran_out",
            ),
            models.CheckConstraint(
                condition=both_or_neither("happened_anyway_at", "happened_anyway_by"),
                name="overflow_by_someone",
            ),
        )
        indexes = (
            GistIndex(fields=["site", "during"], name="stay_at_site"),
            models.Index(fields=["opening"], name="hold_of_opening", condition=Q(opening__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.individual_id} {self.room_id}"

    @property
    def why_held(self) -> str:
        """Why the place is held, in words."""
        return in_words(self.reason, self.OwnReason)

    @property
    def why_anyway(self) -> str:
        """Why they sleep there without a place, in words."""
        return in_words(self.happened_anyway_reason, self.OwnReason)
