"""Filters of what is planned for families."""

import django_filters as filters

from centre.filters import KeyFilter
from plans.models import How, PlannedFamily


class PlannedFamilyFilterSet(filters.FilterSet):
    """How the families of plans are narrowed down."""

    plan = KeyFilter()
    household = KeyFilter()
    how = filters.ChoiceFilter(choices=How.choices)

    class Meta:
        model = PlannedFamily
        fields = ()
