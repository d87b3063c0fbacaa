"""Filters of what is known of houses."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from centre.filters import DayFilter, SiteFilter, TruthFilter
from houses.models import Call, Difference


class HouseFilterSet(filters.FilterSet):
    """Rows of one house."""

    site = SiteFilter()

    class Meta:
        fields = ()


class WrittenFilterSet(HouseFilterSet):
    """Contracts and invoices: those that stand, or were taken back."""

    standing = TruthFilter(field_name="voided_at", lookup_expr="isnull")


class CallFilterSet(HouseFilterSet):
    """How calls are narrowed down."""

    outcome = filters.ChoiceFilter(choices=Call.Outcome.choices)
    about = filters.ChoiceFilter(choices=Call.About.choices)
    day = DayFilter(field_name="happened_at", lookup_expr="date", label="Calls of this local day")


class HeadcountFilterSet(HouseFilterSet):
    """How reported headcounts are narrowed down."""

    standing = TruthFilter(method="that_stand", label="Those that count and that no later one voids")
    day = DayFilter(field_name="happened_at", lookup_expr="date", label="Headcounts of this local day")

    def that_stand(self, rows: QuerySet[Any], _name: str, stand: bool) -> QuerySet[Any]:
        standing = rows.model.objects.standing().values("pk")
        return rows.filter(pk__in=standing) if stand else rows.exclude(pk__in=standing)


class DifferenceFilterSet(filters.FilterSet):
    """How differences are narrowed down."""

    site = SiteFilter()
    open = TruthFilter(method="that_are_open")

    class Meta:
        model = Difference
        fields = ()

    def that_are_open(self, rows: QuerySet[Difference], _name: str, is_open: bool) -> QuerySet[Difference]:
        now_open = Difference.objects.open().values("pk")
        return rows.filter(pk__in=now_open) if is_open else rows.exclude(pk__in=now_open)
