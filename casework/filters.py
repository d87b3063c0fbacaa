"""Filters of cases, for pages and the API alike."""

import django_filters as filters

from casework.models import Case
from centre.filters import KeyFilter, SiteFilter, TruthFilter


class CaseFilterSet(filters.FilterSet):
    """How cases are narrowed down."""

    site = SiteFilter()
    individual = KeyFilter()
    reason = filters.ChoiceFilter(choices=Case.Reason.choices)
    urgent = TruthFilter()
    open = TruthFilter(field_name="closed_at", lookup_expr="isnull")

    class Meta:
        model = Case
        fields = ()
