"""How people are chosen from a list: who has no name yet is told apart, and who is no longer on it is said to be."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from registrations.models import Individual, Membership

NO_LONGER_LISTED: dict[str, Any] = {"invalid_choice": gettext_lazy("This was already recorded; read the file again.")}


class PersonChoice(forms.ChoiceField):
    """One of these people, or another answer that stands beside them, as it was sent."""

    default_error_messages = NO_LONGER_LISTED


class PersonField(forms.TypedChoiceField):
    """One of these people, by id; None where it is left empty."""

    default_error_messages = NO_LONGER_LISTED

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"coerce": uuid.UUID, "empty_value": None} | options)


class PeopleField(forms.MultipleChoiceField):
    """Some of these people, by id."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = NO_LONGER_LISTED

    def clean(self, value: Any) -> list[uuid.UUID]:
        return [uuid.UUID(key) for key in super().clean(value)]


def looks(person: "Individual") -> str:
    """What the gate wrote of somebody whose name it did not ask."""
    known = (person.get_sex_display() if person.sex else "", person.age_group)
    return " · ".join(filter(None, known)) or _("sex and age not known")


def called(person: "Individual") -> str:
    """What a list calls the person: who has no name yet by what the gate wrote."""
    return str(person) if person.full_name else f"{person} · {looks(person)}"


def as_choices(people: "Iterable[Individual]") -> list[tuple[str, str]]:
    """The people as a list offers them."""
    return [(str(person.pk), called(person)) for person in people]


def members_as_choices(rows: "Iterable[Membership]") -> list[tuple[str, str]]:
    """The members as a list offers them, by their own records."""
    return [(str(row.individual_id), called(row.counted_as)) for row in rows]
