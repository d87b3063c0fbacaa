"""Filters of rooms and of who sleeps in them, for pages and the API alike."""

from datetime import datetime

import django_filters as filters
from django.db.models import QuerySet

from centre.filters import InstantFilter, KeyFilter, SiteFilter, TruthFilter
from registrations.models import Individual
from shelter.models import Room, Stay


class RoomFilterSet(filters.FilterSet):
    """How rooms are narrowed down."""

    site = SiteFilter()
    kind = filters.ChoiceFilter(choices=Room.Kind.choices)
    step_free = TruthFilter()

    class Meta:
        model = Room
        fields = ()


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

    def filter_household(self, stays: "QuerySet[Stay]", _name: str, household: object) -> "QuerySet[Stay]":
        return stays.filter(individual__in=Individual.objects.members_of(household).order_by())

    def filter_at(self, stays: "QuerySet[Stay]", _name: str, at: datetime) -> "QuerySet[Stay]":
        return stays.filter(during__contains=at)
