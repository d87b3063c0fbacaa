"""Giving people a place to sleep. An act is done for everybody it names or for nobody."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from centre.access import Permission, require
from centre.acts import act
from centre.locks import lock_by_key, lock_open
from centre.models import Act, Site, User
from registrations.errors import NotTold
from registrations.models import Household
from registrations.together import LookedAfter
from registrations.where_told import Eyes
from registrations.whereabouts import find_people, most_at, require_told_of, told_of, touched_at
from shelter.babies import babies_among, lodge, sharing_of
from shelter.errors import AlreadyHoused, HoldGone, NotHeldThen, StayEnded
from shelter.keeping import hold_each, keep_places, leave, require_nothing_held, require_unbarred
from shelter.locks import lock_members, lock_people
from shelter.lodging import (
    Placed,
    agreed,
    as_they_are,
    children_beside,
    kept_together,
    put_to_bed,
    seats_of,
    site_of,
    who_holds,
    who_sleeps,
)
from shelter.models import Bedding, Place, Room, Stay
from shelter.parts import Lodging, Sleeper, cut_holds, end_holds
from shelter.people import left_since, told_elsewhere_since
from shelter.reach import lock_opening, require_hand_on, require_reach
from shelter.selectors import known_of, said_as_rooms

CLOCKS_DIFFER = timedelta(minutes=1)  # an hour is told to the minute, and a device's clock may be behind


@act("hold", answers=Placed)
def hold_places(
    household: Household,
    *,
    rooms: Sequence[Room],
    until: datetime,
    members: Sequence[uuid.UUID] | None = None,
    seating: Sequence[Room] | None = None,
    sharing: Sequence[uuid.UUID] = (),
    reason: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Placed:
    """Keep a place in these rooms for each member until a time; nobody needs to be at the site yet.

    Who was told to be elsewhere than most of the family, and is not named, gets none.

    Who sleeps in which of the rooms follows from who looks after whom; `seating` says it by hand, a room for each of
    the members named, in their order. Those who are `sharing`, under two, need no place: their bed is that of who looks
    after them. At a site of others, as many and as long as it is open for: else refuses with OpeningSpent, and with
    NoRoomSuits where a rule of that house is against it. Refuses with SiteDiffers, SiteClosed, HoldEndsFirst,
    HoldTooLong, NobodyToPlace, RecordClosed, NotTold, ToldElsewhere, AlreadyHeld, NotEnoughPlaces, NoBaby, BabyAlone,
    NotInThisHouse, WomenOnly, ChildAmongStrangers or OfficerFirst; then nothing is kept.
    """
    site = site_of(rooms)
    from_elsewhere = require_reach(by, site, at)
    lock_open(site, at)
    people = _who_comes(lock_members(household, members, at, by), None, at, by, named=members is not None)
    require_nothing_held(people, site, at)
    children = children_beside(people, at, rooms)
    said = seats_of(people, members, seating)
    babies = sharing_of(people, sharing, at)
    lodgings = lodge(people, rooms, at, children, sharing=babies, seating=said)
    opening = lock_opening(site, len(people) - len(babies), at) if from_elsewhere else None
    agreed(children, people, site, by=by, act=act)
    with kept_together(children, site, rooms, by=by, act=act):
        held = hold_each(lodgings, until, reason, at, act, opening)
    require_unbarred(people, site, opening, at)
    return who_holds(held)


@act("place", answers=Placed)
def place_household(
    household: Household,
    *,
    rooms: Sequence[Room],
    members: Sequence[uuid.UUID] | None = None,
    seating: Sequence[Room] | None = None,
    sharing: Sequence[uuid.UUID] = (),
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Placed:
    """Give each member of the household a place of their own in these rooms, filled in order, and check them in.

    Or by `seating`, as when places are held.

    Who is not at the site yet arrives there by it; their holds end, but for beds kept elsewhere while they are in
    hospital. Those who are `sharing`, under two, sleep in the room of who looks after them without a place. Refuses
    with SiteDiffers, NobodyToPlace, RecordClosed, AlreadyHoused, NotEnoughPlaces, NoBaby, BabyAlone, NotInThisHouse or
    WomenOnly; then nobody moves. With `happened_anyway`, a reason, it is recorded whatever was known before: those for
    whom there is no place are in the last room as overflow. Of a household whose members were told to be in different
    places, those are placed who are at the site or nowhere; the others are named. Refuses with ChildApart,
    ChildAmongStrangers or OfficerFirst as well, unless a protection officer does it or it happened anyway; then an
    urgent case opens.
    """
    site = site_of(rooms)
    require(by, Permission.PLACE, site, at)
    people = _who_comes(lock_members(household, members, at, by), site, at, by, named=members is not None)
    known = list(Stay.objects.of(who.person for who in people).from_(at))
    if not happened_anyway and any(stay.kind == Stay.Kind.STAY for stay in known):
        raise AlreadyHoused
    cut_holds([hold for hold in known if hold.kind == Stay.Kind.HOLD and _is_given_up(hold, site)], at, act)
    children = children_beside(people, at, rooms)
    babies = sharing_of(people, sharing, at)
    said = seats_of(people, members, seating)
    lodgings = lodge(people, rooms, at, children, sharing=babies, seating=said, short=bool(happened_anyway))
    how: dict[str, Any] = {"by": by, "at": at, "act": act, "happened_anyway": happened_anyway}
    put_to_bed(Bedding.Kind.CHECKED_IN, lodgings, site, rooms, children, **how)
    return who_sleeps(people, act)


@act("check_in", answers=Placed)
def check_in(
    holds: Sequence[Stay],
    *,
    named: Sequence[uuid.UUID] = (),
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Placed:
    """End these holds and begin the stays they were kept for; who is not at the site yet arrives there by it.

    Who was told to be elsewhere since the place was held is taken in only where `named`, or where all of them are at
    one other place together; else their hold goes on. After a hold has gone this is a new placement of the same beds.
    Refuses with ToldElsewhere when nobody else is left, with RecordClosed or NotTold, with NotHeldThen before one
    was held, with StayEnded when one was taken back, with AlreadyHoused when its person was checked in since, with
    HoldGone when its place is no longer free, and with NotInThisHouse, WomenOnly, ChildApart, ChildAmongStrangers or
    OfficerFirst as a placement does; to who only checks in with CallWhoPlaces instead of the first, whatever happened.
    """
    site = site_of([hold.room for hold in holds])
    require(by, Permission.CHECK_IN, site, at)
    people = lock_people(holds, Stay.objects.holds(), at, by)
    people, holds = _who_is_here(people, holds, named, by, at)
    since = max(hold.during.lower for hold in holds)
    if at <= since - CLOCKS_DIFFER:
        raise NotHeldThen(since)
    at = max(at, since)
    take_in(people, holds, site, happened_anyway=happened_anyway, by=by, at=at, act=act)
    return who_sleeps(people, act)


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
    held = as_they_are(Stay.objects.holds(), holds)
    rooms = [hold.room for hold in held]
    children = children_beside(people, at, rooms) if children is None else children
    places = lock_by_key(Place.objects.filter(pk__in=[hold.place_id for hold in held]))
    _require_not_checked_in(people, held, at)
    end_holds([who.person for who in people], at, act)
    if not all(place.is_usable(at) for place in places) or Stay.objects.filter(place__in=places).from_(at).exists():
        raise HoldGone
    lodgings = [Lodging(who, hold.room, hold.place, hold.shares) for who, hold in zip(people, held, strict=True)]
    how: dict[str, Any] = {"by": by, "at": at, "act": act, "happened_anyway": happened_anyway}
    put_to_bed(Bedding.Kind.CHECKED_IN, lodgings, site, rooms, children, **how)


@act("move", answers=Placed)
def move(
    stays: Sequence[Stay],
    *,
    rooms: Sequence[Room],
    seating: Sequence[Room] | None = None,
    sharing: Sequence[uuid.UUID] | None = None,
    happened_anyway: str = "",
    by: User,
    at: datetime,
    act: Act,
) -> Placed:
    """Move the people of these stays to places in these rooms; the old place is free from that instant.

    `seating` says by hand who sleeps where, a room for each of the stays, in their order. Of those under two, the ones
    who are `sharing` get no place of their own; if it is not said, as they slept.
    Refuses with RecordClosed, StayEnded, SiteDiffers, NotEnoughPlaces, NoBaby, BabyAlone or WomenOnly, and with
    NotInThisHouse, ChildApart, ChildAmongStrangers or OfficerFirst as a placement does; then nobody moves.
    """
    site = site_of(rooms)
    require(by, Permission.PLACE, site, at)
    asleep = Stay.objects.stays().at(at).filter(during__upper_inf=True)
    people = lock_people(stays, asleep, at, by)
    slept = as_they_are(asleep, stays)
    shared = {who.person for who, stay in zip(people, slept, strict=True) if stay.shares}
    children = children_beside(people, at, rooms)
    babies = shared & babies_among(shared, at) if sharing is None else sharing_of(people, sharing, at)
    said = dict(zip([who.person for who in people], seating, strict=True)) if seating else None
    lodgings = lodge(people, rooms, at, children, sharing=babies, seating=said)
    how: dict[str, Any] = {"by": by, "at": at, "act": act, "happened_anyway": happened_anyway}
    put_to_bed(Bedding.Kind.MOVED, lodgings, site, rooms, children, **how)
    return who_sleeps(people, act)


@act("end_stay", answers=Placed)
def end_stays(stays: Sequence[Stay], *, happened_anyway: str = "", by: User, at: datetime, act: Act) -> Placed:
    """End these stays and give back these holds; the people are still at the site.

    Refuses with RecordClosed or StayEnded, and with ChildAmongStrangers when a child would be left so.
    """
    site = site_of([stay.room for stay in stays])
    require_hand_on(stays, site, by, at)
    people = lock_people(stays, Stay.objects.from_(at), at, by)
    running = list(zip(people, as_they_are(Stay.objects.from_(at), stays), strict=True))
    if any(stay.kind == Stay.Kind.STAY and at not in stay.during for _, stay in running):
        raise StayEnded
    with kept_together(children_beside(people, at), site, by=by, act=act, happened_anyway=happened_anyway):
        leave([(who, stay) for who, stay in running if stay.kind == Stay.Kind.STAY], at, act)
        cut_holds([stay for _who, stay in running if stay.kind == Stay.Kind.HOLD], at, act)
    return Placed([str(who.person) for who in people], [str(stay.pk) for stay in stays])


@act("keep_beds", answers=Placed)
def keep_beds(stays: Sequence[Stay], *, until: datetime, reason: str, by: User, at: datetime, act: Act) -> Placed:
    """End these stays and hold the same places for the same people, such as while they are in hospital.

    Of a child who is left among strangers by it a case opens. Refuses with RecordClosed, StayEnded, HoldEndsFirst,
    AlreadyHeld, or NotEnoughPlaces when one has no place.
    """
    site = site_of([stay.room for stay in stays])
    require(by, Permission.PLACE, site, at)
    people = lock_people(stays, Stay.objects.stays().at(at), at, by)
    sleeping = list(zip(people, as_they_are(Stay.objects.stays().at(at), stays), strict=True))
    with kept_together(children_beside(people, at), site, by=by, act=act, refusal=None):
        return who_holds(keep_places(sleeping, until, reason, at, act))


def _require_not_checked_in(people: Sequence[Sleeper], held: Sequence[Stay], at: datetime) -> None:
    """Refuse with AlreadyHoused, but for those who sleep elsewhere while their hold runs."""
    keeps = {who.person: hold for who, hold in zip(people, held, strict=True) if at in hold.during}
    stays = Stay.objects.stays().filter(individual__in=[who.person for who in people]).from_(at)
    asleep = []
    for stay in stays.select_related("room").order_by("during"):
        hold = keeps.get(stay.individual_id)
        if hold is None or stay.room_id == hold.room_id or stay.during.lower >= at:
            asleep.append(stay)
    if here := [stay for stay in asleep if stay.site_id == held[0].site_id]:
        raise AlreadyHoused(said_as_rooms(known_of([stay.room for stay in here])), here[0].during.lower)
    if asleep:
        raise AlreadyHoused


def _who_is_here(
    people: Sequence[Sleeper], holds: Sequence[Stay], named: Sequence[uuid.UUID], by: User, at: datetime
) -> tuple[list[Sleeper], list[Stay]]:
    """The people who are checked in, and their holds. A person recorded elsewhere since comes only when named.

    Refuses with ToldElsewhere or NotTold when nobody is left. Refuses with NotTold when a person who is named, or whose
    hold ran out, is where the user may not know; holds of the dead run out, so a death is not told either.
    """
    pairs = list(zip(people, holds, strict=True))
    require_told_of([who.person for who, hold in pairs if at not in hold.during], by, at)
    held = {who.person: hold for who, hold in pairs}
    found, eyes = find_people(held, at), Eyes.of(by, at, held)
    left = told_elsewhere_since(held, found, eyes.sight)
    asked = {who.person for who, _hold in pairs if {who.person, who.addressed} & set(named)}
    require_told_of(asked & left, by, at)
    coming = [(who, hold) for who, hold in pairs if who.person in held.keys() - left | asked]
    if not coming:
        told = told_of(left, by, at)
        raise left_since(told, found, eyes) if told else NotTold
    return [who for who, _hold in coming], [hold for _who, hold in coming]


def _is_given_up(hold: Stay, site: Site) -> bool:
    """Whether checking in at the site ends a hold: a hospital leaves the bed that is kept elsewhere."""
    return site.kind != Site.Kind.HOSPITAL or hold.site_id == site.pk


def _who_comes(people: Sequence[Sleeper], site: Site | None, at: datetime, by: User, *, named: bool) -> list[Sleeper]:
    """The people of the family who come to the site: those who are named, else those who are not recorded elsewhere.

    Without a site, it is where most of the family are. Refuses with NotTold or ToldElsewhere when nobody is left.
    """
    keys = [who.person for who in people]
    if named:
        require_told_of(keys, by, at)
        return list(people)
    told = told_of(keys, by, at)
    if not told:
        raise NotTold
    touched = touched_at(told, site or most_at(told))
    return [who for who in people if who.person in touched]
