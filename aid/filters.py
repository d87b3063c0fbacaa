"""Filters of distributions and handouts, for pages and the API alike."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from aid.models import Distribution, Handout
from centre.filters import InstantFilter, KeyFilter, SiteFilter, TruthFilter
from registrations.filters import NumberFilter


class DistributionFilterSet(filters.FilterSet):
    """How distributions are narrowed down."""

    site = SiteFilter()
    running = TruthFilter(method="filter_running", label="Whether it is under way now")

    class Meta:
        model = Distribution
        fields = ()

    def filter_running(self, rounds: "QuerySet[Distribution]", _name: str, runs: bool) -> "QuerySet[Distribution]":
        running = Distribution.objects.running(timezone.now()).values("pk")
        return rounds.filter(pk__in=running) if runs else rounds.exclude(pk__in=running)


class HandoutFilterSet(filters.FilterSet):
    """How handouts are narrowed down."""

    distribution = KeyFilter()
    household = KeyFilter()
    number = NumberFilter(field_name="household__number", label="The household's number")
    site = SiteFilter(field_name="distribution__site")
    since = InstantFilter(field_name="happened_at", lookup_expr="gte")
    reversed = TruthFilter(field_name="reversed_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Handout
        fields = ()
