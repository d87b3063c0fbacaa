"""Filters of people, for pages and the API alike."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from centre.bodies import LONGEST_SEARCH
from centre.filters import InstantFilter, KeyFilter, SiteFilter, TruthFilter
from centre.models import Site
from registrations.fields import NumberField
from registrations.models import GateCount, Going, Household, Individual, Membership, Presence, Sex
from registrations.querysets import PresenceQuerySet
from registrations.today import today


class NumberFilter(filters.CharFilter):
    """The household of a number."""

    field_class = NumberField


class SearchFilter(filters.CharFilter):
    """Words that the list is ranked by afterwards; they leave no row out here."""

    def filter(self, rows: "QuerySet[Any]", query: str) -> "QuerySet[Any]":
        return rows


class HouseholdFilterSet(filters.FilterSet):
    """How households are narrowed down."""

    number = NumberFilter(label="The number, such as 4127B")
    site = SiteFilter(label="Where they came to a desk first")
    present_at = SiteFilter(method="filter_present", label="Where somebody of them is now")
    going = filters.ChoiceFilter(choices=Going.choices)
    registered = TruthFilter(field_name="registered_at", lookup_expr="isnull", exclude=True)
    search = SearchFilter(max_length=LONGEST_SEARCH, label="Names in any script, or the number")

    class Meta:
        model = Household
        fields = ()

    def filter_present(self, households: "QuerySet[Household]", _name: str, site: Site) -> "QuerySet[Household]":
        members = Membership.objects.today().filter(counted_as__in=_present(site).values("individual"))
        return households.filter(pk__in=members.values("household"))


class IndividualFilterSet(filters.FilterSet):
    """How individuals are narrowed down."""

    household = KeyFilter(method="filter_household")
    number = NumberFilter(method="filter_number", label="Their household's number")
    present_at = SiteFilter(method="filter_present", label="Where they are now")
    sex = filters.ChoiceFilter(choices=Sex.choices)
    registered = TruthFilter(field_name="registered_at", lookup_expr="isnull", exclude=True)
    search = SearchFilter(max_length=LONGEST_SEARCH, label="Names in any script, or the household's number")

    class Meta:
        model = Individual
        fields = ()

    def filter_household(self, people: "QuerySet[Individual]", _name: str, household: Any) -> "QuerySet[Individual]":
        return people.filter(today("memberships"), memberships__household=household)

    def filter_number(self, people: "QuerySet[Individual]", _name: str, number: int) -> "QuerySet[Individual]":
        return people.filter(today("memberships"), memberships__household__number=number)

    def filter_present(self, people: "QuerySet[Individual]", _name: str, site: Site) -> "QuerySet[Individual]":
        present = _present(site).values("individual")
        return people.filter(today("memberships"), memberships__counted_as__in=present)


class PresenceFilterSet(filters.FilterSet):
    """How presences are narrowed down."""

    individual = KeyFilter()
    household = KeyFilter(method="filter_household")
    site = SiteFilter()
    at = InstantFilter(method="filter_at", label="Those that last at this instant")

    class Meta:
        model = Presence
        fields = ()

    def filter_household(self, presences: "QuerySet[Presence]", _name: str, household: Any) -> "QuerySet[Presence]":
        return presences.filter(individual__in=Individual.objects.members_of(household).order_by())

    def filter_at(self, presences: PresenceQuerySet, _name: str, at: Any) -> PresenceQuerySet:
        return presences.at(at)


class GateCountFilterSet(filters.FilterSet):
    """How gate counts are narrowed down."""

    site = SiteFilter()
    since = InstantFilter(field_name="happened_at", lookup_expr="gte")
    until = InstantFilter(field_name="happened_at", lookup_expr="lt")

    class Meta:
        model = GateCount
        fields = ()


def _present(site: Site) -> "QuerySet[Presence]":
    return Presence.objects.at(timezone.now()).filter(site=site)
