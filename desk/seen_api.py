"""The API of families whose number was shown without a card."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils import timezone
from rest_framework import serializers

from aid.scanning import find_card
from centre.models import Site
from centre.sight import sight_of
from centre.viewsets import Rows, act_on_list
from desk.bodies import SightingBody
from desk.coming import Seen, note_seen
from registrations.models import Presence, Sighting
from registrations.today import today


class SightingRow(serializers.ModelSerializer[Sighting]):
    """A family whose number was shown at a site without a card."""

    number = serializers.CharField(source="household")
    now_at = serializers.ListField(child=serializers.CharField(), help_text="Where who of the family is told of, is.")
    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    noted_by = serializers.CharField(source="act.by")

    class Meta:
        model = Sighting
        fields = ("id", "household", "number", "now_at", "site", "happened_at", "noted_by")


class Sightings(Rows):
    """Families of the asker of which no more was shown than the number, at another site, until that is answered."""

    queryset = Sighting.objects.all()
    serializer_class = SightingRow
    filterset_class = None
    about = "household_id"

    def get_queryset(self) -> Any:
        user = self.request.user
        there = Presence.objects.at(timezone.now()).filter(
            sight_of(user).told("site"),
            today("individual__counted_memberships"),
            individual__counted_memberships__household=OuterRef("household"),
        )
        sites = ArraySubquery(there.order_by("site__code").values("site__code").distinct())
        waiting = Sighting.objects.open().in_hand_of(user)
        return waiting.select_related("household", "site", "act__by").annotate(now_at=sites)

    @act_on_list(SightingBody, Seen)
    def create(self, body: SightingBody) -> Seen:
        """Note that they were seen here; they stay where they are until whoever sees them confirms it."""
        facts = body.facts
        household, _proven = find_card(facts.pop("card"))
        return note_seen(household, **facts)
