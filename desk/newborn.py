"""A birth is of these days: what is asked of a child that was born at a site, and who may be its mother."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from desk.errors import NotNewborn, NotTheMother
from registrations.facts import UNDER_TWELVE, Birth, PersonFacts, age_on
from registrations.models import Household, Membership, Relationship, Sex

OF_THESE_DAYS = timedelta(days=7)
YOUNGEST_MOTHER = 12  # years; whose age is not known may be one
NO_CHILDS = frozenset(
    {
        Relationship.HEAD,
        Relationship.SPOUSE,
        Relationship.PARENT,
        Relationship.GRANDPARENT,
        Relationship.PARENT_IN_LAW,
        Relationship.CHILD_IN_LAW,
        Relationship.AUNT_UNCLE,
    }
)
CHILDS = [choice for choice in Relationship.choices if choice[0] not in NO_CHILDS]


def faults_of(child: PersonFacts, day: date) -> Mapping[str, Any]:
    """What of the child cannot be so of one born by this day: a sentence for `birth`, one for `relationship`."""
    faults = {}
    if not is_of_these_days(child.birth, day):
        faults["birth"] = _("Only for a child born in the last seven days. Enter the day of birth.")
    if child.relationship in NO_CHILDS:
        faults["relationship"] = _("A newborn child cannot be this. Choose son, daughter or another.")
    return faults


def is_of_these_days(birth: Birth, day: date) -> bool:
    """Whether the birth, as precise as it was said, may be of the day or of the seven days before it."""
    if birth.on is None:
        return False
    days = [day - timedelta(days=before) for before in range(OF_THESE_DAYS.days + 1)]
    if birth.precision == "month":
        return (birth.on.year, birth.on.month) in {(one.year, one.month) for one in days}
    if birth.precision == "year":
        return birth.on.year in {one.year for one in days}
    return birth.on in days


def mothers_in(household: Household, day: date) -> list[Membership]:
    """The women and the older girls of the household, by their memberships of today."""
    members = household.memberships.today().select_related("counted_as").filter(counted_as__sex=Sex.FEMALE)
    return [member for member in members if _may_be_a_mother(member.counted_as.birth, day)]


def require_newborn(child: PersonFacts, mother: uuid.UUID | None, household: Household, day: date) -> PersonFacts:
    """The child, looked after by its mother where she is named. Refuses with NotNewborn or NotTheMother."""
    for fault in faults_of(child, day).values():
        raise NotNewborn(fault)
    if mother is None:
        return child
    for member in mothers_in(household, day):
        if mother in (member.individual_id, member.counted_as_id):
            return replace(child, carer_kind=Membership.Carer.MEMBER.value, carer=member.individual_id)
    raise NotTheMother


def _may_be_a_mother(birth: Birth, day: date) -> bool:
    return birth.age_group not in UNDER_TWELVE if birth.on is None else age_on(birth.on, day) >= YOUNGEST_MOTHER
