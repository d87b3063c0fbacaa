"""Steps of acts on plans: they write, but do not authorise, lock or log."""

import uuid
from collections.abc import Collection, Mapping

from plans.evening import Draft, Evening, worth_of
from plans.models import How, Plan, PlannedFamily, PlannedPlace


def write_draft(plan: Plan, how: How, draft: Draft, evening: Evening) -> dict[str, int]:
    """Keep who would sleep where in one of the two plans; what it wins, by name."""
    places = {family.id: position for position, family in enumerate(evening.families)}
    told = {one.family.id: one for one in draft.planned}
    why = {family.id: code for family, code in draft.left_out}
    rows: dict[uuid.UUID, PlannedFamily] = {}
    for family in evening.families:
        one = told.get(family.id)
        rows[family.id] = PlannedFamily(
            plan=plan,
            how=how,
            household_id=family.id,
            site_id=family.site,
            position=places[family.id],
            size=len(family.people),
            hours=family.hours,
            left_out="" if one else why[family.id],
            reasons=list(one.reasons) if one else [],
            doubts=list(one.doubts) if one else [],
        )
    PlannedFamily.objects.bulk_create(rows.values(), batch_size=2000)
    PlannedPlace.objects.bulk_create(
        (
            PlannedPlace(family=rows[one.family.id], individual_id=person, room_id=room)
            for one in draft.planned
            for person, room in one.seats.items()
        ),
        batch_size=5000,
    )
    return worth_of(draft, evening.spaces).numbers


def copy_draft(plan: Plan) -> None:
    """Let the plan that was searched for read as the one made at once."""
    seats: Mapping[uuid.UUID, Collection[PlannedPlace]]
    greedy = list(plan.families.filter(how=How.GREEDY).prefetch_related("places"))
    seats = {row.household_id: list(row.places.all()) for row in greedy}
    for row in greedy:
        row.pk, row.how = uuid.uuid4(), How.SOLVER
        row._state.adding = True
    PlannedFamily.objects.bulk_create(greedy, batch_size=2000)
    PlannedPlace.objects.bulk_create(
        PlannedPlace(family=row, individual_id=place.individual_id, room_id=place.room_id)
        for row in greedy
        for place in seats[row.household_id]
    )
