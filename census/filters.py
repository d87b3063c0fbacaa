"""Filters of snapshots, for pages and the API alike."""

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import django_filters as filters

from census.models import Snapshot
from centre.clock import local_instant
from centre.filters import InstantFilter, SiteFilter, TruthFilter

if TYPE_CHECKING:
    from django.db.models import QuerySet


class SnapshotFilterSet(filters.FilterSet):
    """How snapshots are narrowed down."""

    site = SiteFilter()
    whole = TruthFilter(field_name="site", lookup_expr="isnull", label="Of the whole operation")
    on = filters.DateFilter(method="filter_on", label="Of this local day")
    since = InstantFilter(field_name="at", lookup_expr="gte")
    until = InstantFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = Snapshot
        fields = ()

    def filter_on(self, snapshots: "QuerySet[Snapshot]", _name: str, on: date) -> "QuerySet[Snapshot]":
        start = local_instant(on, time())
        return snapshots.filter(at__gte=start, at__lt=start + timedelta(days=1))
