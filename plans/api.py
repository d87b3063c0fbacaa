"""The API of plans: asked for, searched for, stopped, confirmed; and families kept apart."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from centre.fields import Instant, Key, RowsField, ShownSite, Text
from centre.models import Site, User
from centre.viewsets import ActFacts, Rows, act_on_list, act_on_row
from plans.actions import Asked, ask_plan, search_plan, stop_plan
from plans.confirming import Confirmed, confirm_plan
from plans.filters import PlannedFamilyFilterSet
from plans.models import How, Plan, PlannedFamily, PlanState
from plans.words import LEFT_OUT, say
from registrations.models import Household
from shelter.apart import KeptApart, end_apart, keep_apart
from shelter.models import ApartPair
from shelter.one_house import sites_of
from shelter.sight import reach_of

MOST_HOUSES = 200
MOST_FAMILIES = 2000


def houses_of(user: User) -> "QuerySet[Site]":
    """The houses where the user may hold places."""
    return Site.objects.filter(pk__in=reach_of(user, timezone.now()).sites)


def supervised_by(user: User) -> "QuerySet[Household]":
    """The families that the user may keep apart."""
    return Household.objects.supervised_by(user)


class PlanRow(serializers.ModelSerializer[Plan]):
    """A plan, how its search stands, and what both plans win."""

    houses = serializers.SerializerMethodField()
    at = serializers.DateTimeField(source="act.at")
    state = serializers.ChoiceField(choices=PlanState.choices, read_only=True)
    numbers = serializers.SerializerMethodField(help_text="By plan, `greedy` and `solver`: what it wins.")

    class Meta:
        model = Plan
        fields = ("id", "at", "houses", "state", "percent", "people_so_far", "numbers")

    def get_houses(self, plan: Plan) -> list[str]:
        return [house.site.code for house in plan.houses.all()]

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "object"}})
    def get_numbers(self, plan: Plan) -> Any:
        return plan.numbers


class AskFacts(ActFacts):
    """Over which houses."""

    houses = RowsField(rows=houses_of, max_length=MOST_HOUSES, help_text="Sites by id.")


class PlanConfirmFacts(ActFacts):
    """Which of the two plans, which of its families, and until when places are held."""

    id = Key(
        required=False, help_text="Not kept: each family's act has an id of its own, from the plan and the family."
    )
    at = None  # type: ignore[assignment]  # each family's places are held as it is confirmed
    how = serializers.ChoiceField(choices=How.choices)
    families = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MOST_FAMILIES, help_text="Households by id."
    )
    until = Instant()

    def validate_until(self, until: Any) -> Any:
        if until <= timezone.now():
            raise serializers.ValidationError(_("The hold must end later than now."))
        return until

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        rows = self.context["row"].families.filter(how=attrs["how"], household__in=attrs["families"])
        found = list(rows.select_related("household").prefetch_related("places__room__site"))
        if len(found) != len(set(attrs["families"])):
            raise serializers.ValidationError({"families": [_("There is nothing with this id.")]})
        return attrs | {"families": found}


class Plans(Rows):
    """Plans over houses in all of which the asker may hold places."""

    queryset = Plan.objects.all()
    serializer_class = PlanRow

    def get_queryset(self) -> "QuerySet[Plan]":
        plans = Plan.objects.visible_to(self.request.user, timezone.now())
        return plans.select_related("act").prefetch_related("houses__site")

    @act_on_list(AskFacts, Asked)
    def create(self, body: AskFacts) -> Asked:
        """Plan the whole waiting list over these houses."""
        return ask_plan(**body.facts)

    @act_on_row(ActFacts, Asked)
    def search(self, plan: Plan, body: ActFacts) -> Asked:
        """Search for a better plan."""
        return search_plan(plan, **body.facts)

    @act_on_row(ActFacts, Asked)
    def stop(self, plan: Plan, body: ActFacts) -> Asked:
        """Stop the search; what it found is kept."""
        return stop_plan(plan, **body.facts)

    @act_on_row(PlanConfirmFacts, Confirmed)
    def confirm(self, plan: Plan, body: PlanConfirmFacts) -> Confirmed:
        """Hold the planned places, family by family; who is at the house already is checked in."""
        facts = body.facts
        return confirm_plan(plan, families=facts["families"], until=facts["until"], by=facts["by"])


class PlannedFamilyRow(serializers.ModelSerializer[PlannedFamily]):
    """A family in one of the two plans, with the room of each person, or why it has none."""

    site = ShownSite(help_text="Where they wait.")
    places = serializers.SerializerMethodField(help_text="By person: the room.")
    reasons = serializers.SerializerMethodField()
    doubts = serializers.SerializerMethodField()
    left_out = serializers.SerializerMethodField()

    class Meta:
        model = PlannedFamily
        fields = (
            "id", "plan", "how", "household", "site", "position", "size", "hours", "places", "reasons", "doubts",
            "left_out",
        )  # fmt: skip

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string", "format": "uuid"}})
    def get_places(self, row: PlannedFamily) -> dict[str, str]:
        return {str(place.individual_id): str(place.room_id) for place in row.places.all()}

    def get_reasons(self, row: PlannedFamily) -> list[str]:
        """In words, in the language of the request."""
        return say(row.reasons)

    def get_doubts(self, row: PlannedFamily) -> list[str]:
        return say(row.doubts)

    def get_left_out(self, row: PlannedFamily) -> str:
        return str(LEFT_OUT[row.left_out]) if row.left_out else ""


class PlannedFamilies(Rows):
    """The families of the plans that the asker sees, in their turn."""

    queryset = PlannedFamily.objects.all()
    serializer_class = PlannedFamilyRow
    filterset_class = PlannedFamilyFilterSet
    about = "household_id"

    def get_queryset(self) -> "QuerySet[PlannedFamily]":
        plans = Plan.objects.visible_to(self.request.user, timezone.now()).values("pk")
        return PlannedFamily.objects.filter(plan__in=plans).select_related("site").prefetch_related("places")


class ApartRow(serializers.ModelSerializer[ApartPair]):
    """Two families that are not put into one house."""

    in_one_house = serializers.SerializerMethodField(help_text="The sites where both sleep now all the same, by code.")

    class Meta:
        model = ApartPair
        fields = ("id", "first", "second", "reason", "ended_at", "in_one_house")

    def get_in_one_house(self, pair: ApartPair) -> list[str]:
        return [site.code for site in self.context["houses"][pair.pk]]


class ApartFacts(ActFacts):
    """The two families, and why."""

    household = RowsField(rows=supervised_by, max_length=1, help_text="The one family.")
    other = RowsField(rows=supervised_by, max_length=1, help_text="The other family.")
    reason = Text(max_length=200)


class ApartPairs(Rows):
    """Families kept apart, of those that the asker supervises."""

    queryset = ApartPair.objects.all()
    serializer_class = ApartRow
    about = "first_id"

    def get_queryset(self) -> "QuerySet[ApartPair]":
        return ApartPair.objects.supervised_by(self.request.user)

    def get_serializer(self, *about: Any, **how: Any) -> Any:
        """With the houses where both families of these rows sleep; asked for once."""
        pairs = [pair for one in about for pair in (one if how.get("many") else [one])]
        houses = sites_of(pairs, self.request.user, timezone.now()) if pairs else {}
        how["context"] = {**self.get_serializer_context(), "houses": houses}
        return self.serializer_class(*about, **how)

    @act_on_list(ApartFacts, KeptApart)
    def create(self, body: ApartFacts) -> KeptApart:
        """Keep two families apart."""
        facts = body.facts
        (household,), (other,) = facts.pop("household"), facts.pop("other")
        return keep_apart(household, other=other, **facts)

    @act_on_row(ActFacts, KeptApart)
    def end(self, pair: ApartPair, body: ActFacts) -> KeptApart:
        """They may be put into one house again."""
        return end_apart(pair, **body.facts)
