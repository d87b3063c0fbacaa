"""The API of people: households, individuals and where they are."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Subquery, Value
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from centre.access import Permission
from centre.fields import ShownSite
from centre.models import Site, User
from centre.viewsets import NamedRows, Rows
from registrations.births import born_for_machines
from registrations.facts import MONTHS_SAID, age_on, months_on
from registrations.filters import HouseholdFilterSet, IndividualFilterSet, PresenceFilterSet
from registrations.in_sight import reasons_to_see
from registrations.living import known_deaths
from registrations.models import Household, Individual, Membership, Presence, SpecificNeed
from registrations.numbers import write_number
from registrations.search import search_households, search_individuals
from registrations.where_told import facts_told_to


class ResidenceRow(serializers.Serializer[Any]):
    """A district and a settlement, as they were said."""

    district = serializers.CharField()
    settlement = serializers.CharField()


class HouseholdRow(serializers.ModelSerializer[Household]):
    """A household, with how many people it has today."""

    number = serializers.SerializerMethodField()
    site = ShownSite()
    last_residence = serializers.SerializerMethodField()
    original_registration = serializers.SerializerMethodField()
    size = serializers.IntegerField()
    urgent_need = serializers.SerializerMethodField()

    class Meta:
        model = Household
        fields = (
            "id",
            "number",
            "site",
            "pre_registered_at",
            "registered_at",
            "last_residence",
            "original_registration",
            "phones",
            "languages",
            "vehicle",
            "going",
            "destination_marz",
            "size",
            "urgent_need",
        )

    def get_number(self, household: Household) -> str:
        return write_number(household.number)

    @extend_schema_field(ResidenceRow)
    def get_last_residence(self, household: Household) -> dict[str, str]:
        return {
            "district": household.last_residence_district,
            "settlement": household.last_residence_settlement,
        }

    @extend_schema_field(ResidenceRow)
    def get_original_registration(self, household: Household) -> dict[str, str]:
        return {
            "district": household.original_registration_district,
            "settlement": household.original_registration_settlement,
        }

    def get_urgent_need(self, household: Any) -> str | None:
        """The need told at the gate; null where the role shows no needs."""
        return household.urgent_need_id if household.needs_shown else None


@extend_schema_view(find=extend_schema(responses=HouseholdRow(many=True)))
class Households(NamedRows):
    """Households that the asker's role shows."""

    queryset = Household.objects.all()
    serializer_class = HouseholdRow
    filterset_class = HouseholdFilterSet
    about = "pk"

    def get_queryset(self) -> Any:
        user = self.request.user
        seen = Household.objects.visible_to(user).select_related("site").with_size(known_deaths(user))
        return seen.annotate(needs_shown=needs_shown(Household.objects.all(), user))

    def search(self, query: str) -> Sequence[Household]:
        user = self.request.user
        people = Individual.objects.visible_to(user)
        return search_households(self.filter_queryset(self.get_queryset()), people, query, by=user)[0]


class IndividualRow(serializers.ModelSerializer[Individual]):
    """A person, with their place in their household of today."""

    household = serializers.SerializerMethodField()
    relationship = serializers.SerializerMethodField()
    carer_kind = serializers.SerializerMethodField()
    carer = serializers.SerializerMethodField()
    counted_as = serializers.SerializerMethodField()
    needs = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField(help_text="Of one person, by their id; null in lists and for others.")
    birth_date = serializers.SerializerMethodField(help_text="A day, or a month as 1989-05, where one was said.")
    birth_year = serializers.SerializerMethodField(help_text="Where only the year was said.")
    age = serializers.SerializerMethodField(help_text="In whole years today, where only an age was said.")
    age_months = serializers.SerializerMethodField(help_text="In whole months today, where that was said.")

    class Meta:
        model = Individual
        fields = (
            "id",
            "household",
            "given_name",
            "family_name",
            "fathers_name",
            "sex",
            "birth_date",
            "birth_year",
            "age",
            "age_months",
            "age_group",
            "birth_precision",
            "relationship",
            "carer_kind",
            "carer",
            "documents",
            "needs",
            "pre_registered_at",
            "registered_at",
            "counted_as",
        )

    @extend_schema_field({"type": ["string", "null"]})
    def get_birth_date(self, person: Any) -> str | None:
        return born_for_machines(person.birth) if person.birth.precision in ("day", "month") else None

    @extend_schema_field({"type": ["integer", "null"]})
    def get_birth_year(self, person: Any) -> int | None:
        return person.birth_date.year if person.birth.precision == "year" else None

    @extend_schema_field({"type": ["integer", "null"]})
    def get_age(self, person: Any) -> int | None:
        return age_on(person.birth_date, timezone.localdate()) if person.birth.precision == "age" else None

    @extend_schema_field({"type": ["integer", "null"]})
    def get_age_months(self, person: Any) -> int | None:
        said = person.birth.precision == MONTHS_SAID
        return months_on(person.birth_date, timezone.localdate()) if said else None

    @extend_schema_field(OpenApiTypes.UUID)
    def get_household(self, person: Any) -> str:
        return str(person.memberships_now[0].household_id)

    def get_relationship(self, person: Any) -> str:
        return person.memberships_now[0].relationship

    def get_carer_kind(self, person: Any) -> str:
        return person.memberships_now[0].carer_kind

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def get_carer(self, person: Any) -> str | None:
        carer = person.memberships_now[0].carer_id
        return str(carer) if carer else None

    @extend_schema_field(OpenApiTypes.UUID)
    def get_counted_as(self, person: Any) -> str:
        """The person this record counts as: another one where the two were merged."""
        return str(person.memberships_now[0].counted_as_id)

    @extend_schema_field({"type": ["array", "null"], "items": {"type": "object"}})
    def get_documents(self, person: Any) -> list[dict[str, str]] | None:
        """Whoever collects numbers of documents by the hundred is no desk: each person is opened, and leaves a line."""
        if self.context["view"].action != "retrieve":
            return None
        user = self.context["request"].user
        seen = Individual.objects.filter(pk=person.pk).visible_to(user, permission=Permission.SEE_DOCUMENTS)
        return list(person.documents) if seen.exists() else None

    @extend_schema_field({"type": ["array", "null"], "items": {"type": "string"}})
    def get_needs(self, person: Any) -> list[str] | None:
        """Codes of the specific needs; null where the role shows none."""
        return sorted(need.code_id for need in person.needs_now) if person.needs_shown else None


@extend_schema_view(find=extend_schema(responses=IndividualRow(many=True)))
class Individuals(NamedRows):
    """Individuals that the asker's role shows."""

    queryset = Individual.objects.all()
    serializer_class = IndividualRow
    filterset_class = IndividualFilterSet
    about = "pk"

    def get_queryset(self) -> Any:
        user = self.request.user
        return (
            Individual.objects.visible_to(user)
            .annotate(needs_shown=needs_shown(Individual.objects.all(), user))
            .prefetch_related(
                Prefetch("memberships", Membership.objects.today(), to_attr="memberships_now"),
                Prefetch("specific_needs", SpecificNeed.objects.filter(ended_at__isnull=True), to_attr="needs_now"),
            )
        )

    def search(self, query: str) -> Sequence[Individual]:
        return search_individuals(self.filter_queryset(self.get_queryset()), query, by=self.request.user)


class PresenceRow(serializers.ModelSerializer[Presence]):
    """A person's time at a site; without an end while it lasts."""

    id = serializers.UUIDField(source="movement_id", help_text="The movement that began it.")
    site = serializers.SlugRelatedField[Site](slug_field="code", read_only=True)
    since = serializers.DateTimeField(source="during.lower")
    until = serializers.DateTimeField(source="during.upper", allow_null=True)
    ended_by = serializers.UUIDField(
        source="ended_by_told", allow_null=True, help_text="The movement that ended it, where the asker may know of it."
    )
    card_read = serializers.BooleanField(
        source="movement.card_read", allow_null=True, help_text="Whether a card was seen; null where nobody asked."
    )

    class Meta:
        model = Presence
        fields = ("id", "individual", "site", "since", "until", "ended_by", "card_read")


class Presences(Rows):
    """Presences of the people whom the asker's role shows; at a confidential site, only to those who work there."""

    queryset = Presence.objects.all()
    serializer_class = PresenceRow
    filterset_class = PresenceFilterSet
    about = "individual_id"

    def get_queryset(self) -> Any:
        user = self.request.user
        told = facts_told_to(user, timezone.now()).filter(pk=OuterRef("ended_by"))
        return (
            Presence.objects.filter(
                individual__in=Individual.objects.visible_to(user).order_by().values("memberships__counted_as"),
                site__in=Site.objects.visible_to(user).order_by(),
            )
            .annotate(ended_by_told=Subquery(told.values("pk")))
            .select_related("site", "movement")
        )


def needs_shown(rows: Any, user: User) -> Any:
    """An annotation: whether the user's roles show the specific needs of the row."""
    reasons = reasons_to_see(user, timezone.now(), Permission.SEE_NEEDS)
    if not reasons:
        return Value(reasons is None)
    return Exists(rows.visible_to(user, permission=Permission.SEE_NEEDS).filter(pk=OuterRef("pk")))
