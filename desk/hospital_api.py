"""The API of who goes to a hospital and is back."""

from typing import Any

from rest_framework import serializers

from centre.fields import HospitalField, Instant, Key, SiteField, Text
from centre.viewsets import ActFacts, Acts, OnPaper, act_on_row
from desk.hospital import Back, Sent, back_from_hospital, send_to_hospital
from registrations.models import Household
from shelter.api import MembersFacts


class SendingBody(OnPaper, ActFacts):
    """Who goes to which hospital, and until when the bed is kept."""

    site = SiteField()
    hospital = HospitalField()
    patient = Key(help_text="The id of a member who is at the site.")
    companion = Key(required=False, help_text="The id of a member who goes along.")
    arrived = serializers.BooleanField(required=False, default=False, help_text="Whether they are there already.")
    keep_bed_until = Instant(required=False, help_text="Until when their beds are held; given up when absent.")
    happened_anyway = Text(required=False, max_length=200, help_text="How a child left without who looks after it.")


class BackBody(OnPaper, MembersFacts):
    """Who is back, and where."""

    site = SiteField()
    members = serializers.ListField(child=Key(), allow_empty=False, max_length=100)
    happened_anyway = Text(
        required=False, max_length=200, help_text="How a child came, or stayed there, without who looks after it."
    )


class HospitalWays(Acts):
    """Households of which somebody goes to a hospital and is back."""

    queryset = Household.objects.all()

    def get_queryset(self) -> Any:
        return Household.objects.in_hand_of(self.request.user)

    @act_on_row(SendingBody, Sent, url_path="to-hospital")
    def to_hospital(self, household: Household, body: SendingBody) -> Sent:
        """Record that a member left for a hospital or is there; the family stays, and the bed is held or given up."""
        return send_to_hospital(household, **body.facts)

    @act_on_row(BackBody, Back, url_path="from-hospital")
    def from_hospital(self, household: Household, body: BackBody) -> Back:
        """Record that members are back from hospital, each in the bed that was kept."""
        return back_from_hospital(household, **body.facts)
