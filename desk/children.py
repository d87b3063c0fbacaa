"""Which children are alone: on the form, and when part of a family leaves."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from registrations.facts import PersonFacts, asks_for_carer, is_alone, is_child
from registrations.models import Household, Individual, Membership


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
    """The children among the departing whose recorded carer does not leave with them.

    Where no carer of the household is recorded, any adult of it who leaves too will do.
    """
    memberships = list(household.memberships.today().select_related("counted_as"))
    person_of = {membership.individual_id: membership.counted_as_id for membership in memberships}
    leaving = [membership for membership in memberships if membership.counted_as_id in departing]
    adult_leaves = any(not is_child_on(membership.counted_as, day) for membership in leaving)

    def accompanied(membership: Membership) -> bool:
        if membership.carer_id:  # there by carer_member_is_named when a member looks after the child
            return person_of.get(membership.carer_id, membership.carer_id) in departing
        return adult_leaves

    children = (membership for membership in leaving if is_child_on(membership.counted_as, day))
    return [membership.counted_as_id for membership in children if not accompanied(membership)]


def is_child_on(person: Individual, day: date) -> bool:
    """Whether the person is a child on the local day, as far as their birth is known."""
    return is_child(person.birth, day)
