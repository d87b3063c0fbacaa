"""Forms whose refusals stand beside the field that can answer them; a field appears where an act asks for it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from centre.forms import ActForm, field_of
from centre.refusals import Refusal
from desk.carers import Carer
from desk.errors import CarerMissing, HeadMissing, HeadNameless, ReasonMissing
from desk.intake import HEAD, OTHER_CARERS
from registrations.choosing import PersonChoice, called, members_as_choices
from registrations.errors import OneHead
from registrations.models import Membership


class BesideForm(ActForm):
    """A form whose refusals stand beside the field that can answer them."""

    beside: Mapping[type[Refusal], str] = {
        ReasonMissing: "reason",
        CarerMissing: "carer",
        HeadMissing: "head",
        HeadNameless: "head",
        OneHead: "relationship",
    }

    def fields_for(self, refusal: Refusal) -> list[str]:
        """The fields that can answer the refusal."""
        name = self.beside.get(type(refusal))
        return [name] if name in self.fields else []

    def refuse(self, refusal: Refusal) -> None:
        super().refuse(refusal)
        for name in self.fields_for(refusal):
            self.errors.pop("__all__", None)
            self.add_error(name, str(refusal))


class CarersForm(BesideForm):
    """A form whose act may ask who looks after children of the family: a field for each, from then on."""

    def __init__(self, data: Any = None, *args: Any, members: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.family = members
        for row in members:
            if data and _name(row.individual_id) in data:
                self._ask(row)

    @property
    def carers(self) -> list[Any]:
        """The fields in which it is asked who looks after a child."""
        return [self[_name(row.individual_id)] for row, _field in self._asked()]

    @property
    def others(self) -> list[Any]:
        """The other fields that are drawn."""
        asked = {field.name for field in self.carers}
        return [field for field in self.visible_fields() if field.name not in asked]

    def fields_for(self, refusal: Refusal) -> list[str]:
        """The fields that can answer the refusal; of each child that it names, one that is drawn now."""
        rows = [row for row in self.family if row.individual_id in getattr(refusal, "children", ())]
        return [self._ask(row) for row in rows] or super().fields_for(refusal)

    def carers_said(self) -> list[Carer]:
        """Who was said to look after these children."""
        said = [(row.individual_id, self.cleaned_data[name]) for row, name in self._asked()]
        return [carer_of(child, one) for child, one in said if one]

    def heads(self) -> set[str]:
        """Who is a head by what is typed: offered first."""
        return {self.data.get("head", "")}

    def able(self) -> Sequence[Membership]:
        """Who may be chosen to look after a child."""
        return self.family

    def _asked(self) -> Iterator[tuple[Membership, str]]:
        for row in self.family:
            if _name(row.individual_id) in self.fields:
                yield row, _name(row.individual_id)

    def _ask(self, row: Membership) -> str:
        name = _name(row.individual_id)
        able = members_as_choices(one for one in self.able() if one.individual_id != row.individual_id)
        heads = self.heads()
        in_order = sorted(able, key=lambda choice: choice[0] not in heads)
        label = _("Who looks after %(child)s?") % {"child": called(row.counted_as)}
        self.fields.setdefault(name, PersonChoice(label=label, required=False))
        field_of(self, name, PersonChoice).choices = [("", ""), *in_order, *OTHER_CARERS]
        return name


def carer_of(child: uuid.UUID, said: str) -> Carer:
    """Who looks after the child, from what a form or a machine says: a member's id, or a kind."""
    if said in dict(OTHER_CARERS):
        return Carer(child, said)
    return Carer(child, Membership.Carer.MEMBER.value, uuid.UUID(said))


def heads_among(said: Mapping[Membership, str]) -> set[str]:
    """The ids of the people who are entered as the head."""
    return {str(row.individual_id) for row, relation in said.items() if relation == HEAD}


def _name(child: uuid.UUID) -> str:
    return f"carer-{child}"
