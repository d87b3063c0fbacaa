"""How the list of families and the log are narrowed down."""

from datetime import date, time, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.bodies import LONGEST_SEARCH
from centre.clock import local_instant
from centre.filters import DayFilter
from centre.models import LogLine, Site, User
from desk.log_lines import lines_about
from registrations.filters import NumberFilter, SearchFilter
from registrations.models import Household, Membership, Presence
from shelter.waiting import waiting_households

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
            nameless = Membership.objects.nameless()
            if site := self.form.cleaned_data.get("site"):  # none where it is wrong
                nameless = nameless.filter(counted_as__in=_present(site))
            return households.filter(pk__in=nameless.values("household"))
        return households.filter(pk__in=waiting_households(self.request.user, timezone.now()))

    def filter_site(self, households: Any, _name: str, site: Site) -> Any:
        members = Membership.objects.today().filter(counted_as__in=_present(site))
        return households.filter(pk__in=members.values("household"))


class LogFilterSet(filters.FilterSet):
    """Whom an answer showed, who asked, on which day, and what was done."""

    number = NumberFilter(method="filter_number", label=_("Family number"))
    by = filters.ModelChoiceFilter(
        queryset=User.objects.order_by("username"),
        to_field_name="username",
        label=_("Who"),
        empty_label=_("anybody"),
    )
    day = DayFilter(method="filter_day", label=_("Day, or the first of some"))
    until = DayFilter(method="filter_until", label=_("Last day"))
    verb = filters.ChoiceFilter(choices=LogLine.Verb.choices, label=_("Did what"), empty_label=_("all"))

    class Meta:
        model = LogLine
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.label_suffix = ""

    def filter_queryset(self, lines: Any) -> Any:
        """Nothing where a filter cannot be read: it must not show everything."""
        return super().filter_queryset(lines) if self.form.is_valid() else lines.none()

    def filter_number(self, lines: Any, _name: str, number: int) -> Any:
        return lines_about(lines, number)

    def filter_day(self, lines: Any, _name: str, on: date) -> Any:
        last = self.form.cleaned_data.get("until") or on
        return self.filter_until(lines.filter(at__gte=local_instant(on, time())), "", last)

    def filter_until(self, lines: Any, _name: str, on: date) -> Any:
        return lines.filter(at__lt=local_instant(on + timedelta(days=1), time()))


def _present(site: Site) -> Any:
    """Who is at the site now, as far as is known."""
    return Presence.objects.at(timezone.now()).filter(site=site).values("individual")
