"""Which needs somebody has now: also those told of a record that was merged into theirs."""

import uuid
from collections import defaultdict
from collections.abc import Collection

from registrations.models import Membership, SpecificNeed


def open_needs(people: Collection[uuid.UUID]) -> dict[uuid.UUID, list[SpecificNeed]]:
    """The needs that did not end of each of these persons who has any, by code."""
    person_of = dict(Membership.objects.filter(counted_as__in=people).values_list("individual", "counted_as"))
    needs: dict[uuid.UUID, list[SpecificNeed]] = defaultdict(list)
    for need in SpecificNeed.objects.filter(individual__in=person_of, ended_at=None).select_related("code"):
        needs[person_of[need.individual_id]].append(need)
    return {person: sorted(some, key=lambda need: need.code_id) for person, some in needs.items()}
