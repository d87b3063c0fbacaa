"""Filters of runs and of who has a seat, for pages and the API alike."""

from datetime import date, time, timedelta

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.clock import local_instant
from centre.filters import DayFilter, KeyFilter, SiteFilter, TruthFilter
from centre.models import Site, SiteQuerySet
from centre.requests import StaffRequest
from centre.sight import allowed_at
from transport.models import STATES, Passenger, RunState, TransportRun, TransportStop
from transport.told import WORK


def on_day(runs: "QuerySet[TransportRun]", day: date) -> "QuerySet[TransportRun]":
    """The runs that are to leave on the local day."""
    begins, ends = (local_instant(day + timedelta(days=more), time.min) for more in (0, 1))
    return runs.filter(departs_at__gte=begins, departs_at__lt=ends)


def at_site(runs: "QuerySet[TransportRun]", site: Site) -> "QuerySet[TransportRun]":
    """The runs that leave the site, or stop there."""
    return runs.filter(Q(site=site) | Q(pk__in=TransportStop.objects.kept().filter(site=site).values("run")))


class RunFilterSet(filters.FilterSet):
    """How runs are narrowed down."""

    site = SiteFilter(method="that_touch")
    day = DayFilter(method="of_day")
    state = filters.ChoiceFilter(choices=RunState.choices, method="that_stand")

    class Meta:
        model = TransportRun
        fields = ()

    def that_touch(self, runs: "QuerySet[TransportRun]", _name: str, site: Site) -> "QuerySet[TransportRun]":
        return at_site(runs, site)

    def of_day(self, runs: "QuerySet[TransportRun]", _name: str, day: date) -> "QuerySet[TransportRun]":
        return on_day(runs, day)

    def that_stand(self, runs: "QuerySet[TransportRun]", _name: str, state: str) -> "QuerySet[TransportRun]":
        return runs.filter(STATES[state])


def sites_at_work(request: StaffRequest) -> SiteQuerySet:
    """The sites where the user places or registers."""
    return Site.objects.filter(allowed_at(request.user, *WORK))


def sites_to_choose(request: StaffRequest) -> SiteQuerySet:
    """The open ones of them, and each closed one that a bus was to leave from, or to stop at."""
    starts, stops = TransportRun.objects.values("site"), TransportStop.objects.kept().values("site")
    touched = Q(pk__in=starts) | Q(pk__in=stops)
    work = Site.objects.filter(allowed_at(request.user, *WORK))
    return work.filter(Q(pk__in=Site.objects.open(timezone.now())) | touched).by_name()


class RunPageFilterSet(filters.FilterSet):
    """What the page of runs shows."""

    site = filters.ModelChoiceFilter(
        label=_("Site"), queryset=sites_to_choose, empty_label=_("all"), method="that_touch"
    )
    state = filters.ChoiceFilter(label=_("State"), choices=RunState.choices, empty_label=_("all"), method="that_stand")

    class Meta:
        model = TransportRun
        fields = ()

    def that_touch(self, runs: "QuerySet[TransportRun]", _name: str, site: Site) -> "QuerySet[TransportRun]":
        return at_site(runs, site)

    def that_stand(self, runs: "QuerySet[TransportRun]", _name: str, state: str) -> "QuerySet[TransportRun]":
        return runs.filter(STATES[state])


class PassengerFilterSet(filters.FilterSet):
    """How passengers are narrowed down."""

    run = KeyFilter()
    household = KeyFilter()
    aboard = TruthFilter(method="that_are_aboard")
    waiting = TruthFilter(method="that_wait")

    class Meta:
        model = Passenger
        fields = ()

    def that_are_aboard(self, rows: "QuerySet[Passenger]", _name: str, aboard: bool) -> "QuerySet[Passenger]":
        now = Passenger.objects.aboard().values("pk")
        return rows.filter(pk__in=now) if aboard else rows.exclude(pk__in=now)

    def that_wait(self, rows: "QuerySet[Passenger]", _name: str, waiting: bool) -> "QuerySet[Passenger]":
        now = Passenger.objects.waiting().values("pk")
        return rows.filter(pk__in=now) if waiting else rows.exclude(pk__in=now)
