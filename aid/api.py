"""The API of aid: distributions, handouts, stock, handing out and taking back."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aid.actions import HandedOut, Planned, Reversed, hand_out, reverse_handout, withdraw_distribution
from aid.counts import StockCount
from aid.filters import DistributionFilterSet, HandoutFilterSet, StockCountFilterSet, StockMovementFilterSet
from aid.forms import MOST
from aid.models import SETTLES, Distribution, EntitlementRule, Handout, Item, StockMovement
from aid.scanning import find_card
from aid.selectors import Line
from aid.storing import (
    StockCounted,
    Stocked,
    confirm_count,
    confirm_stock,
    count_stock,
    settle_stock,
    void_stock,
    withdraw_count,
)
from centre.access import Permission
from centre.fields import Count, Facts, Key, ShownSite, SiteField, Text
from centre.models import Site, User
from centre.sight import allowed_at
from centre.viewsets import ActFacts, OnPaper, Rows, act_on_list, act_on_row
from registrations.card_texts import LENGTH, read_card_text
from registrations.numbers import write_number

NO_SUCH_ITEM = _("This distribution does not give this item.")


def distributions_of(user: User) -> "QuerySet[Distribution]":
    """The distributions where the user may hand out or plan."""
    shown = allowed_at(user, Permission.HAND_OUT, Permission.PLAN_AID, path="site")
    return Distribution.objects.filter(shown).select_related("site")


class RuleRow(serializers.ModelSerializer[EntitlementRule]):
    """What a household may receive of one item."""

    item = serializers.SlugRelatedField[Item](slug_field="code", read_only=True)
    category = serializers.CharField(source="item.category", help_text="Its like goods; empty when it counts alone.")

    class Meta:
        model = EntitlementRule
        fields = ("item", "category", "per", "quantity", "every_days")


class DistributionRow(serializers.ModelSerializer[Distribution]):
    """A planned round of aid."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    rules = RuleRow(many=True, read_only=True)

    class Meta:
        model = Distribution
        fields = (
            "id",
            "name",
            "site",
            "starts_at",
            "ends_at",
            "planned_at",
            "withdrawn_at",
            "withdrawn_reason",
            "rules",
        )


class ReversalFacts(ActFacts):
    """Why a handout, an entry of stock, a count of it or a round is taken back."""

    reason = Text(max_length=200)


class Distributions(Rows):
    """Distributions at the asker's sites."""

    queryset = Distribution.objects.all()
    serializer_class = DistributionRow
    filterset_class = DistributionFilterSet

    def get_queryset(self) -> Any:
        return distributions_of(self.request.user).prefetch_related("rules__item")

    @act_on_row(ReversalFacts, Planned)
    def withdraw(self, distribution: Distribution, body: ReversalFacts) -> Planned:
        """Take back a round that was planned by mistake, while nothing stands given in it."""
        return withdraw_distribution(distribution, **body.facts)


class HandoutRow(serializers.ModelSerializer[Handout]):
    """What a household did receive."""

    number = serializers.SerializerMethodField()

    class Meta:
        model = Handout
        fields = (
            "id",
            "distribution",
            "household",
            "number",
            "people",
            "part",
            "collected_by",
            "card_read",
            "happened_at",
            "recorded_at",
            "reversed_at",
            "reversed_reason",
            "happened_anyway_at",
            "happened_anyway_reason",
        )

    def get_number(self, handout: Handout) -> str:
        return write_number(handout.household.number)


class GivenFacts(Facts):
    """So much of an item."""

    item = Text(max_length=20, help_text="The code of an item of the distribution.")
    quantity = Count(min_value=1, max_value=MOST)


class HandoutFacts(OnPaper, ActFacts):
    """Which card was scanned in which distribution."""

    distribution = Key()
    number = Text(max_length=LENGTH + 20, clean=read_card_text, help_text="What a scanner reads, or the number.")
    given = serializers.ListField(
        child=GivenFacts(),
        required=False,
        allow_empty=False,
        max_length=40,
        help_text="A part of what is due; all when absent.",
    )
    collected_by = Text(required=False, max_length=80, help_text="Who came for it, when not the family.")
    happened_anyway = Text(
        required=False, max_length=200, help_text="Why it was given although a rule stood against it."
    )

    def validate_distribution(self, key: Any) -> Distribution:
        distribution = distributions_of(self.asker).filter(pk=key).first()
        if distribution is None:
            raise serializers.ValidationError(_("There is nothing with this id."))
        return distribution

    def validate(self, attrs: Any) -> Any:
        """Each item that is given is one of the distribution's."""
        if "given" in attrs:
            gives = {rule.item.code: rule.item for rule in attrs["distribution"].rules.select_related("item")}
            wrong = [{} if line["item"] in gives else {"item": [NO_SUCH_ITEM]} for line in attrs["given"]]
            if any(wrong):
                raise serializers.ValidationError({"given": wrong})
            attrs["given"] = [Line(gives[line["item"]], line["quantity"]) for line in attrs["given"]]
        return attrs


class Handouts(Rows):
    """Handouts at the asker's sites."""

    queryset = Handout.objects.all()
    serializer_class = HandoutRow
    filterset_class = HandoutFilterSet
    about = "household_id"

    def get_queryset(self) -> Any:
        rounds = distributions_of(self.request.user).order_by()
        return Handout.objects.filter(distribution__in=rounds).select_related("household", "distribution__site")

    @act_on_list(HandoutFacts, HandedOut)
    def create(self, body: HandoutFacts) -> HandedOut:
        """Hand out what the card's household may receive."""
        facts = body.facts
        household, seen = find_card(facts.pop("number"))
        return hand_out(facts.pop("distribution"), household, card_read=seen, **facts)

    @act_on_row(ReversalFacts, Reversed)
    def reverse(self, handout: Handout, body: ReversalFacts) -> Reversed:
        """Take a handout back."""
        return reverse_handout(handout, **body.facts)


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
    item = serializers.SlugRelatedField[Item](slug_field="code", queryset=Item.objects.all())
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
