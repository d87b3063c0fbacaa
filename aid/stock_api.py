"""The API of the stores: what came in, went to another, was lost, was counted."""

from typing import Any

from rest_framework import serializers

from aid.api import ItemField, ReversalFacts
from aid.counts import StockCount
from aid.filters import StockCountFilterSet, StockMovementFilterSet
from aid.forms import MOST
from aid.models import SETTLES, Item, StockMovement
from aid.storing import (
    StockCounted,
    Stocked,
    confirm_count,
    confirm_stock,
    count_stock,
    receive_stock,
    send_stock,
    settle_stock,
    void_stock,
    withdraw_count,
    write_off,
)
from centre.access import Permission
from centre.fields import Count, ShownSite, SiteField, Text
from centre.models import Site
from centre.viewsets import ActFacts, Rows, act_on_list, act_on_row


class StockMovementRow(serializers.ModelSerializer[StockMovement]):
    """So much of an item from one store to another; without a store it is outside."""

    item = serializers.SlugRelatedField[Item](slug_field="code", read_only=True)
    from_site = ShownSite()
    to_site = ShownSite()
    bound_for = ShownSite()
    on_the_way = serializers.IntegerField(read_only=True, help_text="How much of it nobody has said came.")
    difference = serializers.IntegerField(read_only=True, help_text="How much more came than was sent, or less.")

    class Meta:
        model = StockMovement
        fields = (
            "id",
            "kind",
            "item",
            "quantity",
            "from_site",
            "to_site",
            "bound_for",
            "on_the_way",
            "difference",
            "happened_at",
            "recorded_at",
            "donor",
            "voids",
            "answers",
            "count",
            "note",
        )


class StockFacts(ActFacts):
    """So many pieces of an item, in the store of a site."""

    site = SiteField(help_text="Whose store it is.")
    item = ItemField()
    quantity = Count(min_value=1, max_value=MOST)


class ReceiptFacts(StockFacts):
    """What came into the store."""

    donor = Text(required=False, max_length=80, help_text="From whom: one donor.")
    note = Text(required=False, max_length=200)


class SendingFacts(StockFacts):
    """What goes to another store."""

    to_site = SiteField()
    note = Text(required=False, max_length=200, help_text="With whom.")


class LossFacts(StockFacts):
    """What is lost or spoilt."""

    note = Text(max_length=200, help_text="What happened.")


class CameFacts(ActFacts):
    """What came of what was sent."""

    quantity = Count(min_value=0, max_value=MOST)
    note = Text(required=False, max_length=200)


class SettlementFacts(ActFacts):
    """What became of a difference, and how one knows."""

    became = serializers.ChoiceField(choices=[one for one in StockMovement.Kind.choices if one[0] in SETTLES])
    reason = Text(max_length=200)


class StockMovements(Rows):
    """Movements into and out of the stores that the asker keeps; goods of handouts are told of with the handout."""

    queryset = StockMovement.objects.filter(handout=None)
    serializer_class = StockMovementRow
    filterset_class = StockMovementFilterSet

    def get_queryset(self) -> Any:
        mine = StockMovement.objects.where(self.request.user, Permission.PLAN_AID).filter(handout=None)
        return mine.with_answers().select_related("item", "from_site", "to_site", "bound_for", "answers", "voided_by")

    @act_on_list(ReceiptFacts, Stocked, below="receive")
    def receive(self, body: ReceiptFacts) -> Stocked:
        """Record what came into the store of a site."""
        facts = body.facts
        return receive_stock(facts.pop("site"), **facts)

    @act_on_list(SendingFacts, Stocked, below="send")
    def send(self, body: SendingFacts) -> Stocked:
        """Record what left for the store of another site."""
        facts = body.facts
        return send_stock(facts.pop("site"), **facts)

    @act_on_list(LossFacts, Stocked, below="write-off")
    def write_off(self, body: LossFacts) -> Stocked:
        """Record what is lost or spoilt in a store."""
        facts = body.facts
        return write_off(facts.pop("site"), **facts)

    @act_on_row(ReversalFacts, Stocked)
    def void(self, movement: StockMovement, body: ReversalFacts) -> Stocked:
        """Take back an entry of stock that was wrong."""
        return void_stock(movement, **body.facts)

    @act_on_row(CameFacts, Stocked)
    def confirm(self, sent: StockMovement, body: CameFacts) -> Stocked:
        """Say how many pieces came of what was sent."""
        return confirm_stock(sent, **body.facts)

    @act_on_row(SettlementFacts, Stocked)
    def settle(self, sent: StockMovement, body: SettlementFacts) -> Stocked:
        """Say what became of the difference between what was sent and what came."""
        return settle_stock(sent, **body.facts)


class StockCountRow(serializers.ModelSerializer[StockCount]):
    """How many pieces of an item one person counted in a store."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    item = serializers.SlugRelatedField[Item](slug_field="code", read_only=True)
    books = serializers.IntegerField(read_only=True, help_text="How many the movements say were there, without it.")

    class Meta:
        model = StockCount
        fields = (
            "id",
            "site",
            "item",
            "quantity",
            "books",
            "happened_at",
            "confirmed_at",
            "withdrawn_at",
            "withdrawn_reason",
        )


class StockCountFacts(ActFacts):
    """What was counted in a store."""

    site = SiteField()
    item = ItemField()
    quantity = Count(min_value=0, max_value=MOST)


class StockCounts(Rows):
    """Counts of stock in the stores that the asker keeps; a second person confirms each."""

    queryset = StockCount.objects.all()
    serializer_class = StockCountRow
    filterset_class = StockCountFilterSet

    def get_queryset(self) -> Any:
        mine = StockCount.objects.where(self.request.user, Permission.PLAN_AID)
        return mine.with_books().select_related("site", "item", "counted_by")

    @act_on_list(StockCountFacts, StockCounted)
    def create(self, body: StockCountFacts) -> StockCounted:
        """Count an item in a store."""
        facts = body.facts
        return count_stock(facts.pop("site"), **facts)

    @act_on_row(ActFacts, StockCounted)
    def confirm(self, count: StockCount, body: ActFacts) -> StockCounted:
        """Confirm what somebody else counted."""
        return confirm_count(count, **body.facts)

    @act_on_row(ReversalFacts, StockCounted)
    def withdraw(self, count: StockCount, body: ReversalFacts) -> StockCounted:
        """Take back a count that was wrong, while nobody has confirmed it."""
        return withdraw_count(count, **body.facts)
