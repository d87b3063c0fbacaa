"""Beds that are kept while their people are away, and what becomes of them when they are back."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import OuterRef, Subquery

from centre.locks import lock_by_key
from centre.models import Act, Site
from centre.refusals import refused_on
from centre.sight import is_in_the_open
from registrations.models import Presence
from shelter.apart import barring, is_barred, require_house_for
from shelter.apart_pairs import ApartPair
from shelter.errors import AlreadyHeld, HoldEndsFirst, HoldTooLong, NoRoomSuits, NotEnoughPlaces, PlaceTaken
from shelter.models import PLACE_TAKEN_ONCE, Bedding, Opening, Place, Stay
from shelter.nights import lay_out_stays
from shelter.parts import Lodging, Sleeper, cut_holds, record_bedding
from shelter.women import men_among_women, require_women

LONGEST_HOLD = timedelta(hours=72)  # for who is expected; for who is in hospital as long as is said


def keep_places(
    sleeping: Sequence[tuple[Sleeper, Stay]], until: datetime, reason: str, at: datetime, act: Act
) -> list[Stay]:
    """End these stays of people who are locked, and hold the same places for them.

    Refuses with NotEnoughPlaces when one has no place and needs one, AlreadyHeld or HoldEndsFirst.
    """
    placed = [stay.place_id for _who, stay in sleeping if stay.place_id]
    needing = sum(not stay.shares for _who, stay in sleeping)
    if len(placed) < needing:
        raise NotEnoughPlaces(len(placed), needing)
    require_nothing_held([who for who, _stay in sleeping], sleeping[0][1].site, at)
    lock_by_key(Place.objects.filter(pk__in=placed).only("pk"))
    return _keep(leave(sleeping, at, act), until, reason, at, act)


def require_nothing_held(people: Sequence[Sleeper], site: Site, at: datetime) -> None:
    """Refuse with AlreadyHeld when a place is held for one of these; of a hidden house only another hidden one."""
    holds = Stay.objects.holds().of(who.person for who in people)
    if holds.filter(hidden=not is_in_the_open(site)).from_(at).exists():
        raise AlreadyHeld


def leave(sleeping: Sequence[tuple[Sleeper, Stay]], at: datetime, act: Act) -> list[Lodging]:
    """Write that these people left their rooms; the rooms they left."""
    left = [Lodging(who, stay.room, stay.place, stay.shares) for who, stay in sleeping]
    if left:
        record_bedding(Bedding.Kind.LEFT, left, at=at, act=act)
        lay_out_stays([lodging.sleeper.person for lodging in left], act)
    return left


def hold_each(
    lodgings: Sequence[Lodging],
    until: datetime,
    reason: str,
    at: datetime,
    act: Act,
    opening: Opening | None = None,
    pairs: Sequence[ApartPair] | None = None,
) -> list[Stay]:
    """Hold these places of one house, which are locked, until a time; `pairs` as in require_house_for.

    By an `opening` to others no longer than that. Refuses with HoldEndsFirst, HoldTooLong or PlaceTaken, with WomenOnly
    or NotInThisHouse, or where it is done by an `opening` with NoRoomSuits for the first; the second is then asked by
    require_unbarred, when nothing else stands against the hold.
    """
    if until <= at:
        raise HoldEndsFirst
    if until > at + LONGEST_HOLD:
        raise HoldTooLong
    people, site = [lodging.sleeper.person for lodging in lodgings], lodgings[0].room.site
    if opening is not None:
        until = min(until, opening.during.upper)
    if opening is None:
        require_women(lodgings, at)
        require_house_for(people, site, at, pairs=pairs)
    elif men_among_women({lodging.sleeper.person: lodging.room.pk for lodging in lodgings}, at):
        raise NoRoomSuits
    return _keep(lodgings, until, reason, at, act, opening)


def require_unbarred(people: Sequence[Sleeper], site: Site, opening: Opening | None, at: datetime) -> None:
    """Refuse with NoRoomSuits, which is logged, a hold by an `opening` in a house that is not for these families.

    It is the last question of all: where another refusal came after it, a hold that is refused in any case would tell,
    without a line in the log, of each house that it is for them.
    """
    if opening and (against := barring([who.person for who in people], site, at)):
        raise NoRoomSuits(against)


def _keep(
    lodgings: Sequence[Lodging],
    until: datetime,
    reason: str,
    at: datetime,
    act: Act,
    opening: Opening | None = None,
) -> list[Stay]:
    """The same for whom these places are already: no rule of the house is asked anew."""
    if until <= at:
        raise HoldEndsFirst
    with refused_on(PLACE_TAKEN_ONCE, PlaceTaken()):
        return Stay.objects.bulk_create(
            Stay(
                kind=Stay.Kind.HOLD,
                individual_id=lodging.sleeper.person,
                site_id=lodging.room.site_id,
                room=lodging.room,
                place=lodging.place,
                shares=lodging.shares,
                hidden=not is_in_the_open(lodging.room.site),
                during=DateTimeTZRange(at, until, "[)"),
                act=act,
                opening=opening,
                reason=reason,
            )
            for lodging in lodgings
        )


def sleep_at(people: Collection[uuid.UUID], site: Site, at: datetime) -> set[uuid.UUID]:
    """Those of these people who have a bed at the site at the instant."""
    beds = Stay.objects.stays().at(at).filter(individual__in=people, site=site)
    return set(beds.exclude(place=None, shares=False).values_list("individual", flat=True))


def had_beds_as_they_left(people: Collection[uuid.UUID], site: Site, at: datetime) -> set[uuid.UUID]:
    """Those of these people who slept at the site until they left it the last time before the instant."""
    left = Presence.objects.filter(individual=OuterRef("individual"), site=site, during__endswith__lte=at)
    until = left.order_by("-during").values("during__endswith")[:1]
    beds = Stay.objects.stays().filter(individual__in=people, site=site, during__endswith=Subquery(until))
    return set(beds.exclude(place=None, shares=False).values_list("individual", flat=True))


def go_back_to_bed(people: Sequence[Sleeper], site: Site, at: datetime, act: Act) -> list[Sleeper]:
    """Let these people, who are locked and at the site, sleep where their beds were kept as they left; who has none.

    A hold that has run out is their bed still, as long as nobody else was given the place, and the house and the room
    are not closed to them since. That they are back is so in any case.
    """
    kept = {who: _kept_for(who, site, at) for who in people}
    lock_by_key(Place.objects.filter(pk__in=[hold.place_id for hold in kept.values() if hold]).only("pk"))
    free = places_kept([hold for hold in kept.values() if hold], at)
    theirs = {who: hold for who, hold in kept.items() if hold and (hold.shares or hold.place_id in free)}
    if is_barred([who.person for who in theirs], site, at):
        theirs = {}
    men = men_among_women({who.person: hold.room_id for who, hold in theirs.items()}, at)
    theirs = {who: hold for who, hold in theirs.items() if who.person not in men}
    back = [Lodging(who, hold.room, hold.place, hold.shares) for who, hold in theirs.items()]
    cut_holds([hold for hold in theirs.values() if at in hold.during], at, act)
    record_bedding(Bedding.Kind.CHECKED_IN, back, at=at, act=act)
    lay_out_stays([lodging.sleeper.person for lodging in back], act, free)
    housed = [lodging.sleeper for lodging in back]
    return [who for who in people if who not in housed]


def places_kept(holds: Sequence[Stay], at: datetime) -> set[uuid.UUID]:
    """The places of these holds, run out or not, that may be given at the instant and are nobody else's since."""
    others = Stay.objects.from_(at).exclude(pk__in=[hold.pk for hold in holds])
    places = Place.objects.usable(at).filter(pk__in=[hold.place_id for hold in holds if hold.place_id])
    return set(places.exclude(pk__in=others.filter(place__in=places).values("place")).values_list("pk", flat=True))


def _kept_for(who: Sleeper, site: Site, at: datetime) -> Stay | None:
    """The hold at the site that was made when they left it the last time, and that no act has ended since."""
    before = Presence.objects.filter(individual=who.person, site=site, during__endswith__lte=at)
    left = before.order_by("-during").first()
    if left is None:
        return None
    holds = Stay.objects.holds().of([who.person]).filter(site=site, given_up_in=None)
    return holds.at(left.during.upper).select_related("room", "place").first()
