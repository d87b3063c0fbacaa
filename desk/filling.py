"""Giving names to the rows that were counted at the gate."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from centre.clock import local_day
from centre.models import Act, User
from centre.refusals import refused_on
from registrations.errors import AlreadyWritten, OneHead
from registrations.facts import PersonFacts, cohort_on
from registrations.models import ONE_HEAD, Household, Individual, Membership
from registrations.parts import named, record_names, record_needs, record_people


def match_nameless(
    rows: Sequence[tuple[uuid.UUID, str | None, str]], people: Sequence[tuple[str | None, str]]
) -> dict[int, uuid.UUID]:
    """Which person, by position, fills which nameless row: the same sex and age group first, then what is unknown.

    Both sides are (sex, age group); None or "" where it is not known. Each row is filled once.
    """
    left = list(rows)
    filled: dict[int, uuid.UUID] = {}

    def fits(one: object, other: object, loose: bool) -> bool:
        return one == other or (loose and (not one or not other))

    for loose in (False, True):
        for position, (sex, group) in enumerate(people):
            if position in filled:
                continue
            row = next((r for r in left if fits(r[1], sex, loose) and fits(r[2], group, loose)), None)
            if row:
                filled[position] = row[0]
                left.remove(row)
    return filled


def fill_nameless(household: Household, members: Sequence[PersonFacts], act: Act, by: User) -> list[Individual]:
    """Name the household's nameless rows as these people and add the people beyond them; in the members' order.

    A nameless row that nobody fills stays as counted, for a supervisor to see. Refuses with AlreadyWritten when a
    person has the id of one of them: the rows that are filled keep their own.
    """
    if Individual.objects.filter(pk__in=[person.id for person in members]).exists():
        raise AlreadyWritten
    nameless = {
        membership.individual_id: membership
        for membership in household.memberships.today().select_related("individual")
        if membership.individual.registered_at is None
    }
    day = local_day(act.at)
    filled = match_nameless(
        [(key, m.individual.sex, m.individual.age_group) for key, m in nameless.items()],
        [(person.sex, cohort_on(person.birth, day)) for person in members],
    )
    row_of = {members[position].id: row for position, row in filled.items()}
    people = [
        replace(
            person,
            id=row_of.get(person.id, person.id),
            carer=row_of.get(person.carer, person.carer) if person.carer else None,
        )
        for person in members
    ]
    named_rows = [_name_row(nameless[person.id], person, act, by) for person in people if person.id in nameless]
    record_names(named_rows)
    record_needs({person.id: person.needs for person in people if person.id in nameless}, act)
    added = record_people(household, [person for person in people if person.id not in nameless], act, by)
    written = {individual.pk: individual for individual in [*named_rows, *added]}
    return [written[person.id] for person in people]


def _name_row(membership: Membership, person: PersonFacts, act: Act, by: User) -> Individual:
    individual = membership.individual
    columns = named(person) | {"registered_at": act.at, "registered_by": by, "registered_in": act}
    for column, value in columns.items():
        setattr(individual, column, value)
    individual.save(update_fields=list(columns))
    membership.relationship = person.relationship
    membership.carer_kind = person.carer_kind
    membership.carer_id = person.carer
    with refused_on(ONE_HEAD, OneHead()):
        membership.save(update_fields=["relationship", "carer_kind", "carer"])
    return individual
