"""Filters of snapshots, for pages and the API alike."""

from datetime import date

import django_filters as filters

from census.models import Snapshot, SnapshotQuerySet
from centre.filters import DayFilter, InstantFilter, SiteFilter, TruthFilter


class SnapshotFilterSet(filters.FilterSet):
    """How snapshots are narrowed down."""

    site = SiteFilter()
    whole = TruthFilter(field_name="site", lookup_expr="isnull", label="Of the whole operation")
    on = DayFilter(method="filter_on", label="Of this local day")
    since = InstantFilter(field_name="at", lookup_expr="gte")
    until = InstantFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = Snapshot
        fields = ()

    def filter_on(self, snapshots: "SnapshotQuerySet", _name: str, on: date) -> "SnapshotQuerySet":
        return snapshots.on(on)
