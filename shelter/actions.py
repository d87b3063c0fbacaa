"""Giving people a place to sleep: each act refuses whole, and then nobody moves."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from centre.refusals import refused_on
from registrations.models import Household, Individual, Presence
from registrations.parts import record_movements
from registrations.presences import lay_out_presences
from shelter.errors import (
    AlreadyHoused,
    HoldGone,
    NobodyToPlace,
    NotEnoughPlaces,
    PlaceBlocked,
    PlaceTaken,
    SiteDiffers,
    StayEnded,
)
from shelter.models import Place, Room, Stay
from shelter.nights import lay_out_stays
from shelter.parts import end_holds, record_bedding


@dataclass(frozen=True)
class Placed:
    """Who got which place: ids of individuals and of the stays or holds made for them, in the same order."""

    individuals: list[str]
    stays: list[str]


@act("hold", answers=Placed)
def hold_places(
    household: Household,
    *,
    rooms: Sequence[Room],
    until: datetime,
    reason: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Placed:
    """Keep a place in these rooms for each member until a time; nobody needs to be at the site yet.

    Refuses with SiteDiffers, NobodyToPlace, AlreadyHoused or NotEnoughPlaces; then nothing is kept.
    """
    site = _site_of(rooms)
    require(by, Permission.PLACE, site, at)
    members = _lock_members(household, members=None)
    if Stay.objects.filter(individual__in=members).holds().from_(at).exists():
        raise AlreadyHoused
    places = _lock_free_places(rooms, len(members), at)
    with refused_on("place_taken_once", PlaceTaken()):
        holds = Stay.objects.bulk_create(
            Stay(
                kind=Stay.Kind.HOLD,
                individual=member,
                site=site,
                room_id=place.room_id,
                place=place,
                during=DateTimeTZRange(at, until, "[)"),
                act=act,
                reason=reason,
            )
            for member, place in zip(members, places, strict=True)
        )
    return _placed(members, holds)


@act("place", answers=Placed)
def place_household(
    household: Household,
    *,
    rooms: Sequence[Room],
    members: Sequence[uuid.UUID] | None = None,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Placed:
    """Give each member of the household a place of their own in these rooms, filled in order, and check them in.

    Who is not at the site yet arrives there by it. Refuses with SiteDiffers, NobodyToPlace, AlreadyHoused or
    NotEnoughPlaces; then nobody moves. With `happened_anyway`, a reason, those for whom there is no place are
    recorded in the last room as overflow.
    """
    site = _site_of(rooms)
    require(by, Permission.PLACE, site, at)
    people = _lock_members(household, members)
    if Stay.objects.stays().filter(individual__in=people).at(at).exists():
        raise AlreadyHoused
    end_holds([person.pk for person in people], at)
    places: list[Place | None] = list(_lock_free_places(rooms, len(people), at, short=bool(happened_anyway)))
    places += [None] * (len(people) - len(places))
    _check_in(people, site, places, rooms, at=at, act=act, reason=happened_anyway)
    return _stays_of(people, act)


@act("check_in", answers=Placed)
def check_in(holds: Sequence[Stay], *, by: User, at: datetime, act: Act) -> Placed:
    """End these holds and begin the stays they were kept for; who is not at the site yet arrives there by it.

    Refuses with StayEnded when one is no hold, and with HoldGone when one has ended and its place is taken.
    """
    site = _site_of([hold.room for hold in holds])
    require(by, Permission.PLACE, site, at)
    people = lock_by_key(Individual.objects.filter(pk__in=[hold.individual_id for hold in holds]))
    held = {hold.individual_id: hold for hold in Stay.objects.holds().filter(pk__in=[hold.pk for hold in holds])}
    if len(held) != len(people) or not people:
        raise StayEnded
    places = {
        place.pk: place for place in lock_by_key(Place.objects.filter(pk__in=[hold.place_id for hold in held.values()]))
    }
    end_holds(held, at)
    taken = Stay.objects.filter(place__in=places).from_(at).exclude(individual__in=people).exists()
    if taken or any(place.blocked_at for place in places.values()):
        raise HoldGone
    rooms = [held[person.pk].room for person in people]
    _check_in(people, site, [places[held[person.pk].place_id] for person in people], rooms, at=at, act=act)
    return _stays_of(people, act)


@act("move", answers=Placed)
def move(stays: Sequence[Stay], *, rooms: Sequence[Room], by: User, at: datetime, act: Act) -> Placed:
    """Move the people of these stays to places in these rooms; the old place is free from that instant.

    Refuses with StayEnded, SiteDiffers or NotEnoughPlaces; then nobody moves.
    """
    site = _site_of(rooms)
    require(by, Permission.PLACE, site, at)
    people = _lock_sleepers(stays, at)
    places = _lock_free_places(rooms, len(people), at)
    _arrive_where_absent(people, site, at, act)
    record_bedding(
        "moved",
        {person.pk: (place.room, place) for person, place in zip(people, places, strict=True)},
        at=at,
        act=act,
    )
    with refused_on("place_taken_once", PlaceTaken()):
        lay_out_stays([person.pk for person in people], act)
    return _stays_of(people, act)


@act("end_stay", answers=Placed)
def end_stays(stays: Sequence[Stay], *, by: User, at: datetime, act: Act) -> Placed:
    """End these stays or give back these holds; the people are still at the site. Refuses with StayEnded."""
    require(by, Permission.PLACE, _site_of([stay.room for stay in stays]), at)
    ids = [stay.individual_id for stay in stays]
    lock_by_key(Individual.objects.filter(pk__in=ids))
    running = list(Stay.objects.filter(pk__in=[stay.pk for stay in stays]).from_(at))
    if len(running) != len(stays):
        raise StayEnded
    end_holds([stay.individual_id for stay in running if stay.kind == Stay.Kind.HOLD], at)
    sleepers = {stay.individual_id: (None, None) for stay in running if stay.kind == Stay.Kind.STAY}
    record_bedding("left", sleepers, at=at, act=act)
    lay_out_stays(ids, act)
    return Placed([str(key) for key in ids], [str(stay.pk) for stay in stays])


@dataclass(frozen=True)
class Blocked:
    """The places that are blocked or open now."""

    places: list[str]


@act("block", answers=Blocked)
def block_places(places: Sequence[Place], *, reason: str, by: User, at: datetime, act: Act) -> Blocked:
    """Keep these places from being given. Refuses with PlaceTaken when someone holds or sleeps on one."""
    require(by, Permission.SET_UP_ROOMS, _site_of([place.room for place in places]), at)
    locked = lock_by_key(Place.objects.filter(pk__in=[place.pk for place in places]))
    if Stay.objects.filter(place__in=locked).from_(at).exists():
        raise PlaceTaken
    changed = Place.objects.filter(pk__in=[place.pk for place in locked], blocked_at__isnull=True).update(
        blocked_at=at, blocked_by=by, blocked_reason=reason
    )
    if changed != len(locked):
        raise PlaceBlocked
    return Blocked([str(place.pk) for place in locked])


@act("open", answers=Blocked)
def open_places(places: Sequence[Place], *, by: User, at: datetime, act: Act) -> Blocked:
    """Let these places be given again."""
    require(by, Permission.SET_UP_ROOMS, _site_of([place.room for place in places]), at)
    locked = lock_by_key(Place.objects.filter(pk__in=[place.pk for place in places]))
    Place.objects.filter(pk__in=[place.pk for place in locked]).update(
        blocked_at=None, blocked_by=None, blocked_reason=""
    )
    return Blocked([str(place.pk) for place in locked])


def _site_of(rooms: Sequence[Room]) -> Site:
    sites = {room.site_id: room.site for room in rooms}
    if len(sites) != 1:
        raise SiteDiffers
    return next(iter(sites.values()))


def _lock_members(household: Household, members: Sequence[uuid.UUID] | None) -> list[Individual]:
    """Lock the household, then its members of today (or those named), and return them in the order of the form."""
    lock_by_key(Household.objects.filter(pk=household.pk))
    asked = Individual.objects.members_of(household)
    if members is not None:
        asked = asked.filter(pk__in=members)
    order = {key: place for place, key in enumerate(asked.values_list("pk", flat=True))}
    people = lock_by_key(Individual.objects.filter(pk__in=order))
    if not people or (members is not None and len(people) != len(set(members))):
        raise NobodyToPlace
    return sorted(people, key=lambda person: order[person.pk])


def _lock_free_places(rooms: Sequence[Room], needed: int, at: datetime, *, short: bool = False) -> list[Place]:
    """Lock the rooms' places and take the first free ones, room by room as the rooms were named."""
    order = {room.pk: position for position, room in enumerate(rooms)}
    locked = lock_by_key(Place.objects.filter(room__in=order))
    free = Place.objects.filter(pk__in=[place.pk for place in locked]).free(at).select_related("room__site")
    places = sorted(free, key=lambda place: (order[place.room_id], place.number))
    if len(places) < needed and not short:
        raise NotEnoughPlaces(len(places), needed)
    return places[:needed]


def _lock_sleepers(stays: Sequence[Stay], at: datetime) -> list[Individual]:
    people = lock_by_key(Individual.objects.filter(pk__in=[stay.individual_id for stay in stays]))
    running = Stay.objects.stays().filter(pk__in=[stay.pk for stay in stays]).at(at).count()
    if not stays or running != len(stays):
        raise StayEnded
    return people


def _check_in(
    people: Sequence[Individual],
    site: Site,
    places: Sequence[Place | None],
    rooms: Sequence[Room],
    *,
    at: datetime,
    act: Act,
    reason: str = "",
) -> None:
    _arrive_where_absent(people, site, at, act)
    record_bedding(
        "checked_in",
        {person.pk: (place.room if place else rooms[-1], place) for person, place in zip(people, places, strict=True)},
        at=at,
        act=act,
        reason=reason,
    )
    with refused_on("place_taken_once", PlaceTaken()):
        lay_out_stays([person.pk for person in people], act)


def _arrive_where_absent(people: Sequence[Individual], site: Site, at: datetime, act: Act) -> None:
    present = set(
        Presence.objects.filter(individual__in=people, site=site, during__contains=at).values_list(
            "individual", flat=True
        )
    )
    absent = [person.pk for person in people if person.pk not in present]
    if absent:
        record_movements("arrived", absent, site=site, at=at, act=act)
        lay_out_presences(absent)


def _placed(people: Sequence[Individual], stays: Sequence[Stay]) -> Placed:
    return Placed([str(person.pk) for person in people], [str(stay.pk) for stay in stays])


def _stays_of(people: Sequence[Individual], act: Act) -> Placed:
    stays = {stay.individual_id: stay for stay in Stay.objects.stays().filter(began_by__act=act)}
    return _placed(people, [stays[person.pk] for person in people if person.pk in stays])
