"""The API of casework: cases and the steps in them, for those who follow them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from casework.actions import (
    Followed,
    Observed,
    OnDuty,
    ask_to_hand_over_child,
    close_case,
    do_in_case,
    hand_over_case,
    note,
    observe,
    open_case,
    plan,
    reopen_case,
    set_duty,
    set_urgency,
    take_case,
    void_step,
)
from casework.fields import Due, Line, Words
from casework.filters import CaseFilterSet
from casework.forms import LONGEST_SHIFT, NO_SHIFT, read_one_phone
from casework.kinds import Kind, Outcome, Sign, Topic, Urgency
from casework.letter_actions import keep_letter
from casework.letter_api import LetterFacts
from casework.models import Case, Duty, Step
from casework.selectors import followers_at
from centre.access import Permission
from centre.fields import Choice, Key, ShownSite, SiteField, Text
from centre.models import Site
from centre.sight import allowed_at
from centre.viewsets import ActFacts, Acts, Rows, act_on_list, act_on_row
from registrations.models import Individual


class CaseRow(serializers.ModelSerializer[Case]):
    """A matter followed for a person; what is said in it is at `cases/{id}/steps/`."""

    site = ShownSite()

    class Meta:
        model = Case
        fields = (
            "id",
            "individual",
            "counted_as",
            "counted_with",
            "household",
            "site",
            "kind",
            "reason",
            "urgency",
            "follower",
            "due_at",
            "opened_at",
            "first_action_at",
            "outcome",
            "closed_at",
        )


class StepRow(serializers.ModelSerializer[Step]):
    """A step in a case, with what was said."""

    words = serializers.CharField(source="said", read_only=True)

    class Meta:
        model = Step
        fields = (
            "id",
            "case",
            "kind",
            "words",
            "happened_at",
            "recorded_at",
            "by",
            "due_at",
            "fulfils",
            "follower",
            "urgency",
            "reason",
            "topic",
            "sign",
            "outcome",
            "traced",
            "declined",
            "voids",
        )


class WordsFacts(ActFacts):
    """What is written down."""

    words = Words()


class WhyFacts(ActFacts):
    """What is written down, if anything."""

    words = Words(required=False)


class PlanFacts(WordsFacts):
    """What is to be done by when."""

    topic = Choice(choices=Topic.choices, required=False, allow_blank=True, default="")
    due_at = Due()


class DoneFacts(WhyFacts):
    """What was done."""

    topic = Choice(choices=Topic.choices, required=False, allow_blank=True, default="")
    fulfils = Key(required=False, help_text="The step that planned it.")


class HandOverFacts(ActFacts):
    """Who follows the case from now on."""

    to = Key(required=False, allow_null=True, default=None, help_text="Who follows cases there; null for nobody.")
    words = Words(required=False)


class UrgencyFacts(ActFacts):
    """How soon somebody has to look."""

    urgency = Choice(choices=Urgency.choices)


class CloseFacts(ActFacts):
    """How the matter ended."""

    outcome = Choice(choices=Outcome.choices)
    words = Words(required=False)
    happened_anyway = Text(
        required=False, max_length=200, help_text="Why it is closed while something is to be done, or a service asked."
    )


class Cases(Rows):
    """Cases of the people who are at the asker's sites, and those the asker follows."""

    queryset = Case.objects.all()
    serializer_class = CaseRow
    filterset_class = CaseFilterSet
    about = "individual_id"

    def get_queryset(self) -> Any:
        return Case.objects.visible_to(self.request.user).select_related("site")

    @act_on_row(ActFacts, Followed)
    def take(self, case: Case, body: ActFacts) -> Followed:
        """Follow a case that nobody follows."""
        return take_case(case, **body.facts)

    @act_on_row(HandOverFacts, Followed, url_path="hand-over")
    def hand_over(self, case: Case, body: HandOverFacts) -> Followed:
        """Let somebody else follow a case, or nobody."""
        facts = body.facts
        key = facts.pop("to")
        to = followers_at(case.site, self.request.user).filter(pk=key).first() if key else None
        if key and to is None:
            raise serializers.ValidationError({"to": [_("This person follows no cases at this place.")]})
        return hand_over_case(case, to=to, **facts)

    @act_on_row(WordsFacts, Followed)
    def note(self, case: Case, body: WordsFacts) -> Followed:
        """Write down what is known."""
        return note(case, **body.facts)

    @act_on_row(PlanFacts, Followed)
    def plan(self, case: Case, body: PlanFacts) -> Followed:
        """Write down what is to be done by when."""
        return plan(case, **body.facts)

    @act_on_row(DoneFacts, Followed)
    def done(self, case: Case, body: DoneFacts) -> Followed:
        """Write down what was done, perhaps what was planned."""
        facts = body.facts
        key = facts.pop("fulfils", None)
        step = Step.objects.filter(pk=key, case=case, kind=Step.Kind.PLANNED).first() if key else None
        if key and step is None:
            raise serializers.ValidationError({"fulfils": [_("There is no such step in this case.")]})
        return do_in_case(case, fulfils=step, **facts)

    @act_on_row(LetterFacts, Followed)
    def letter(self, case: Case, body: LetterFacts) -> Followed:
        """Keep a letter or a photo with the case."""
        return keep_letter(case, **body.facts)

    @act_on_row(WordsFacts, Followed)
    def handing(self, case: Case, body: WordsFacts) -> Followed:
        """Ask a colleague to agree, by closing with `handed_over`, that the child is handed to somebody."""
        return ask_to_hand_over_child(case, **body.facts)

    @act_on_row(UrgencyFacts, Followed)
    def urgency(self, case: Case, body: UrgencyFacts) -> Followed:
        """Say how soon somebody has to look."""
        return set_urgency(case, **body.facts)

    @act_on_row(CloseFacts, Followed)
    def close(self, case: Case, body: CloseFacts) -> Followed:
        """Close a case with how it ended."""
        return close_case(case, **body.facts)

    @act_on_row(WordsFacts, Followed)
    def reopen(self, case: Case, body: WordsFacts) -> Followed:
        """Let a closed case go on."""
        return reopen_case(case, **body.facts)


class Steps(Rows):
    """The steps in the cases that the asker sees, with what was said; each look leaves a line in the log."""

    queryset = Step.objects.all()
    serializer_class = StepRow
    filterset_class = None
    about = "case.individual_id"

    def get_queryset(self) -> Any:
        return Step.objects.filter(case__in=Case.objects.visible_to(self.request.user)).select_related("case")

    @act_on_row(WhyFacts, Followed)
    def void(self, step: Step, body: WhyFacts) -> Followed:
        """Say that a step was wrong."""
        return void_step(step, **body.facts)


class ObserveFacts(ActFacts):
    """What was seen of a person."""

    site = SiteField()
    sign = Choice(choices=Sign.choices)


class OpenFacts(ActFacts):
    """A matter to be followed."""

    kind = Choice(choices=Kind.choices)
    urgency = Choice(choices=Urgency.choices)
    words = Words(required=False)


class CasesOfPeople(Acts):
    """Matters opened for people."""

    queryset = Individual.objects.none()

    def get_queryset(self) -> Any:
        return Individual.objects.in_hand_of(self.request.user)

    @act_on_row(ObserveFacts, Observed)
    def observe(self, individual: Individual, body: ObserveFacts) -> Observed:
        """Tell who follows cases what was seen; what came of it is not told back."""
        return observe(individual, **body.facts)

    @act_on_row(OpenFacts, Followed, url_path="open-case")
    def open_case(self, individual: Individual, body: OpenFacts) -> Followed:
        """Open a case for a person."""
        return open_case(individual, **body.facts)


class DutyRow(serializers.ModelSerializer[Duty]):
    """Who is called at a site in a shift."""

    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)

    class Meta:
        model = Duty
        fields = ("id", "site", "name", "phone", "from_at", "until", "ended_at")


class DutyFacts(ActFacts):
    """Who is called at a site in a shift."""

    site = SiteField()
    name = Line(max_length=80)
    phone = Text(max_length=40, clean=read_one_phone)
    from_at = Due()
    until = Due()

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if not said["from_at"] < said["until"] <= said["from_at"] + LONGEST_SHIFT:
            raise serializers.ValidationError({"until": [NO_SHIFT]})
        return said


class Duties(Rows):
    """Who is called at the sites where the asker follows cases."""

    queryset = Duty.objects.all()
    serializer_class = DutyRow
    filterset_class = None

    def get_queryset(self) -> Any:
        shown = allowed_at(self.request.user, Permission.SEE_CASES, path="site")
        return Duty.objects.filter(shown).select_related("site")

    @act_on_list(DutyFacts, OnDuty)
    def create(self, body: DutyFacts) -> OnDuty:
        """Put somebody on duty."""
        return set_duty(**body.facts)
