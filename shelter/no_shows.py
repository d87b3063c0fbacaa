"""Families whose hold ran out and who did not come: their places held again, or taken off the list."""

from collections.abc import Sequence
from datetime import datetime

from centre.acts import act
from centre.errors import SiteClosed
from centre.locks import lock_by_key
from centre.models import Act, User
from registrations.whereabouts import require_told_of
from shelter.errors import AlreadyHoused, HoldGone, NotANoShow
from shelter.keeping import hold_each, require_nothing_held, require_unbarred
from shelter.locks import lock_people
from shelter.lodging import Placed, agreed, as_they_are, children_beside, kept_together, site_of, who_holds
from shelter.models import Place, Stay
from shelter.parts import Lodging
from shelter.reach import lock_opening, require_hand_on, require_reach


@act("hold_again", answers=Placed)
def hold_again(holds: Sequence[Stay], *, until: datetime, by: User, at: datetime, act: Act) -> Placed:
    """Keep the same places until a time for people whose holds ran out and who did not come yet.

    It is a hold of its own; that they did not come by the hour of the first stays so. Refuses with SiteClosed,
    RecordClosed, NotTold, StayEnded, AlreadyHeld, AlreadyHoused, HoldEndsFirst, HoldTooLong, with HoldGone when a place
    is no longer free, and with OpeningSpent, WomenOnly, NotInThisHouse, ChildAmongStrangers or OfficerFirst as holding
    does.
    """
    site = site_of([hold.room for hold in holds])
    from_elsewhere = require_reach(by, site, at)
    require_hand_on(holds, site, by, at)
    if site.is_closed(at):
        raise SiteClosed
    ran_out = Stay.objects.holds().filter(given_up_in=None)
    people = lock_people(holds, ran_out, at, by)
    require_told_of([who.person for who in people], by, at)
    gone = as_they_are(ran_out, holds)
    require_nothing_held(people, site, at)
    if Stay.objects.stays().filter(individual__in=[who.person for who in people]).from_(at).exists():
        raise AlreadyHoused
    rooms = [hold.room for hold in gone]
    children = children_beside(people, at, rooms)
    places = lock_by_key(Place.objects.filter(pk__in=[hold.place_id for hold in gone]))
    if not all(place.is_usable(at) for place in places) or Stay.objects.filter(place__in=places).from_(at).exists():
        raise HoldGone
    lodgings = [Lodging(who, hold.room, hold.place, hold.shares) for who, hold in zip(people, gone, strict=True)]
    opening = lock_opening(site, len(places), at) if from_elsewhere else None
    agreed(children, people, site, by=by, act=act)
    with kept_together(children, site, rooms, by=by, act=act):
        held = hold_each(lodgings, until, gone[0].reason, at, act, opening)
    require_unbarred(people, site, opening, at)
    return who_holds(held)


@act("take_off_no_show", answers=Placed)
def take_off_no_show(holds: Sequence[Stay], *, by: User, at: datetime, act: Act) -> Placed:
    """Nobody waits any more for these people, who did not come: they are off the lists, and counted as not come still.

    Refuses with NotANoShow, also when somebody took them off before.
    """
    return _mark(holds, act, by, at, listed=True)


@act("put_back_no_show", answers=Placed)
def put_back_no_show(holds: Sequence[Stay], *, by: User, at: datetime, act: Act) -> Placed:
    """These people, who did not come, are on the lists again. Refuses with NotANoShow when nobody took them off."""
    return _mark(holds, act, by, at, listed=False)


def _mark(holds: Sequence[Stay], act: Act, by: User, at: datetime, *, listed: bool) -> Placed:
    """Take holds that ran out, and are on the lists or not, off them, or put them back; the act is named by the row."""
    require_hand_on(holds, site_of([hold.room for hold in holds]), by, at)
    keys = {hold.pk for hold in holds}
    rows = Stay.objects.run_out(at).filter(pk__in=keys, taken_off_in__isnull=listed)
    if rows.update(taken_off_in=act if listed else None) < len(keys):
        raise NotANoShow
    return who_holds(holds)
