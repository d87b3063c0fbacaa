"""How the list of families is narrowed down."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.models import Site
from registrations.filters import LONGEST_SEARCH, SearchFilter
from registrations.models import Household, Membership, Presence
from shelter.selectors import waiting_households

PRE_REGISTERED, WAITING = "pre_registered", "waiting"


class FamilyFilterSet(filters.FilterSet):
    """The fields above the list."""

    search = SearchFilter(
        max_length=LONGEST_SEARCH,
        label=_("Name or number"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = filters.ChoiceFilter(
        method="filter_state",
        label=_("State"),
        empty_label=_("all"),
        choices=[(PRE_REGISTERED, _("names still missing")), (WAITING, _("wait for shelter"))],
    )
    site = filters.ModelChoiceFilter(
        method="filter_site", label=_("Now at"), empty_label=_("any site"), queryset=Site.objects.none()
    )

    class Meta:
        model = Household
        fields = ()

    def __init__(self, *args: Any, sites: "QuerySet[Site]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["site"].queryset = sites
        self.form.label_suffix = ""

    def filter_state(self, households: Any, _name: str, state: str) -> Any:
        if state == PRE_REGISTERED:
            return households.pre_registered_only()
        return households.filter(pk__in=waiting_households(self.request.user, timezone.now()))

    def filter_site(self, households: Any, _name: str, site: Site) -> Any:
        present = Presence.objects.at(timezone.now()).filter(site=site)
        members = Membership.objects.today().filter(counted_as__in=present.values("individual"))
        return households.filter(pk__in=members.values("household"))
