"""Filters of cases, for pages and the API alike."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.kinds import Answer, Kind, Reason, Urgency
from casework.models import Case, TracingMatch, TracingRequest
from centre.access import Permission
from centre.filters import KeyFilter, SiteFilter, TruthFilter
from centre.models import Site, User
from centre.requests import StaffRequest

MINE, NOBODYS = "mine", "nobodys"
WHOSE = ((MINE, _("mine")), (NOBODYS, _("nobody's")))


def of_whom(rows: QuerySet[Case], whose: str, asker: User) -> QuerySet[Case]:
    """The cases that the asker follows, or those that nobody does."""
    return rows.filter(follower=asker if whose == MINE else None)


class CaseFilterSet(filters.FilterSet):
    """How cases are narrowed down."""

    site = SiteFilter()
    individual = KeyFilter(method="of_person")
    kind = filters.ChoiceFilter(choices=Kind.choices)
    reason = filters.ChoiceFilter(choices=Reason.choices)
    urgency = filters.ChoiceFilter(choices=Urgency.choices)
    whose = filters.ChoiceFilter(choices=WHOSE, method="by_follower")
    open = TruthFilter(method="that_are_open")
    overdue = TruthFilter(method="with_overdue")

    class Meta:
        model = Case
        fields = ()

    def of_person(self, rows: QuerySet[Case], _name: str, key: Any) -> QuerySet[Case]:
        return rows.filter(individual=key) | rows.filter(counted_as=key)

    def by_follower(self, rows: QuerySet[Case], _name: str, whose: str) -> QuerySet[Case]:
        return of_whom(rows, whose, self.request.user)

    def that_are_open(self, rows: QuerySet[Case], _name: str, is_open: bool) -> QuerySet[Case]:
        now_open = Case.objects.open().values("pk")
        return rows.filter(pk__in=now_open) if is_open else rows.exclude(pk__in=now_open)

    def with_overdue(self, rows: QuerySet[Case], _name: str, overdue: bool) -> QuerySet[Case]:
        late = Case.objects.overdue(timezone.now()).values("pk")
        return rows.filter(pk__in=late) if overdue else rows.exclude(pk__in=late)


def sites_followed(request: StaffRequest) -> QuerySet[Site]:
    """The open sites where the asker follows cases, and each where one of the queue is, open or closed."""
    now = timezone.now()
    may_follow = Site.objects.where(request.user, Permission.SEE_CASES).open(now).values("pk")
    of_queue = Case.objects.open().visible_to(request.user).values("site")
    return Site.objects.visible_to(request.user).filter(Q(pk__in=may_follow) | Q(pk__in=of_queue)).by_name()


class QueueFilterSet(filters.FilterSet):
    """What the queue shows."""

    whose = filters.ChoiceFilter(label=_("Whose"), choices=WHOSE, method="by_follower", empty_label=_("all"))
    kind = filters.ChoiceFilter(label=_("What it is about"), choices=Kind.choices, empty_label=_("everything"))
    urgency = filters.ChoiceFilter(label=_("How urgent"), choices=Urgency.choices, empty_label=_("any"))
    overdue = filters.ChoiceFilter(
        label=_("Overdue"), choices=[("true", _("only overdue"))], method="only_overdue", empty_label=_("all")
    )
    site = filters.ModelChoiceFilter(label=_("Site"), queryset=sites_followed, empty_label=_("all"))

    class Meta:
        model = Case
        fields = ()

    def by_follower(self, rows: QuerySet[Case], _name: str, whose: str) -> QuerySet[Case]:
        return of_whom(rows, whose, self.request.user)

    def only_overdue(self, rows: QuerySet[Case], _name: str, _only: str) -> QuerySet[Case]:
        return rows.filter(due_at__lte=timezone.now())


class TracingRequestFilterSet(filters.FilterSet):
    """How searches for people are narrowed down."""

    case = KeyFilter(method="of_case")
    open = TruthFilter(method="that_are_open")

    class Meta:
        model = TracingRequest
        fields = ()

    def of_case(self, rows: QuerySet[TracingRequest], _name: str, key: Any) -> QuerySet[TracingRequest]:
        return rows.filter(Q(case=key) | Q(case__counted_with=key))

    def that_are_open(self, rows: QuerySet[TracingRequest], _name: str, is_open: bool) -> QuerySet[TracingRequest]:
        now_open = TracingRequest.objects.open().values("pk")
        return rows.filter(pk__in=now_open) if is_open else rows.exclude(pk__in=now_open)


class TracingMatchFilterSet(filters.FilterSet):
    """How likely matches are narrowed down."""

    request = KeyFilter(field_name="request_id")
    answer = filters.ChoiceFilter(choices=Answer.choices)
    waiting = TruthFilter(method="that_wait")

    class Meta:
        model = TracingMatch
        fields = ()

    def that_wait(self, rows: QuerySet[TracingMatch], _name: str, waiting: bool) -> QuerySet[TracingMatch]:
        now_waiting = TracingMatch.objects.waiting().values("pk")
        return rows.filter(pk__in=now_waiting) if waiting else rows.exclude(pk__in=now_waiting)
