"""The API of everything that was told of a household or of one of its people."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from centre.api_pages import Pages
from centre.fields import RowsField, Text
from centre.limits import LOOKS, bound
from centre.log import write_log
from centre.models import LogLine
from centre.requests import StaffCall
from centre.viewsets import Acts, act_on_row, check_parameters
from desk.told import read_told
from desk.told_book import Line
from desk.told_facts import beds_taken_back_by
from registrations.models import Household, Individual
from shelter.lodging import Placed
from shelter.models import Bedding
from shelter.undoing import void_bedding
from shelter.undoing_api import UndoFacts


class FieldRow(serializers.Serializer[Any]):
    """What a field said and what it says since, in words; without `was` where it was said for the first time."""

    individual = serializers.UUIDField(source="person", allow_null=True, help_text="Of whom; null of the household.")
    field = serializers.CharField()
    was = serializers.CharField()
    now = serializers.CharField()


class VoidedRow(serializers.Serializer[Any]):
    """That it was taken back."""

    at = serializers.DateTimeField()
    by = serializers.CharField()
    reason = serializers.CharField()


class ToldRow(serializers.Serializer[Line]):
    """One thing that was told, with who and when."""

    kind = serializers.CharField()
    words = serializers.CharField()
    happened_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True, help_text="Null where it would say where it was.")
    individuals = serializers.ListField(
        child=serializers.UUIDField(), source="people", help_text="Of whom; of the whole household where empty."
    )
    lines = FieldRow(source="said", many=True)
    more = serializers.ListField(child=serializers.CharField(), help_text="What else was said, in words.")
    reason = serializers.CharField()
    voided = VoidedRow(allow_null=True)
    entries = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="Of beds: what the asker may take back, or let count again, by `void-beds/`.",
    )


class _Told(viewsets.GenericViewSet[Any]):
    """What was told, for those who supervise the household."""

    request: StaffCall
    filterset_class = None
    serializer_class = ToldRow
    paginator: Pages

    def answer(self, request: Request, household: Household, of: Household | Individual) -> Response:
        """A page of the lines, the oldest first; who was shown stands in the log."""
        check_parameters(request.query_params, {"cursor", "page_size", "format"})
        person = of.pk if isinstance(of, Individual) else None
        lines = self.paginator.page_of_found(read_told(household, self.request.user, timezone.now(), person), request)
        shown = [record for line in lines for record in line.people]
        write_log(self.request.user, LogLine.Verb.OPENED, of, ["told"], shown=shown)
        return self.paginator.answer_found(ToldRow(lines, many=True).data)

    def looked_for(self) -> Any:
        """The row that is asked about."""
        bound(self.request.user, LOOKS)
        return self.get_object()


class HouseholdsTold(_Told):
    """What was told of households."""

    queryset = Household.objects.all()

    def get_queryset(self) -> Any:
        return Household.objects.supervised_by(self.request.user).select_related("site")

    @extend_schema(responses=ToldRow(many=True))
    @action(detail=True)
    def told(self, request: Request, pk: str) -> Response:
        """Everything that was told of the household and its people, the oldest first."""
        household = self.looked_for()
        return self.answer(request, household, household)


class BedsWrongFacts(UndoFacts):
    """What was wrongly told of beds, and what was wrong."""

    entries = RowsField(beds_taken_back_by, help_text="Of the `entries` of lines that were told of the household.")
    reason = Text(max_length=200)

    def validate_entries(self, entries: list[Bedding]) -> list[Bedding]:
        people = set(self.context["row"].memberships.today().values_list("counted_as", flat=True))
        if any(entry.counted_as_id not in people for entry in entries):
            raise serializers.ValidationError(_("It was told of others."))
        return entries


class HouseholdBedsTold(Acts):
    """What was told of the beds of households, for those who take back what was wrong."""

    queryset = Household.objects.all()

    def get_queryset(self) -> Any:
        return Household.objects.supervised_by(self.request.user)

    @act_on_row(BedsWrongFacts, Placed, url_path="void-beds")
    def void_beds(self, household: Household, body: BedsWrongFacts) -> Placed:
        """Take back what was wrongly told of beds, or let count again what was taken back: nights and bills follow."""
        return void_bedding(**body.facts)


class IndividualsTold(_Told):
    """What was told of individuals."""

    queryset = Individual.objects.all()

    def get_queryset(self) -> Any:
        return Individual.objects.supervised_by(self.request.user)

    @extend_schema(responses=ToldRow(many=True))
    @action(detail=True)
    def told(self, request: Request, pk: str) -> Response:
        """Everything that was told of the person, and of their household while they belonged to it."""
        person = self.looked_for()
        household = Household.objects.select_related("site").get(pk=person.memberships.today().get().household_id)
        return self.answer(request, household, person)
