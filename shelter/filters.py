"""Filters of rooms and of who sleeps in them, for pages and the API alike."""

from datetime import datetime

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from centre.filters import InstantFilter, KeyFilter, SiteFilter, TruthFilter
from registrations.models import Individual, Membership
from shelter.models import Place, Room, Stay, StayQuerySet, blocked_then


class RoomFilterSet(filters.FilterSet):
    """How rooms are narrowed down."""

    site = SiteFilter()
    kind = filters.ChoiceFilter(choices=Room.Kind.choices)
    step_free = TruthFilter()
    ground_floor = TruthFilter(method="filter_ground_floor", label="On floor 0")
    women_only = TruthFilter()
    families_only = TruthFilter()
    heating = TruthFilter()
    cot = TruthFilter()
    near_hospital = TruthFilter()

    class Meta:
        model = Room
        fields = ()

    def filter_ground_floor(self, rooms: "QuerySet[Room]", _name: str, is_ground: bool) -> "QuerySet[Room]":
        return rooms.filter(floor=0) if is_ground else rooms.exclude(floor=0)


class PlaceFilterSet(filters.FilterSet):
    """How places are narrowed down."""

    site = SiteFilter(field_name="room__site")
    room = KeyFilter()
    blocked = TruthFilter(method="filter_blocked", label="Blocked now, or not")

    class Meta:
        model = Place
        fields = ()

    def filter_blocked(self, places: "QuerySet[Place]", _name: str, is_blocked: bool) -> "QuerySet[Place]":
        blocked = blocked_then(timezone.now())
        return places.filter(blocked) if is_blocked else places.exclude(blocked)


class StayFilterSet(filters.FilterSet):
    """How stays and holds are narrowed down."""

    site = SiteFilter()
    room = KeyFilter()
    individual = KeyFilter()
    household = KeyFilter(method="filter_household")
    kind = filters.ChoiceFilter(choices=Stay.Kind.choices)
    at = InstantFilter(method="filter_at", label="Those that last at this instant")

    class Meta:
        model = Stay
        fields = ()

    def filter_household(self, stays: StayQuerySet, _name: str, household: object) -> StayQuerySet:
        people = Individual.objects.members_of(household).order_by().values("pk")
        return stays.filter(individual__in=Membership.objects.filter(counted_as__in=people).values("individual"))

    def filter_at(self, stays: "QuerySet[Stay]", _name: str, at: datetime) -> "QuerySet[Stay]":
        return stays.filter(during__contains=at)
