"""The API of houses: contracts and invoices, what is said on the telephone, the call list, people without a place."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from casework.forms import read_one_phone
from centre.access import Permission, require
from centre.fields import Choice, Count, Instant, Key, SiteField, Text
from centre.lines import line
from centre.log import write_log
from centre.models import LogLine, Site
from centre.requests import StaffCall
from centre.viewsets import ActFacts, OnPaper, Rows, act_on_list, act_on_row, check_parameters
from houses.actions import Agreed, Typed, add_contract, type_invoice, void_contract, void_invoice
from houses.evening import houses_to_call
from houses.fields import MOST, MOST_AMOUNT, MOST_NIGHTS, MOST_RATE, Day, Dram, Month
from houses.filters import CallFilterSet, DifferenceFilterSet, HeadcountFilterSet, HouseFilterSet, WrittenFilterSet
from houses.models import LONGEST_NAME, LONGEST_SENTENCE, Call, Contract, Difference, Invoice, ReportedHeadcount
from houses.overflow import stays_beyond
from houses.telephone import (
    Called,
    Looked,
    Reported,
    note_call,
    report_headcount,
    settle_difference,
    take_difference,
    void_headcount,
)
from houses.tonight import houses_tonight
from shelter.api import StayRow
from shelter.models import Stay

NAME: dict[str, Any] = {"max_length": LONGEST_NAME, "clean": line(LONGEST_NAME)}
SENTENCE: dict[str, Any] = {"max_length": LONGEST_SENTENCE, "clean": line(LONGEST_SENTENCE)}


class ContractRow(serializers.ModelSerializer[Contract]):
    """What is agreed with the owner of a house."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    first_night = serializers.DateField()
    last_night = serializers.DateField(allow_null=True, help_text="Null: until further notice.")
    written_by = serializers.CharField(source="act.by.username")

    class Meta:
        model = Contract
        fields = (
            "id", "site", "contact", "phone", "first_night", "last_night", "places", "rate", "written_by", "voided_at",
        )  # fmt: skip


class ContractFacts(ActFacts):
    """A contract to write down."""

    site = SiteField()
    contact = Text(**NAME)
    phone = Text(max_length=40, clean=read_one_phone)
    first_night = Day()
    last_night = Day(required=False, help_text="Until further notice when absent.")
    places = Count(min_value=1, max_value=MOST)
    rate = Dram(most=MOST_RATE, help_text="Dram for a place and a night.")


class Contracts(Rows):
    """Contracts of the houses where the asker sets up rooms or reads the log."""

    queryset = Contract.objects.all()
    serializer_class = ContractRow
    filterset_class = WrittenFilterSet

    def get_queryset(self) -> Any:
        return Contract.objects.visible_to(self.request.user).select_related("site", "act__by")

    @act_on_list(ContractFacts, Agreed)
    def create(self, body: ContractFacts) -> Agreed:
        """Write a contract down."""
        facts = body.facts
        return add_contract(facts.pop("site"), **facts)

    @act_on_row(ActFacts, Agreed)
    def void(self, contract: Contract, body: ActFacts) -> Agreed:
        """The contract was wrong."""
        return void_contract(contract, **body.facts)


class InvoiceRow(serializers.ModelSerializer[Invoice]):
    """What the owner of a house asks for a month."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    month = Month(read_only=True)
    typed_by = serializers.CharField(source="act.by.username")

    class Meta:
        model = Invoice
        fields = ("id", "site", "month", "number", "nights", "amount", "typed_by", "voided_at")


class InvoiceFacts(ActFacts):
    """An invoice to type in."""

    site = SiteField()
    month = Month()
    nights = Count(min_value=0, max_value=MOST_NIGHTS, help_text="Nights of one place.")
    amount = Dram(most=MOST_AMOUNT, help_text="Dram.")
    number = Text(max_length=40, clean=line(40), required=False)


class Invoices(Rows):
    """Invoices of the houses where the asker sets up rooms or reads the log."""

    queryset = Invoice.objects.all()
    serializer_class = InvoiceRow
    filterset_class = WrittenFilterSet

    def get_queryset(self) -> Any:
        return Invoice.objects.visible_to(self.request.user).select_related("site", "act__by")

    @act_on_list(InvoiceFacts, Typed)
    def create(self, body: InvoiceFacts) -> Typed:
        """Type an invoice in."""
        facts = body.facts
        return type_invoice(facts.pop("site"), **facts)

    @act_on_row(ActFacts, Typed)
    def void(self, invoice: Invoice, body: ActFacts) -> Typed:
        """The invoice was typed in wrong."""
        return void_invoice(invoice, **body.facts)


class HeadcountRow(serializers.ModelSerializer[ReportedHeadcount]):
    """How many people are at a house, as somebody there says; one without a number takes another back."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    typed_by = serializers.CharField(source="act.by.username")

    class Meta:
        model = ReportedHeadcount
        fields = ("id", "site", "happened_at", "persons", "said_by", "typed_by", "recorded_at", "voids")


class HeadcountFacts(OnPaper, ActFacts):
    """What a house says."""

    site = SiteField()
    persons = Count(min_value=0, max_value=MOST)
    said_by = Text(**NAME)
    hour = Instant(required=False, help_text="The hour that is spoken of; that of the act when absent.")
    corrects = Key(required=False, help_text="The headcount of the same house that this one replaces.")
    so_many = serializers.BooleanField(
        required=False, help_text="Whether so many are there indeed, where the house has far fewer places."
    )

    def validate_corrects(self, key: Any) -> ReportedHeadcount:
        told = ReportedHeadcount.objects.visible_to(self.asker).filter(pk=key, persons__isnull=False).first()
        if told is None:
            raise serializers.ValidationError(_("There is nothing with this id."))
        return told


class Headcounts(Rows):
    """Reported headcounts of the houses where the asker places."""

    queryset = ReportedHeadcount.objects.all()
    serializer_class = HeadcountRow
    filterset_class = HeadcountFilterSet

    def get_queryset(self) -> Any:
        return ReportedHeadcount.objects.visible_to(self.request.user).select_related("site", "act__by")

    @act_on_list(HeadcountFacts, Reported)
    def create(self, body: HeadcountFacts) -> Reported:
        """Write down how many are there; another number than is counted opens a difference."""
        facts = body.facts
        return report_headcount(facts.pop("site"), **facts)

    @act_on_row(ActFacts, Reported)
    def void(self, headcount: ReportedHeadcount, body: ActFacts) -> Reported:
        """The number was not said, or of another house."""
        return void_headcount(headcount, **body.facts)


class DifferenceRow(serializers.ModelSerializer[Difference]):
    """A house says another number than was counted when it was typed."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    reported = serializers.IntegerField(source="headcount.persons")
    hour = serializers.DateTimeField(source="headcount.happened_at")
    taken_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True, allow_null=True)
    settled_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True, allow_null=True)

    class Meta:
        model = Difference
        fields = (
            "id", "site", "headcount", "reported", "hour", "counted", "taken_by", "taken_at", "settled_by",
            "settled_at", "words", "overtaken_by",
        )  # fmt: skip


class SettleFacts(ActFacts):
    """Why the numbers differed."""

    words = Text(**SENTENCE)


class Differences(Rows):
    """Differences at the houses where the asker places."""

    queryset = Difference.objects.all()
    serializer_class = DifferenceRow
    filterset_class = DifferenceFilterSet

    def get_queryset(self) -> Any:
        rows = Difference.objects.visible_to(self.request.user)
        return rows.select_related("site", "headcount", "taken_by", "settled_by")

    @act_on_row(ActFacts, Looked)
    def take(self, difference: Difference, body: ActFacts) -> Looked:
        """The asker looks into it."""
        return take_difference(difference, **body.facts)

    @act_on_row(SettleFacts, Looked)
    def settle(self, difference: Difference, body: SettleFacts) -> Looked:
        """It is known why they differed."""
        return settle_difference(difference, **body.facts)


class CallRow(serializers.ModelSerializer[Call]):
    """What was said on the telephone."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    noted_by = serializers.CharField(source="act.by.username")

    class Meta:
        model = Call
        fields = ("id", "site", "happened_at", "outcome", "about", "number", "until", "words", "said_by", "noted_by")


class CallFacts(ActFacts):
    """A call to note."""

    site = SiteField()
    outcome = Choice(choices=Call.Outcome.choices)
    about = Choice(choices=Call.About.choices, required=False)
    number = Count(min_value=1, max_value=MOST, required=False, help_text="Of people or of places.")
    until = Day(required=False)
    words = Text(required=False, help_text="Their sentence; with `about` it must be said.", **SENTENCE)
    said_by = Text(required=False, **NAME)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if said.get("about") and not said.get("words"):
            raise serializers.ValidationError({"words": [_("Write what they said.")]})
        return said


class Calls(Rows):
    """Calls to the houses where the asker places."""

    queryset = Call.objects.all()
    serializer_class = CallRow
    filterset_class = CallFilterSet

    def get_queryset(self) -> Any:
        return Call.objects.visible_to(self.request.user).select_related("site", "act__by")

    @act_on_list(CallFacts, Called)
    def create(self, body: CallFacts) -> Called:
        """Note a call."""
        facts = body.facts
        return note_call(facts.pop("site"), **facts)


class Overflows(Rows):
    """Who sleeps without a place now, where the asker places; moved to a place or gone, they are here no more."""

    queryset = Stay.objects.all()
    serializer_class = StayRow
    filterset_class = HouseFilterSet
    about = "individual_id"

    def get_queryset(self) -> Any:
        rows = stays_beyond(self.request.user, timezone.now())
        return rows.select_related("site", "room__site", "place")


class CallLine(serializers.Serializer[Any]):
    """A house of the evening's call list."""

    site = serializers.CharField(source="site.code")
    contact = serializers.CharField(source="evening.contact")
    phone = serializers.CharField(source="evening.phone")
    town = serializers.CharField(source="evening.town")
    families = serializers.IntegerField(source="evening.families", help_text="For whom holds end tonight.")
    people = serializers.IntegerField(source="evening.people")
    until = serializers.DateTimeField(source="evening.until", allow_null=True)
    reported = serializers.IntegerField(source="evening.reported", allow_null=True)
    reported_at = serializers.DateTimeField(source="evening.reported_at", allow_null=True)
    counted_then = serializers.IntegerField(source="evening.counted_then")
    present = serializers.IntegerField(source="evening.present")
    sleeping = serializers.IntegerField(source="evening.sleeping")
    differences = serializers.IntegerField(source="evening.tasks", help_text="Open ones.")
    outcome = serializers.CharField(source="evening.outcome", help_text="Of the last call today; empty without one.")
    called_at = serializers.DateTimeField(source="evening.called_at", allow_null=True)


class CallList(viewsets.GenericViewSet[Any]):
    """The evening's call list."""

    serializer_class = CallLine
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=CallLine(many=True), filters=False)
    def list(self, request: StaffCall) -> Response:
        """The houses where the asker places, those to be called first."""
        check_parameters(request.query_params, set())
        require(request.user, Permission.PLACE)
        return Response(CallLine(houses_to_call(request.user, timezone.now()), many=True).data)


class TonightFamily(serializers.Serializer[Any]):
    """A family that is expected in a house tonight."""

    number = serializers.CharField(source="code")
    people = serializers.IntegerField()
    rooms = serializers.ListField(child=serializers.CharField())
    until = serializers.DateTimeField(help_text="When the places are free again.")
    told_at = serializers.DateTimeField(
        allow_null=True, help_text="When somebody of the house was spoken to first since the places are held."
    )
    coming = serializers.IntegerField(help_text="Of them, those on the way there.")


class TonightNoShow(serializers.Serializer[Any]):
    """A family that did not come by the hour until which places were held for it, in the last twelve hours."""

    number = serializers.CharField(source="code")
    holds = serializers.ListField(child=serializers.UUIDField(), help_text="Of its people: to be held again.")
    rooms = serializers.ListField(child=serializers.CharField())
    until = serializers.DateTimeField(help_text="Until when the places were held.")
    free = serializers.IntegerField(help_text="Of the places, those that nobody has.")
    given = serializers.IntegerField(help_text="Those where others sleep.")
    held = serializers.IntegerField(help_text="Those that are held for others.")
    closed = serializers.IntegerField(help_text="Those that are blocked, or were taken away.")


class TonightGivenBack(serializers.Serializer[Any]):
    """A family whose places somebody else than who held them gave back."""

    household = serializers.UUIDField(source="household_id")
    number = serializers.CharField(source="code")
    by = serializers.CharField()
    at = serializers.DateTimeField()


class TonightLine(serializers.Serializer[Any]):
    """A house tonight, in people."""

    site = serializers.CharField(source="site.code")
    promised = serializers.IntegerField(help_text="For whom places are held, and who are not in.")
    untold = serializers.IntegerField(help_text="Of these, whom the house was not told of.")
    coming = serializers.IntegerField()
    inside = serializers.IntegerField(help_text="Who sleep there now; 0 at a site of others.")
    missing = serializers.IntegerField(help_text="Who did not come.")
    families = TonightFamily(many=True)
    no_shows = TonightNoShow(many=True)
    given_back = TonightGivenBack(many=True, help_text="Whose places others gave back within twelve hours.")


class Tonight(viewsets.GenericViewSet[Any]):
    """The night, house by house."""

    serializer_class = TonightLine
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=TonightLine(many=True), filters=False)
    def list(self, request: StaffCall) -> Response:
        """Houses that expect or have people, those to be told first."""
        check_parameters(request.query_params, set())
        require(request.user, Permission.PLACE)
        houses = houses_tonight(request.user, timezone.now())
        shown = [family.household_id for house in houses for family in house.families]
        shown += [row.household_id for house in houses for row in house.no_shows]
        shown += [row.household_id for house in houses for row in house.given_back]
        write_log(request.user, LogLine.Verb.OPENED, "house", ["stays"], shown=shown)
        return Response(TonightLine(houses, many=True).data)
