"""The seats of records that count as one person: parts of merge and unmerge, which lock the people."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from centre.locks import lock_by_key
from centre.models import User
from transport.models import Passenger, RunState, TransportRun
from transport.parts import end_seats, seats_left


def lock_runs_of(people: Collection[uuid.UUID]) -> None:
    """Lock the runs on which these have a seat, or had one that a merge freed; before all people."""
    theirs = Passenger.objects.filter(individual__in=people, ended_as__in=("", Passenger.End.MERGED))
    lock_by_key(TransportRun.objects.filter(pk__in=theirs.values("run")))


def merge_seats(records: Collection[uuid.UUID], person: uuid.UUID, at: datetime, by: User) -> None:
    """Let the seats of these records be the person's, who keeps one: where they are on the bus, else their own."""
    seats = list(Passenger.objects.open().filter(individual__in=[*records, person]))
    seats.sort(key=lambda one: (one.boarded_at is None, one.individual_id != person))
    end_seats(seats[1:], Passenger.End.MERGED, at, by)
    theirs = Passenger.objects.filter(individual__in=records)
    theirs.update(merged_from=Coalesce("merged_from", "individual"), individual=person)


def unmerge_seats(records: Collection[uuid.UUID], merged: uuid.UUID, person: uuid.UUID) -> None:
    """Let the seats that these records had be theirs again; a seat that the merge freed is given back if it is free."""
    Passenger.objects.filter(merged_from__in=records).update(individual=merged)
    Passenger.objects.filter(merged_from=F("individual")).filter(individual=merged).update(merged_from=None)
    freed = Passenger.objects.filter(individual__in=(merged, person), ended_as=Passenger.End.MERGED)
    for seat in freed.select_related("run"):
        if _is_free(seat):
            Passenger.objects.filter(pk=seat.pk).update(ended_at=None, ended_by=None, ended_as="")


def _is_free(seat: Passenger) -> bool:
    """Whether the run has not left, has the seat still, and neither the person nor the family has another one."""
    others = Passenger.objects.open()
    taken = others.filter(individual=seat.individual_id) | others.filter(household=seat.household_id).exclude(
        run=seat.run_id
    )
    room = seat.on_lap or seats_left(seat.run) > 0
    return seat.run.state == RunState.PLANNED and room and not taken.exists()
