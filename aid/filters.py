"""Filters of distributions, handouts and stock, for pages and the API alike."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from aid.counts import StockCount
from aid.models import Distribution, Handout, StockMovement
from centre.filters import InstantFilter, KeyFilter, SiteFilter, TruthFilter
from centre.models import Site
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


class StockMovementFilterSet(filters.FilterSet):
    """How movements of stock are narrowed down."""

    site = SiteFilter(method="filter_site", label="Whose store it came into, left or is bound for")
    donor = filters.CharFilter(max_length=80, label="Who gave it, as it is written")
    kind = filters.ChoiceFilter(choices=StockMovement.Kind.choices)
    since = InstantFilter(field_name="happened_at", lookup_expr="gte")
    on_the_way = TruthFilter(method="filter_on_the_way", label="Whether it was sent, and nobody has said what came")
    standing = TruthFilter(method="filter_standing", label="Whether it was not taken back and takes nothing back")

    class Meta:
        model = StockMovement
        fields = ()

    def filter_site(self, moved: "QuerySet[StockMovement]", _name: str, site: Site | None) -> "QuerySet[StockMovement]":
        return moved.filter(Q(from_site=site) | Q(to_site=site) | Q(bound_for=site)) if site else moved.none()

    def filter_standing(self, moved: "QuerySet[StockMovement]", _name: str, stands: bool) -> "QuerySet[StockMovement]":
        standing = StockMovement.objects.standing().values("pk")
        return moved.filter(pk__in=standing) if stands else moved.exclude(pk__in=standing)

    def filter_on_the_way(self, moved: "QuerySet[StockMovement]", _name: str, is_so: bool) -> "QuerySet[StockMovement]":
        on_the_way = StockMovement.objects.on_the_way(timezone.now()).values("pk")
        return moved.filter(pk__in=on_the_way) if is_so else moved.exclude(pk__in=on_the_way)


class StockCountFilterSet(filters.FilterSet):
    """How counts of stock are narrowed down."""

    site = SiteFilter()
    item = filters.CharFilter(field_name="item__code", max_length=20, label="The item's code")
    since = InstantFilter(field_name="happened_at", lookup_expr="gte")
    open = TruthFilter(method="filter_open", label="Whether nobody has confirmed or withdrawn it")

    class Meta:
        model = StockCount
        fields = ()

    def filter_open(self, counts: "QuerySet[StockCount]", _name: str, is_so: bool) -> "QuerySet[StockCount]":
        waiting = StockCount.objects.open().values("pk")
        return counts.filter(pk__in=waiting) if is_so else counts.exclude(pk__in=waiting)
