"""Beds that are kept while their people are away, and what becomes of them when they are back."""

from collections.abc import Sequence
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from centre.locks import lock_by_key
from centre.models import Act, Site
from centre.refusals import refused_on
from registrations.models import Presence
from shelter.errors import AlreadyHeld, HoldEndsFirst, NotEnoughPlaces, PlaceTaken
from shelter.models import PLACE_TAKEN_ONCE, Bedding, Opening, Place, Stay
from shelter.nights import lay_out_stays
from shelter.parts import Lodging, Sleeper, cut_holds, record_bedding


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
    require_nothing_held([who for who, _stay in sleeping], at)
    lock_by_key(Place.objects.filter(pk__in=placed).only("pk"))
    return hold_each(leave(sleeping, at, act), until, reason, at, act)


def require_nothing_held(people: Sequence[Sleeper], at: datetime) -> None:
    """Refuse with AlreadyHeld when a place is held for one of these."""
    if Stay.objects.holds().of(who.person for who in people).from_(at).exists():
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
) -> list[Stay]:
    """Hold these places, which are locked, until a time. Refuses with HoldEndsFirst or PlaceTaken."""
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
                during=DateTimeTZRange(at, until, "[)"),
                act=act,
                opening=opening,
                reason=reason,
            )
            for lodging in lodgings
        )


def go_back_to_bed(people: Sequence[Sleeper], site: Site, at: datetime, act: Act) -> list[Sleeper]:
    """Let these people, who are locked and at the site, sleep where their beds were kept as they left; who has none.

    A hold that has run out is their bed still, as long as nobody else was given the place.
    """
    kept = {who: _kept_for(who, site, at) for who in people}
    places = lock_by_key(Place.objects.filter(pk__in=[hold.place_id for hold in kept.values() if hold]))
    own = [hold.pk for hold in kept.values() if hold]
    taken = set(Stay.objects.filter(place__in=places).from_(at).exclude(pk__in=own).values_list("place", flat=True))
    free = {place.pk for place in places if place.is_usable(at)} - taken
    theirs = {who: hold for who, hold in kept.items() if hold and (hold.shares or hold.place_id in free)}
    back = [Lodging(who, hold.room, hold.place, hold.shares) for who, hold in theirs.items()]
    cut_holds([hold for hold in theirs.values() if at in hold.during], at, act)
    record_bedding(Bedding.Kind.CHECKED_IN, back, at=at, act=act)
    lay_out_stays([lodging.sleeper.person for lodging in back], act, free)
    housed = [lodging.sleeper for lodging in back]
    return [who for who in people if who not in housed]


def _kept_for(who: Sleeper, site: Site, at: datetime) -> Stay | None:
    """The hold at the site that was made when they left it the last time, and that no act has ended since."""
    before = Presence.objects.filter(individual=who.person, site=site, during__endswith__lte=at)
    left = before.order_by("-during").first()
    if left is None:
        return None
    holds = Stay.objects.holds().of([who.person]).filter(site=site, given_up_in=None)
    return holds.at(left.during.upper).select_related("room", "place").first()
