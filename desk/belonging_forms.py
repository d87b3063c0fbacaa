"""Forms by which a family becomes another one: who joins, leads, goes elsewhere or never was."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centre.forms import field_of
from centre.lines import LineField
from centre.refusals import Refusal
from desk.beside import BesideForm, CarersForm, heads_among
from desk.change_forms import carer_as_told
from desk.intake import HEAD, OTHER_CARERS, MemberForm, child_key
from registrations.choosing import PeopleField, PersonField, called, members_as_choices
from registrations.errors import OneHead
from registrations.facts import PersonFacts, asks_for_carer
from registrations.fields import NumberField
from registrations.models import Household, Membership, Relationship
from registrations.querysets import HouseholdQuerySet


class JoinForm(BesideForm, MemberForm):
    """Somebody who came after the family."""

    def __init__(self, *args: Any, members: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, needs=[], **kwargs)
        del self.fields["needs"]
        others = members_as_choices(members)
        field_of(self, "carer", forms.ChoiceField).choices = [("", ""), *others, *OTHER_CARERS]
        kinds = [("", ""), *(choice for choice in Relationship.choices if choice[0] != HEAD)]
        field_of(self, "relationship", forms.ChoiceField).choices = kinds

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("given_name") and "given_name" not in self.errors:
            self.add_error("given_name", _("Write the given name, or ? when nobody knows it."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The parameters of the act; the person's id comes from the act's."""
        act, today = self.cleaned_data["id"], timezone.localdate()
        person = self.person(child_key(act))
        if asks_for_carer(person, today) and self.cleaned_data["carer"]:
            person = with_carer_told(person, self.cleaned_data["carer"])
        return {"person": person, "id": act}


class HeadForm(CarersForm):
    """Who is the head now."""

    head = PersonField(label=_("Who is the head of the family now?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, members: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, members=members, **kwargs)
        others = members_as_choices(row for row in members if row.relationship != HEAD)
        field_of(self, "head", PersonField).choices = others

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        return {name: self.cleaned_data[name] for name in ("head", "id")} | {"carers": self.carers_said()}


class NeverWasForm(CarersForm):
    """Who never was."""

    members = PeopleField(label=_("Who never was?"), error_messages={"required": _("Choose at least one person.")})
    head = PersonField(label=_("Who is the head of the others?"), required=False)
    reason = LineField(label=_("Why?"), max_length=200, required=True, help_text=_("Such as: typed twice."))

    def __init__(self, *args: Any, members: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, members=members, **kwargs)
        self.fields["reason"].error_messages["required"] = _("Say why.")
        people = members_as_choices(members)
        field_of(self, "members", PeopleField).choices = people
        field_of(self, "head", PersonField).choices = [("", _("as before")), *people]

    def facts(self) -> dict[str, Any]:
        """The parameters of the act."""
        said = {name: self.cleaned_data[name] for name in ("members", "head", "reason", "id")}
        return said | {"carers": self.carers_said()}


class PartForm(CarersForm):
    """Who goes, what each is where they go, and who is the head of those who stay."""

    beside: Mapping[type[Refusal], str] = {**BesideForm.beside, OneHead: "to"}

    to = NumberField(
        label=_("Number of the other family"),
        help_text=_("Leave it empty if they are a family of their own from now on."),
    )
    head = PersonField(label=_("Who is the head of those who stay?"), required=False)

    def __init__(
        self, data: Any = None, *, members: Sequence[Membership], households: HouseholdQuerySet, **kwargs: Any
    ) -> None:
        self.households = households
        self.there: list[Membership] = []  # who is in the other family
        super().__init__(data, members=members, **kwargs)
        field_of(self, "head", PersonField).choices = [("", _("as before")), *members_as_choices(members)]
        for row in members:
            self.fields[_is(row)] = forms.ChoiceField(
                label=called(row.counted_as),
                choices=[("", _("stays")), *Relationship.choices],
                required=False,
            )

    @property
    def going(self) -> list[Any]:
        """The fields of the members."""
        return [self[_is(row)] for row in self.family]

    def clean_to(self) -> Household | None:
        """The family whose number was typed; none where they are one of their own."""
        if not self.cleaned_data["to"]:
            return None
        other = self.households.filter(number=self.cleaned_data["to"]).first()
        if other is None:
            raise forms.ValidationError(_("You see no other family of this number."), code="unseen")
        self.there = members_of(other)
        for row, _name in self._asked():
            self._ask(row)
        return other

    def heads(self) -> set[str]:
        """Who is a head by what is typed, on either side."""
        typed = {row: self.data.get(_is(row), "") for row in self.family}
        return super().heads() | heads_among(typed) | heads_among({row: row.relationship for row in self.there})

    def able(self) -> Sequence[Membership]:
        """Who may be chosen to look after a child: also who is in the other family."""
        return [*self.family, *self.there]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self._people():
            raise forms.ValidationError(_("Choose at least one person."), code="nobody")
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The parameters of the act, but for the other family."""
        said = {name: self.cleaned_data[name] for name in ("head", "id")}
        return said | {"members": self._people(), "carers": self.carers_said()}

    def _people(self) -> list[PersonFacts]:
        said = {row: self.cleaned_data.get(_is(row), "") for row in self.family}
        return [
            PersonFacts(id=row.individual_id, relationship=relation, carer_kind=row.carer_kind, carer=row.carer_id)
            for row, relation in said.items()
            if relation
        ]


def members_of(household: Household) -> list[Membership]:
    """The members of today, in the order of the form."""
    rows = household.memberships.today().order_by("position")
    return list(rows.select_related("individual", "counted_as", "carer"))


def _is(row: Membership) -> str:
    """The field that says what the member is where they go."""
    return f"is-{row.individual_id}"


def with_carer_told(person: PersonFacts, said: str) -> PersonFacts:
    """The person with who looks after them, from what a form says."""
    told = carer_as_told(said)
    carer = uuid.UUID(told["carer_id"]) if told["carer_id"] else None
    return PersonFacts(**vars(person) | {"carer_kind": told["carer_kind"], "carer": carer})
