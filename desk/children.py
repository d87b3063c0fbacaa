"""Which children are alone: on the form, and when part of a family leaves."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from registrations.facts import PersonFacts, asks_for_carer, is_alone, is_child
from registrations.models import Household, Individual
from registrations.together import children_in


def children_alone(members: Sequence[PersonFacts], day: date) -> list[int]:
    """The positions of the children whom no adult on the list looks after; a child is no child's carer."""
    by_id = {person.id: person for person in members}

    def alone(person: PersonFacts) -> bool:
        carer = by_id.get(person.carer) if person.carer else None
        return is_alone(person, day) or (
            asks_for_carer(person, day) and carer is not None and is_child(carer.birth, day)
        )

    return [position for position, person in enumerate(members) if alone(person)]


def left_without_carer(household: Household, departing: Collection[uuid.UUID], day: date) -> list[uuid.UUID]:
    """The children among the departing with whom none of their carers goes."""
    children = children_in(household, day)
    return [one.child for one in children if one.child in departing and not one.carers & set(departing)]


def is_child_on(person: Individual, day: date) -> bool:
    """Whether the person is a child on the local day, as far as their birth is known."""
    return is_child(person.birth, day)
