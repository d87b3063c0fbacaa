"""The API of the waiting list: who waits in fair order, whose turn it is, and which sites are open to others."""

import uuid
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from centre.access import Permission, require
from centre.api_pages import Pages
from centre.fields import Count, Instant, ShownSite, SiteField, Text
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffCall
from centre.viewsets import ActFacts, Acts, Rows, act_on_row, check_parameters
from registrations.models import Household
from shelter.actions import hold_places
from shelter.api import HoldFacts
from shelter.board import reasons_of
from shelter.lodging import Placed
from shelter.models import Opening, WaitingFact
from shelter.reach import OpenedToOthers, open_to_others
from shelter.sight import reach_of, sites_that_wait
from shelter.turns import Noted, decline_offer, move_up, void_waiting_fact
from shelter.waiting import MOST_LISTED, Waiting, who_waits


class WaitingRow(serializers.Serializer[Waiting]):
    """Those of a family who wait for a place, with why they come where they do."""

    household = serializers.UUIDField(source="household_id")
    number = serializers.CharField(source="code")
    site = serializers.SerializerMethodField()
    since = serializers.DateTimeField()
    size = serializers.IntegerField(help_text="The whole family.")
    members = serializers.ListField(child=serializers.UUIDField(), help_text="Those who wait.")
    registered = serializers.BooleanField()
    presumed_left = serializers.BooleanField()
    infants = serializers.IntegerField()
    young = serializers.IntegerField(help_text="Counted at the gate as under five.")
    elders = serializers.IntegerField(help_text="Sixty or older.")
    needs = serializers.ListField(child=serializers.CharField(), help_text="Those that bear on a room.")
    reasons = serializers.SerializerMethodField()

    def get_site(self, row: Waiting) -> str:
        """The code of the site where they are."""
        return str(self.context["sites"][row.site_id].code)

    def get_reasons(self, row: Waiting) -> list[str]:
        """In words, in the language of the request."""
        return reasons_of(row)


class WaitingList(viewsets.GenericViewSet[Any]):
    """Who waits for a place, at the asker's sites or, for who holds places elsewhere, at all they know of."""

    request: StaffCall
    queryset = Household.objects.none()  # for the schema; who waits is read by one question
    filterset_class = None
    serializer_class = WaitingRow
    paginator: Pages

    @extend_schema(parameters=[])
    def list(self, request: Request) -> Response:
        """In fair order: who was moved up, then who needs it most or has waited twelve hours, then the others."""
        check_parameters(request.query_params, {"site", "cursor", "page_size", "format"})
        require(self.request.user, Permission.PLACE)
        now = timezone.now()
        sites = {site.pk: site for site in sites_that_wait(self.request.user, now)}
        asked = request.query_params.get("site")
        chosen = [site for site in sites.values() if asked in (None, site.code, str(site.pk))]
        if not chosen and asked:
            raise serializers.ValidationError({"site": [_("There is no such site.")]})
        families, _all = who_waits(self.request.user, chosen, now, limit=MOST_LISTED)
        page = self.paginator.page_of_found(families, request)
        write_log(
            self.request.user, LogLine.Verb.SEARCHED, "household", ["waiting"], shown=[row.household_id for row in page]
        )
        return self.paginator.answer_found(WaitingRow(page, many=True, context={"sites": sites}).data)


class TurnFacts(ActFacts):
    """Why a family goes first, or what was wrong."""

    reason = Text(max_length=200)


class OfferDeclineFacts(TurnFacts):
    """Where a family was offered places."""

    site = SiteField()


class HouseholdsThatWait(Acts):
    """What is done for households that wait, also where the asker reads no more of them than that."""

    queryset = Household.objects.all()

    def get_object(self) -> Household:
        """The household; of one that is hidden as much is asked as of one that does not exist."""
        try:
            key = uuid.UUID(self.kwargs["pk"])
        except ValueError:
            raise Http404 from None
        seen = Household.objects.in_hand_of(self.request.user).filter(pk=key).first()
        if seen is not None:
            return seen
        now = timezone.now()
        waits, _all = who_waits(self.request.user, sites_that_wait(self.request.user, now), now, household=key)
        return get_object_or_404(Household, pk__in=[row.household_id for row in waits])

    @act_on_row(HoldFacts, Placed)
    def hold(self, household: Household, body: HoldFacts) -> Placed:
        """Keep a place for each member until a time, at the asker's sites or at others that are open to them."""
        return hold_places(household, **body.facts)

    @act_on_row(TurnFacts, Noted, url_path="move-up")
    def move_up(self, household: Household, body: TurnFacts) -> Noted:
        """Let the family go before all who were not moved up, for a reason."""
        return move_up(household, **body.facts)

    @act_on_row(OfferDeclineFacts, Noted)
    def decline(self, household: Household, body: OfferDeclineFacts) -> Noted:
        """Keep that the family did not take places at a site, and why; it waits on in its turn."""
        return decline_offer(household, **body.facts)


class WaitingFactRow(serializers.ModelSerializer[WaitingFact]):
    """That a family was moved up, declined, or that one of these was wrong."""

    site = ShownSite()

    class Meta:
        model = WaitingFact
        fields = ("id", "kind", "household", "site", "reason", "happened_at", "recorded_at", "voids")


class WaitingFacts(Rows):
    """What was recorded of the turns of families that the asker sees."""

    queryset = WaitingFact.objects.all()
    serializer_class = WaitingFactRow
    about = "household_id"

    def get_queryset(self) -> Any:
        seen = Household.objects.in_hand_of(self.request.user)
        return WaitingFact.objects.filter(household__in=seen.order_by().values("pk")).select_related("site")

    @act_on_row(TurnFacts, Noted)
    def void(self, fact: WaitingFact, body: TurnFacts) -> Noted:
        """Take it back."""
        return void_waiting_fact(fact, **body.facts)


class OpeningRow(serializers.ModelSerializer[Opening]):
    """For how many places a site is open to others, how many are taken, and until when."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    used = serializers.IntegerField()
    since = serializers.DateTimeField(source="during.lower")
    until = serializers.DateTimeField(source="during.upper")

    class Meta:
        model = Opening
        fields = ("id", "site", "places", "used", "since", "until")


class Openings(Rows):
    """What is open now: at the asker's sites, and at others where they may hold."""

    queryset = Opening.objects.all()
    serializer_class = OpeningRow

    def get_queryset(self) -> Any:
        now = timezone.now()
        return (
            Opening.objects.at(now)
            .filter(site__in=reach_of(self.request.user, now).sites)
            .select_related("site")
            .with_used(now)
        )


class OpeningFacts(ActFacts):
    """How many places, until when."""

    places = Count(min_value=0, max_value=2000, help_text="None closes the site to others.")
    until = Instant()


class SiteOpenings(Acts):
    """Opening a site to those who place at other sites."""

    queryset = Site.objects.all()

    def get_queryset(self) -> Any:
        now = timezone.now()
        return Site.objects.where(self.request.user, Permission.SET_UP_ROOMS, now).open(now)

    @act_on_row(OpeningFacts, OpenedToOthers, url_path="open-to-others")
    def open_to_others(self, site: Site, body: OpeningFacts) -> OpenedToOthers:
        """Let others hold so many places here until a time; what they hold already stays held."""
        return open_to_others(site, **body.facts)
