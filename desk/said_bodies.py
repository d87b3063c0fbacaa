"""What the API takes where people and families are said anew: the fields of an intake, each by itself."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from centre.clock import local_day
from centre.fields import Choice, Count, Facts, Key, SiteField, Text
from centre.models import Marz
from centre.viewsets import ActFacts, DatedFacts
from desk.births import OLDEST
from desk.bodies import (
    MOST_DOCUMENTS,
    MOST_NEEDS,
    MOST_PHONES,
    DocumentFacts,
    PersonBody,
    Residence,
    birth_from,
    clean_name,
    line,
    read_iso_date,
)
from desk.carers import Carer
from desk.correcting import Said, told_birth
from desk.fields import LONGEST_PHONES, PhoneField, phones_in
from desk.intake import HEAD, MOST_ROWS, OTHER_CARERS, child_key
from registrations.births import MOST_MONTHS
from registrations.card_texts import LENGTH, read_card_text
from registrations.facts import PersonFacts
from registrations.models import AgeGroup, Going, Household, Membership, NeedCode, Relationship, Sex

BIRTHS = ("birth_date", "birth_year", "age", "age_months", "age_group")
OTHERS = tuple(kind for kind, _label in OTHER_CARERS)


class PersonSaid(Facts):
    """What may be said of a person, each by itself."""

    given_name = Text(max_length=80, clean=clean_name, required=False, allow_blank=True)
    family_name = Text(max_length=80, clean=clean_name, required=False, allow_blank=True)
    fathers_name = Text(max_length=80, clean=clean_name, required=False, allow_blank=True)
    sex = Choice(choices=Sex.choices, required=False, allow_null=True)
    birth_date = Text(max_length=10, clean=read_iso_date, required=False, help_text="1989-05-04, or 1989-05.")
    birth_year = Count(required=False, min_value=1000, max_value=9999)
    age = Count(required=False, min_value=0, max_value=OLDEST, help_text="Whole years on the day of the act.")
    age_months = Count(required=False, min_value=0, max_value=MOST_MONTHS)
    age_group = Choice(choices=AgeGroup.choices, required=False)
    documents = DocumentFacts(many=True, required=False, max_length=MOST_DOCUMENTS)  # type: ignore[call-arg]  # of the list
    relationship = Choice(choices=Relationship.choices, required=False, help_text="To the head of the household.")
    carer = Text(max_length=36, required=False, help_text="The id of a member, or relative, someone_else or nobody.")

    def plain(self, said: Mapping[str, Any], today: date) -> dict[str, Any]:
        """The fields that were said, as plain values; raises ValidationError naming the field."""
        plain = {name: said[name] for name in ("given_name", "family_name", "fathers_name", "sex") if name in said}
        if any(name in said for name in BIRTHS):
            plain["birth"] = told_birth(birth_from(said, today))
        if "documents" in said:
            plain["documents"] = [dict(document) for document in said["documents"]]
        if "relationship" in said:
            plain["relationship"] = str(said["relationship"])
        if "carer" in said:
            plain["carer"] = self._carer(said["carer"])
        return plain

    def _carer(self, said: str) -> dict[str, str | None]:
        if said in OTHERS:
            return {"carer_kind": said, "carer_id": None}
        person = self.context["row"]
        members = (
            Membership.objects.today().filter(household__memberships__individual=person).exclude(individual=person)
        )
        carers = {str(key) for key in members.values_list("individual", flat=True)}
        if said.lower() not in carers:
            raise serializers.ValidationError({"carer": [_("Name another member by their id, or say who else.")]})
        return {"carer_kind": Membership.Carer.MEMBER.value, "carer_id": said.lower()}


class HouseholdSaid(Facts):
    """What may be said of a household, each by itself."""

    last_residence = Residence(required=False)
    original_registration = Residence(required=False)
    phones = serializers.ListField(
        child=Text(max_length=LONGEST_PHONES, clean=PhoneField().clean), required=False, max_length=MOST_PHONES
    )
    languages = serializers.ListField(
        child=Choice(choices=settings.LANGUAGES), required=False, max_length=len(settings.LANGUAGES)
    )
    vehicle = Text(max_length=40, clean=line(40), required=False, allow_blank=True)
    going = Choice(choices=Going.choices, required=False)
    destination_marz = Choice(choices=Marz.choices, required=False, help_text="With own_address alone.")

    def plain(self, said: Mapping[str, Any], today: date) -> dict[str, Any]:
        """The fields that were said, as plain values; raises ValidationError naming the field."""
        plain: dict[str, Any] = {}
        for name in ("last_residence", "original_registration"):
            if name in said:
                plain[name] = {f"{name}_{part}": str(value) for part, value in said[name].items()}
        if "phones" in said:
            plain["phones"] = list(phones_in(said["phones"]))
        if "languages" in said:
            plain["languages"] = [str(one) for one in dict.fromkeys(said["languages"])]
        if "vehicle" in said:
            plain["vehicle"] = said["vehicle"]
        if "destination_marz" in said and said.get("going") != Going.OWN_ADDRESS:
            raise serializers.ValidationError({"destination_marz": [_("Only for people going to their own address.")]})
        if "going" in said:
            plain["going"] = {"going": str(said["going"]), "destination_marz": str(said.get("destination_marz", ""))}
        return plain


class _Correction(ActFacts):
    """Fields said anew; with `was`, what was read there. Or one `field` with its `now` and its `was`."""

    reason = Text(max_length=200, clean=line(200), required=False, help_text="Why, where it matters later.")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and "field" in data:
            one = {name: value for name, value in data.items() if name not in ("field", "now", "was")}
            field = str(data["field"])
            data = one | {field: data.get("now")} | ({"was": {field: data["was"]}} if "was" in data else {})
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        reader: Any = self
        today = local_day(attrs.get("at") or timezone.now())
        said, was = reader.plain(attrs, today), {}
        if "was" in attrs:
            try:
                was = reader.plain(attrs["was"], today)
            except serializers.ValidationError as error:
                raise serializers.ValidationError({"was": error.detail}) from error
        if not said:
            raise serializers.ValidationError(_("Say at least one field."))
        about = {} if isinstance(self, HouseholdSaid) else {"person": self.context["row"].pk}
        self.said = [
            Said(field, now, **about, **({"was": was[field]} if field in was else {})) for field, now in said.items()
        ]
        return attrs


class CarerBody(Facts):
    """Who looks after a child of the family."""

    individual = Key()
    carer = Text(max_length=36, help_text="The id of a member, or relative, someone_else or nobody.")


class CarersSaid(Facts):
    """An act after which it must be said of children who looks after them."""

    carers = CarerBody(  # type: ignore[call-arg]  # of the list
        many=True, required=False, max_length=MOST_ROWS, help_text="For the children whom carer_missing names."
    )

    def read_carers(self, said: Sequence[Mapping[str, Any]], *others: Household) -> list[Carer]:
        """Who was said to look after whom; raises ValidationError naming the one that cannot be read."""
        wrong: dict[Any, Any] = {}
        carers: list[Carer] = []
        for place, one in enumerate(said):
            try:
                person = PersonFacts(id=one["individual"])
                told = with_member_carer(person, one["carer"], self.household, *others)
                carers.append(Carer(told.id, told.carer_kind, told.carer))
            except serializers.ValidationError as error:
                wrong[place] = error.detail
        if wrong:
            raise serializers.ValidationError({"carers": wrong})
        return carers

    @property
    def household(self) -> Household:
        """The household that the act is about."""
        row: Household = self.context["row"]
        return row


class PersonCorrection(_Correction, PersonSaid, CarersSaid):
    """A person, said anew."""

    was = PersonSaid(required=False, help_text="What the desk read there; what says otherwise is not overwritten.")

    @property
    def household(self) -> Household:
        """The household of the person."""
        return Household.objects.get(pk=self.context["row"].memberships.today().get().household_id)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        return attrs | {"carers": self.read_carers(attrs.get("carers", ()))}


class HouseholdCorrection(_Correction, HouseholdSaid):
    """A household, said anew."""

    was = HouseholdSaid(required=False, help_text="What the desk read there; what says otherwise is not overwritten.")


class NeedsBody(ActFacts):
    """Needs of a person that begin and that end, by their codes."""

    add = serializers.ListField(child=Text(max_length=10), required=False, max_length=MOST_NEEDS)
    end = serializers.ListField(child=Text(max_length=10), required=False, max_length=MOST_NEEDS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        known = set(NeedCode.objects.values_list("code", flat=True))
        for name in ("add", "end"):
            if not known.issuperset(attrs.get(name, ())):
                raise serializers.ValidationError({name: [_("There is nothing with this id.")]})
        if not attrs.get("add") and not attrs.get("end"):
            raise serializers.ValidationError({"add": [_("Choose at least one need.")]})
        return attrs


class JoiningBody(DatedFacts):
    """Somebody who came after the family."""

    site = SiteField()
    person = PersonBody()
    carer = Text(max_length=36, required=False, help_text="For a child: relative, someone_else, nobody, or an id.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        said = attrs["person"]
        try:
            person = PersonBody().person(said, local_day(attrs["at"]), child_key(attrs["id"]))
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"person": error.detail}) from error
        attrs["person"] = with_member_carer(person, attrs.pop("carer", ""), self.context["row"])
        return attrs


class GoingBody(Facts):
    """A member who goes over, and what they are to the head there."""

    individual = Key()
    relationship = Choice(choices=Relationship.choices)
    carer = Text(max_length=36, required=False, help_text="As in an intake.")


class _Members(ActFacts, CarersSaid):
    """Members who go."""

    members = GoingBody(many=True, min_length=1, max_length=MOST_ROWS)  # type: ignore[call-arg]  # of the list
    head = Key(required=False, help_text="Who is the head of those who stay, where the head goes.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        household = self.household
        present = set(household.memberships.today().values_list("individual", flat=True))
        errors: dict[Any, Any] = {
            place: {"individual": [_("There is nothing with this id.")]}
            for place, said in enumerate(attrs["members"])
            if said["individual"] not in present
        }
        if errors:
            raise serializers.ValidationError({"members": errors})
        others = [attrs["to"]] if "to" in attrs else []
        attrs["members"] = [
            with_member_carer(
                PersonFacts(id=said["individual"], relationship=said["relationship"]),
                said.get("carer", ""),
                household,
                *others,
            )
            for said in attrs["members"]
        ]
        return attrs | {"carers": self.read_carers(attrs.get("carers", ()), *others)}


class SplittingBody(_Members):
    """Members who are a household of their own from now on."""

    site = SiteField()
    going = Choice(choices=Going.choices, required=False)
    card = Text(max_length=LENGTH + 20, clean=read_card_text, required=False)


class GoingOverBody(_Members):
    """Members who belong to another household from now on."""

    to = Key(help_text="The id of the other household.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        to = Household.objects.in_hand_of(self.asker).filter(pk=attrs["to"]).exclude(pk=self.context["row"].pk).first()
        if to is None:
            raise serializers.ValidationError({"to": [_("There is nothing with this id.")]})
        return super().validate(attrs | {"to": to})


class HeadBody(ActFacts, CarersSaid):
    """Who is the head now."""

    head = Key()
    relationship = Choice(choices=Relationship.choices, required=False, help_text="head, if anything is said.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.pop("relationship", HEAD) != HEAD:
            raise serializers.ValidationError({"relationship": [_("Here somebody becomes the head.")]})
        return attrs | {"carers": self.read_carers(attrs.get("carers", ()))}


class NeverWasBody(ActFacts, CarersSaid):
    """Members who never were."""

    members = serializers.ListField(child=Key(), min_length=1, max_length=100)
    head = Key(required=False, help_text="Who is the head of the others, where the head never was.")
    reason = Text(max_length=200, clean=line(200))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        present = set(self.context["row"].memberships.today().values_list("individual", flat=True))
        wrong: dict[Any, Any] = {
            place: [_("There is nothing with this id.")]
            for place, key in enumerate(attrs["members"])
            if key not in present
        }
        if wrong:
            raise serializers.ValidationError({"members": wrong})
        return attrs | {"carers": self.read_carers(attrs.get("carers", ()))}


class SettlingBody(ActFacts):
    """Which of the two is right."""

    take = serializers.BooleanField(help_text="True: what the later desk meant. False: what stands.")


class UndoingBody(ActFacts):
    """Why an act is taken back."""

    reason = Text(max_length=200, clean=line(200), required=False)


def with_member_carer(person: PersonFacts, said: str, *households: Household) -> PersonFacts:
    """The person with who looks after them; raises ValidationError where that is neither a member nor a kind."""
    if not said:
        return person
    if said in OTHERS:
        return PersonFacts(**vars(person) | {"carer_kind": said})
    rows = Membership.objects.today().filter(household__in=households)
    members = {str(key): key for key in rows.values_list("individual", flat=True)}
    if said.lower() not in members or members[said.lower()] == person.id:
        raise serializers.ValidationError({"carer": [_("Name another member by their id, or say who else.")]})
    return PersonFacts(**vars(person) | {"carer_kind": Membership.Carer.MEMBER.value, "carer": members[said.lower()]})
