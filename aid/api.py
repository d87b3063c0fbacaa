"""The API of aid: items, distributions, handing out and taking back."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aid.actions import (
    HandedOut,
    ItemSaved,
    Planned,
    Reversed,
    Rule,
    add_item,
    categorise_item,
    end_distribution,
    hand_out,
    plan_distribution,
    reverse_handout,
    withdraw_distribution,
)
from aid.filters import DistributionFilterSet, HandoutFilterSet
from aid.forms import LONGEST_INTERVAL, MOST, MOST_FOR_ONE
from aid.models import Distribution, EntitlementRule, Handout, Item
from aid.scanning import find_card
from aid.selectors import Line
from centre.access import Permission, allows
from centre.fields import Choice, Count, Facts, Instant, Key, SiteField, Text
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


class ItemField(serializers.SlugRelatedField[Item]):
    """An item by its code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="code", queryset=Item.objects.all(), **options)


class ItemRow(serializers.ModelSerializer[Item]):
    """A kind of thing that is given out."""

    class Meta:
        model = Item
        fields = ("id", "code", "name_en", "name_hy", "name_ru", "category")


class CategoryFacts(ActFacts):
    """Which goods an item counts together with."""

    category = Choice(Item.Category.choices, allow_blank=True, help_text="Empty: it counts alone.")


class ItemFacts(ActFacts):
    """An item for the list."""

    name_en = Text(max_length=80)
    name_hy = Text(required=False, max_length=80)
    name_ru = Text(required=False, max_length=80)
    category = Choice(Item.Category.choices, required=False, help_text="It counts alone when absent.")


class Items(Rows):
    """What is given out, for who plans aid."""

    queryset = Item.objects.all()
    serializer_class = ItemRow

    def get_queryset(self) -> Any:
        return Item.objects.all() if allows(self.request.user, Permission.PLAN_AID) else Item.objects.none()

    @act_on_list(ItemFacts, ItemSaved)
    def create(self, body: ItemFacts) -> ItemSaved:
        """Put an item on the list; it gets its code from its name."""
        return add_item(**body.facts)

    @act_on_row(CategoryFacts, ItemSaved)
    def categorise(self, item: Item, body: CategoryFacts) -> ItemSaved:
        """Say which goods it counts together with from now on."""
        return categorise_item(item, **body.facts)


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


class RuleFacts(Facts):
    """What a distribution gives of one item."""

    item = ItemField()
    per = Choice(EntitlementRule.Per.choices)
    quantity = Count(min_value=1, max_value=MOST_FOR_ONE)
    every_days = Count(required=False, min_value=1, max_value=LONGEST_INTERVAL, help_text="Like goods once in so many.")


class RoundFacts(ActFacts):
    """A round of aid."""

    site = SiteField()
    name = Text(max_length=80)
    starts_at = Instant()
    ends_at = Instant(required=False, help_text="It runs until it is ended when absent.")
    rules = serializers.ListField(child=RuleFacts(), allow_empty=False, max_length=40)

    def validate_rules(self, rows: list[dict[str, Any]]) -> list[Rule]:
        return [Rule(**row) for row in rows]


class Distributions(Rows):
    """Distributions at the asker's sites."""

    queryset = Distribution.objects.all()
    serializer_class = DistributionRow
    filterset_class = DistributionFilterSet

    def get_queryset(self) -> Any:
        return distributions_of(self.request.user).prefetch_related("rules__item")

    @act_on_list(RoundFacts, Planned)
    def create(self, body: RoundFacts) -> Planned:
        """Plan a distribution: when it runs, and what each family may receive."""
        facts = body.facts
        return plan_distribution(facts.pop("site"), **facts)

    @act_on_row(ActFacts, Planned)
    def end(self, distribution: Distribution, body: ActFacts) -> Planned:
        """End it now: cards that are scanned later are refused."""
        return end_distribution(distribution, **body.facts)

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
