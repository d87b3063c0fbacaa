"""A bus planned, filled, sent, come and cancelled. Who gets on and off is in riding.py, another way in rerouting.py."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from casework.guard import children_kept
from casework.kinds import Reason
from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_open
from centre.models import Act, Site, User
from centre.refusals import refused_on
from registrations.errors import NotHere
from registrations.models import Household
from registrations.parts import record_voids
from shelter.apart import barring
from shelter.beside import parted
from shelter.errors import NobodyToPlace, NoRoomSuits, NotInThisHouse
from shelter.models import Stay
from shelter.parts import Lodging, Sleeper
from shelter.women import require_women
from transport.errors import (
    ArrivesFirst,
    BusNotLeft,
    NoSeats,
    NothingHeld,
    NotOnThisBus,
    OnABus,
    SameSite,
    TravelsApart,
)
from transport.models import Passenger, TransportRun, TransportStop
from transport.parts import (
    apart_on_seats,
    end_seats,
    lay_out,
    lock_households,
    lock_run,
    lock_waiting,
    on_laps,
    present_at,
    require_alike,
    require_at_a_door,
    require_no_seat,
    seats_left,
    standing_departures,
    stop_at,
    stop_for,
    withdraw_links,
)

RIDES_ON_FOR = timedelta(hours=3)  # after the hour of the last stop: a bus is late, or nobody there read them off


@dataclass(frozen=True)
class Run:
    """The run that was planned or changed."""

    run: str


@dataclass(frozen=True)
class Riding:
    """The people who were put on the run or taken off it, or who got on or off, and the seats that are still free.

    `without_bed` are those who got off and whose held place can no longer be given. A stop is told no number of seats.
    """

    run: str
    individuals: list[str]
    seats_left: int | None
    without_bed: list[str] = field(default_factory=list)


@act("plan_bus", answers=Run)
def plan_bus(
    site: Site,
    *,
    stops: Sequence[Site],
    seats: int,
    departs_at: datetime,
    arrives_at: datetime,
    vehicle: str = "",
    driver: str = "",
    driver_phone: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Run:
    """A bus with so many seats will leave the site and stop at these sites, in this order.

    Refuses with SiteClosed, SameSite, BusGoesByItself or ArrivesFirst.
    """
    require(by, Permission.PLACE, site, at)
    if len({site, *stops}) < len(stops) + 1:
        raise SameSite
    require_alike(stops)
    for one in (site, *stops):
        lock_open(one, at)
    if arrives_at <= departs_at:
        raise ArrivesFirst
    run = TransportRun.objects.create(
        site=site,
        seats=seats,
        departs_at=departs_at,
        arrives_at=arrives_at,
        vehicle=vehicle,
        driver=driver,
        driver_phone=driver_phone,
        act=act,
    )
    TransportStop.objects.bulk_create(
        TransportStop(run=run, site=stop, position=position, act=act) for position, stop in enumerate(stops)
    )
    return Run(str(run.pk))


@act("put_on_bus", answers=Riding)
def put_on_bus(
    run: TransportRun,
    *,
    household: Household,
    members: Sequence[uuid.UUID] | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Riding:
    """Give seats to all of the family who are at the site the bus leaves from, or to these members chosen by hand.

    They get off where places are held for them. Children under two travel on a lap. Two families that are kept apart
    may ride on one bus to different houses: an hour in sight of others is not one house, and refusing it would tell
    whoever fills the bus of a quarrel that is not theirs to read; who knows of it plans another bus. To one house no
    bus takes both.

    Refuses with BusCancelled, BusArrived, BusLeft, NobodyToPlace, NotHere, OnABus, NotTold, NothingHeld,
    NotInThisHouse, WomenOnly or NoSeats, and with TravelsApart when a child would travel or stay behind without who
    looks after it, unless a protection officer does it; then nobody has a seat.
    """
    require(by, Permission.PLACE, run.site, at)
    row = lock_waiting(run)
    family = lock_households([household.pk], at)[household.pk]
    here = present_at(family, row.site, at)
    people = _who_rides(family, here, members)
    stop = stop_for(row, people, at)
    if stop is None:
        raise NothingHeld
    theirs = Q(individual__in=people) if members is not None else Q(individual__in=people) | Q(household=household)
    require_no_seat(Passenger.objects.filter(theirs), by, at)
    _require_bed_at(stop, people, at)
    lap = on_laps(people, at)
    free, needed = seats_left(row), len(set(people) - lap)
    if needed > free:
        raise NoSeats(free, needed)
    seats = [
        Passenger(
            run=row,
            household=household,
            individual_id=person,
            site=stop,
            on_lap=person in lap,
            by_hand=members is not None,
            act=act,
        )
        for person in people
    ]
    with (
        children_kept(apart_on_seats(family, here, at), by=by, site=row.site, act=act, refusal=TravelsApart),
        refused_on("on_one_bus", OnABus(), ("family_on_one_bus", OnABus())),
    ):
        Passenger.objects.bulk_create(seats)
    return Riding(str(row.pk), [str(person) for person in people], free - needed)


@act("take_off_bus", answers=Riding)
def take_off_bus(
    run: TransportRun,
    *,
    household: Household,
    members: Sequence[uuid.UUID] | None = None,
    by: User,
    at: datetime,
    act: Act,
) -> Riding:
    """Give back the seats of the family, or of these members, who have not got on; places held for them stay.

    Refuses with BusCancelled, BusArrived, BusLeft or NotOnThisBus, and with TravelsApart as filling does.
    """
    require(by, Permission.PLACE, run.site, at)
    row = lock_waiting(run)
    family = lock_households([household.pk], at)[household.pk]
    waiting = Passenger.objects.waiting().filter(run=row, household=household)
    seats = list(waiting if members is None else waiting.filter(individual__in=members))
    if not seats:
        raise NotOnThisBus
    here = present_at(family, row.site, at)
    with children_kept(apart_on_seats(family, here, at), by=by, site=row.site, act=act, refusal=TravelsApart):
        end_seats(seats, Passenger.End.TAKEN_OFF, at, by)
    return Riding(str(row.pk), [str(one.individual_id) for one in seats], seats_left(row))


@act("send_bus", answers=Run)
def send_bus(run: TransportRun, *, by: User, at: datetime, act: Act) -> Run:
    """The bus leaves. Who has a seat and did not get on has it no more, and may be put on another; their places stay.

    Refuses with BusCancelled, BusArrived or BusLeft.
    """
    require_at_a_door(by, run.site, at)
    row = lock_waiting(run)
    end_seats(Passenger.objects.waiting().filter(run=row), Passenger.End.MISSED, at, by)
    TransportRun.objects.filter(pk=row.pk).update(went_at=at, went_by=by)
    return Run(str(row.pk))


@act("end_bus", answers=Run)
def end_bus(run: TransportRun, *, site: Site, by: User, at: datetime, act: Act) -> Run:
    """The bus has come to this stop, mostly its last: who was to get off by now and was not seen is among the missing.

    The run has ended where that leaves nobody aboard: who is to get off at a later stop rides on, until it should
    have been at its last stop for three hours. Refuses with BusCancelled, BusArrived, BusNotLeft or NotAStop.
    """
    require_at_a_door(by, site, at)
    row = lock_run(run)
    if row.went_at is None:
        raise BusNotLeft
    stop = stop_at(row, site)
    aboard = Passenger.objects.open().filter(run=row)
    later = TransportStop.objects.kept().filter(run=row, position__gt=stop.position).values("site")
    over = at >= row.arrives_at + RIDES_ON_FOR
    end_seats(aboard.all() if over else aboard.exclude(site__in=later), Passenger.End.NOT_SEEN, at, by)
    if not aboard.exists():
        TransportRun.objects.filter(pk=row.pk).update(arrived_at=at, arrived_by=by)
    return Run(str(row.pk))


@act("cancel_bus", answers=Run)
def cancel_bus(run: TransportRun, *, by: User, at: datetime, act: Act) -> Run:
    """The bus does not leave: nobody has a seat on it, people who got on are still at the site, and places stay held.

    A case opens for a child who is then at the site without a carer. The driver's link leads nowhere any more. Refuses
    with BusCancelled, BusArrived or BusLeft.
    """
    require(by, Permission.PLACE, run.site, at)
    row = lock_waiting(run)
    seats = list(Passenger.objects.open().filter(run=row))
    lock_households({one.household_id for one in seats}, at)
    told = standing_departures(seats)
    if told:
        people = {one.counted_as_id for one in told}
        with children_kept(parted(people, at), by=by, site=row.site, act=act, refusal=None, reason=Reason.CHILD_LEFT):
            record_voids(told, act, {one.individual_id: one.counted_as_id for one in told})
            lay_out(people, act)
    end_seats(seats, Passenger.End.CANCELLED, at, by)
    withdraw_links(row, at, by)
    TransportRun.objects.filter(pk=row.pk).update(cancelled_at=at, cancelled_by=by)
    return Run(str(row.pk))


def _who_rides(
    family: Sequence[uuid.UUID], here: set[uuid.UUID], members: Sequence[uuid.UUID] | None
) -> list[uuid.UUID]:
    """Those who get a seat. Refuses with NobodyToPlace when one who is named is not of the family, or with NotHere."""
    asked = set(family if members is None else members)
    if not asked or not asked <= set(family):
        raise NobodyToPlace
    riding = [person for person in family if person in asked and person in here]
    if not riding or (members is not None and len(riding) < len(asked)):
        raise NotHere
    return riding


def _require_bed_at(stop: Site, people: Sequence[uuid.UUID], at: datetime) -> None:
    """Refuse with WomenOnly or NotInThisHouse when one of these cannot have there what is held for them any more.

    With NoRoomSuits for the second, which is logged, where it is held in a house of others: as a hold there is.
    """
    holds = Stay.objects.holds().of(people).filter(site=stop).from_(at).select_related("room", "place")
    held = [Lodging(Sleeper(one.individual_id, one.individual_id), one.room, one.place, one.shares) for one in holds]
    require_women(held, at)
    if against := barring(people, stop, at):
        raise NoRoomSuits(against) if any(hold.opening_id for hold in holds) else NotInThisHouse
