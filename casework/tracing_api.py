"""The API of searches: who is sought, the people who may be found, and what came of it."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from casework.fields import Words
from casework.filters import TracingMatchFilterSet, TracingRequestFilterSet
from casework.kinds import Answer, Consent, SearchEnd
from casework.tracing import TO_SEEKER, TracingMatch, TracingRequest
from casework.tracing_actions import Sought, answer_match, ask_seeker, end_search, seek_person
from casework.tracing_forms import NAME_MISSING, OLDEST_AGE, OLDEST_YEAR
from casework.tracing_selectors import told_about
from centre.clock import local_day
from centre.fields import Choice, Count, Text
from centre.lines import LineField
from centre.viewsets import ActFacts, Acts, DatedFacts, Rows, act_on_row
from registrations.choices import Sex
from registrations.facts import Birth
from registrations.models import Individual


class TracingRequestRow(serializers.ModelSerializer[TracingRequest]):
    """A person who is sought."""

    class Meta:
        model = TracingRequest
        fields = (
            "id",
            "case",
            "given_name",
            "family_name",
            "fathers_name",
            "sex",
            "birth_date",
            "birth_precision",
            "relationship",
            "last_seen",
            "consent",
            "asked_at",
            "outcome",
            "closed_at",
        )


class TracingMatchRow(serializers.ModelSerializer[TracingMatch]):
    """A registered person who may be the one sought; null where the asker may not know where they are."""

    individual = serializers.SerializerMethodField()

    class Meta:
        model = TracingMatch
        fields = ("id", "request", "individual", "agrees", "found_at", "answer", "answered_at")

    def get_individual(self, match: TracingMatch) -> str | None:
        return str(match.counted_as_id) if match.counted_as_id in self.context["told"] else None


class SeekFacts(DatedFacts):
    """Who is sought."""

    given_name = Text(max_length=80, required=False, allow_blank=True, clean=LineField().clean)
    family_name = Text(max_length=80, required=False, allow_blank=True, clean=LineField().clean)
    fathers_name = Text(max_length=80, required=False, allow_blank=True, clean=LineField().clean)
    sex = Choice(choices=Sex.choices, required=False)
    birth_year = Count(required=False, min_value=OLDEST_YEAR, max_value=9999)
    age = Count(required=False, min_value=0, max_value=OLDEST_AGE, help_text="In whole years, on the day of `at`.")
    relationship = Choice(choices=TO_SEEKER, required=False)
    last_seen = Words(required=False)
    consent = Choice(choices=Consent.choices, required=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if not said.get("given_name") and not said.get("family_name"):
            raise serializers.ValidationError({"family_name": [NAME_MISSING]})
        year, age = said.pop("birth_year", None), said.pop("age", None)
        if year is not None:
            return said | {"birth": Birth.in_year(year)}
        return said | ({"birth": Birth.of_age(age, local_day(said["at"]))} if age is not None else {})


class ConsentFacts(ActFacts):
    """Whether who seeks agrees."""

    consent = Choice(choices=Consent.choices)


class AnswerFacts(ActFacts):
    """What became of a match."""

    answer = Choice(choices=Answer.choices)
    shown = Choice(
        choices=Answer.choices,
        required=False,
        allow_blank=True,
        help_text="The answer that was read before, empty for none; where it has changed since, this is refused.",
    )
    words = Words(required=False)


class EndFacts(ActFacts):
    """How a search ended."""

    outcome = Choice(choices=SearchEnd.choices)
    words = Words(required=False)


class SearchesForPeople(Acts):
    """Searches that people ask for."""

    queryset = Individual.objects.none()

    def get_queryset(self) -> Any:
        return Individual.objects.in_hand_of(self.request.user)

    @act_on_row(SeekFacts, Sought)
    def seek(self, individual: Individual, body: SeekFacts) -> Sought:
        """Search for somebody whom this person has lost."""
        return seek_person(individual, **body.facts)


class TracingRequests(Rows):
    """Searches in the cases that the asker follows; each look leaves a line in the log."""

    queryset = TracingRequest.objects.all()
    serializer_class = TracingRequestRow
    filterset_class = TracingRequestFilterSet
    about = "case.individual_id"

    def get_queryset(self) -> Any:
        return TracingRequest.objects.visible_to(self.request.user).select_related("case__counted_with")

    @act_on_row(ConsentFacts, Sought)
    def consent(self, search: TracingRequest, body: ConsentFacts) -> Sought:
        """Write down whether who seeks agrees that the other is told."""
        return ask_seeker(search, **body.facts)

    @act_on_row(EndFacts, Sought)
    def end(self, search: TracingRequest, body: EndFacts) -> Sought:
        """End a search."""
        return end_search(search, **body.facts)


class TracingMatches(Rows):
    """People who may be those sought, for who follows the case; each look leaves a line in the log."""

    queryset = TracingMatch.objects.all()
    serializer_class = TracingMatchRow
    filterset_class = TracingMatchFilterSet
    about = "counted_as_id"

    def get_queryset(self) -> Any:
        return TracingMatch.objects.visible_to(self.request.user).select_related("request__case__counted_with")

    def get_serializer(self, *about: Any, **how: Any) -> Any:
        """With where the people of these rows are, as far as the asker is told; asked for once."""
        rows = [row for one in about for row in (one if how.get("many") else [one])]
        told = told_about([row.counted_as_id for row in rows], self.request.user, timezone.now()) if rows else set()
        how["context"] = {**self.get_serializer_context(), "told": told}
        return self.serializer_class(*about, **how)

    @act_on_row(AnswerFacts, Sought)
    def answer(self, match: TracingMatch, body: AnswerFacts) -> Sought:
        """Say whether it is them, whether they agree, and when contact is made."""
        return answer_match(match, **body.facts)
