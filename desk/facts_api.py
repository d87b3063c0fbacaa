"""The API of who people are, what they need and who belongs together: correcting, joining, splitting, taking back."""

from typing import Any

from django.db.models import Q
from rest_framework import serializers

from centre.models import Act
from centre.viewsets import Acts, Rows, act_on_row
from desk.actions import Registered
from desk.belonging import Joined, change_household, join, make_head, never_was, split, undo
from desk.correcting import Corrected, correct, settle
from desk.needing import Needed, change_needs
from desk.said_bodies import (
    GoingOverBody,
    HeadBody,
    HouseholdCorrection,
    JoiningBody,
    NeedsBody,
    NeverWasBody,
    PersonCorrection,
    SettlingBody,
    SplittingBody,
    UndoingBody,
)
from registrations.corrections import Conflict
from registrations.models import Household, Individual


class People(Acts):
    """Individuals who are said anew, and what they need."""

    queryset = Individual.objects.all()

    def get_queryset(self) -> Any:
        return Individual.objects.in_hand_of(self.request.user)

    @act_on_row(NeedsBody, Needed)
    def needs(self, individual: Individual, body: NeedsBody) -> Needed:
        """Let needs of a person begin and end; who is not shown them adds those that a desk may pick."""
        return change_needs(individual, **body.facts)

    @act_on_row(PersonCorrection, Corrected)
    def correct(self, individual: Individual, body: PersonCorrection) -> Corrected:
        """Say fields of a person anew; what no longer says what was read is named as a conflict, not overwritten."""
        household = Household.objects.get(pk=individual.memberships.today().get().household_id)
        return correct(household, said=body.said, carers=body.facts["carers"], **_signed(body))


class Families(Acts):
    """Households that are said anew, grow, split and come together."""

    queryset = Household.objects.all()

    def get_queryset(self) -> Any:
        return Household.objects.in_hand_of(self.request.user)

    @act_on_row(HouseholdCorrection, Corrected)
    def correct(self, household: Household, body: HouseholdCorrection) -> Corrected:
        """Say fields of a household anew: home, telephones, vehicle, where they go."""
        return correct(household, said=body.said, **_signed(body))

    @act_on_row(JoiningBody, Registered)
    def join(self, household: Household, body: JoiningBody) -> Registered:
        """Register somebody who came after the family."""
        return join(household, **body.facts)

    @act_on_row(HeadBody, Joined)
    def head(self, household: Household, body: HeadBody) -> Joined:
        """Let another member be the head."""
        return make_head(household, **body.facts)

    @act_on_row(SplittingBody, Joined)
    def split(self, household: Household, body: SplittingBody) -> Joined:
        """Let members be a household of their own; the card stays with those who stay."""
        facts = body.facts
        card = facts.pop("card", None)
        return split(household, **facts, **({"card": card.number} if card else {}))

    @act_on_row(GoingOverBody, Joined, url_path="change-household")
    def change_household(self, household: Household, body: GoingOverBody) -> Joined:
        """Let members go over to another household."""
        return change_household(household, **body.facts)

    @act_on_row(NeverWasBody, Joined, url_path="never-was")
    def never_was(self, household: Household, body: NeverWasBody) -> Joined:
        """Take out members who never were, with everything told of where they were."""
        return never_was(household, **body.facts)


class ConflictRow(serializers.ModelSerializer[Conflict]):
    """What two desks said otherwise: what the later one read, and what it meant."""

    class Meta:
        model = Conflict
        fields = ("id", "individual", "household", "membership", "field", "was", "now", "reason", "recorded_at")

    def to_representation(self, conflict: Conflict) -> dict[str, Any]:
        """Without what documents say: their numbers stand in no list, and are settled on the person's file."""
        row = super().to_representation(conflict)
        return row | {"was": None, "now": None} if conflict.field == "documents" else row


class Conflicts(Rows):
    """Conflicts that wait for somebody to decide, of families in the asker's hand."""

    queryset = Conflict.objects.all()
    serializer_class = ConflictRow
    about = "about"

    def get_queryset(self) -> Any:
        seen = Household.objects.in_hand_of(self.request.user).order_by().values("pk")
        about = (
            Q(household__in=seen) | Q(membership__household__in=seen) | Q(individual__memberships__household__in=seen)
        )
        return Conflict.objects.filter(about, settled_in=None).select_related("membership").distinct()

    @act_on_row(SettlingBody, Corrected)
    def settle(self, conflict: Conflict, body: SettlingBody) -> Corrected:
        """Decide between what stands and what the later desk meant."""
        return settle(conflict, **body.facts)


class Undoings(Acts):
    """Acts that are taken back."""

    queryset = Act.objects.all()

    def get_queryset(self) -> Any:
        seen = Household.objects.in_hand_of(self.request.user).order_by().values("pk")
        told = (
            Q(corrections__household__in=seen)
            | Q(corrections__membership__household__in=seen)
            | Q(corrections__individual__memberships__household__in=seen)
            | Q(memberships__household__in=seen)
        )
        return Act.objects.filter(told).distinct()

    @act_on_row(UndoingBody, Joined)
    def undo(self, done: Act, body: UndoingBody) -> Joined:
        """Take back everything that an act said of who people are and who belongs together."""
        return undo(done, **body.facts)


def _signed(body: Any) -> dict[str, Any]:
    return {name: body.facts[name] for name in ("id", "at", "by", "reason") if name in body.facts}
