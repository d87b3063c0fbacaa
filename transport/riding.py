"""Families read on and off a bus: between, they are on the way.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils import timezone

from casework.guard import children_kept
from casework.kinds import Reason
from centre.acts import act
from centre.models import Act, Site, User
from registrations.errors import NotHere
from registrations.models import Household, Membership, Movement, Presence
from registrations.parts import record_movements, record_voids
from shelter.actions import take_in
from shelter.beside import lock_beside, parted, parted_by_beds
from shelter.keeping import places_kept
from shelter.models import Stay
from shelter.parts import Sleeper, cut_holds, end_holds_elsewhere
from shelter.selectors import UNUSED_SHOWN
from transport.actions import Riding
from transport.errors import AlreadyBoarded, BusNotLeft, NotBoarded, NotOnThisBus, TravelsApart
from transport.models import Passenger, TransportRun
from transport.parts import (
    end_seats,
    facts_of,
    lay_out,
    lock_boarding,
    lock_households,
    lock_run,
    not_on_one_bus,
    present_at,
    require_at_a_door,
    require_no_seat,
    seats_left,
    standing_departures,
    where_it_stops_now,
)


@act("board_bus", answers=Riding)
def board_bus(
    run: TransportRun,
    *,
    household: Household,
    members: Sequence[uuid.UUID] | None = None,
    card_read: bool | None = None,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Riding:
    """The family, or these members, got on: they have left the site, and are on the way to where they get off.

    Also as the bus rolls, or up to half an hour after it left: they have again the seats that they had missed.
    Refuses with BusCancelled, BusArrived, LeftLongBefore, NotOnThisBus, AlreadyBoarded or NotHere, with OnABus or
    NotTold when they were given seats on another bus since, and with TravelsApart when a child would travel or stay
    without who looks after it, unless a protection officer reads them on. With `happened_anyway`, how it happened, it
    is recorded and an urgent case opens.
    """
    require_at_a_door(by, run.site, at)
    row = lock_boarding(run, at)
    family = lock_households([household.pk], at)[household.pk]
    riding = _getting_on(row, household, members, by, at)
    here = {one.individual_id for one in riding}
    with children_kept(
        not_on_one_bus(parted(here, at), family, at),
        by=by,
        site=row.site,
        act=act,
        happened_anyway=happened_anyway,
        refusal=TravelsApart,
        reason=Reason.CHILD_LEFT,
    ):
        for stop in {one.site for one in riding}:
            depart_for(
                stop,
                [one.individual_id for one in riding if one.site == stop],
                row.site,
                household,
                at,
                act,
                card_read=card_read,
            )
        _write_boarding(riding, at, by, act)
        lay_out(here, act)
    return Riding(str(row.pk), [str(one.individual_id) for one in riding], seats_left(row))


@act("void_boarding", answers=Riding)
def void_boarding(
    run: TransportRun,
    *,
    household: Household,
    members: Sequence[uuid.UUID] | None = None,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Riding:
    """The family, or these members, had not got on: they are at the site as if it had never been told, with a seat.

    Where the bus has left, it left without them. Refuses with BusCancelled, BusArrived, LeftLongBefore or NotBoarded,
    and with TravelsApart as boarding does.
    """
    require_at_a_door(by, run.site, at)
    row = lock_boarding(run, at)
    family = lock_households([household.pk], at)[household.pk]
    seats = Passenger.objects.open().aboard().filter(run=row, household=household)
    riding = list(seats if members is None else seats.filter(individual__in=members))
    if not riding:
        raise NotBoarded
    people = [one.individual_id for one in riding]
    told = standing_departures(riding)
    with children_kept(
        not_on_one_bus(parted(people, at), family, at),
        by=by,
        site=row.site,
        act=act,
        happened_anyway=happened_anyway,
        refusal=TravelsApart,
    ):
        record_voids(told, act, {one.individual_id: one.counted_as_id for one in told})
        keys = [one.pk for one in riding]
        Passenger.objects.filter(pk__in=keys).update(boarded_at=None, boarded_by=None, departure=None)
        if row.went_at:
            end_seats(riding, Passenger.End.MISSED, row.went_at, by)
        lay_out(people, act)
    return Riding(str(row.pk), [str(person) for person in people], seats_left(row))


@act("get_off_bus", answers=Riding)
def get_off_bus(
    run: TransportRun,
    *,
    household: Household,
    site: Site,
    members: Sequence[uuid.UUID] | None = None,
    card_read: bool | None = None,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Riding:
    """The family, or these members, got off at the site: they arrived, and sleep where a place was held for them there.

    Who comes when the hold has run out sleeps there too, as long as nobody else was given the place; whose place can be
    given no more waits for another, and is named. Also where the bus was not expected, and after it was said to have
    come. Refuses with BusNotLeft, NotBoarded or SiteClosed, and with NotInThisHouse, WomenOnly, ChildApart,
    ChildAmongStrangers or OfficerFirst as a check-in does; what happened anyway is recorded.
    """
    require_at_a_door(by, site, at)
    row = _lock_sent(run)
    lock_households([household.pk], at)
    seats = Passenger.objects.aboard().filter(run=row, household=household)
    riding = list(seats if members is None else seats.filter(individual__in=members))
    if not riding:
        raise NotBoarded
    people = [one.individual_id for one in riding]
    holds, lost = _beds_kept(people, site, at)
    children = lock_beside(people, at, [hold.room for hold in holds.values()])
    guard = parted_by_beds(children, [hold.room for hold in holds.values()], at)
    with children_kept(guard, by=by, site=site, act=act, happened_anyway=happened_anyway):
        _arrive(people, household, site, at, act, card_read=card_read)
        addressed = _addressed(household, people)
        sleepers = [Sleeper(person, addressed.get(person, person)) for person in holds]
        if sleepers:
            take_in(
                sleepers,
                list(holds.values()),
                site,
                children=children,
                happened_anyway=happened_anyway,
                by=by,
                at=at,
                act=act,
            )
        cut_holds(lost.values(), at, act)  # or who has no bed would not be on the list of those who wait
        end_seats(riding, Passenger.End.GOT_OFF, at, by)
    without = [str(person) for person in people if person in lost]
    return Riding(str(row.pk), [str(person) for person in people], None, without)


def depart_for(
    stop: Site,
    people: Collection[uuid.UUID],
    site: Site,
    household: Household,
    at: datetime,
    act: Act,
    *,
    card_read: bool | None = None,
) -> None:
    """Write that these of the household left the site for that stop."""
    record_movements(
        Movement.Kind.DEPARTED,
        people,
        site=site,
        at=at,
        act=act,
        told_of=household,
        destination=Movement.Destination.SITE,
        destination_site=stop,
        card_read=card_read,
    )


def _lock_sent(run: TransportRun) -> TransportRun:
    """The run, locked, also once it has come: somebody may be seen late. Refuses with BusCancelled or BusNotLeft."""
    row = lock_run(run, also_come=True)
    if row.went_at is None:
        raise BusNotLeft
    return row


def _getting_on(
    run: TransportRun, household: Household, members: Sequence[uuid.UUID] | None, by: User, at: datetime
) -> list[Passenger]:
    """The seats of those of the family, or of these members, who are at the site at the instant and not on the run yet.

    Refuses with NotOnThisBus, AlreadyBoarded or NotHere, and with OnABus or NotTold when one of them, or their family,
    was given a seat on another run since this one left.
    """
    seats = _seats_of(run, household, members)
    waiting = [one for one in seats if one.boarded_at is None]
    if not waiting:
        raise AlreadyBoarded
    people = [one.individual_id for one in waiting]
    here = present_at(people, run.site, at)
    if run.went_at:  # told late: who was somewhere else since did not get on
        here &= present_at(people, run.site, max(at, timezone.now()))
    if not here:
        raise NotHere
    riding = [one for one in waiting if one.individual_id in here]
    if run.went_at:
        elsewhere = Passenger.objects.exclude(run=run)
        theirs = Q(individual__in=here) | Q(household=household, by_hand=False)
        require_no_seat(elsewhere.filter(theirs), by, at)
        for one in riding:
            one.site = where_it_stops_now(run, one.site)
    return riding


def _seats_of(run: TransportRun, household: Household, members: Sequence[uuid.UUID] | None) -> list[Passenger]:
    """The seats of the family on the run, or of these members; once it left, those too that it left without.

    Refuses with NotOnThisBus when there are none.
    """
    standing = Passenger.objects.open() | Passenger.objects.missed() if run.went_at else Passenger.objects.open()
    seats = standing.filter(run=run, household=household).select_related("site")
    found = list(seats if members is None else seats.filter(individual__in=members))
    if not found:
        raise NotOnThisBus
    return found


def _write_boarding(riding: Sequence[Passenger], at: datetime, by: User, act: Act) -> None:
    facts = facts_of(act, Movement.Kind.DEPARTED)
    for one in riding:
        one.boarded_at, one.boarded_by, one.departure_id = at, by, facts[one.individual_id]
        one.ended_at, one.ended_by, one.ended_as = None, None, ""
    columns = ["site", "boarded_at", "boarded_by", "departure", "ended_at", "ended_by", "ended_as"]
    Passenger.objects.bulk_update(riding, columns)


def _arrive(
    people: Sequence[uuid.UUID],
    household: Household,
    site: Site,
    at: datetime,
    act: Act,
    *,
    card_read: bool | None,
) -> None:
    """Write that those of these came to the site whom no desk has read in there before."""
    here = set(Presence.objects.filter(individual__in=people, site=site).at(at).values_list("individual", flat=True))
    coming = [person for person in people if person not in here]
    record_movements(Movement.Kind.ARRIVED, coming, site=site, at=at, act=act, told_of=household, card_read=card_read)
    end_holds_elsewhere(coming, site, at, act)
    lay_out(coming, act)


def _beds_kept(
    people: Sequence[uuid.UUID], site: Site, at: datetime
) -> tuple[dict[uuid.UUID, Stay], dict[uuid.UUID, Stay]]:
    """The last hold at the site of each of these whose place can be given, and of each whose place cannot, by person.

    Also one that ran out unused within half a day.
    """
    lately = Stay.objects.holds().of(people).filter(site=site, given_up_in=None)
    rows = lately.filter(during__overlap=DateTimeTZRange(at - UNUSED_SHOWN, at, "[]")).order_by("during")
    found = list(rows.select_related("room", "place"))
    records = Membership.objects.today().filter(individual__in=[hold.individual_id for hold in found])
    counted_as = dict(records.values_list("individual", "counted_as"))
    last = {counted_as.get(hold.individual_id, hold.individual_id): hold for hold in found}
    free = places_kept(list(last.values()), at)
    kept = {person: hold for person, hold in last.items() if hold.shares or hold.place_id in free}
    return kept, {person: hold for person, hold in last.items() if person not in kept}


def _addressed(household: Household, people: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The record of the household by the person it counts as."""
    rows = Membership.objects.today().filter(household=household, counted_as__in=people)
    return dict(rows.values_list("counted_as", "individual"))
