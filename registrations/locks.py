"""Locking people so that no merge comes between what an act reads and what it writes."""

import uuid
from collections.abc import Iterable

from centre.locks import lock_by_key
from registrations.models import Household, Individual, Membership


def lock_records(records: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Lock the households of these records, which a merge locks too, then the persons; whom each record counts as."""
    asked = list(records)
    memberships = Membership.objects.today().filter(individual__in=asked).order_by()
    lock_by_key(Household.objects.filter(pk__in=list(memberships.values_list("household", flat=True))).only("pk"))
    counted_as = dict(memberships.values_list("individual", "counted_as"))
    people = {record: counted_as.get(record, record) for record in asked}
    lock_by_key(Individual.objects.filter(pk__in=set(people.values())).only("pk"))
    return people
