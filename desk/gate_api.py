"""The API of the gate: people and vehicles counted as they cross."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from centre.access import Permission
from centre.fields import Count, Text
from centre.lines import line
from centre.models import Site
from centre.sight import allowed_at
from centre.viewsets import ActFacts, OnPaper, Rows, act_on_list, act_on_row
from desk.api import SiteFacts
from desk.gate import Counted, count_gate, void_gate_count
from desk.intake import MOST_CROSSING
from registrations.filters import GateCountFilterSet
from registrations.models import GateCount


class GateCountRow(serializers.ModelSerializer[GateCount]):
    """People and vehicles seen crossing since the last count."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)

    class Meta:
        model = GateCount
        fields = ("id", "site", "people", "vehicles", "happened_at", "recorded_at", "voids", "reason")


class GateCountFacts(OnPaper, SiteFacts):
    """How many crossed."""

    people = Count(min_value=0, max_value=MOST_CROSSING)
    vehicles = Count(min_value=0, max_value=MOST_CROSSING, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["people"] and not attrs.get("vehicles"):
            raise serializers.ValidationError({"people": [_("Count at least one person or vehicle.")]})
        return attrs


class CountVoidFacts(ActFacts):
    """Why a gate count is taken back, where somebody says it."""

    reason = Text(required=False, max_length=200, clean=line(200))


class GateCounts(Rows):
    """Gate counts at the asker's sites."""

    queryset = GateCount.objects.all()
    serializer_class = GateCountRow
    filterset_class = GateCountFilterSet

    def get_queryset(self) -> Any:
        user = self.request.user
        shown = allowed_at(user, Permission.COUNT_GATE, Permission.SEE_CENSUS, path="site")
        return GateCount.objects.filter(shown).select_related("site")

    @act_on_list(GateCountFacts, Counted)
    def create(self, body: GateCountFacts) -> Counted:
        """Record how many people and vehicles were seen crossing since the last count."""
        facts = body.facts
        return count_gate(facts.pop("site"), **facts)

    @act_on_row(CountVoidFacts, Counted)
    def void(self, count: GateCount, body: CountVoidFacts) -> Counted:
        """Take back a gate count that was wrong."""
        return void_gate_count(count, **body.facts)
