"""The API of roll calls: begun in a house, who was seen and who was not, ticked and taken back."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from centre.fields import Key, SiteField
from centre.filters import SiteFilter
from centre.log import write_log
from centre.models import LogLine, Site
from centre.viewsets import ActFacts, Rows, act_on_list, act_on_row
from shelter.rollcalls import (
    Begun,
    Sleeping,
    Ticked,
    begin_roll_call,
    ended_at,
    households_of,
    see_people,
    take_back_seen,
    who_sleeps_in,
)
from shelter.rolls import RollCall

MOST_PEOPLE = 500  # of one act


class RollCallFilterSet(filters.FilterSet):
    """How roll calls are narrowed down."""

    site = SiteFilter()

    class Meta:
        model = RollCall
        fields = ()


class RollCallRow(serializers.ModelSerializer[RollCall]):
    """A roll call of a house; it runs until the next one begins."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    begun_by = serializers.CharField(source="act.by.username")

    class Meta:
        model = RollCall
        fields = ("id", "site", "happened_at", "begun_by")


class SleepingRow(serializers.Serializer[Sleeping]):
    """Somebody who sleeps in the house, and whether the roll call saw them."""

    individual = serializers.UUIDField(source="individual_id")
    household = serializers.UUIDField(source="household_id", allow_null=True)
    number = serializers.CharField(source="code")
    initials = serializers.CharField()
    room = serializers.CharField()
    seen_at = serializers.DateTimeField(allow_null=True, help_text="In this roll call; null: not seen.")
    last_seen = serializers.DateTimeField(help_text="At a roll call, at check-in or when they moved within the house.")


class RollCallRead(RollCallRow):
    """A roll call with everybody who sleeps in the house now, or who slept there as the next one began."""

    people = SleepingRow(many=True)

    class Meta(RollCallRow.Meta):
        fields = (*RollCallRow.Meta.fields, "people")  # type: ignore[assignment]  # one more


class BeginRollFacts(ActFacts):
    """In which house."""

    site = SiteField()


class PeopleFacts(ActFacts):
    """Who."""

    people = serializers.ListField(
        child=Key(), allow_empty=False, max_length=MOST_PEOPLE, help_text="Individuals by id, each once."
    )


class RollCalls(Rows):
    """Roll calls of the houses where the asker places."""

    queryset = RollCall.objects.all()
    serializer_class = RollCallRow
    filterset_class = RollCallFilterSet

    def get_queryset(self) -> Any:
        return RollCall.objects.visible_to(self.request.user).select_related("site", "act__by")

    @extend_schema(responses=RollCallRead)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who was seen, and who was not and since when."""
        roll = self.get_object()
        roll.people = who_sleeps_in(roll.site, ended_at(roll) or timezone.now(), roll)
        shown = households_of(roll.people)
        write_log(self.request.user, LogLine.Verb.OPENED, "house", ["roll call"], key=roll.site.code, shown=shown)
        return Response(RollCallRead(roll).data)

    @act_on_list(BeginRollFacts, Begun)
    def create(self, body: BeginRollFacts) -> Begun:
        """Begin a roll call; it ends the one before."""
        facts = body.facts
        return begin_roll_call(facts.pop("site"), **facts)

    @act_on_row(PeopleFacts, Ticked)
    def see(self, roll_call: RollCall, body: PeopleFacts) -> Ticked:
        """These people were seen."""
        return see_people(roll_call, **body.facts)

    @act_on_row(PeopleFacts, Ticked, url_path="take-back")
    def take_back(self, roll_call: RollCall, body: PeopleFacts) -> Ticked:
        """These people were not seen after all."""
        return take_back_seen(roll_call, **body.facts)
