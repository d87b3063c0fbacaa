"""Who looks after a child: what is entered beside an act that leaves a child without a recorded carer."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from centre.models import User
from registrations.facts import PersonFacts
from registrations.living import living_for
from registrations.models import Individual, Membership
from registrations.said import Change


@dataclass(frozen=True)
class Carer:
    """Who looks after this child: a member by id, or somebody of this kind."""

    child: uuid.UUID
    kind: str
    member: uuid.UUID | None = None


def carers_among(members: Iterable[Membership], carers: Collection[Carer], at: datetime, by: User) -> list[Carer]:
    """Those of what was said that can be so here: nobody is looked after by the dead, the absent or themselves.

    Who is dead as far as the user may know: of a death that is kept from them the answer would tell.
    """
    if not carers:
        return []
    counted_as = {row.individual_id: row.counted_as_id for row in members}
    people = Individual.objects.filter(pk__in=counted_as.values())
    living = set(living_for(by, people, at).values_list("pk", flat=True))
    here = {None, *(key for key, person in counted_as.items() if person in living)}
    return [one for one in carers if one.member in here and one.member != one.child]


def carer_changes(children: Mapping[uuid.UUID, Membership], carers: Iterable[Carer]) -> list[Change]:
    """What these children's memberships are to say of who looks after them."""
    return [
        Change(
            children[one.child],
            "carer",
            {"carer_kind": one.kind, "carer_id": str(one.member) if one.member else None},
        )
        for one in carers
        if one.child in children
    ]


def with_carers(people: Sequence[PersonFacts], carers: Iterable[Carer]) -> list[PersonFacts]:
    """The people, each with who was said to look after them."""
    said = {one.child: {"carer_kind": one.kind, "carer": one.member} for one in carers}
    return [replace(person, **said.get(person.id, {})) for person in people]  # type: ignore[arg-type]  # by their names
