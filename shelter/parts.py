"""Steps that acts above compose: they write, but do not authorise, lock or log."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from centre.models import Act
from registrations.models import Membership
from shelter.models import Bedding, Place, Room, Stay


def record_bedding(
    kind: str,
    placements: dict[uuid.UUID, tuple[Room | None, Place | None]],
    *,
    at: datetime,
    act: Act,
    reason: str = "",
) -> list[Bedding]:
    """Write one bedding fact for each individual; the caller lays out stays afterwards."""
    counted_as = dict(
        Membership.objects.filter(individual__in=list(placements), left_at__isnull=True).values_list(
            "individual", "counted_as"
        )
    )
    return Bedding.objects.bulk_create(
        Bedding(
            kind=kind,
            individual_id=individual_id,
            counted_as_id=counted_as.get(individual_id, individual_id),
            room=room,
            place=place,
            happened_at=at,
            act=act,
            reason=reason,
        )
        for individual_id, (room, place) in placements.items()
    )


def end_holds(individual_ids: Iterable[uuid.UUID], at: datetime) -> None:
    """End the holds of these individuals: cut those that run, take away those that would begin later."""
    for hold in Stay.objects.holds().filter(individual__in=list(individual_ids)).from_(at):
        if hold.during.lower < at:
            hold.during = DateTimeTZRange(hold.during.lower, at, "[)")
            hold.save(update_fields=["during"])
        else:
            hold.delete()
