"""A bus taken to another place than the one it was to stop at, with everybody who is to get off there.

An act's file like actions.py: it authorises, locks, decides and writes.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from casework.errors import ChildAmongStrangers, OfficerFirst
from casework.guard import children_kept, not_agreed, on_duty_for
from centre.access import Permission, allows, require
from centre.acts import act
from centre.locks import lock_by_key, lock_open
from centre.models import Act, Site, User
from centre.refusals import Refusal
from registrations.models import Household, Movement
from registrations.parts import record_voids
from registrations.together import LookedAfter, carers_with
from shelter.apart import lock_pairs
from shelter.apart_pairs import ApartPair
from shelter.babies import babies_among, lodge_on
from shelter.beside import lock_beside, parted_by_beds
from shelter.errors import NotEnoughPlaces, WomenOnly
from shelter.fitting import Needed, best_fits
from shelter.keeping import hold_each, require_nothing_held
from shelter.locks import free_spots
from shelter.models import Place, Room, Stay
from shelter.parts import Sleeper, cut_holds
from shelter.selectors import RoomNow, rooms_now
from shelter.women import men_among
from transport.errors import SameSite
from transport.models import Passenger, TransportRun, TransportStop
from transport.parts import (
    facts_of,
    lay_out,
    lock_households,
    lock_run,
    require_alike,
    standing_departures,
    stop_at,
    stops_ahead,
)
from transport.riding import depart_for

KEPT_FOR = timedelta(hours=12)  # after the hour at which the bus should come: a hold made on the road lasts the night


@dataclass(frozen=True)
class Rerouted:
    """The run; who has a place at the new stop; the numbers of the families that have none, and why, in their order."""

    run: str
    held: list[str]
    without_places: list[str]
    reasons: list[str]


@act("reroute_bus", answers=Rerouted)
def reroute_bus(run: TransportRun, *, old: Site, new: Site, by: User, at: datetime, act: Act) -> Rerouted:
    """The bus stops at the new site instead of the old one: all who were to get off there have places there instead.

    What was held for them at the old site is free again. For whom no place can be held at the new one is named, with
    why; they travel all the same. Who is on the bus already is on the way to the new site. Refuses with BusCancelled,
    BusArrived, NotAStop, SameSite, BusGoesByItself or SiteClosed; then everything is as it was.
    """
    require(by, Permission.PLACE, new, at)
    if not allows(by, Permission.PLACE, old, at):
        require(by, Permission.PLACE, run.site, at)
    row = lock_run(run)
    _move_stop(row, old, new, at, act)
    seats = list(Passenger.objects.open().filter(run=row, site=old).select_related("household").order_by("act", "pk"))
    lock_households({one.household_id for one in seats}, at)
    families: dict[Household, list[uuid.UUID]] = defaultdict(list)
    for one in seats:
        families[one.household].append(one.individual_id)
    until = _give_up_holds(families, old, row.arrives_at + KEPT_FOR, at, act)
    held, without = _hold_at(new, families, until, at=at, by=by, act=act)
    Passenger.objects.filter(pk__in=[one.pk for one in seats]).update(site=new)
    _tell_of_new_way([one for one in seats if one.boarded_at], row, new, act)
    return Rerouted(str(row.pk), [str(one) for one in held], list(map(str, without)), list(map(str, without.values())))


def _move_stop(run: TransportRun, old: Site, new: Site, at: datetime, act: Act) -> None:
    """Let the run, which is locked, stop at the new site in the place of the old one."""
    stop = stop_at(run, old)
    if new in (run.site, old):
        raise SameSite
    require_alike([new, *(site for site in stops_ahead(run) if site != old)])
    lock_open(new, at)
    TransportStop.objects.filter(pk=stop.pk).update(given_up_in=act)
    if not TransportStop.objects.kept().filter(run=run, site=new).exists():
        TransportStop.objects.create(run=run, site=new, position=stop.position, act=act)


def _give_up_holds(
    families: dict[Household, list[uuid.UUID]], old: Site, least: datetime, at: datetime, act: Act
) -> dict[Household, datetime]:
    """End what is held for these at the old site; until when a place is to be held for each family instead."""
    people = [person for family in families.values() for person in family]
    holds = list(Stay.objects.holds().of(people).filter(site=old).from_(at))
    ends = {hold.individual_id: hold.during.upper for hold in holds}
    cut_holds(holds, at, act)
    return {
        household: max([least, *(ends[one] for one in family if one in ends)]) for household, family in families.items()
    }


def _hold_at(
    new: Site,
    families: dict[Household, list[uuid.UUID]],
    until: dict[Household, datetime],
    *,
    at: datetime,
    by: User,
    act: Act,
) -> tuple[list[uuid.UUID], dict[Household, Refusal]]:
    """Hold places at the site for one family after the other; who has one, and why the others have none."""
    people = [person for family in families.values() for person in family]
    rooms = {room.pk: room for room in Room.objects.filter(site=new).select_related("site")}
    children = lock_beside(people, at, list(rooms.values()))
    places = lock_by_key(Place.objects.filter(room__in=rooms).only("pk"))
    alone = _alone(families, children, new, by, at)
    pairs = lock_pairs(people)
    held: list[uuid.UUID] = []
    without: dict[Household, Refusal] = {}
    for household, family in families.items():
        theirs = [one for one in children if one.child in family]
        try:
            if unagreed := alone.intersection(family):
                raise OfficerFirst(on_duty_for(unagreed, new, by, at))
            with transaction.atomic():
                _hold_together(family, theirs, rooms, places, pairs, new, until[household], at=at, by=by, act=act)
            held += family
        except Refusal as refusal:
            without[household] = refusal
    return held, without


def _alone(
    families: Mapping[Household, Sequence[uuid.UUID]],
    children: Sequence[LookedAfter],
    new: Site,
    by: User,
    at: datetime,
) -> set[uuid.UUID]:
    """The children to whom require_agreed would refuse a bed, each looked at with its own family; cases are locked."""
    if allows(by, Permission.SEE_CASES, new, at):
        return set()
    looked_after: dict[uuid.UUID, frozenset[uuid.UUID]] = {}
    for family in families.values():
        looked_after |= carers_with([one for one in children if one.child in family], at, new, family)
    return not_agreed([one for family in families.values() for one in family], looked_after, at, lock=True)


def _hold_together(
    family: Sequence[uuid.UUID],
    children: Sequence[LookedAfter],
    rooms: dict[uuid.UUID, Room],
    places: Sequence[Place],
    pairs: Sequence[ApartPair],
    new: Site,
    until: datetime,
    *,
    at: datetime,
    by: User,
    act: Act,
) -> None:
    """Hold the places that suit the family best.

    Refuses with NotEnoughPlaces, AlreadyHeld, NotInThisHouse, WomenOnly or ChildAmongStrangers.
    """
    people = [Sleeper(person, person) for person in family]
    if Stay.objects.holds().of(family).filter(site=new).at(at).count() == len(family):
        return  # theirs already, for this very bus
    require_nothing_held(people, new, at)
    babies = sorted(babies_among(family, at))
    free = rooms_now([new.pk], at, only_free=True)
    needed = Needed(len(family), len(babies), men=bool(men_among(family, at)))
    fits = best_fits(free, needed, here=None)
    best = next((fit for fit in fits if not fit.short), None)
    if best is None:
        raise _why_none(free, needed)
    chosen = [rooms[room.id] for room in best.rooms]
    sharing = babies[: best.sharing]
    spots = free_spots(chosen, places, len(family) - len(sharing), at)
    lodgings = lodge_on(spots, people, chosen, at, children, sharing=sharing)
    guard = parted_by_beds(children, chosen, at)
    with children_kept(guard, by=by, site=new, act=act, refusal=ChildAmongStrangers):
        hold_each(lodgings, until, "", at, act, pairs=pairs)


def _why_none(rooms: Sequence[RoomNow], needed: Needed) -> Refusal:
    """Why none of these rooms suits so many people: for women alone, or too few."""
    closed = [room for room in rooms if needed.men and room.women_only]
    free = sum(room.free for room in rooms)
    if closed and free >= needed.people:
        return WomenOnly(closed[0].name)
    return NotEnoughPlaces(free - sum(room.free for room in closed), needed.people)


def _tell_of_new_way(seats: Sequence[Passenger], run: TransportRun, new: Site, act: Act) -> None:
    """Let those who are on the bus be on the way to the new site, since they got on."""
    told = {one.counted_as_id: one for one in standing_departures(seats)}
    record_voids(list(told.values()), act, {one.individual_id: one.counted_as_id for one in told.values()})
    legs: dict[tuple[Household, datetime, bool | None], list[Passenger]] = defaultdict(list)
    for one in seats:
        if one.individual_id in told:
            fact = told[one.individual_id]
            legs[one.household, fact.happened_at, fact.card_read].append(one)
    for (household, since, card_read), riding in legs.items():
        depart_for(new, [one.individual_id for one in riding], run.site, household, since, act, card_read=card_read)
    facts = facts_of(act, Movement.Kind.DEPARTED)
    for one in seats:
        one.departure_id = facts.get(one.individual_id, one.departure_id)
    Passenger.objects.bulk_update(seats, ["departure"])
    lay_out(facts, act)
