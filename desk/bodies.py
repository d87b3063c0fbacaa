"""What the API takes for a family: the same facts as the intake page, read by the same readers."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import get_error_detail

from centre.clock import local_day
from centre.fields import Choice, Count, Facts, Key, SiteField, Text
from centre.lines import line
from centre.models import Marz
from centre.sheets import read_why
from centre.viewsets import ActFacts, DatedFacts, OnPaper
from desk.births import OLDEST, read_birth
from desk.errors import NotTheMother
from desk.fields import LONGEST_PHONES, NOT_KNOWN, NameField, PhoneField, phones_in
from desk.intake import HEAD, MOST_IN_A_GROUP, OTHER_CARERS, child_key, member_key
from desk.naming import named_before, nobody_left
from desk.newborn import faults_of, mothers_in
from registrations.births import MOST_MONTHS
from registrations.card_texts import LENGTH, read_card_text
from registrations.facts import Birth, Group, HouseholdFacts, PersonFacts, asks_for_carer
from registrations.models import AgeGroup, District, Going, Household, Membership, NeedCode, Relationship, Sex

MOST_AT_ONCE = 100  # people in one act; a larger house is named in parts
MOST_NEEDS, MOST_DOCUMENTS, MOST_PHONES = 10, 5, 4
SHORT = 40  # characters, of what a document or a number plate says
BEDS = "Where they sleep in another house their stay there ends; false asks first, and is refused with this code."
CARD = "What a scanner reads from the card, or its number with the letter; the code may follow the number."

_NAME = NameField()
_ISO_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?", re.ASCII)


def clean_name(text: str) -> str:
    """A name as the page reads it; empty when it is not known."""
    name = _NAME.clean(text)
    return "" if name == NOT_KNOWN else name


def read_iso_date(text: str) -> str:
    """The text itself if it is 1989-05-04 or 1989-05."""
    if not _ISO_DATE.fullmatch(text):
        raise Invalid(_("Write the date as 1989-05-04, or 1989-05 without the day."), code="no_date")
    return text


class DocumentFacts(Facts):
    """A document that was shown."""

    kind = Text(max_length=SHORT, clean=line(SHORT))
    number = Text(max_length=SHORT, clean=line(SHORT), required=False, allow_blank=True)
    issuer = Text(max_length=SHORT, clean=line(SHORT), required=False, allow_blank=True, help_text="Such as 070.")


class PersonBody(Facts):
    """A person: names as they are written, and of the birth the one thing that was said."""

    id = Key(required=False, help_text="The person's own id, minted where they were written down.")
    given_name = Text(max_length=80, clean=clean_name, allow_blank=True, help_text="Empty when nobody knows it.")
    family_name = Text(max_length=80, clean=clean_name, allow_blank=True, help_text="Empty when nobody knows it.")
    fathers_name = Text(max_length=80, clean=clean_name, required=False, allow_blank=True)
    sex = Choice(choices=Sex.choices, required=False, allow_null=True)
    birth_date = Text(max_length=10, clean=read_iso_date, required=False, help_text="1989-05-04, or 1989-05.")
    birth_year = Count(required=False, min_value=1000, max_value=9999)
    age = Count(required=False, min_value=0, max_value=OLDEST, help_text="Whole years on the day of the act.")
    age_months = Count(required=False, min_value=0, max_value=MOST_MONTHS, help_text="Whole months, for a small child.")
    age_group = Choice(choices=AgeGroup.choices, required=False)
    relationship = Choice(choices=Relationship.choices, help_text="To the head of the household.")
    needs = serializers.ListField(child=Text(max_length=10), required=False, max_length=MOST_NEEDS)
    documents = DocumentFacts(many=True, required=False, max_length=MOST_DOCUMENTS)  # type: ignore[call-arg]  # of the list

    def validate_needs(self, codes: list[str]) -> list[str]:
        known = self.context.setdefault("needs", needs_at_desk()) if codes else set()  # type: ignore[attr-defined]  # a dict
        wrong: dict[Any, Any] = {
            place: [_("This code cannot be chosen at a desk.")] for place, code in enumerate(codes) if code not in known
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return codes

    def person(self, said: Mapping[str, Any], today: date, key: uuid.UUID) -> PersonFacts:
        """The person as the act takes them, without a carer; raises ValidationError naming the field."""
        return PersonFacts(
            id=said.get("id", key),
            given_name=said["given_name"],
            family_name=said["family_name"],
            fathers_name=said.get("fathers_name", ""),
            sex=said.get("sex"),
            birth=birth_from(said, today),
            relationship=said["relationship"],
            needs=tuple(said.get("needs", ())),
            documents=tuple(dict(document) for document in said.get("documents", ())),
        )


class MemberBody(PersonBody):
    """A member of the family, and who looks after a child who is not son or daughter of the head."""

    carer = Text(
        max_length=36,
        required=False,
        help_text="For a child who is not son or daughter of the head: the id of another member, or relative, "
        "someone_else or nobody.",
    )


class Residence(Facts):
    """Where they lived."""

    district = Choice(choices=District.choices, required=False, allow_blank=True)
    settlement = Text(max_length=80, clean=line(80), required=False, allow_blank=True)


class FamilyFacts(Facts):
    """What a family says of itself as a whole."""

    last_residence = Residence(required=False)
    original_registration = Residence(required=False)
    phones = serializers.ListField(
        child=Text(max_length=LONGEST_PHONES, clean=PhoneField().clean),
        required=False,
        max_length=MOST_PHONES,
        help_text="Each as it was said; one text may hold several numbers.",
    )
    vehicle = Text(max_length=SHORT, clean=line(SHORT), required=False, allow_blank=True)
    going = Choice(choices=Going.choices)
    destination_marz = Choice(choices=Marz.choices, required=False, help_text="With own_address alone.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("destination_marz") and attrs["going"] != Going.OWN_ADDRESS:
            raise serializers.ValidationError({"destination_marz": [_("Only for people going to their own address.")]})
        return super().validate(attrs)

    @cached_property
    def family(self) -> HouseholdFacts:
        """The household's facts, as the act takes them."""
        said = self.validated_data
        residences = {
            f"{name}_{part}": said.get(name, {}).get(part, "")
            for name in ("last_residence", "original_registration")
            for part in ("district", "settlement")
        }
        return HouseholdFacts(
            going=said["going"],
            destination_marz=said.get("destination_marz", ""),
            phones=phones_in(said.get("phones", ())),
            vehicle=said.get("vehicle", ""),
            **residences,
        )


class NamesBody(FamilyFacts, OnPaper, DatedFacts):
    """A whole family with its names, at a site."""

    site = SiteField()
    members = MemberBody(many=True, min_length=1, max_length=MOST_AT_ONCE)  # type: ignore[call-arg]  # of the list
    beds_become_free = serializers.BooleanField(default=True, help_text=BEDS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        self.people = self._people(attrs)
        return attrs

    def _people(self, attrs: dict[str, Any]) -> list[PersonFacts]:
        """The members as the act takes them; one without an id gets one that comes from the act's."""
        today = local_day(attrs["at"])
        people: list[PersonFacts] = []
        errors: dict[Any, Any] = {}
        before = [row.individual_id for row in named_before(self._family_of(attrs), attrs["id"])]
        keys = [said.get("id", member_key(attrs["id"], n)) for n, said in enumerate(attrs["members"])]
        heads = [n for n, said in enumerate(attrs["members"]) if said["relationship"] == HEAD]
        for place, said in enumerate(attrs["members"]):
            try:
                person = MemberBody().person(said, today, keys[place])
                people.append(with_carer(person, said.get("carer", ""), [*keys, *before], today))
                if keys[place] in keys[:place]:
                    raise serializers.ValidationError({"id": [_("Another member has this id.")]})
                if place in heads[1:]:
                    raise serializers.ValidationError({"relationship": [_("Another person is head already.")]})
            except serializers.ValidationError as error:
                errors[place] = error.detail
        if errors:
            raise serializers.ValidationError({"members": errors})
        if not heads and not before and not nobody_left(self._family_of(attrs), attrs["id"]):
            raise serializers.ValidationError({"members": [_("One member is the head.")]})
        return people

    def _family_of(self, attrs: dict[str, Any]) -> Household | None:
        """The family that is named, where it was counted before."""
        family: Household | None = self.context.get("row")
        return family


class EmergencyBody(ActFacts):
    """Whose file, and why it must be opened without seeing the family."""

    number = Text(max_length=LENGTH + 20, clean=read_card_text, help_text="The number, such as 4127B.")
    reason = Text(max_length=200, clean=read_why, help_text="It is read by who supervises you, at once.")


class IntakeBody(NamesBody):
    """An intake; with a card, of the family that was counted under it, or that it is given to now."""

    card = Text(max_length=LENGTH + 20, clean=read_card_text, required=False, help_text=CARD)

    def _family_of(self, attrs: dict[str, Any]) -> Household | None:
        card = attrs.get("card")
        return Household.objects.filter(number=card.number).first() if card else None


class ProofBody(OnPaper, DatedFacts):
    """A family that comes: its card; or its number with a name and the birth year of one member; or without a number
    the name, the birth date and the father's name of one."""

    site = SiteField()
    card = Text(max_length=LENGTH + 20, clean=read_card_text, required=False, help_text=CARD)
    given_name = Text(max_length=80, clean=clean_name, required=False)
    family_name = Text(max_length=80, clean=clean_name, required=False)
    fathers_name = Text(max_length=80, clean=clean_name, required=False)
    birth_date = Text(max_length=10, clean=read_iso_date, required=False, help_text="1989-05-04, or 1989-05.")
    birth_year = Count(required=False, min_value=1000, max_value=9999)
    members = serializers.ListField(
        child=Key(), required=False, allow_empty=False, max_length=MOST_AT_ONCE, help_text="Who came; all when absent."
    )
    happened_anyway = Text(required=False, max_length=200, help_text="How a child came without who looks after it.")
    beds_become_free = serializers.BooleanField(default=True, help_text=BEDS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = {name: attrs.get(name, "") for name in ("given_name", "family_name", "fathers_name")}
        self.member = PersonFacts(**names, birth=birth_from(attrs, local_day(attrs["at"])))
        return attrs


class SightingBody(ActFacts):
    """Whose number was shown, and where."""

    site = SiteField()
    card = Text(max_length=LENGTH + 20, clean=read_card_text, help_text=CARD)


class GroupBody(Facts):
    """People of one sex and age group, counted at the gate."""

    count = Count(min_value=1, max_value=MOST_IN_A_GROUP)
    sex = Choice(choices=Sex.choices, required=False, allow_null=True)
    age_group = Choice(choices=AgeGroup.choices, required=False, allow_blank=True)


class PreRegistrationBody(FamilyFacts, OnPaper, ActFacts):
    """A family counted at the gate, without names; with a card, of the one that is given to them now."""

    site = SiteField()
    card = Text(max_length=LENGTH + 20, clean=read_card_text, required=False, help_text=CARD)
    groups = GroupBody(many=True, min_length=1, max_length=20)  # type: ignore[call-arg]  # of the list
    urgent_need = Text(max_length=10, required=False)

    def validate_urgent_need(self, code: str) -> str:
        if code not in needs_at_desk():
            raise serializers.ValidationError(_("This code cannot be chosen at a desk."))
        return code

    def counted(self) -> list[Group]:
        """The groups as the act takes them."""
        return [
            Group(said["count"], said.get("sex"), said.get("age_group", "")) for said in self.validated_data["groups"]
        ]


class ChildBody(PersonBody):
    """A child born at the site."""


class BirthBody(OnPaper, DatedFacts):
    """A birth."""

    site = SiteField()
    child = ChildBody()
    mother = Key(required=False, help_text="The id of a woman of the household: she looks after the child.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        said, day = attrs["child"], local_day(attrs["at"])
        try:
            child = ChildBody().person(said, day, child_key(attrs["id"]))
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"child": error.detail}) from error
        in_field = {"birth": (births_said(said) or ["birth_date"])[0]}
        faults = {in_field.get(name, name): [fault] for name, fault in faults_of(child, day).items()}
        if faults:
            raise serializers.ValidationError({"child": faults})
        mother = attrs.get("mother")
        women = {key for one in mothers_in(self.context["row"], day) for key in (one.individual_id, one.counted_as_id)}
        if mother and mother not in women:
            raise serializers.ValidationError({"mother": [NotTheMother.message]})
        return attrs | {"child": child}


def needs_at_desk() -> set[str]:
    """The codes of needs that a desk may pick."""
    return set(NeedCode.objects.filter(at_desk=True).values_list("code", flat=True))


def births_said(said: Mapping[str, Any]) -> list[str]:
    """The fields in which something was said of the birth."""
    names = ("birth_date", "birth_year", "age", "age_months", "age_group")
    return [name for name in names if said.get(name) not in (None, "")]


def birth_from(said: Mapping[str, Any], today: date) -> Birth:
    """The birth from the one thing that was said of it; raises ValidationError naming the field."""
    given = births_said(said)
    if not given:
        return Birth()
    if len(given) > 1:
        raise serializers.ValidationError({given[1]: [_("Say the birth date, the year, the age or the age group.")]})
    if given == ["age_group"]:
        return Birth(precision="age_group", age_group=said["age_group"])
    if given == ["age_months"]:
        return Birth.of_months(said["age_months"], today)
    try:
        return read_birth(str(said[given[0]]), today)
    except Invalid as error:
        raise serializers.ValidationError({given[0]: get_error_detail(error)}) from error


def with_carer(person: PersonFacts, said: str, keys: list[uuid.UUID], today: date) -> PersonFacts:
    """The person with who looks after them; raises ValidationError where a child's carer is missing or not there."""
    if not said:
        if asks_for_carer(person, today):
            raise serializers.ValidationError({"carer": [_("Say who looks after this child.")]})
        return person
    if said in dict(OTHER_CARERS):
        return replace(person, carer_kind=said)
    carer = next((key for key in keys if str(key) == said.lower() and key != person.id), None)
    if carer is None:
        raise serializers.ValidationError({"carer": [_("Name another member by their id, or say who else.")]})
    return replace(person, carer_kind=Membership.Carer.MEMBER.value, carer=carer)
