"""Giving people a place to sleep. An act is done for everybody it names or for nobody."""

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.guard import children_kept, require_agreed
from centre.access import Permission, require
from centre.acts import act
from centre.errors import SiteClosed, SiteInUse
from centre.locks import lock_by_key
from centre.models import Act, Site, User
from centre.refusals import refused_on
from registrations.errors import AlreadyVoided, NotTold
from registrations.locks import lock_records
from registrations.models import Household, Presence
from registrations.parts import record_movements
from registrations.presences import lay_out_presences
from registrations.together import LookedAfter, carers_with
from registrations.whereabouts import told_of, touched_at
from shelter.beside import lock_beside, parted_by_beds, seat
from shelter.errors import (
    AlreadyHoused,
    HoldGone,
    PlaceTaken,
    SiteDiffers,
    StayEnded,
)
from shelter.keeping import hold_each, keep_places, leave, require_nothing_held
from shelter.locks import lock_free_places, lock_members, lock_people, lock_seats
from shelter.models import PLACE_TAKEN_ONCE, Bedding, Place, Room, Stay, StayQuerySet
from shelter.nights import lay_out_stays
from shelter.parts import Lodging, Sleeper, cut_holds, end_holds, record_bedding
from shelter.reach import lock_opening, require_hand_on, require_reach


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
    members: Sequence[uuid.UUID] | None = None,
    seating: Sequence[Room] | None = None,
    reason: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Placed:
    """Keep a place in these rooms for each member until a time; nobody needs to be at the site yet.

    Who sleeps in which of the rooms follows from who looks after whom; `seating` says it by hand, a room for each of
    the members named, in their order. At a site of others, as many as it is open for: else refuses with OpeningSpent.
    Refuses with SiteDiffers, SiteClosed, HoldEndsFirst, NobodyToPlace, RecordClosed, AlreadyHeld, NotEnoughPlaces,
    ChildAmongStrangers or OfficerFirst; then nothing is kept.
    """
    site = _site_of(rooms)
    from_elsewhere = require_reach(by, site, at)
    if site.is_closed(at):
        raise SiteClosed
    people = lock_members(household, members, at, by)
    require_nothing_held(people, at)
    children = _children_of(people, at, rooms)
    lodgings = _lodge(people, rooms, children, at, members=members, seating=seating)
    _require_agreed(children, people, site, by=by, act=act)
    with _children_kept(children, site, rooms, by=by, act=act):
        opening = lock_opening(site, len(people), at) if from_elsewhere else None
        return _held(hold_each(lodgings, until, reason, at, act, opening))


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

    Who is not at the site yet arrives there by it; their holds end, but for beds kept elsewhere while they are in
    hospital. Refuses with SiteDiffers, NobodyToPlace, RecordClosed, AlreadyHoused or NotEnoughPlaces; then nobody
    moves. With `happened_anyway`, a reason, it is recorded whatever was known before: those for whom there is no place
    are in the last room as overflow. Of a household whose members were told to be in different places, those are placed
    who are at the site or nowhere; the others are named. Refuses with ChildApart, ChildAmongStrangers or
    OfficerFirst as well, unless a protection officer does it or it happened anyway; then an urgent case opens.
    """
    site = _site_of(rooms)
    require(by, Permission.PLACE, site, at)
    people = _who_comes(lock_members(household, members, at, by), site, at, by, named=members is not None)
    known = list(Stay.objects.of(who.person for who in people).from_(at))
    if not happened_anyway and any(stay.kind == Stay.Kind.STAY for stay in known):
        raise AlreadyHoused
    cut_holds([hold for hold in known if hold.kind == Stay.Kind.HOLD and _is_given_up(hold, site)], at, act)
    children = _children_of(people, at, rooms)
    spots = lock_free_places(rooms, len(people), at, short=bool(happened_anyway))
    spots += [(rooms[-1], None)] * (len(people) - len(spots))
    lodgings = [Lodging(who, *spot) for who, spot in seat(people, spots, children)]
    how: dict[str, Any] = {"by": by, "act": act, "happened_anyway": happened_anyway}
    opened = _require_agreed(children, people, site, **how)
    with _children_kept(children, site, rooms, together=people, opened=opened, **how):
        reason = "" if opened else happened_anyway  # what is said of a child stands sealed in its case alone
        _bed(Bedding.Kind.CHECKED_IN, lodgings, site, at=at, act=act, reason=reason)
    return _placed(people, act)


@act("check_in", answers=Placed)
def check_in(holds: Sequence[Stay], *, happened_anyway: str = "", by: User, at: datetime, act: Act) -> Placed:
    """End these holds and begin the stays they were kept for; who is not at the site yet arrives there by it.

    After a hold has gone this is a new placement of the same beds. Refuses with RecordClosed, with StayEnded when one
    was taken back, with AlreadyHoused when its person was checked in since, with HoldGone when its place is no longer
    free, and with ChildApart, ChildAmongStrangers or OfficerFirst as a placement does.
    """
    site = _site_of([hold.room for hold in holds])
    require(by, Permission.PLACE, site, at)
    people = lock_people(holds, at, by)
    take_in(people, holds, site, happened_anyway=happened_anyway, by=by, at=at, act=act)
    return _placed(people, act)


def take_in(
    people: Sequence[Sleeper],
    holds: Sequence[Stay],
    site: Site,
    *,
    children: Sequence[LookedAfter] | None = None,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> None:
    """Let these people, who are locked, sleep where these holds at the site were kept for them, in the same order.

    With `children`, those of their families, whose rooms and these are locked. Refuses as check_in does.
    """
    held = _as_they_are(Stay.objects.holds(), holds)
    rooms = [hold.room for hold in held]
    children = _children_of(people, at, rooms) if children is None else children
    places = lock_by_key(Place.objects.filter(pk__in=[hold.place_id for hold in held]))
    _require_not_checked_in(people, held, at)
    end_holds([who.person for who in people], at, act)
    if not all(place.is_usable(at) for place in places) or Stay.objects.filter(place__in=places).from_(at).exists():
        raise HoldGone
    lodgings = [Lodging(who, hold.room, hold.place) for who, hold in zip(people, held, strict=True)]
    how: dict[str, Any] = {"by": by, "act": act, "happened_anyway": happened_anyway}
    opened = _require_agreed(children, people, site, **how)
    with _children_kept(children, site, rooms, together=people, opened=opened, **how):
        _bed(Bedding.Kind.CHECKED_IN, lodgings, site, at=at, act=act)


@act("move", answers=Placed)
def move(
    stays: Sequence[Stay], *, rooms: Sequence[Room], happened_anyway: str = "", by: User, at: datetime, act: Act
) -> Placed:
    """Move the people of these stays to places in these rooms; the old place is free from that instant.

    Refuses with RecordClosed, StayEnded, SiteDiffers or NotEnoughPlaces, and with ChildApart, ChildAmongStrangers or
    OfficerFirst as a placement does; then nobody moves.
    """
    site = _site_of(rooms)
    require(by, Permission.PLACE, site, at)
    people = lock_people(stays, at, by)
    _as_they_are(Stay.objects.stays().at(at).filter(during__upper_inf=True), stays)
    children = _children_of(people, at, rooms)
    spots = lock_free_places(rooms, len(people), at)
    lodgings = [Lodging(who, *spot) for who, spot in seat(people, spots, children)]
    how: dict[str, Any] = {"by": by, "act": act, "happened_anyway": happened_anyway}
    opened = _require_agreed(children, people, site, **how)
    with _children_kept(children, site, rooms, together=people, opened=opened, **how):
        _bed(Bedding.Kind.MOVED, lodgings, site, at=at, act=act)
    return _placed(people, act)


@act("end_stay", answers=Placed)
def end_stays(stays: Sequence[Stay], *, happened_anyway: str = "", by: User, at: datetime, act: Act) -> Placed:
    """End these stays and give back these holds; the people are still at the site.

    Refuses with RecordClosed or StayEnded, and with ChildAmongStrangers when a child would be left so.
    """
    site = _site_of([stay.room for stay in stays])
    require_hand_on(stays, site, by, at)
    people = lock_people(stays, at, by)
    running = list(zip(people, _as_they_are(Stay.objects.from_(at), stays), strict=True))
    if any(stay.kind == Stay.Kind.STAY and at not in stay.during for _, stay in running):
        raise StayEnded
    with _children_kept(_children_of(people, at), site, by=by, act=act, happened_anyway=happened_anyway):
        leave([(who, stay) for who, stay in running if stay.kind == Stay.Kind.STAY], at, act)
        cut_holds([stay for _who, stay in running if stay.kind == Stay.Kind.HOLD], at, act)
    return Placed([str(who.person) for who in people], [str(stay.pk) for stay in stays])


@act("keep_beds", answers=Placed)
def keep_beds(stays: Sequence[Stay], *, until: datetime, reason: str, by: User, at: datetime, act: Act) -> Placed:
    """End these stays and hold the same places for the same people, such as while they are in hospital.

    Of a child who is left among strangers by it a case opens. Refuses with RecordClosed, StayEnded, HoldEndsFirst,
    AlreadyHeld, or NotEnoughPlaces when one has no place.
    """
    site = _site_of([stay.room for stay in stays])
    require(by, Permission.PLACE, site, at)
    people = lock_people(stays, at, by)
    sleeping = list(zip(people, _as_they_are(Stay.objects.stays().at(at), stays), strict=True))
    with _children_kept(_children_of(people, at), site, by=by, act=act, refusal=None):
        return _held(keep_places(sleeping, until, reason, at, act))


@act("void_bedding", answers=Placed)
def void_bedding(bedding: Bedding, *, by: User, at: datetime, act: Act) -> Placed:
    """Void a bedding fact that was wrong; the stays are then as if it had never been recorded.

    Refuses with AlreadyVoided. A place given to someone else meanwhile stays theirs; the stay is an overflow then. Of a
    child who is left among strangers by it a case opens.
    """
    site = bedding.room.site if bedding.room else None
    require(by, Permission.MERGE, site, at)
    person = lock_records([bedding.individual_id])[bedding.individual_id]
    if Bedding.objects.filter(voids=bedding).exists():
        raise AlreadyVoided
    rooms = [bedding.room] if bedding.room else []
    children = _children_of([Sleeper(person, bedding.individual_id)], at, rooms)
    with _children_kept(children, site, rooms, by=by, act=act, refusal=None):
        Bedding.objects.create(
            kind=Bedding.Kind.VOIDED,
            individual_id=bedding.individual_id,
            counted_as_id=person,
            room=bedding.room,
            happened_at=bedding.happened_at,
            voids=bedding,
            act=act,
        )
        lay_out_stays([person], act)
    return Placed([str(person)], [str(bedding.pk)])


def _lodge(
    people: Sequence[Sleeper],
    rooms: Sequence[Room],
    children: Sequence[LookedAfter],
    at: datetime,
    *,
    members: Sequence[uuid.UUID] | None,
    seating: Sequence[Room] | None,
) -> list[Lodging]:
    """A free place for each of these people, in the room that is said for them or beside who looks after them."""
    if seating is None or members is None:
        spots = lock_free_places(rooms, len(people), at)
        return [Lodging(who, *spot) for who, spot in seat(people, spots, children)]
    room_of = dict(zip(members, seating, strict=True))
    chosen = lock_seats(rooms, [room_of[who.person] for who in people], at)
    return [Lodging(who, *spot) for who, spot in zip(people, chosen, strict=True)]


def _site_of(rooms: Sequence[Room]) -> Site:
    if len({room.site_id for room in rooms}) != 1:
        raise SiteDiffers
    return rooms[0].site


def _require_not_checked_in(people: Sequence[Sleeper], held: Sequence[Stay], at: datetime) -> None:
    """Refuse with AlreadyHoused, but for those who sleep elsewhere while their hold runs."""
    keeps = {who.person: hold for who, hold in zip(people, held, strict=True) if at in hold.during}
    for stay in Stay.objects.stays().filter(individual__in=[who.person for who in people]).from_(at):
        hold = keeps.get(stay.individual_id)
        if hold is None or stay.room_id == hold.room_id or stay.during.lower >= at:
            raise AlreadyHoused


def _is_given_up(hold: Stay, site: Site) -> bool:
    """Whether checking in at the site ends a hold: a hospital leaves the bed that is kept elsewhere."""
    return site.kind != Site.Kind.HOSPITAL or hold.site_id == site.pk


def _as_they_are(rows: StayQuerySet, asked: Sequence[Stay]) -> list[Stay]:
    """Those asked for, in their order, as they are now; refuses with StayEnded when one is not among the rows."""
    found = rows.select_related("room", "place").in_bulk([stay.pk for stay in asked])
    if len(found) != len(asked):
        raise StayEnded
    return [found[stay.pk] for stay in asked]


def _children_of(people: Sequence[Sleeper], at: datetime, rooms: Sequence[Room] = ()) -> list[LookedAfter]:
    return lock_beside([who.person for who in people], at, rooms)


def _require_agreed(
    children: Sequence[LookedAfter], people: Sequence[Sleeper], site: Site, *, act: Act, **how: Any
) -> set[uuid.UUID]:
    """No bed without a protection officer for a child whom nobody looks after there; of whom a case opened."""
    coming = {who.person for who in people}
    ours = carers_with([one for one in children if one.child in coming], act.at, site, coming)
    return require_agreed(coming, ours, site=site, act=act, **how)


def _children_kept(
    children: Sequence[LookedAfter],
    site: Site | None,
    rooms: Sequence[Room] = (),
    *,
    together: Sequence[Sleeper] = (),
    act: Act,
    **how: Any,
) -> AbstractContextManager[None]:
    """No child is placed away from who looks after it, and none comes to sleep among strangers."""
    brought = {who.person for who in together}
    return children_kept(parted_by_beds(children, rooms, act.at, together=brought), site=site, act=act, **how)


def _bed(kind: str, lodgings: Sequence[Lodging], site: Site, *, at: datetime, act: Act, reason: str = "") -> None:
    """Put people where they sleep from now on; the places are locked and free."""
    people = [lodging.sleeper for lodging in lodgings]
    _arrive_where_absent(people, site, at, act)
    record_bedding(kind, lodgings, at=at, act=act, reason=reason)
    free = {lodging.place.pk for lodging in lodgings if lodging.place}
    with refused_on(PLACE_TAKEN_ONCE, PlaceTaken()):
        lay_out_stays([who.person for who in people], act, free)


def _who_comes(people: Sequence[Sleeper], site: Site, at: datetime, by: User, *, named: bool) -> list[Sleeper]:
    """Those of the family who come to the site; who is not named only where nothing else was told.

    Refuses with NotTold or ToldElsewhere when that is nobody.
    """
    told = told_of([who.person for who in people], by, at)
    if not told:
        raise NotTold
    touched = told.keys() if named else touched_at(told, site)
    return [who for who in people if who.person in touched]


def _arrive_where_absent(people: Sequence[Sleeper], site: Site, at: datetime, act: Act) -> None:
    keys = [who.person for who in people]
    here = Presence.objects.filter(individual__in=keys, site=site, during__contains=at)
    present = set(here.values_list("individual", flat=True))
    absent = [who for who in people if who.person not in present]
    if absent:
        record_movements("arrived", [who.addressed for who in absent], site=site, at=at, act=act)
        lay_out_presences([who.person for who in absent])


def _held(holds: Sequence[Stay]) -> Placed:
    return Placed([str(hold.individual_id) for hold in holds], [str(hold.pk) for hold in holds])


def _placed(people: Sequence[Sleeper], act: Act) -> Placed:
    """The stays that this act began, as they were laid out."""
    begun = Stay.objects.filter(individual__in=[who.person for who in people], began_by__act=act)
    stays = dict(begun.values_list("individual", "pk"))
    slept = [who.person for who in people if who.person in stays]
    return Placed([str(key) for key in slept], [str(stays[key]) for key in slept])


@dataclass(frozen=True)
class Closed:
    """The site that is closed."""

    site: str


@act("close_site", answers=Closed)
def close_site(site: Site, *, by: User, at: datetime, act: Act) -> Closed:
    """Close the site: nobody arrives there, no place is kept and no role is given there any more.

    Refuses with SiteInUse while anybody is present there, or a place is kept; with SiteClosed when it is closed.
    """
    require(by, Permission.SET_UP, site, at)
    lock_by_key(Site.objects.filter(pk=site.pk))
    here = Presence.objects.filter(site=site).at(at)
    if here.exists() or Stay.objects.filter(site=site).from_(at).exists():
        raise SiteInUse
    if not Site.objects.filter(pk=site.pk, closed_at=None).update(closed_at=at):
        raise SiteClosed
    return Closed(str(site.pk))
