"""The API of buses: runs, who has a seat on them, and every act at them."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from casework.fields import Due, Line
from casework.forms import read_one_phone
from centre.fields import Count, Key, ShownSite, SiteField, Text
from centre.models import Site
from centre.viewsets import ActFacts, Acts, Rows, act_on_list, act_on_row
from registrations.models import Household
from shelter.api import members_named
from shelter.begun import TakenBack, begun_by
from transport.actions import Riding, Run, cancel_bus, end_bus, plan_bus, put_on_bus, send_bus, take_off_bus
from transport.closing import take_back_house
from transport.errors import LinkNotShown
from transport.filters import PassengerFilterSet, RunFilterSet
from transport.forms import MOST_SEATS
from transport.linking import Linked, make_driver_link, withdraw_driver_link
from transport.links import DriverLink, read_address
from transport.models import Passenger, RunState, TransportRun, families_at
from transport.rerouting import Rerouted, reroute_bus
from transport.riding import board_bus, get_off_bus, void_boarding
from transport.told import rides_in_sight

MOST_STOPS = 10


class RunRow(serializers.ModelSerializer[TransportRun]):
    """A run with its counts: seats that are taken, babies on laps, people on it and off it.

    To who works at a stop alone, of those who get off there.
    """

    site = ShownSite()
    stops = serializers.SerializerMethodField(help_text="The sites at which it stops, in order.")
    state = serializers.ChoiceField(choices=RunState.choices, read_only=True)
    taken = serializers.IntegerField(read_only=True)
    on_laps = serializers.IntegerField(read_only=True)
    aboard = serializers.IntegerField(read_only=True)
    off = serializers.IntegerField(read_only=True)

    class Meta:
        model = TransportRun
        fields = (
            "id", "site", "stops", "state", "seats", "taken", "on_laps", "aboard", "off", "departs_at", "arrives_at",
            "vehicle", "driver", "driver_phone", "went_at", "arrived_at", "cancelled_at",
        )  # fmt: skip

    def get_stops(self, run: TransportRun) -> list[str]:
        return [stop.site.code for stop in run.stops_kept]  # type: ignore[attr-defined]  # of with_stops


class BusFacts(ActFacts):
    """A bus that will leave."""

    site = SiteField()
    stops = serializers.ListField(child=SiteField(), allow_empty=False, max_length=MOST_STOPS)
    seats = Count(min_value=1, max_value=MOST_SEATS)
    departs_at = Due()
    arrives_at = Due()
    vehicle = Line(max_length=80, required=False)
    driver = Line(max_length=80, required=False)
    driver_phone = Text(max_length=40, required=False, clean=read_one_phone)


class FamilyFacts(ActFacts):
    """An act for a whole family, or for some of its members."""

    household = Key()
    members = serializers.ListField(
        child=Key(), required=False, allow_empty=False, max_length=100, help_text="Members by id; all when absent."
    )

    def validate_household(self, key: Any) -> Household:
        household = families_at(self.context["row"], self.asker, acting=True).filter(pk=key).first()
        if household is None:
            raise serializers.ValidationError(_("There is nothing with this id."))
        return household

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "members" in attrs:
            try:
                attrs["members"] = members_named(attrs["members"], attrs["household"])
            except serializers.ValidationError as error:
                raise serializers.ValidationError({"members": error.detail}) from error
        return attrs


class FamilyAnywayFacts(FamilyFacts):
    """The same, also where it has happened already."""

    happened_anyway = Text(
        required=False, max_length=200, help_text="How a child came to travel without who looks after it."
    )


class GetOffFacts(FamilyAnywayFacts):
    """Where they got off."""

    site = SiteField()


class ComeFacts(ActFacts):
    """The stop, mostly the last."""

    site = SiteField()


class RerouteFacts(ActFacts):
    """Another stop instead of one."""

    old = SiteField()
    new = SiteField()


class LinkAnswer(serializers.Serializer[Any]):
    """The driver's link: where it leads, and until when at most."""

    link = serializers.UUIDField()
    address = serializers.CharField(help_text="Without the machine's name; empty after ten minutes, or once it ended.")
    expires_at = serializers.DateTimeField()


def _shown_once(key: str) -> dict[str, Any]:
    """The link that the asker made, with where it leads while it is new."""
    link = DriverLink.objects.select_related("act__by").get(pk=key)
    try:
        address = read_address(link, link.act.by, timezone.now())
    except LinkNotShown:
        address = ""
    return {"link": link.pk, "address": address, "expires_at": link.expires_at}


class Runs(Rows):
    """Buses from, and to, the sites where the asker places or registers."""

    queryset = TransportRun.objects.all()
    serializer_class = RunRow
    filterset_class = RunFilterSet

    def get_queryset(self) -> "QuerySet[TransportRun]":
        runs = TransportRun.objects.visible_to(self.request.user).select_related("site").with_counts(self.request.user)
        return runs.with_stops()

    @act_on_list(BusFacts, Run)
    def create(self, body: BusFacts) -> Run:
        """Plan a bus."""
        facts = body.facts
        site: Site = facts.pop("site")
        return plan_bus(site, **facts)

    @act_on_row(ActFacts, LinkAnswer, url_path="driver-link", again=lambda done: _shown_once(done["link"]))
    def driver_link(self, run: TransportRun, body: ActFacts) -> dict[str, Any]:
        """Make a link for the driver; the one before ends."""
        return _shown_once(make_driver_link(run, **body.facts).link)

    @act_on_row(ActFacts, Linked, url_path="withdraw-driver-link")
    def withdraw_driver_link(self, run: TransportRun, body: ActFacts) -> Linked:
        """The driver's link ends."""
        return withdraw_driver_link(run, **body.facts)

    @act_on_row(FamilyFacts, Riding)
    def fill(self, run: TransportRun, body: FamilyFacts) -> Riding:
        """Give a family seats."""
        return put_on_bus(run, **body.facts)

    @act_on_row(FamilyFacts, Riding, url_path="take-off")
    def take_off(self, run: TransportRun, body: FamilyFacts) -> Riding:
        """Give a family's seats back."""
        return take_off_bus(run, **body.facts)

    @act_on_row(FamilyAnywayFacts, Riding)
    def board(self, run: TransportRun, body: FamilyAnywayFacts) -> Riding:
        """A family got on."""
        return board_bus(run, **body.facts)

    @act_on_row(FamilyAnywayFacts, Riding, url_path="void-boarding")
    def void_boarding(self, run: TransportRun, body: FamilyAnywayFacts) -> Riding:
        """A family had not got on."""
        return void_boarding(run, **body.facts)

    @act_on_row(GetOffFacts, Riding, url_path="get-off")
    def get_off(self, run: TransportRun, body: GetOffFacts) -> Riding:
        """A family got off."""
        return get_off_bus(run, **body.facts)

    @act_on_row(ActFacts, Run)
    def send(self, run: TransportRun, body: ActFacts) -> Run:
        """The bus leaves."""
        return send_bus(run, **body.facts)

    @act_on_row(ComeFacts, Run)
    def end(self, run: TransportRun, body: ComeFacts) -> Run:
        """The bus has come to a stop, and has ended unless somebody rides on to a later one."""
        return end_bus(run, **body.facts)

    @act_on_row(RerouteFacts, Rerouted)
    def reroute(self, run: TransportRun, body: RerouteFacts) -> Rerouted:
        """The bus goes elsewhere."""
        return reroute_bus(run, **body.facts)

    @act_on_row(ActFacts, Run)
    def cancel(self, run: TransportRun, body: ActFacts) -> Run:
        """The bus does not go."""
        return cancel_bus(run, **body.facts)


class PassengerRow(serializers.ModelSerializer[Passenger]):
    """A person's seat on a run, and what became of it."""

    site = SiteField(read_only=True, help_text="Where they get off.")

    class Meta:
        model = Passenger
        fields = ("id", "run", "household", "individual", "site", "on_lap", "boarded_at", "ended_at", "ended_as")


class Passengers(Rows):
    """Who has, or had, a seat on the runs that the asker sees, of families that they see."""

    queryset = Passenger.objects.all()
    serializer_class = PassengerRow
    filterset_class = PassengerFilterSet
    about = "individual_id"

    def get_queryset(self) -> "QuerySet[Passenger]":
        user = self.request.user
        runs = TransportRun.objects.visible_to(user).values("pk")
        seen = Household.objects.visible_to(user).values("pk")
        at_a_door = Passenger.objects.at_a_door_of(user).values("pk")
        rows = Passenger.objects.filter(Q(household__in=seen) | Q(pk__in=at_a_door), run__in=runs)
        return rows.filter(rides_in_sight(user)).select_related("site")


class HousesBegun(Acts):
    """Houses that the asker began."""

    queryset = Site.objects.all()

    def get_queryset(self) -> Any:
        return begun_by(self.request.user).open(timezone.now())

    @act_on_row(ActFacts, TakenBack, url_path="take-back")
    def take_back(self, site: Site, body: ActFacts) -> TakenBack:
        """The house was begun by mistake; only who began it takes it back, while nobody was ever there."""
        return take_back_house(site, **body.facts)
